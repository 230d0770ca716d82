"""People for the tests of accounts: made by operations, signed in through the doors."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.identity import operations, rules
from app.identity.models import User
from app.notifications.models import Message

PASSWORD = "correct horse battery"
OTHER = "a quite different phrase"


def person(session: Session, email: str = "anna@example.com", **more: Any) -> User:
    """Make a confirmed account with PASSWORD."""
    return operations.create_user(
        session, **({"email": email, "password": PASSWORD, "first_name": "Anna", "actor": SYSTEM} | more)
    )


def staff(session: Session, *roles: str, email: str = "boss@example.com") -> User:
    """Make somebody of the house."""
    return person(session, email, roles=roles or (rules.ADMIN,))


def sign_in(client: Any, email: str = "anna@example.com", password: str = PASSWORD, **more: Any) -> Any:
    """Post the shop's sign-in form."""
    return client.post("/login", data={"email": email, "password": password} | more)


def sign_in_staff(client: Any, email: str = "boss@example.com", password: str = PASSWORD) -> Any:
    """Post the sign-in form of the back office."""
    return client.post("/admin/login/", data={"email": email, "password": password})


def is_in(client: Any) -> bool:
    """True when the account opens."""
    return bool(client.get("/account").status_code == 200)


def mails(session: Session, template: str | None = None) -> list[Message]:
    """The mails that were written, oldest first."""
    session.expire_all()
    query = select(Message).order_by(Message.id)
    return list(session.scalars(query if template is None else query.where(Message.template == template)))


def link_in(message: Message) -> str:
    """The path of the first secret link in a mail."""
    found = re.search(
        r"https?://[^/\s]+((?:/[a-z]{2})?/(?:verify|password/reset|account/email/confirm)/\S+)", message.text
    )
    assert found, message.text
    return found[1]


def two_factor(session: Session, user: User) -> tuple[str, list[str]]:
    """Switch the second step on; the secret and the recovery codes."""
    secret = operations.begin_two_factor(session, user=user)
    code = rules.totp_code(secret, now_step() - 1)
    codes = operations.enable_two_factor(session, user=user, code=code, password=PASSWORD, ip="")
    return secret, codes


def now_step() -> int:
    """The 30-second step of now."""
    from app.core.clock import utcnow

    return int(utcnow().timestamp()) // rules.TOTP_SECONDS
