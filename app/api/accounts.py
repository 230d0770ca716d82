"""Tokens, accounts and VAT numbers."""

from __future__ import annotations

from typing import Any

from flask import request
from stdnum.eu import vat

from app.api import questions, shapes
from app.api.door import Call, door
from app.core import rate_limits
from app.identity import operations as identity


def _tokens(tokens: identity.Tokens) -> dict[str, Any]:
    return {
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
        "expires_in": tokens.expires_in,
    }


@door("POST", "/auth/token", summary="Log in", tag="auth", body=questions.Login, answer=shapes.TokensShape)
def log_in(call: Call) -> dict[str, Any]:
    """Exchange e-mail and password (and the second factor, where there is one) for tokens."""
    return _tokens(
        identity.token_for(
            call.session,
            email=call.body["email"],
            password=call.body["password"],
            otp=call.body["otp"],
            ip=request.remote_addr or "",
        )
    )


@door(
    "POST", "/auth/token/refresh", summary="Renew the tokens", tag="auth", body=questions.Refresh,
    answer=shapes.TokensShape,
)  # fmt: skip
def refresh(call: Call) -> dict[str, Any]:
    """Exchange a refresh token for new tokens; a token shown twice ends the whole family."""
    return _tokens(identity.rotate_refresh(call.session, refresh_token=call.body["refresh_token"]))


@door(
    "POST", "/customers", summary="Open an account", tag="customers", body=questions.NewCustomer,
    answer=shapes.CustomerShape, status=201, creates=True,
)  # fmt: skip
def open_account(call: Call) -> dict[str, Any]:
    """Ask for an account. The answer is the same whether the address has one already."""
    rate_limits.hit("10/hour", f"register:{request.remote_addr}")
    identity.register(call.session, **call.body, language=call.language, actor=call.actor)
    return {"status": "confirmation_sent"}


@door(
    "POST", "/customers/validate_vat", summary="Look at a VAT number", tag="customers",
    body=questions.VatQuestion, answer=shapes.VatShape,
)  # fmt: skip
def validate_vat(call: Call) -> dict[str, Any]:
    """Say whether a European VAT number is well formed, check digits included."""
    given = call.body["vat_number"]
    valid = given.isascii() and vat.is_valid(given)
    number = vat.compact(given) if valid else given
    return {
        "vat_number": number,
        "valid": valid,
        "country": number[:2].replace("EL", "GR") if valid else None,
        "checked": "form",
    }
