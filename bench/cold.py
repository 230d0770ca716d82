"""What gunicorn loads for the measurements without a page cache: the same application, nothing kept."""

from app.bootstrap import create_app

application = create_app({"PAGE_CACHE": False, "SERVE_SOCKETS": False})
