"""What the shop signs with its secret: links in mails, and access tokens of the REST API (JWT)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt
from itsdangerous import BadData, URLSafeSerializer

from app.core.clock import utcnow

ACCESS_LIFETIME = timedelta(minutes=15)
AUDIENCE = "comptoir-api"
ALGORITHM = "HS256"
REQUIRED = ["iss", "aud", "sub", "exp", "iat", "jti", "stamp"]


class _Keys:
    link: str = ""
    access: bytes = b""
    issuer: str = "comptoir"


_keys = _Keys()


def configure(secret: str, issuer: str) -> None:
    """Derive the keys from the shop's secret; each use has a key of its own."""
    _keys.link = secret
    _keys.access = hmac.new(secret.encode(), b"identity.access", hashlib.sha256).digest()
    _keys.issuer = issuer


def _serializer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        _keys.link, salt=f"identity.link.{purpose}", signer_kwargs={"digest_method": hashlib.sha256}
    )


def link_token(*, link_id: int, nonce: str, purpose: str) -> str:
    """The secret part of a link; the same each time it is asked for."""
    return str(_serializer(purpose).dumps([link_id, nonce]))


def read_link(token: Any, purpose: str) -> tuple[int, str] | None:
    """Row and nonce of a link we have signed for this purpose; None for anything else."""
    if not isinstance(token, str) or len(token) > 300 or not token.isascii():
        return None
    try:
        link_id, nonce = _serializer(purpose).loads(token)
    except (BadData, ValueError, TypeError):
        return None
    return (link_id, nonce) if isinstance(link_id, int) and isinstance(nonce, str) else None


@dataclass(frozen=True, slots=True)
class Claims:
    """What an access token says, once it is checked."""

    user_id: int
    stamp: str


def access_token(*, user_id: int, stamp: str) -> str:
    """A JWT for 15 minutes. `stamp` ends it early when the user's sessions end."""
    now = utcnow()
    body = {
        "iss": _keys.issuer, "aud": AUDIENCE, "sub": str(user_id), "iat": now, "exp": now + ACCESS_LIFETIME,
        "jti": secrets.token_hex(8), "stamp": stamp,
    }  # fmt: skip
    return jwt.encode(body, _keys.access, algorithm=ALGORITHM)


def read_access(token: str) -> Claims | None:
    """The claims of a token that is ours, for this API and not expired; None for any other."""
    if len(token) > 2_000 or not token.isascii():
        return None
    try:
        body = jwt.decode(
            token, _keys.access, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=_keys.issuer,
            options={"require": REQUIRED},
        )  # fmt: skip
    except jwt.PyJWTError:
        return None
    subject, stamp = body["sub"], body["stamp"]
    if not isinstance(stamp, str) or not subject.isascii() or not subject.isdigit() or len(subject) > 9:
        return None
    return Claims(int(subject), stamp)
