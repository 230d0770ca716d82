"""Tickets: opened once, answered, moved, merged; whose order, whose file, what is forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM, Actor
from app.core.clock import utcnow
from app.core.errors import Conflict, InvalidFields
from app.core.state_machine import IllegalTransition
from app.notifications.staff.models import StaffNotice
from app.support.tickets import operations, personal, queries
from app.support.tickets.errors import (
    CannotMerge,
    FileRefused,
    NoChallenge,
    NotYourOrder,
    TicketClosed,
    TicketNotFound,
)
from app.support.tickets.files import Sent
from app.support.tickets.models import DroppedMail, SpentChallenge, Ticket, TicketMessage
from tests.orders import making as orders
from tests.reviews import making as buying
from tests.support import making
from tests.support.making import PDF, PNG


def test_sup_03_a_ticket_has_number_token_promise_and_its_first_message(session: Session) -> None:
    first, second = making.ticket(session), making.ticket(session)
    year = utcnow().year
    assert (first.number, second.number) == (f"T-{year}-000001", f"T-{year}-000002")
    assert first.token != second.token and len(first.token) >= 32 and first.mail_key != second.mail_key
    assert first.state == "new" and first.created_at < first.first_due < first.solve_due
    read = queries.by_token(session, first.token)
    assert [(m.author, m.body) for m in read.messages] == [("customer", "I ordered it a week ago.")]


def test_a_refused_ticket_takes_no_number(session: Session) -> None:
    for values in (
        {"subject": " "},
        {"body": ""},
        {"email": "nobody"},
        {"body": "x" * 5001},
        {"subject": "\x00"},
    ):
        with pytest.raises(InvalidFields) as refused:
            making.ticket(session, **values)
        assert set(refused.value.errors) == set(values)
    assert making.ticket(session).number.endswith("-000001")


def test_only_an_own_order_is_linked(session: Session) -> None:
    kim, lou = making.customer(session, "kim"), making.customer(session, "lou")
    variant, _product = buying.products(session)[0]
    mine = orders.order(session, [variant], user_id=kim, quantity=1)
    ask = {"email": "kim@people.example", "user_id": kim}
    assert making.ticket(session, order_number=mine.number, **ask).order_id == mine.id
    for number in (mine.number, "2020-000001"):
        with pytest.raises(NotYourOrder) as refused:
            making.ticket(session, order_number=number, email="lou@people.example", user_id=lou)
        assert refused.value.text == NotYourOrder().text
    stranger = making.ticket(session, order_number=mine.number, email="stranger@people.example")
    assert stranger.order_id is None, "a guest is told nothing and sees nothing"
    assert making.ticket(session, order_number=mine.number, email=mine.email).order_id == mine.id


def test_answer_and_reply_move_the_ticket(session: Session) -> None:
    made, sofie = making.ticket(session), making.agent(session)
    operations.answer(session, ticket_id=made.id, body="It left today.", actor=sofie)
    assert (
        (made.state, made.assignee_id) == ("waiting", sofie.user_id)
        and made.paused_at
        and made.first_answer_at
    )
    operations.reply(session, ticket_id=made.id, body="Thank you", actor=Actor("guest"))
    assert made.state == "open" and made.paused_at is None
    operations.answer(session, ticket_id=made.id, body="Glad.", actor=sofie, then="solved")
    assert made.state == "solved" and made.solved_at
    operations.reply(session, ticket_id=made.id, body="One more thing", actor=Actor("guest"))
    assert made.state == "open" and made.solved_at is None
    operations.move(session, ticket_id=made.id, state="closed", actor=sofie)
    with pytest.raises(TicketClosed):
        operations.reply(session, ticket_id=made.id, body="Hello?", actor=Actor("guest"))
    with pytest.raises(IllegalTransition):
        operations.move(session, ticket_id=made.id, state="open", actor=sofie)


def test_an_answer_to_an_old_page_is_refused(session: Session) -> None:
    made, sofie = making.ticket(session), making.agent(session)
    seen = made.version
    operations.reply(session, ticket_id=made.id, body="And another thing", actor=Actor("guest"))
    with pytest.raises(Conflict):
        operations.answer(session, ticket_id=made.id, body="Yes", actor=sofie, version=seen)
    session.refresh(made)
    operations.answer(session, ticket_id=made.id, body="Yes", actor=sofie, version=made.version)


def test_notes_are_never_public(session: Session) -> None:
    made, sofie = making.ticket(session), making.agent(session)
    operations.note(session, ticket_id=made.id, body="Difficult customer", actor=sofie, files=[])
    read = queries.by_token(session, made.token)
    assert "Difficult" not in " ".join(m.body for m in queries.public_messages(read))
    assert made.state == "new"


def test_the_promise_rests_while_the_customer_is_waited_for(session: Session) -> None:
    made, sofie = making.ticket(session), making.agent(session)
    before = made.solve_due
    operations.move(session, ticket_id=made.id, state="waiting", actor=sofie)
    made.paused_at = utcnow() - timedelta(days=7)
    session.commit()
    operations.move(session, ticket_id=made.id, state="open", actor=sofie)
    assert made.solve_due > before + timedelta(days=3)


def test_a_broken_promise_is_marked_and_told_of_once(session: Session, deliver: Any) -> None:
    made = making.ticket(session, at=utcnow() - timedelta(days=40))
    fresh = making.ticket(session)
    assert operations.mark_late(session) == 2, "the first answer and the solution"
    assert operations.mark_late(session) == 0
    deliver()
    session.refresh(made)
    assert made.first_late_at and made.solve_late_at and fresh.first_late_at is None
    (notice,) = session.scalars(select(StaffNotice).where(StaffNotice.topic == "ticket-late")).all()
    assert notice.facts["number"] == made.number
    operations.move(session, ticket_id=made.id, state="solved", actor=SYSTEM)
    deliver()
    session.refresh(notice)
    assert notice.cleared_at is not None


def test_the_bell_forgets_a_promise_once_it_is_kept(session: Session, deliver: Any) -> None:
    made = making.ticket(session)
    made.first_due = utcnow() - timedelta(minutes=1)
    session.commit()
    operations.mark_late(session)
    operations.answer(session, ticket_id=made.id, body="Sorry!", actor=SYSTEM, then="open")
    deliver()
    notices = select(StaffNotice).where(StaffNotice.topic == "ticket-late").order_by(StaffNotice.id)
    assert [bool(one.cleared_at) for one in session.scalars(notices)] == [True]
    made.solve_due = utcnow() - timedelta(minutes=1)
    session.commit()
    operations.mark_late(session)
    deliver()
    session.expire_all()
    assert [bool(one.cleared_at) for one in session.scalars(notices)] == [True, False], "the solution is owed"
    operations.answer(session, ticket_id=made.id, body="There it is.", actor=SYSTEM, then="solved")
    deliver()
    session.expire_all()
    assert [bool(one.cleared_at) for one in session.scalars(notices)] == [True, True]


def test_solved_tickets_close_after_the_days_of_the_setting(session: Session) -> None:
    old, new = making.ticket(session), making.ticket(session)
    for made in (old, new):
        operations.move(session, ticket_id=made.id, state="solved", actor=SYSTEM)
    old.solved_at = utcnow() - timedelta(days=8)
    session.commit()
    assert operations.close_solved(session) == 1 and operations.close_solved(session) == 0
    assert (old.state, new.state) == ("closed", "solved")


def test_priority_sets_the_promises_anew(session: Session) -> None:
    made = making.ticket(session)
    first, solve = made.first_due, made.solve_due
    operations.prioritise(session, ticket_id=made.id, priority="urgent", actor=SYSTEM)
    assert made.first_due < first and made.solve_due < solve
    operations.prioritise(session, ticket_id=made.id, priority="normal", actor=SYSTEM)
    assert (made.first_due, made.solve_due) == (first, solve)


def test_only_staff_get_tickets(session: Session) -> None:
    made, sofie, kim = making.ticket(session), making.agent(session), making.customer(session)
    operations.assign(session, ticket_id=made.id, user_id=sofie.user_id, actor=sofie)
    with pytest.raises(InvalidFields):
        operations.assign(session, ticket_id=made.id, user_id=kim, actor=sofie)
    assert made.assignee_id == sofie.user_id


def test_two_tickets_of_one_customer_become_one(session: Session) -> None:
    one, two, other = (
        making.ticket(session),
        making.ticket(session),
        making.ticket(session, email="else@people.example"),
    )
    with pytest.raises(CannotMerge):
        operations.merge(session, ticket_id=one.id, into=other.number, actor=SYSTEM)
    with pytest.raises(CannotMerge):
        operations.merge(session, ticket_id=one.id, into=one.number, actor=SYSTEM)
    operations.merge(session, ticket_id=one.id, into=two.number.lower(), actor=SYSTEM)
    session.expire_all()
    assert one.state == "closed" and queries.final(session, one).id == two.id
    assert [m.author for m in queries.by_id(session, two.id).messages].count("customer") == 2
    with pytest.raises(CannotMerge):
        operations.merge(session, ticket_id=two.id, into=one.number, actor=SYSTEM)


def test_files_are_what_they_claim_and_open_for_who_may(session: Session) -> None:
    made = making.ticket(session, files=[Sent("../../evil name.png", PNG), Sent("bill.pdf", PDF)])
    picture, paper = queries.by_id(session, made.id).messages[0].files
    assert (picture.filename, picture.content_type) == (
        "evil name.png",
        "image/png",
    ) and paper.state == "unscanned"
    assert queries.file_of(session, made.id, paper.public_id, staff=False).data == PDF
    other = making.ticket(session)
    with pytest.raises(TicketNotFound):
        queries.file_of(session, other.id, paper.public_id, staff=False)
    sofie = making.agent(session)
    operations.note(session, ticket_id=made.id, body="see", actor=sofie, files=[Sent("secret.pdf", PDF)])
    session.expire_all()
    secret = queries.by_id(session, made.id).messages[-1].files[0]
    with pytest.raises(TicketNotFound):
        queries.file_of(session, made.id, secret.public_id, staff=False)
    for name, data in (
        ("a.svg", b"<svg onload=alert(1)>"),
        ("b.png", b"MZ\x90"),
        ("c.png", PNG[:40]),
        ("d.html", b"<html>"),
    ):
        with pytest.raises(FileRefused):
            making.ticket(session, files=[Sent(name, data)])


def test_a_challenge_works_once(session: Session) -> None:
    operations.spend(session, key="proof:abc")
    with pytest.raises(NoChallenge):
        operations.spend(session, key="proof:abc")
    assert session.scalar(select(func.count()).select_from(SpentChallenge)) == 1


def test_a_person_is_exported_and_forgotten(session: Session) -> None:
    kim = making.customer(session)
    made = making.ticket(session, email="kim@people.example", user_id=kim, files=[Sent("bill.pdf", PDF)])
    operations.note(session, ticket_id=made.id, body="internal", actor=making.agent(session))
    (told,) = personal.export(session, user_id=kim)
    assert told["number"] == made.number and "internal" not in str(told) and "bill.pdf" in str(told)
    assert personal.erase(session, user_id=kim, actor=SYSTEM) == 1
    assert personal.erase(session, user_id=kim, actor=SYSTEM) == 0
    session.expire_all()
    left = session.get_one(Ticket, made.id)
    assert "kim" not in f"{left.email}{left.name}{left.subject}" and left.number == made.number
    assert session.scalar(select(func.count()).select_from(TicketMessage)) == 0


def test_who_is_forgotten_stands_neither_at_the_bell_nor_among_dropped_mails(
    session: Session, deliver: Any
) -> None:
    kim, other = making.customer(session), making.ticket(session, at=utcnow() - timedelta(days=40))
    making.ticket(
        session, subject="Kim Peeters waits", email="kim@people.example", user_id=kim,
        at=utcnow() - timedelta(days=40),
    )  # fmt: skip
    operations.mark_late(session)
    deliver()
    away = b"From: Kim@people.example\r\nAuto-Submitted: auto-replied\r\n\r\nI am away."
    assert operations.receive(session, away).startswith("dropped")
    personal.erase(session, user_id=kim, actor=SYSTEM)
    (told,) = session.scalars(select(StaffNotice))
    assert told.facts["number"] == other.number, "other people's stay"
    assert session.scalar(select(func.count()).select_from(DroppedMail)) == 0
