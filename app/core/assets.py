"""Static files under content-hashed addresses that may be cached for ever.

`asset("shop/shop.css")` -> `/assets/3f9a…/shop/shop.css`. Files come from every feature's `static/`
folder; `app/static/vendor` holds what npm brought. `CDN_URL` is put in front where it is set.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, request, send_file

mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("image/avif", ".avif")

blueprint = Blueprint("assets", __name__)
_roots: list[Path] = []
_urls: dict[str, str] = {}
_packed: dict[tuple[Path, int], bytes] = {}
PACKED_KINDS = {".js", ".css", ".svg"}
"""Text that travels at a third of its size; fonts and pictures are packed already."""


def set_roots(roots: list[Path]) -> None:
    """Set the folders that are searched, in order."""
    _roots[:] = [root for root in roots if root.is_dir()]
    _urls.clear()


def find(path: str) -> Path | None:
    """The file behind an asset name, or None; never outside of the roots."""
    for root in _roots:
        candidate = (root / path).resolve()
        if candidate.is_relative_to(root.resolve()) and candidate.is_file():
            return candidate
    return None


def asset(path: str) -> str:
    """The address of a static file. A missing file gives an address that answers 404."""
    known = _urls.get(path)
    if known and not current_app.debug:
        return known
    file = find(path)
    mark = hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file else "missing"
    address = f"{current_app.config.get('CDN_URL') or ''}/assets/{mark}/{path}"
    _urls[path] = address
    return address


def packed(file: Path) -> bytes:
    """The file in gzip, packed once a process; a changed file is packed again."""
    key = (file, file.stat().st_mtime_ns)
    if key not in _packed:
        _packed[key] = gzip.compress(file.read_bytes(), 9, mtime=0)
    return _packed[key]


@blueprint.get("/assets/<mark>/<path:path>")
def serve(mark: str, path: str) -> Response:
    """Serve a static file; the mark only makes the address unique."""
    file = find(path)
    if file is None:
        abort(404)
    if file.suffix in PACKED_KINDS and request.accept_encodings.quality("gzip"):
        response = Response(packed(file), mimetype=mimetypes.guess_type(file.name)[0])
        response.headers["Content-Encoding"] = "gzip"
        response.set_etag(f"{mark}-gzip")
        response.make_conditional(request)
    else:
        response = send_file(file, conditional=True, max_age=31536000)
    if file.suffix in PACKED_KINDS:
        response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
