"""Old addresses lead on: where the shop has nothing to show, a redirect may know better."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request

from app.cms import queries
from app.core.web import shop_session

blueprint = Blueprint("cms", __name__)
CLOSED = ("/admin", "/api/", "/assets/", "/media/")


@blueprint.after_app_request
def follow(response: Response) -> Response:
    """Answer 301 instead of 404 or 410 for an address that was given a new one."""
    if response.status_code not in (404, 410) or request.method not in ("GET", "HEAD"):
        return response
    if request.path.startswith(CLOSED):
        return response
    target = queries.redirect_for(shop_session(), request.path)
    if target is None:
        return response
    prefix = request.script_root if target.startswith("/") else ""
    return redirect(prefix + target, 301)  # type: ignore[return-value]
