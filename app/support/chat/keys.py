"""By what a guest is known: a random key in a signed cookie, or in a token for programs without cookies."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

COOKIE = "chat"
SECONDS = 60 * 24 * 3600


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="chat-guest")


def new() -> str:
    """A key nobody can guess."""
    return secrets.token_hex(16)


def sealed(key: str) -> str:
    """The key as a guest holds it: worth nothing when it was written by somebody else."""
    value = _signer().dumps(key)
    return value if isinstance(value, str) else value.decode()


def opened(raw: Any) -> str:
    """The key in a cookie or token; "" when it is none of ours."""
    if not isinstance(raw, str) or not 10 < len(raw) <= 300:
        return ""
    try:
        key = _signer().loads(raw)
    except (BadSignature, ValueError, TypeError, UnicodeError):
        return ""
    return key if isinstance(key, str) and len(key) == 32 else ""


def held() -> str:
    """The key of this request's cookie; "" when there is none."""
    return opened(request.cookies.get(COOKIE, ""))


def write(response: Response, key: str) -> None:
    """Give a guest the key to keep."""
    response.set_cookie(
        COOKIE, sealed(key), max_age=SECONDS, httponly=True, samesite="Lax",
        secure=bool(current_app.config.get("SESSION_COOKIE_SECURE")),
    )  # fmt: skip
