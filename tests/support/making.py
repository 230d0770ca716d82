"""Tickets and people for the tests of support."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.core.actor import GUEST, SYSTEM, Actor
from app.identity import operations as identity
from app.support.tickets import operations
from app.support.tickets.models import Ticket

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100"
    "c9fe92ef0000000049454e44ae426082"
)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
STAFF = Actor("staff", label="sofie@shop.example")


def customer(session: Session, name: str = "kim", language: str = "en") -> int:
    """A customer's id."""
    user = identity.create_user(
        session, email=f"{name}@people.example", first_name=name.title(), last_name="Peeters", language=language,
        actor=SYSTEM,
    )  # fmt: skip
    return int(user.id)


def agent(session: Session, name: str = "sofie", role: str = "Support") -> Actor:
    """Somebody of the desk."""
    user = identity.create_staff(
        session, email=f"{name}@desk.example", password="a-long-demo-password-7", roles=(role,),
        first_name=name.title(), last_name="Desk", actor=SYSTEM,
    )  # fmt: skip
    return Actor("staff", int(user.id), f"{name}@desk.example")


def ticket(session: Session, **values: Any) -> Ticket:
    """A guest's ticket from the form."""
    given: dict[str, Any] = {
        "subject": "Where is my lamp?", "body": "I ordered it a week ago.", "email": "guest@people.example",
        "name": "Gwen Guest", "language": "en", "channel": "web", "actor": GUEST,
    }  # fmt: skip
    return operations.open_ticket(session, **(given | values))
