"""Topics: nothing without a consent, the way out in every mail, asked twice, proof kept, nothing learned by asking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.core.clock import utcnow
from app.core.unit_of_work import unit_of_work
from app.events.identity import EmailChanged
from app.events.notifications import ConsentAsked
from app.identity import operations as identity
from app.notifications import consents, messages, operations, personal, queries, topics
from app.notifications.channels import smtp
from app.notifications.consent_models import ConsentRecord, Subscriber
from app.notifications.consents import Origin
from app.notifications.errors import BadRecipient, LinkEnded, NoConsent
from app.notifications.models import Message

ANNA = "anna@example.com"
FOOTER = Origin("footer", "192.0.2.7", "newsletter-1", "fr")


@pytest.fixture
def session(app: Any, session_maker: Callable[[], Session]) -> Iterator[Session]:
    """A session apart from those of requests."""
    with app.app_context(), session_maker() as own:
        yield own


def write(session: Session, topic: str, key: str = "one") -> int | None:
    with unit_of_work(session):
        return operations.send_mail(
            session, to=ANNA, template="cart_reminder", language="fr", topic=topic, dedupe_key=key,
            values={"lines": [], "path": "/cart"},
        )  # fmt: skip


def choose(session: Session, **wanted: bool) -> None:
    consents.choose(session, email=ANNA, wanted=wanted, origin=FOOTER)


def asked(session: Session) -> Subscriber:
    consents.ask(session, email=" Anna@Example.com", codes=topics.NEWSLETTER, origin=FOOTER)
    return session.scalars(select(Subscriber)).one()


def states(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(select(ConsentRecord.topic, ConsentRecord.state).order_by(ConsentRecord.id))
    return [(topic, state) for topic, state in rows]


def token(who: Subscriber) -> str:
    return topics.link(who.id, topics.CONFIRM, who.nonce)


@pytest.mark.parametrize("topic", [*topics.ASKED, "made_up"])
def test_not_01_nothing_is_written_without_a_consent(session: Session, topic: str) -> None:
    with pytest.raises(NoConsent):
        write(session, topic)
    assert session.scalar(select(func.count()).select_from(Message)) == 0
    choose(
        session, cart=topic != "cart", promotions=topic != "promotions", new_products=topic != "new_products"
    )
    with pytest.raises(NoConsent):
        write(session, topic)


def test_messages_about_an_order_are_always_sent_and_carry_no_way_out(session: Session) -> None:
    assert write(session, topics.ORDERS) is not None
    message = session.scalars(select(Message)).one()
    assert message.unsubscribe_url == "" and smtp.compose(message)["List-Unsubscribe"] is None


def test_a_mail_of_a_topic_carries_one_click_as_rfc_8058_wants_it(session: Session) -> None:
    choose(session, cart=True)
    write(session, "cart")
    message = session.scalars(select(Message)).one()
    mail = smtp.compose(message)
    assert mail["List-Unsubscribe"] == f"<{message.unsubscribe_url}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/fr/emails/off/" in message.unsubscribe_url
    plain, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for body in (plain, html):
        assert message.unsubscribe_url in body.replace("=\r\n", "") and "/fr/emails/" in body


def test_a_mail_that_waits_is_not_sent_once_the_consent_is_gone(session: Session) -> None:
    choose(session, cart=True)
    message_id = write(session, "cart")
    choose(session, cart=False)
    assert message_id is not None and operations.deliver(session, message_id=message_id) == "failed"
    session.expire_all()
    assert "taken back" in (session.get_one(Message, message_id).error or "")


def test_a_guest_is_asked_once_and_gives_consent_by_the_link(
    session: Session, deliver: Callable[[], int]
) -> None:
    who = asked(session)
    assert queries.choices(session, ANNA) == {"cart": False, "new_products": False, "promotions": False}
    assert (asked(session).nonce, asked(session).email) == (who.nonce, ANNA), "a double click asks once"
    deliver()
    deliver()
    mail = session.scalars(select(Message)).one()
    assert (mail.template, mail.recipient, mail.language) == ("newsletter-confirm", ANNA, "fr")
    assert f"/fr/newsletter/confirm/{token(who)}" in mail.text
    for _ in range(2):
        consents.confirm(
            session, token=token(who), origin=Origin("confirmation mail", "192.0.2.8", "newsletter-1")
        )
    assert queries.choices(session, ANNA) == {"cart": False, "new_products": True, "promotions": True}
    assert states(session) == [
        ("new_products", "asked"), ("promotions", "asked"), ("new_products", "given"), ("promotions", "given"),
    ]  # fmt: skip
    proof = queries.records(session, ANNA)
    assert {(row.source, row.ip, row.wording) for row in proof if row.state == "given"} == {
        ("confirmation mail", "192.0.2.8", "newsletter-1")
    }
    assert all(row.at is not None for row in proof)


def test_who_agreed_already_gets_no_mail_and_the_asker_learns_nothing(
    session: Session, deliver: Callable[[], int]
) -> None:
    choose(session, new_products=True, promotions=True)
    assert asked(session).nonce == ""
    deliver()
    assert session.scalar(select(func.count()).select_from(Message)) == 0


def test_a_newer_question_ends_the_older_link_and_time_ends_both(session: Session) -> None:
    first = token(asked(session))
    with unit_of_work(session):
        session.execute(text("UPDATE notifications_subscriber SET asked_at = now() - interval '1 hour'"))
    session.expire_all()
    second = token(asked(session))
    assert first != second
    for wrong in (first, "made-up", "", second + "x", topics.link(1, topics.UNSUBSCRIBE, "cart")):
        with pytest.raises(LinkEnded):
            consents.confirm(session, token=wrong, origin=FOOTER)
    with unit_of_work(session):
        who = session.scalars(select(Subscriber)).one()
        who.asked_at = utcnow() - consents.GOOD_FOR - timedelta(minutes=1)
    with pytest.raises(LinkEnded):
        consents.confirm(session, token=second, origin=FOOTER)
    assert not any(queries.choices(session, ANNA).values())


def test_a_link_that_was_confirmed_gives_nothing_back_after_it_was_taken_back(session: Session) -> None:
    who = asked(session)
    consents.confirm(session, token=token(who), origin=FOOTER)
    for _ in range(2):
        consents.withdraw(session, subscriber_id=who.id, origin=Origin("one click"))
    consents.confirm(session, token=token(who), origin=FOOTER)
    assert not any(queries.choices(session, ANNA).values())
    assert states(session)[-2:] == [("new_products", "withdrawn"), ("promotions", "withdrawn")]


@pytest.mark.parametrize("bad", ["", "x", "a b@c", "a@b\r\nBcc: all@example.com"])
def test_what_is_no_address_is_refused(session: Session, bad: str) -> None:
    with pytest.raises(BadRecipient):
        consents.ask(session, email=bad, codes=topics.NEWSLETTER, origin=FOOTER)


def test_the_question_is_sent_once_whatever_is_delivered_twice(session: Session) -> None:
    who = asked(session)
    event = ConsentAsked(subscriber_id=who.id, nonce=who.nonce)
    for _ in range(2):
        messages.ask_owner(session, event)
        session.commit()
    messages.ask_owner(session, ConsentAsked(subscriber_id=who.id, nonce="older"))
    assert session.scalar(select(func.count()).select_from(Message)) == 1


def test_choices_follow_an_account_to_its_new_address(session: Session) -> None:
    user = identity.create_user(
        session, email=ANNA, password="correct horse", roles=["Customer"], actor=SYSTEM
    )
    consents.choose(session, email=ANNA, wanted={"cart": True}, origin=FOOTER, user_id=user.id)
    with unit_of_work(session):
        user.email = "new@example.com"
    for _ in range(2):
        messages.follow_address(session, EmailChanged(user_id=user.id))
        session.commit()
    assert queries.may_tell(session, "new@example.com", "cart") and not queries.may_tell(
        session, ANNA, "cart"
    )


def test_the_choices_of_the_new_address_count_where_it_has_its_own(session: Session) -> None:
    user = identity.create_user(
        session, email=ANNA, password="correct horse", roles=["Customer"], actor=SYSTEM
    )
    consents.choose(session, email=ANNA, wanted={"cart": True}, origin=FOOTER, user_id=user.id)
    consents.choose(session, email="new@example.com", wanted={"promotions": True}, origin=FOOTER)
    consents.follow(session, user_id=user.id, email="New@example.com")
    assert queries.choices(session, "new@example.com") == {
        "cart": False,
        "new_products": False,
        "promotions": True,
    }
    assert not any(queries.choices(session, ANNA).values())


def test_personal_data_is_given_out_and_erased(session: Session) -> None:
    choose(session, cart=True)
    (given,) = personal.export(session, email=ANNA)
    assert (given["topic"], given["state"], given["ip"]) == ("cart", "given", "192.0.2.7")
    assert (personal.erase(session, email=ANNA), personal.erase(session, email=ANNA)) == (1, 0)
    assert personal.export(session, email=ANNA) == [] and not queries.may_tell(session, ANNA, "cart")


def test_every_wording_of_the_proof_is_kept(app: Any) -> None:
    assert set(topics.WORDINGS) >= {"newsletter-1", "choices-1", "profile-1"}
