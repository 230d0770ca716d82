"""Conversations by their operations: numbers without gaps, repeats, both sides' reading, the desk, tickets, mails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from app.core import settings
from app.core.actor import GUEST, SYSTEM
from app.core.clock import utcnow
from app.core.errors import ShopError
from app.core.outbox import OutboxRow
from app.support.chat import operations, queries
from app.support.chat.models import ChatAgent, ChatMessage, Conversation
from app.support.chat.operations import announcing
from app.support.settings import SupportSettings
from tests.identity.people import mails
from tests.support.chat import talking
from tests.support.chat.talking import actor, agent, answers, asks, conversation, customer, fresh, guest


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, dict[str, object]]]:
    """What open pages are told."""
    found: list[tuple[str, str, dict[str, object]]] = []
    monkeypatch.setattr(announcing, "listeners", [lambda event, key, body: found.append((event, key, body))])
    return found


def tickets(session: Session) -> int:
    """How often a ticket was asked for (rows of the outbox, one a handler; none without handlers)."""
    return int(
        session.scalar(text("SELECT count(*) FROM support_conversation WHERE ticket_asked_at IS NOT NULL"))
        or 0
    )


def test_numbers_have_no_gap_and_a_repeat_is_the_same_message(session: Session, heard: list) -> None:
    row = conversation(session)
    first = asks(session, row, "One", "a")
    second = asks(session, row, "Two", "b")
    again = asks(session, row, "Something else", "a")
    assert (first.seq, second.seq, again.id, again.text) == (1, 2, first.id, "One")
    assert fresh(session, row).last_seq == 2
    said = [body["seq"] for event, _key, body in heard if event == "message"]
    assert said == [1, 2], "each is told once"


def test_the_other_side_may_not_use_a_name_twice(session: Session) -> None:
    anna = agent(session)
    row = conversation(session)
    asks(session, row, "One", "a")
    with pytest.raises(ShopError) as refused:
        answers(session, row, anna, key="a")
    assert refused.value.code == "client_id_taken"
    assert fresh(session, row).last_seq == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [("", "no_text"), ("  \n ", "no_text"), ("a\x00b", "bad_text"), ("\ud800", "bad_text"), (None, "bad_text"),
     ({"a": 1}, "bad_text"), ("x" * 4001, "text_too_long"), ("x" * 1_000_000, "text_too_long"), ("\u202e", "no_text")],
)  # fmt: skip
def test_what_cannot_be_said(session: Session, words: object, code: str) -> None:
    row = conversation(session)
    with pytest.raises(ShopError) as refused:
        asks(session, row, words)  # type: ignore[arg-type]
    assert refused.value.code == code
    assert fresh(session, row).last_seq == 0


@pytest.mark.parametrize("key", ["x" * 101, "a\nb", 5, {"a": 1}, "\x00"])
def test_what_cannot_be_a_name(session: Session, key: object) -> None:
    row = conversation(session)
    with pytest.raises(ShopError) as refused:
        asks(session, row, key=key)  # type: ignore[arg-type]
    assert refused.value.code == "bad_client_id"


def test_both_sides_read(session: Session) -> None:
    talking.hours(session)
    anna = agent(session)
    row = conversation(session)
    asks(session, row), asks(session, row), answers(session, row, anna)
    now = fresh(session, row)
    assert (now.staff_unread, now.customer_unread) == (2, 1)
    assert operations.mark_read(session, conversation_id=row.id, side="staff", seq=1) == 1
    assert operations.mark_read(session, conversation_id=row.id, side="customer", seq=99) == 3
    assert operations.mark_read(session, conversation_id=row.id, side="customer", seq=-5) == 3
    now = fresh(session, row)
    assert (now.staff_unread, now.customer_unread, now.staff_read, now.customer_read) == (1, 0, 1, 3)
    assert queries.miscounted(session) == [] and queries.with_gaps(session) == []


def test_one_conversation_at_a_time(session: Session) -> None:
    owner = guest()
    first = conversation(session, owner)
    assert conversation(session, owner).id == first.id
    operations.close(session, conversation_id=first.id, actor=GUEST)
    with pytest.raises(ShopError) as refused:
        asks(session, first)
    assert refused.value.code == "conversation_closed"
    assert conversation(session, owner).id != first.id


def test_a_repeat_of_what_was_said_before_the_end_is_acknowledged(session: Session) -> None:
    row = conversation(session)
    said = asks(session, row, key="late")
    operations.close(session, conversation_id=row.id, actor=GUEST)
    operations.close(session, conversation_id=row.id, actor=GUEST)
    assert asks(session, row, key="late").id == said.id


def test_work_is_given_by_load(session: Session) -> None:
    talking.hours(session)
    anna, bert = agent(session), agent(session, "bert@shop.example")
    agent(session, "cleo@shop.example", available=False)
    given = []
    for _ in range(4):
        row = conversation(session)
        asks(session, row)
        given.append(fresh(session, row).assignee_id)
    assert sorted(given) == sorted([anna.id, bert.id] * 2)


def test_who_has_gone_is_given_nothing(session: Session) -> None:
    talking.hours(session)
    agent(session)
    session.execute(update(ChatAgent).values(seen_at=utcnow() - timedelta(minutes=5)))
    session.commit()
    row = conversation(session)
    asks(session, row)
    assert fresh(session, row).assignee_id is None
    assert not queries.desk(session).is_staffed


def test_nobody_there_becomes_a_ticket_once_an_address_is_known(session: Session) -> None:
    row = conversation(session)
    asks(session, row)
    assert tickets(session) == 0
    operations.leave_email(session, conversation_id=row.id, email="Kim@People.example", actor=GUEST)
    asks(session, row, "And another thing")
    now = fresh(session, row)
    assert (tickets(session), now.email) == (1, "kim@people.example")
    operations.link_ticket(session, conversation_id=row.id, reference="T-1", actor=SYSTEM)
    operations.link_ticket(session, conversation_id=row.id, reference="T-2", actor=SYSTEM)
    now = fresh(session, row)
    assert now.ticket_reference == "T-1" and now.last_seq == 3


def test_an_account_needs_no_address(session: Session) -> None:
    talking.hours(session, talking.closed_now())
    agent(session)
    kim = customer(session)
    row = conversation(session, queries.Owner(user_id=kim.id))
    asks(session, row)
    assert tickets(session) == 1
    desk = queries.desk(session)
    assert not desk.is_open and desk.opens_at is not None and desk.opens_at > utcnow()
    assert str(desk.opens_at.tzinfo) == settings.get(session, SupportSettings).timezone, (
        "told by the desk's clock"
    )


def test_with_somebody_there_nothing_becomes_a_ticket(session: Session) -> None:
    talking.hours(session)
    anna = agent(session)
    row = conversation(session)
    asks(session, row)
    assert (fresh(session, row).assignee_id, tickets(session)) == (anna.id, 0)
    session.execute(update(ChatAgent).values(is_available=False))
    session.execute(
        update(Conversation).values(waiting_since=utcnow() - timedelta(minutes=11), email="k@p.example")
    )
    session.commit()
    assert operations.ticket_unanswered(session) == 1
    assert operations.ticket_unanswered(session) == 0, "again, nothing is left"


def test_a_ticket_needs_an_address(session: Session) -> None:
    row = conversation(session)
    with pytest.raises(ShopError) as refused:
        operations.to_ticket(session, conversation_id=row.id, actor=SYSTEM)
    assert refused.value.code == "email_needed"


def test_the_bot_talks_until_people_take_over(session: Session) -> None:
    talking.hours(session)
    anna = agent(session)
    row = conversation(session, with_bot=True)
    asks(session, row)
    operations.post(
        session,
        conversation_id=row.id,
        client_id="bot-1",
        text="Hello",
        author_kind="bot",
        actor=SYSTEM,
        author_name="Bot",
    )
    now = fresh(session, row)
    assert (now.with_bot, now.assignee_id, now.state) == (True, None, "waiting")
    assert operations.hand_over(session, conversation_id=row.id, actor=SYSTEM) is True
    assert operations.hand_over(session, conversation_id=row.id, actor=SYSTEM) is True
    now = fresh(session, row)
    assert (now.with_bot, now.assignee_id) == (False, anna.id)
    operations.take_over(session, conversation_id=row.id, actor=actor(anna), name="Anna")
    answers(session, row, anna)
    assert fresh(session, row).state == "open"


def test_a_guests_history_goes_with_the_login(session: Session) -> None:
    owner, kim = guest(), customer(session)
    row = conversation(session, owner)
    asks(session, row)
    assert operations.merge_guest(session, guest_key=owner.guest_key, user_id=kim.id) == 1
    assert operations.merge_guest(session, guest_key=owner.guest_key, user_id=kim.id) == 0
    mine = queries.Owner(user_id=kim.id)
    assert queries.owned(session, str(row.public_id), mine).id == row.id
    with pytest.raises(ShopError):
        queries.owned(session, str(row.public_id), owner)


def test_notes_are_no_messages(session: Session, heard: list) -> None:
    anna, row = agent(session), conversation(session)
    asks(session, row)
    operations.note(session, conversation_id=row.id, text="Knows what she wants", actor=actor(anna))
    assert fresh(session, row).last_seq == 1
    assert [event for event, _key, body in heard if "Knows" in str(body)] == ["note"]


def test_snooze_and_wake(session: Session) -> None:
    anna, row = agent(session), conversation(session)
    asks(session, row)
    with pytest.raises(ShopError):
        operations.snooze(session, conversation_id=row.id, until=utcnow(), actor=actor(anna))
    operations.snooze(session, conversation_id=row.id, until=utcnow() + timedelta(hours=1), actor=actor(anna))
    assert operations.wake_due(session) == 0
    session.execute(update(Conversation).values(snoozed_until=utcnow() - timedelta(seconds=1)))
    session.commit()
    assert (operations.wake_due(session), operations.wake_due(session)) == (1, 0)
    operations.snooze(session, conversation_id=row.id, until=utcnow() + timedelta(hours=1), actor=actor(anna))
    asks(session, row)
    assert fresh(session, row).state == "waiting", "the customer wakes it as well"


def test_labels_priority_assignment(session: Session) -> None:
    anna, kim, row = agent(session), customer(session), conversation(session)
    operations.label(session, conversation_id=row.id, labels="vip, late parcel ,VIP", actor=actor(anna))
    operations.set_priority(session, conversation_id=row.id, priority="high", actor=actor(anna))
    assert (fresh(session, row).labels, fresh(session, row).priority) == (["vip", "late parcel"], "high")
    for call in (
        lambda: operations.label(session, conversation_id=row.id, labels=["x" * 31], actor=actor(anna)),
        lambda: operations.set_priority(session, conversation_id=row.id, priority="now", actor=actor(anna)),
        lambda: operations.assign(session, conversation_id=row.id, user_id=kim.id, actor=actor(anna)),
    ):
        with pytest.raises(ShopError):
            call()
    operations.assign(session, conversation_id=row.id, user_id=anna.id, actor=actor(anna))
    assert fresh(session, row).assignee_id == anna.id


def test_rating(session: Session) -> None:
    row = conversation(session)
    for bad in (0, 6, "x", None, True, 4.5):
        with pytest.raises(ShopError):
            operations.rate(session, conversation_id=row.id, rating=bad, actor=GUEST)
    operations.rate(session, conversation_id=row.id, rating=4, comment="Quick", actor=GUEST)
    operations.rate(session, conversation_id=row.id, rating="5", actor=GUEST)
    assert (fresh(session, row).rating, fresh(session, row).comment) == (5, "")


def test_transcript_is_mailed_once_and_only_to_its_owner(session: Session) -> None:
    kim = customer(session, language="fr")
    row = conversation(session, queries.Owner(user_id=kim.id), language="fr")
    asks(session, row, "Où est ma lampe ?")
    for _ in range(2):
        sent = operations.send_transcript(
            session, conversation_id=row.id, email="thief@x.example", actor=GUEST
        )
        assert sent == kim.email
    found = mails(session, "chat_transcript")
    assert len(found) == 1 and "Où est ma lampe ?" in found[0].text and found[0].recipient == kim.email
    with pytest.raises(ShopError):
        operations.send_transcript(session, conversation_id=conversation(session).id, actor=GUEST)


def test_forgetting_a_person(session: Session) -> None:
    kim = customer(session)
    row = conversation(session, queries.Owner(user_id=kim.id))
    asks(session, row)
    assert operations.forget_person(session, user_id=kim.id, actor=SYSTEM) == 1
    assert operations.forget_person(session, user_id=kim.id, actor=SYSTEM) == 0
    assert session.query(ChatMessage).count() == 0


def test_events_are_in_the_outbox_only_for_who_listens(session: Session, deliver: Callable[[], int]) -> None:
    row = conversation(session)
    asks(session, row)
    deliver()
    assert session.query(OutboxRow).filter(OutboxRow.dead.is_(True)).count() == 0
