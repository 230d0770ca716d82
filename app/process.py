"""What worker, outbox and cron run: the shop's own commands, without what `flask` loads before them.

`flask` asks every installed package for its commands first, Alembic's and Flask-AppBuilder's among them; a process that
lives for weeks does without both.
"""

from __future__ import annotations

import gc
import sys

from flask.cli import ScriptInfo

from app.core import lean

lean.import_libraries()

from app.bootstrap import create_app  # noqa: E402 - after the libraries above, or they would be loaded whole


def main() -> None:
    """Run one command: `python -m app.process jobs work`."""
    gc.disable()  # as in deploy/gunicorn.conf.py: nothing that is loaded is garbage, and forks share it untouched
    application = create_app({"MIGRATES": False})
    gc.freeze()
    gc.set_threshold(10_000)
    gc.enable()
    application.cli.main(sys.argv[1:], prog_name="comptoir", obj=ScriptInfo(create_app=lambda: application))


if __name__ == "__main__":
    main()
