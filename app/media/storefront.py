"""Serves pictures under addresses that name their content, so that they may be kept for ever."""

from __future__ import annotations

from flask import Blueprint, Response, abort, send_file

from app.media import storage
from app.media.rules import MIME

blueprint = Blueprint("media", __name__)
FOREVER = 31_536_000


@blueprint.get("/<name>")
def serve(name: str) -> Response:
    """One rendition. Anything that is not exactly the name of one is not found."""
    match = storage.NAME.fullmatch(name)
    if match is None:
        abort(404)
    path = storage.path_of(match[1], int(match[2]), match[3])
    if not path.is_file():
        abort(404)
    response = send_file(path, mimetype=MIME[match[3]], conditional=True, etag=name, max_age=FOREVER)
    response.headers["Cache-Control"] = f"public, max-age={FOREVER}, immutable"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
