"""The door for providers' notices: the raw body in, 200 at once, everything else afterwards."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from app.core.security import csrf
from app.core.web import HttpRefusal, shop_session
from app.payments import operations

MOST_BYTES = 512_000
"""Stripe's notices stay far below; whatever is larger is no notice."""

blueprint = Blueprint("payment_webhooks", __name__)
csrf.exempt(blueprint)


@blueprint.post("/api/v1/webhooks/<provider>")
def receive(provider: str) -> ResponseReturnValue:
    """Verify and write down a notice. 400 when it is not genuine; the same notice twice is 200 twice."""
    if (request.content_length or 0) > MOST_BYTES:
        raise HttpRefusal(413, "This is too large.", "too_large")
    body = request.stream.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise HttpRefusal(413, "This is too large.", "too_large")
    operations.receive_webhook(shop_session(), provider=provider, headers=request.headers, body=body)
    return jsonify(received=True)
