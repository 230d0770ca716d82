"""What gunicorn loads: pages and sockets in one application."""

from __future__ import annotations

from app.core import lean

lean.import_libraries()

from app.bootstrap import create_app  # noqa: E402 - after the libraries above, or they would be loaded whole

# Alembic is for commands: without it a worker is 8 MB smaller.
application = create_app({"MIGRATES": False})
