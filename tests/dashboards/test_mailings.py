"""Regular mails: at their hour, once, and to each reader only what is theirs."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.errors import InvalidFields
from app.core.jobs import JobRow, Progress
from app.notifications.models import Attachment, Message
from dashboards import mailing, operations, rules
from dashboards.models import Board, Mailing
from tests.orders.making import articles, order, pay

BRUSSELS = ZoneInfo("Europe/Brussels")


@given(
    after=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    rhythm=st.sampled_from(rules.RHYTHMS), day=st.integers(1, 6), hour=st.integers(0, 23),
)  # fmt: skip
def test_the_next_moment_is_later_and_on_its_day(after: datetime, rhythm: str, day: int, hour: int) -> None:
    found = rules.next_moment(after, rhythm, day, hour, BRUSSELS)
    local = found.astimezone(BRUSSELS)
    assert found > after
    assert local.hour == hour or (hour == 2 and local.hour == 3), (
        "an hour that the clocks leave out moves on by it"
    )
    assert rhythm != "week" or local.weekday() == day
    assert rhythm != "month" or local.day == day
    longest = {"day": 2, "week": 8, "month": 32}[rhythm]
    assert found - after <= timedelta(days=longest)


def test_moments_worked_out_by_hand() -> None:
    friday = datetime(2026, 3, 27, 8, 0, tzinfo=UTC)
    assert rules.next_moment(friday, "day", 0, 7, BRUSSELS) == datetime(2026, 3, 28, 6, 0, tzinfo=UTC)
    assert rules.next_moment(friday, "week", 0, 7, BRUSSELS) == datetime(2026, 3, 30, 5, 0, tzinfo=UTC), (
        "summer time since Sunday"
    )
    assert rules.next_moment(friday, "month", 1, 7, BRUSSELS) == datetime(2026, 4, 1, 5, 0, tzinfo=UTC)


@pytest.fixture
def board(admin: Any, session: Session, deliver: Callable[[], int]) -> Board:
    """A board with sales of 108.90 EUR on it."""
    variants = articles(session)
    for _time in range(2):
        pay(session, order(session, variants[:2]))
    deliver()
    me = Actor("staff", admin.user_id, "desk")
    made = operations.save_board(session, title="Mornings", actor=me)
    operations.save_tile(session, board_id=made.id, metric="gross", chart="number", actor=me)
    operations.save_tile(
        session, board_id=made.id, metric="gross", dimension="country", chart="bars", actor=me
    )
    operations.save_tile(session, board_id=made.id, metric="gross", dimension="day", chart="line", actor=me)
    return made


def due(session: Session, browser: Any, **values: Any) -> Mailing:
    """A mailing whose moment has just come."""
    given = {"rhythm": "day", "hour": 7, "recipients": ["admin@desk.example"], **values}
    made = operations.save_mailing(session, actor=Actor("staff", browser.user_id, "desk"), **given)
    session.execute(
        text("UPDATE dashboards_mailing SET next_at = now() - interval '1 minute' WHERE id = :i"),
        {"i": made.id},
    )
    session.commit()
    return made


def leave(session_maker: Callable[[], Session], session: Session) -> list[Message]:
    """What the cron and the worker do, each twice."""
    progress = Progress(session_maker, 0)
    for _twice in range(2):
        mailing.start_due(progress)
    rows = session.scalars(select(JobRow).where(JobRow.name == mailing.SEND)).all()
    for row in rows:
        for _twice in range(2):
            mailing.send(progress, **row.arguments)
    return list(session.scalars(select(Message).where(Message.template == "dashboard").order_by(Message.id)))


def test_ana_07_a_board_is_mailed_once_with_its_charts(
    admin: Any, session: Session, session_maker: Callable[[], Session], board: Board
) -> None:
    made = due(session, admin, board_id=board.id)
    (mail,) = leave(session_maker, session)
    assert mail.recipient == "admin@desk.example" and "Mornings" in mail.subject
    assert "€108.90" in mail.html and "€108.90" in mail.text and "Belgium" in mail.text
    file = session.scalars(select(Attachment).where(Attachment.message_id == mail.id)).one()
    assert file.data is not None
    paper = PdfReader(io.BytesIO(file.data)).pages[0].extract_text()
    assert "Mornings" in paper and "108.90" in paper and "Belgium" in paper
    session.expire_all()
    assert session.get_one(Mailing, made.id).next_at > datetime.now(UTC)


def test_ana_06_a_report_is_mailed_as_its_file(
    admin: Any, session: Session, session_maker: Callable[[], Session], board: Board
) -> None:
    due(session, admin, report="orders", format="xlsx")
    (mail,) = leave(session_maker, session)
    file = session.scalars(select(Attachment).where(Attachment.message_id == mail.id)).one()
    assert file.filename.endswith(".xlsx") and file.data is not None and file.data[:2] == b"PK"


def test_who_may_no_longer_look_gets_nothing(
    staff: Callable[..., Any],
    admin: Any,
    session: Session,
    session_maker: Callable[[], Session],
    board: Board,
) -> None:
    manager = staff("Manager")
    operations.save_board(
        session, board_id=board.id, roles=["Manager"], actor=Actor("staff", admin.user_id, "desk")
    )
    due(session, admin, board_id=board.id, recipients=["manager@desk.example"])
    operations.save_board(session, board_id=board.id, roles=[], actor=Actor("staff", admin.user_id, "desk"))
    assert leave(session_maker, session) == [] and manager.user_id
    assert session.scalars(select(Mailing.sent_at)).one() is None, "what nobody got was not sent"


def test_a_seller_is_mailed_own_goods_and_never_names_of_customers(
    staff: Callable[..., Any],
    admin: Any,
    session: Session,
    session_maker: Callable[[], Session],
    board: Board,
) -> None:
    staff("Seller")
    operations.save_board(
        session, board_id=board.id, roles=["Seller"], actor=Actor("staff", admin.user_id, "desk")
    )
    due(session, admin, board_id=board.id, recipients=["seller@desk.example"])
    due(session, admin, report="customers", format="csv", recipients=["seller@desk.example"])
    (mail,) = leave(session_maker, session)
    assert "Mornings" in mail.subject and "108.90" not in mail.html


def test_what_cannot_be_mailed_is_said(admin: Any, session: Session, board: Board) -> None:
    me = Actor("staff", admin.user_id, "desk")
    fine: dict[str, Any] = {
        "board_id": board.id,
        "rhythm": "week",
        "day": 1,
        "recipients": ["admin@desk.example"],
    }
    for change, field in (
        ({"board_id": None}, "board_id"), ({"report": "sales"}, "board_id"), ({"board_id": 10**9}, "board_id"), ({"rhythm": "hour"}, "rhythm"),
        ({"day": 9}, "day"), ({"rhythm": "month", "day": 31}, "day"), ({"hour": 24}, "hour"), ({"recipients": []}, "recipients"),
        ({"recipients": ["stranger@example.org"]}, "recipients"), ({"period": "own"}, "period"),
    ):  # fmt: skip
        with pytest.raises(InvalidFields) as refused:
            operations.save_mailing(session, actor=me, **{**fine, **change})
        assert field in refused.value.errors, change
    answer = admin.post("/admin/mailing/add", data={"board": str(board.id), "report": "", "format": "pdf", "period": "7_days", "currency": "", "rhythm": "week", "day": "0", "hour": "7", "recipients": "admin@desk.example", "is_active": "y"})  # fmt: skip
    assert answer.status_code == 302, answer.text
    assert session.scalars(select(Mailing)).one().recipients == [admin.user_id]


def test_support_is_mailed_no_report(
    staff: Callable[..., Any],
    admin: Any,
    session: Session,
    session_maker: Callable[[], Session],
    board: Board,
) -> None:
    staff("Support")
    due(session, admin, report="sales", format="csv", recipients=["support@desk.example"])
    assert leave(session_maker, session) == [], "their screen of reports is closed, and so is the mail"
