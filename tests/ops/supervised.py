"""Run the supervisor on the stand-in shop in a process of its own: the tests kill that one."""

import os
import sys
from pathlib import Path

from app.ops.supervisor.shop import Plan, Program, Supervisor

STANDIN = Path(__file__).with_name("standin.py")


def main() -> int:
    """Take home, port and the name of the part that prepares from the command line."""
    home, port, prepare = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]

    def play(part: str) -> list[str]:
        return [sys.executable, str(STANDIN), part]

    plan = Plan(
        home=home,
        folder=Path("/"),
        addresses=("127.0.0.1",),
        port=port,
        prepare=Program("prepare", play(prepare)),
        programs=(Program("web", play("web")), Program("worker", play("worker"), waits=True)),
        greeting=("standin is ready",),
        ready_seconds=20.0,
    )
    return Supervisor(plan, {**os.environ, "PORT": str(port)}).run()


if __name__ == "__main__":
    sys.exit(main())
