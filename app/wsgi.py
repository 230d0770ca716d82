"""What gunicorn loads: pages and sockets in one application."""

from __future__ import annotations

from app.bootstrap import create_app

# Alembic is for commands: without it a worker is 8 MB smaller.
application = create_app({"MIGRATES": False})
