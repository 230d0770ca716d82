"""Signed links to a cart, for mails. A cart's public id alone never travels in an address."""

from __future__ import annotations

import uuid

from app.identity import signing

PURPOSE = "cart"


def token_for(cart_id: int, public_id: uuid.UUID) -> str:
    """The secret part of the link to a cart; the same each time it is asked for."""
    return signing.link_token(link_id=cart_id, nonce=public_id.hex, purpose=PURPOSE)


def read_token(token: object) -> uuid.UUID | None:
    """The public id in a link we have signed; None for anything else."""
    found = signing.read_link(token, PURPOSE)
    return uuid.UUID(found[1]) if found else None
