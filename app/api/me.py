"""One's own account: name, address book, password, and the end of a program's own tokens."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request

from app.api import questions, shapes
from app.api.door import Call, currency_of, door
from app.customers import operations, queries
from app.customers.errors import NoSuchAddress
from app.customers.rules import validate_address
from app.identity import operations as identity
from app.identity import rules, throttle


def _me(call: Call) -> dict[str, Any]:
    assert call.person is not None
    known = queries.profile(call.session, call.person.id)
    assert known is not None
    return {
        "email": known.email, "first_name": known.first_name, "last_name": known.last_name, "phone": known.phone,
        "language": known.language, "currency": known.currency, "group": known.group, "age_band": known.age_band,
    }  # fmt: skip


def _address(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.public_id), **row.as_dict(), "is_default_shipping": row.is_default_shipping,
        "is_default_billing": row.is_default_billing,
    }  # fmt: skip


def _id(raw: str) -> UUID:
    try:
        return UUID(raw)
    except ValueError:
        raise NoSuchAddress() from None


@door("GET", "/me", summary="My account", tag="customers", answer=shapes.MeShape, who="customer")
def get_me(call: Call) -> dict[str, Any]:
    """Name, telephone and preferences of the account."""
    return _me(call)


@door(
    "PATCH", "/me", summary="Change my account", tag="customers", body=questions.ChangedMe, answer=shapes.MeShape,
    who="customer",
)  # fmt: skip
def change_me(call: Call) -> dict[str, Any]:
    """Change what is sent; the rest stays. The e-mail address changes by mail only."""
    assert call.person is not None
    currency_of(call.session, call.body.get("currency") or None)
    now = _me(call)
    names = ("first_name", "last_name", "phone", "language", "currency")
    given = {name: call.body.get(name, now[name] or "") for name in names}
    band = call.body.get("age_band", now["age_band"]) or ""
    operations.save_profile(call.session, user_id=call.person.id, actor=call.actor, age_band=band, **given)
    call.session.expire_all()
    return _me(call)


@door(
    "GET", "/me/addresses", summary="My address book", tag="customers", answer=shapes.AddressBookShape, who="customer"
)  # fmt: skip
def list_addresses(call: Call) -> dict[str, Any]:
    """Every saved address, the ones that are filled in first on top."""
    assert call.person is not None
    rows = queries.addresses(call.session, call.person.id)
    return {"items": [_address(row) for row in rows], "next": None, "total": len(rows)}


def _save(call: Call, address_id: UUID | None) -> dict[str, Any]:
    assert call.person is not None
    given = {name: value for name, value in call.body.items() if not name.startswith("is_default")}
    row = operations.save_address(
        call.session, user_id=call.person.id, address=validate_address(given), address_id=address_id,
        is_default_shipping=call.body["is_default_shipping"], is_default_billing=call.body["is_default_billing"],
        actor=call.actor,
    )  # fmt: skip
    return _address(row)


@door(
    "POST", "/me/addresses", summary="Save an address", tag="customers", body=questions.SavedAddress,
    answer=shapes.SavedAddressShape, status=201, who="customer", creates=True,
)  # fmt: skip
def add_address(call: Call) -> dict[str, Any]:
    """Put an address into the book."""
    return _save(call, None)


@door(
    "PUT", "/me/addresses/<address_id>", summary="Change an address", tag="customers", body=questions.SavedAddress,
    answer=shapes.SavedAddressShape, who="customer",
)  # fmt: skip
def change_address(call: Call, address_id: str) -> dict[str, Any]:
    """Put another address in the place of one's own; orders keep theirs."""
    return _save(call, _id(address_id))


@door(
    "DELETE",
    "/me/addresses/<address_id>",
    summary="Delete an address",
    tag="customers",
    answer=None,
    status=204,
    who="customer",
)
def remove_address(call: Call, address_id: str) -> None:
    """Take an address out of the book; orders keep theirs."""
    assert call.person is not None
    operations.remove_address(
        call.session, user_id=call.person.id, address_id=_id(address_id), actor=call.actor
    )


@door(
    "POST", "/me/password", summary="Change my password", tag="customers", body=questions.NewPassword, answer=None, status=204,
    who="customer",
)  # fmt: skip
def change_password(call: Call) -> None:
    """Change the password. Every session and every token ends, this one too."""
    assert call.person is not None
    identity.change_password(
        call.session, user=call.person, current_password=call.body["current_password"], password=call.body["password"],
        ip=request.remote_addr or "",
    )  # fmt: skip


@door(
    "POST",
    "/auth/token/revoke",
    summary="Log out",
    tag="auth",
    body=questions.Refresh,
    answer=None,
    status=204,
)
def revoke(call: Call) -> None:
    """End the family of a refresh token. The answer is the same for tokens that nobody knows."""
    identity.revoke_refresh(call.session, refresh_token=call.body["refresh_token"])


@door(
    "POST",
    "/auth/password/forgot",
    summary="Ask for a new password",
    tag="auth",
    body=questions.Forgotten,
    answer=None,
    status=204,
)
def forgot_password(call: Call) -> None:
    """Send a link, if the address has an account. The answer is the same if it has none."""
    email = rules.normal_email(call.body["email"])
    throttle.note_request("reset", email=email, ip=request.remote_addr or "")
    identity.request_password_reset(call.session, email=email, language=call.language)


__all__ = ["get_me"]
