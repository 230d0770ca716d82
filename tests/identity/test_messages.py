"""Every mail of identity: written once however often its event comes, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.core.event import Event
from app.events import identity as events
from app.identity import feature, messages, operations
from app.identity.models import User
from app.identity.operations import links
from tests.identity.people import PASSWORD, mails, person

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def anna(session: Session) -> User:
    return person(session, language="fr")


def event_for(session: Session, kind: type[Event], user: User) -> Any:
    """One event of each kind, about a real user with real links."""

    def link(purpose: str) -> int:
        made = links.make(session, user_id=user.id, purpose=purpose, value={"email": "new@example.com"})
        session.commit()
        return made.id

    about: dict[type[Event], Callable[[], Event]] = {
        events.UserRegistered: lambda: events.UserRegistered(user.id, link(links.VERIFY), "fr"),
        events.RegistrationRepeated: lambda: events.RegistrationRepeated(user.id, "fr", NOON),
        events.PasswordResetRequested: lambda: events.PasswordResetRequested(user.email, "fr", "a1"),
        events.StaffInvited: lambda: events.StaffInvited(user.id, link(links.INVITE)),
        events.PasswordChanged: lambda: events.PasswordChanged(user.id, NOON),
        events.EmailChangeRequested: lambda: events.EmailChangeRequested(
            user.id, link(links.MOVE_OLD), link(links.MOVE_NEW), "fr"
        ),
        events.TwoFactorChanged: lambda: events.TwoFactorChanged(user.id, True, NOON),
        events.UserSuspended: lambda: events.UserSuspended(user.id, NOON),
        events.TokenReused: lambda: events.TokenReused(user.id, NOON),
    }
    return about[kind]()


HANDLERS = [pytest.param(handler, id=handler.fn.__name__) for handler in feature.FEATURE.handlers]


@pytest.mark.parametrize("handler", HANDLERS)
def test_told_once(session: Session, anna: User, handler: Any) -> None:
    event = event_for(session, handler.event, anna)
    for _ in range(2):
        handler.fn(session, event)
        session.commit()
    written = mails(session)
    assert len(written) == (2 if handler.event is events.EmailChangeRequested else 1)
    for message in written:
        assert message.language == "fr"
        assert message.subject and message.text.strip() and "<h1" in message.html
        assert "{{" not in message.text + message.html + message.subject
        assert "None" not in message.text


@pytest.mark.parametrize("handler", HANDLERS)
def test_nobody_is_told_about_an_account_that_is_gone(session: Session, anna: User, handler: Any) -> None:
    event = event_for(session, handler.event, anna)
    session.delete(anna)
    session.commit()
    handler.fn(session, event)
    assert mails(session) == []


@pytest.mark.parametrize("handler", HANDLERS)
def test_events_survive_the_outbox(session: Session, anna: User, handler: Any) -> None:
    event = event_for(session, handler.event, anna)
    assert handler.event.from_body(event.body()) == event


def test_a_link_that_is_no_longer_good_is_not_sent(session: Session, anna: User) -> None:
    event = event_for(session, events.UserRegistered, anna)
    links.void(session, user_id=anna.id, purposes=(links.VERIFY,))
    session.commit()
    messages.confirm_address(session, event)
    assert mails(session) == []


def test_unknown_and_suspended_addresses_get_no_link(session: Session, anna: User) -> None:
    operations.suspend_user(session, user_id=anna.id, actor=SYSTEM)
    for email in ("nobody@example.com", anna.email, "", "\x00"):
        messages.password_link(session, events.PasswordResetRequested(email, "en", "x"))
    assert mails(session) == []


def test_without_a_courier_it_is_said_loudly(
    session: Session, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "_couriers", [])
    with pytest.raises(RuntimeError):
        messages.password_changed(session, events.PasswordChanged(anna.id, NOON))


def test_no_secret_of_a_link_is_kept_but_in_its_mail(session: Session, deliver: Callable[[], int]) -> None:
    from sqlalchemy import text

    from app.core.actor import GUEST
    from tests.identity.people import link_in

    operations.register(session, email="anna@example.com", password=PASSWORD, actor=GUEST)
    deliver()
    secret = link_in(mails(session)[0]).rsplit("/", 1)[-1]
    rows = "".join(
        str(row)
        for t in ("core_outbox", "identity_token")
        for row in session.execute(text(f"SELECT * FROM {t}"))
    )
    assert secret not in rows
