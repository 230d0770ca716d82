"""The bell: one notice a matter in whatever order news arrive, for who may see its screen, read by each person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.inventory import StockLow
from app.events.notifications import MailAsked, StaffMattersOver, StaffToldOf
from app.identity import operations as identity
from app.inventory import handlers as stock
from app.inventory import operations as inventory
from app.inventory.models import Stock
from app.notifications.models import Message
from app.notifications.staff import handlers, operations, queries
from app.notifications.staff.models import StaffNotice
from tests.counting import counted
from tests.inventory.shelves import article, put

PASSWORD = "a-long-demo-password-7"
TOLD = StaffToldOf(
    "low_stock", "alert:1", "AlertView", "/admin/stock/show/1", {"name": "Lamp", "sku": "L", "left": 2}
)


@pytest.fixture
def session(session_maker: Callable[[], Session]) -> Iterator[Session]:
    """A session without an application context: what requests keep in `g` must not outlive them."""
    with session_maker() as own:
        yield own


@pytest.fixture
def staff(app: Any, session: Session) -> Callable[[str], Any]:
    """Makes a browser in which somebody with this role is logged in, and says whose it is."""

    def log_in(role: str) -> tuple[Any, int]:
        user = identity.create_staff(
            session, email=f"{role.lower()}@desk.example", password=PASSWORD, roles=(role,), first_name=role,
            last_name="Desk", actor=SYSTEM,
        )  # fmt: skip
        session.commit()
        client, user_id = app.test_client(), user.id
        answer = client.post(
            "/admin/login/", data={"email": f"{role.lower()}@desk.example", "password": PASSWORD}
        )
        assert answer.status_code == 302
        return client, user_id

    return log_in


def notices(session: Session) -> list[tuple[str, bool]]:
    session.rollback()
    query = select(StaffNotice.facts["sku"].astext, StaffNotice.cleared_at.is_(None)).order_by(StaffNotice.id)
    return [tuple(row) for row in session.execute(query)]  # type: ignore[misc]


def test_one_notice_a_crossing_gone_with_new_goods(session: Session, deliver: Callable[[], int]) -> None:
    lamp = article(session, stock=5)
    deliver()
    for n in range(4):
        inventory.reserve(session, holder=f"order:{n}", lines={lamp.variant_id: 1}, until=None)
        deliver()
    assert notices(session) == [(lamp.sku, True)]
    put(session, lamp, 50)
    deliver()
    assert notices(session) == [(lamp.sku, False)]
    put(session, lamp, 5)
    deliver()
    assert notices(session) == [(lamp.sku, False), (lamp.sku, True)], "another crossing is another notice"


def test_ringing_twice_is_ringing_once(session: Session, deliver: Callable[[], int]) -> None:
    lamp = article(session, stock=1)
    deliver()
    stock_id = session.scalars(select(Stock.id).where(Stock.variant_id == lamp.variant_id)).one()
    put(session, lamp, 50)
    put(session, lamp, 2)
    for _ in range(2):
        stock.ring(session, StockLow(stock_id, lamp.variant_id, lamp.sku, "MAIN", 2, 3))
    deliver()
    assert [is_open for _sku, is_open in notices(session)].count(True) == 1
    put(session, lamp, 50)
    stock.ring(session, StockLow(stock_id, lamp.variant_id, lamp.sku, "MAIN", 2, 3))
    deliver()
    assert [is_open for _sku, is_open in notices(session)].count(True) == 0, "it is over: nobody is told"


def test_over_wins_whichever_comes_first(session: Session) -> None:
    over = StaffMattersOver("low_stock", ("alert:1",))
    for _ in range(2):
        handlers.hush(session, over)
        handlers.ring(session, TOLD)
    assert [row.cleared_at is not None for row in session.scalars(select(StaffNotice))] == [True]
    handlers.hush(session, StaffMattersOver("low_stock", ()))


def test_a_mail_that_was_asked_for_is_written_once(session: Session) -> None:
    values = {
        "alert": {"name": "Lamp", "sku": "L", "warehouse": "Main", "available": 2, "low_at": 3},
        "path": "/x",
    }
    for _ in range(2):
        handlers.post(session, MailAsked("m@example.com", "low_stock", "en", "low-stock:1", values))
    (mail,) = session.scalars(select(Message)).all()
    assert "Lamp" in mail.subject and "L" in mail.text


def test_each_person_reads_for_themselves(session: Session, staff: Any) -> None:
    (boss, boss_id), (helper, helper_id) = staff("Manager"), staff("Support")
    operations.raise_notice(
        session, topic="low_stock", subject="alert:1", screen="AlertView", facts=TOLD.facts
    )
    for client in (boss, helper):
        assert "Notices: 1 unread" in client.get("/admin/").text
    page = boss.get("/admin/staffnotice/list/?cleared_at.empty=1").text
    assert "Running low: Lamp, L (2 left)" in page and "Mark all as read" in page
    for _ in range(2):
        assert boss.post("/admin/staffnotice/seen_all").status_code == 302
    assert "Notices: 1 unread" not in boss.get("/admin/").text
    assert "Notices: 1 unread" in helper.get("/admin/").text
    assert "Manager" in helper.get("/admin/staffnotice/list/").text, "who has read it"
    notice = session.scalars(select(StaffNotice.id)).one()
    done = helper.post("/admin/staffnotice/action_post", data={"action": "seen", "rowid": str(notice)})
    assert done.status_code == 302
    assert queries.unread_by_screen(session, helper_id) == queries.unread_by_screen(session, boss_id) == {}


def test_only_who_may_see_the_screen_is_told(session: Session, staff: Any) -> None:
    helper, helper_id = staff("Support")
    seller, _id = staff("Seller")
    for subject, screen in (("a", "AlertView"), ("b", "SettingsView"), ("c", "")):
        operations.raise_notice(session, topic="low_stock", subject=subject, screen=screen, facts=TOLD.facts)
    assert "Notices: 1 unread" in helper.get("/admin/").text
    listed = helper.get("/admin/staffnotice/list/").text
    assert "1 row" in listed and "Running low: Lamp" in listed
    hidden = session.scalars(select(StaffNotice.id).where(StaffNotice.screen == "SettingsView")).one()
    assert helper.get(f"/admin/staffnotice/show/{hidden}").status_code == 404
    assert 'class="icon-button bell"' not in seller.get("/admin/").text
    assert operations.mark_seen(session, notice_ids=[hidden, 10**9], user_id=helper_id) == 1
    assert operations.mark_seen(session, notice_ids=[hidden], user_id=helper_id) == 0


def test_words_of_an_unknown_topic_and_of_hostile_facts(session: Session, staff: Any) -> None:
    boss, _id = staff("Manager")
    operations.raise_notice(session, topic="no_such_topic", subject="1", screen="AlertView")
    facts = {"name": "<script>x</script>", "sku": "L", "left": 1}
    operations.raise_notice(
        session, topic="low_stock", subject="2", screen="AlertView", url="https://evil.example/", facts=facts
    )
    page = boss.get("/admin/staffnotice/list/").text
    assert "No such topic" in page and "<script>x" not in page and "evil.example" not in page


def test_the_bell_costs_one_statement(session: Session, staff: Any, engine: Any) -> None:
    boss, _id = staff("Manager")
    for n in range(120):
        operations.raise_notice(
            session, topic="low_stock", subject=str(n), screen="AlertView", facts=TOLD.facts
        )
    boss.get("/admin/stockalert/list/")
    with counted(engine) as sent:
        page = boss.get("/admin/stockalert/list/").text
    assert "99+" in page
    assert len([one for one in sent if "notifications_staff_notice" in one]) == 1
    boss.get("/admin/staffnotice/list/")
    with counted(engine) as sent:
        assert boss.get("/admin/staffnotice/list/").status_code == 200
    assert len(sent) <= 12, "\n".join(sent)


def test_announced_inside_a_unit_that_fails_nothing_rings(
    session: Session, deliver: Callable[[], int]
) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work(session):
        publish(session, TOLD)
        raise ZeroDivisionError
    deliver()
    assert notices(session) == []
