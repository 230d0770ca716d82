"""A paper as an answer of any door."""

from __future__ import annotations

from flask import Response

from app.notifications.attachments import File


def sent(file: File) -> Response:
    """A paper as an answer: shown by the browser, kept by nobody on the way."""
    response = Response(file.data, mimetype=file.content_type)
    response.headers["Content-Disposition"] = f'inline; filename="{file.filename}"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
