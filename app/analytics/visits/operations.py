"""The verbs of visits: take note, write down, forget, sum up a day.

Page views come by the thousand, so a view is pushed onto a list in Redis and a job writes down what has gathered, a
thousand views with four statements: the answer of the door waits for no disk and takes no connection. Losing some
views when Redis goes is allowed. What leads to money (a piece put into the bag, a checkout begun) is inserted at
once, in the unit of work of the change it speaks of, and an order comes with its own event through the outbox: none
of these can be lost.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.analytics.visits import queries
from app.analytics.visits.models import Visit, VisitDay, VisitEvent
from app.analytics.visits.rules import MOST_A_MINUTE, MOST_A_VISIT
from app.catalog.models import Variant
from app.core import redis_client
from app.core.clock import utcnow
from app.core.unit_of_work import unit_of_work
from app.search.learning import operations as learning

KEY = "visits:views"
MOST_HELD = 100_000
"""Views held until the job comes; the oldest go when there are more."""
AT_ONCE = 1_000
WITHOUT_SEARCH: list[Any] = ["", [], False]
"""What a view says of a search when there was none; one that waits from before an update does not say it."""
WIDTH = 14


@dataclass(frozen=True, slots=True)
class Seen:
    """Who is here, as far as they agreed to it: number, visit, and how the visit came about."""

    visitor: uuid.UUID
    visit: uuid.UUID
    at: datetime
    agreed_to: str
    is_profiled: bool = False
    user_id: int | None = None
    language: str = "en"
    device: str = "desktop"
    referrer: str = ""


def take_view(
    seen: Seen, *, page: str, slug: str = "", query: str = "", shown: Sequence[str] = (), found: bool = False
) -> None:
    """Note one page view; it is written down by `store_views`.

    A page of results says what was looked for and what it `shown`, by slugs; a product, whether it was `found` there.
    The search learns from that, from visits that agreed to more than being counted.
    """
    view = [
        seen.visitor.hex, seen.visit.hex, seen.at.timestamp(), seen.agreed_to, seen.is_profiled, seen.user_id,
        seen.language, seen.device, seen.referrer, page, slug,
        *([query, list(shown), found] if seen.is_profiled else WITHOUT_SEARCH),
    ]  # fmt: skip

    def push(client: Any) -> None:
        pipe = client.pipeline(transaction=False)
        pipe.rpush(KEY, json.dumps(view, separators=(",", ":")))
        pipe.ltrim(KEY, -MOST_HELD, -1)
        pipe.execute()

    redis_client.attempt(push)


def store_views(session: Session) -> int:
    """Write down the views that have gathered; returns how many.

    They are taken away before they are written: a crash in between loses them, none is counted twice.
    """
    stored = 0
    while taken := redis_client.attempt(lambda client: client.lpop(KEY, AT_ONCE)):
        views = [(json.loads(one) + WITHOUT_SEARCH)[:WIDTH] for one in taken if isinstance(one, bytes)]
        with unit_of_work(session):
            _write(session, views)
        stored += len(views)
    return stored


def _write(session: Session, views: list[list[Any]]) -> None:
    slugs = {view[10] for view in views if view[10]} | {slug for view in views for slug in view[12]}
    products = queries.products_by_slug(session, slugs) if slugs else {}
    visits: dict[str, dict[str, Any]] = {}
    events = []
    for view in views:
        visitor, visit, at, agreed_to, is_profiled, user_id, language, device, referrer, page, slug = view[
            :11
        ]
        moment = datetime.fromtimestamp(at, utcnow().tzinfo)
        product = products.get(slug)
        begun = _new_row(uuid.UUID(visit), uuid.UUID(visitor), moment, agreed_to)
        row = visits.setdefault(visit, begun | {"language": language, "device": device})
        row["started_at"], row["last_at"] = min(row["started_at"], moment), max(row["last_at"], moment)
        row |= {"is_profiled": is_profiled, "user_id": user_id}
        row["referrer"] = row["referrer"] or referrer
        row["page_views"] += 1
        row["product_views"] += product is not None
        events.append(
            {"visit_id": row["id"], "at": moment, "kind": "page", "page": page, "product_id": product}
        )
    _merge(session, list(visits.values()))
    session.execute(insert(VisitEvent), events)
    _tell_search(session, views, products)
    _part_robots(session, [row["id"] for row in visits.values()])


def _tell_search(session: Session, views: list[list[Any]], products: dict[str, int]) -> None:
    """Hand over what was looked for, and what was opened out of results."""
    zone = utcnow().tzinfo
    seen, opened = [], []
    for view in views:
        visit, at, lang, query = uuid.UUID(view[1]), datetime.fromtimestamp(view[2], zone), view[6], view[11]
        if query:
            shown = [products[slug] for slug in view[12] if slug in products]
            seen.append(learning.Seen(visit, at, lang, query, shown))
        elif view[13] and view[10] in products:
            opened.append(learning.Opened(visit, at, products[view[10]]))
    if seen or opened:
        learning.note(session, seen, opened)


def _new_row(visit: uuid.UUID, visitor: uuid.UUID, at: datetime, agreed_to: str) -> dict[str, Any]:
    return {
        "id": visit, "visitor": visitor, "agreed_to": agreed_to, "started_at": at, "last_at": at, "referrer": "",
        "page_views": 0, "product_views": 0, "additions": 0, "checkouts": 0, "orders": 0,
    }  # fmt: skip


def _merge(session: Session, rows: list[dict[str, Any]]) -> None:
    """Add to visits that are known, begin the others. In the order of their ids: two jobs cannot deadlock."""
    made = insert(Visit)
    new, old = made.excluded, Visit
    counts = ("page_views", "product_views", "additions", "checkouts", "orders")
    changes: dict[str, Any] = {name: getattr(old, name) + getattr(new, name) for name in counts}
    changes |= {
        "started_at": func.least(old.started_at, new.started_at),
        "last_at": func.greatest(old.last_at, new.last_at),
        "referrer": case((old.referrer == "", new.referrer), else_=old.referrer),
        "is_profiled": new.is_profiled,
        "user_id": new.user_id,
        "agreed_to": new.agreed_to,
    }
    merged = made.on_conflict_do_update(index_elements=["id"], set_=changes, where=old.visitor == new.visitor)
    session.execute(merged, sorted(rows, key=lambda row: row["id"]))


def _part_robots(session: Session, visits: list[uuid.UUID]) -> None:
    """Set visits apart that go at a pace no person does. The search learns nothing from them."""
    pace = (
        select(VisitEvent.visit_id)
        .where(VisitEvent.visit_id.in_(visits), VisitEvent.kind == "page")
        .group_by(VisitEvent.visit_id, func.date_trunc("minute", VisitEvent.at))
        .having(func.count() > MOST_A_MINUTE)
    )
    tireless = and_(Visit.id.in_(visits), Visit.page_views > MOST_A_VISIT)
    robots = update(Visit).where(Visit.id.in_(pace) | tireless).values(is_robot=True).returning(Visit.id)
    if found := session.scalars(robots).all():
        learning.forget_visits(session, found)


def note_addition(session: Session, seen: Seen, *, cart_id: int, sku: str) -> None:
    """Note that something was put into a bag. Joins the unit of work of doing so."""
    product = select(Variant.product_id).where(Variant.sku == sku).scalar_subquery()
    with unit_of_work(session):
        _merge(session, [_row_of(seen) | {"additions": 1}])
        event = insert(VisitEvent).values(
            visit_id=seen.visit, at=seen.at, kind="addition", cart_id=cart_id, product_id=product
        )
        session.execute(event)


def note_checkout(session: Session, seen: Seen, *, cart_id: int) -> None:
    """Note that a checkout has begun: once for a visit and a bag, however often the page is opened."""
    with unit_of_work(session):
        _merge(session, [_row_of(seen)])
        made = insert(VisitEvent).values(visit_id=seen.visit, at=seen.at, kind="checkout", cart_id=cart_id)
        if session.scalar(made.on_conflict_do_nothing().returning(VisitEvent.id)) is not None:
            session.execute(update(Visit).where(Visit.id == seen.visit).values(checkouts=Visit.checkouts + 1))


def _row_of(seen: Seen) -> dict[str, Any]:
    return _new_row(seen.visit, seen.visitor, seen.at, seen.agreed_to) | {
        "is_profiled": seen.is_profiled, "user_id": seen.user_id, "language": seen.language,
        "device": seen.device, "referrer": seen.referrer,
    }  # fmt: skip


def note_order(session: Session, *, order_id: int, cart_id: int | None, at: datetime) -> bool:
    """Note an order with the visit in which its bag was last filled or paid for; False when nobody agreed.

    Repeatable: an order is noted once.
    """
    if cart_id is None:
        return False
    with unit_of_work(session):
        visit = queries.visit_of_cart(session, cart_id)
        if visit is None:
            return False
        made = insert(VisitEvent).values(
            visit_id=visit, at=at, kind="order", cart_id=cart_id, order_id=order_id
        )
        if session.scalar(made.on_conflict_do_nothing().returning(VisitEvent.id)) is None:
            return False
        changes = {"orders": Visit.orders + 1, "last_at": func.greatest(Visit.last_at, at)}
        session.execute(update(Visit).where(Visit.id == visit).values(**changes))
    return True


def forget_visitor(session: Session, visitor: uuid.UUID) -> int:
    """Delete every visit of a number: its consent was taken back. Returns how many visits."""
    store_views(session)
    with unit_of_work(session):
        return len(session.scalars(delete(Visit).where(Visit.visitor == visitor).returning(Visit.id)).all())


def untie(session: Session, visitor: uuid.UUID) -> None:
    """Suggestions may no longer be made from these visits: they are counted, and belong to no account. Repeatable."""
    store_views(session)
    with unit_of_work(session):
        free = {"is_profiled": False, "user_id": None}
        theirs = update(Visit).where(Visit.visitor == visitor).values(**free).returning(Visit.id)
        learning.forget_visits(session, session.scalars(theirs).all())


def forget_person(session: Session, user_id: int) -> int:
    """Delete every visit that is tied to an account (erasure), those of the same numbers too."""
    store_views(session)
    with unit_of_work(session):
        theirs = select(Visit.visitor).where(Visit.user_id == user_id)
        return len(session.scalars(delete(Visit).where(Visit.visitor.in_(theirs)).returning(Visit.id)).all())


def sum_up(session: Session, day: date) -> None:
    """Write down what a day came to. Repeatable: the rows of the day are made anew.

    A day of which no visit is kept any more stays as it was summed up.
    """
    with unit_of_work(session):
        rows = queries.day_sums(session, day)
        if not rows:
            return
        session.execute(delete(VisitDay).where(VisitDay.day == day))
        session.execute(insert(VisitDay), rows)


def forget_old(session: Session, *, days: int, limit: int = 20_000) -> int:
    """Delete visits older than this many days, with what happened in them; their days are summed up first.

    Days are kept whole: a day's visits go together. Returns how many visits went.
    """
    before = queries.start_of(session, utcnow() - timedelta(days=days))
    with unit_of_work(session):
        for day in queries.days_before(session, before):
            sum_up(session, day)
        old = select(Visit.id).where(Visit.started_at < before).limit(limit)
        gone = session.scalars(delete(Visit).where(Visit.id.in_(old)).returning(Visit.id))
        return len(gone.all())
