"""Reactions to events, each of them twice."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.actor import GUEST, SYSTEM
from app.customers import handlers
from app.customers.models import Profile
from app.events.identity import EmailVerified
from app.identity import operations as identity
from app.identity import queries as identity_queries
from app.identity.models import Link


def test_a_confirmed_address_gets_a_profile(session: Session, deliver: Callable[[], int]) -> None:
    identity.register(session, email="anna@example.com", password="correct horse battery", actor=GUEST)
    link = session.scalars(select(Link)).one()
    token = identity_queries.link_secret(session, link.id)
    assert token is not None
    identity.verify_email(session, token=token)
    deliver()
    deliver()
    assert session.scalar(select(func.count()).select_from(Profile)) == 1


def test_the_handler_twice_and_after_erasure(session: Session) -> None:
    user = identity.create_user(session, email="anna@example.com", actor=SYSTEM)
    for _ in range(2):
        handlers.open_profile(session, EmailVerified(user_id=user.id))
    handlers.open_profile(session, EmailVerified(user_id=user.id + 1000))
    assert session.scalar(select(func.count()).select_from(Profile)) == 1
