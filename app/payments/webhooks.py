"""The door for notices of providers and carriers: the raw body in, 200 at once, everything else afterwards.

Carriers are known above (`also_for`): a name that is no way to pay is theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.core.security import csrf
from app.core.web import HttpRefusal, shop_session
from app.payments import operations, registry

MOST_BYTES = 512_000
"""Stripe's notices stay far below; whatever is larger is no notice."""

blueprint = Blueprint("payment_webhooks", __name__)
csrf.exempt(blueprint)
Receiver = Callable[[Session, str, Mapping[str, str], bytes], object]
_others: list[Receiver] = []


def also_for(receive: Receiver) -> None:
    """Set who takes the notices of names that are no way to pay."""
    _others[:] = [receive]


@blueprint.post("/api/v1/webhooks/<provider>")
def receive(provider: str) -> ResponseReturnValue:
    """Verify and write down a notice. 400 when it is not genuine; the same notice twice is 200 twice."""
    if (request.content_length or 0) > MOST_BYTES:
        raise HttpRefusal(413, "This is too large.", "too_large")
    body = request.stream.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise HttpRefusal(413, "This is too large.", "too_large")
    if _others and not registry.has(provider):
        _others[0](shop_session(), provider, request.headers, body)
    else:
        operations.receive_webhook(shop_session(), provider=provider, headers=request.headers, body=body)
    return jsonify(received=True)
