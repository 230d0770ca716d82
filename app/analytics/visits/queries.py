"""Reads of visits: days in the shop's own time, the visit of a bag, what people looked at, the funnel."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, Select, case, cast, func, literal_column, select
from sqlalchemy.orm import Session, aliased

from app.analytics.families.answering import share
from app.analytics.families.standing import rounded
from app.analytics.rules import Period
from app.analytics.settings import AnalyticsSettings
from app.analytics.visits.models import Visit, VisitEvent
from app.analytics.visits.rules import STEPS
from app.cart.models import Cart, CartLine
from app.catalog.models import Slug
from app.core import settings
from app.core.clock import utcnow
from app.identity.models import User
from app.orders.models import OrderLine
from app.pricing.queries import conversion
from app.regions.queries import base_currency
from app.search.learning.operations import Outcome


def zone(session: Session) -> ZoneInfo:
    """The time zone in which the shop counts its days."""
    return ZoneInfo(settings.get(session, AnalyticsSettings).timezone)


def bounds(session: Session, period: Period) -> tuple[datetime, datetime]:
    """The instants at which a period begins and at which it is over."""
    here = zone(session)
    after = datetime.combine(period.end + timedelta(days=1), time(), here)
    return datetime.combine(period.start, time(), here), after


def start_of(session: Session, moment: datetime) -> datetime:
    """The beginning of the day of a moment."""
    here = zone(session)
    return datetime.combine(moment.astimezone(here).date(), time(), here)


def local_day(session: Session, moment: Any) -> ColumnElement[date]:
    """SQL: the day of a moment where the shop is. The zone is written out, so that it is one expression to group by."""
    name = zone(session).key.replace("'", "")
    return cast(func.timezone(literal_column(f"'{name}'"), moment), Date)


def products_by_slug(session: Session, slugs: Iterable[str]) -> dict[str, int]:
    """The products of addresses, present and past (uq_catalog_slug_kind_slug_lang)."""
    query = select(Slug.slug, Slug.target_id).where(Slug.kind == "product", Slug.slug.in_(sorted(set(slugs))))
    return {row.slug: row.target_id for row in session.execute(query)}


def visit_of_cart(session: Session, cart_id: int) -> uuid.UUID | None:
    """The visit in which a bag was last filled or taken to the checkout (ix_analytics_visit_event_cart)."""
    query = select(VisitEvent.visit_id).where(
        VisitEvent.cart_id == cart_id, VisitEvent.kind.in_(("addition", "checkout"))
    )
    return session.scalar(query.order_by(VisitEvent.at.desc(), VisitEvent.id.desc()).limit(1))


def outcomes(session: Session, since: datetime) -> list[Outcome]:
    """What was put into bags since then, and whether it was in the order of that bag: of those from whom may be learnt.

    ix_analytics_visit_event_at, ix_analytics_visit_event_cart
    """
    order = aliased(VisitEvent)
    bought = (
        select(func.min(order.at))
        .join(OrderLine, OrderLine.order_id == order.order_id)
        .where(
            order.kind == "order",
            order.cart_id == VisitEvent.cart_id,
            OrderLine.product_id == VisitEvent.product_id,
        )
        .correlate(VisitEvent)
        .scalar_subquery()
    )
    query = (
        select(VisitEvent.visit_id, VisitEvent.product_id, VisitEvent.at, bought.label("bought_at"))
        .join(Visit, Visit.id == VisitEvent.visit_id)
        .where(
            VisitEvent.kind == "addition",
            VisitEvent.at >= since,
            VisitEvent.product_id.is_not(None),
            Visit.is_profiled,
            ~Visit.is_robot,
        )
        .order_by(VisitEvent.at)
    )
    return [Outcome(row.visit_id, row.product_id, row.at, row.bought_at) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class ProductView:
    """Somebody looked at a product, or put it into the bag (`is_addition`).

    `who` is "u:<account>" for people who were signed in, else "v:<number of the visitor>".
    """

    who: str
    user_id: int | None
    product_id: int
    at: datetime
    is_addition: bool = False


def product_views(session: Session, since: datetime) -> list[ProductView]:
    """What people looked at who agreed to suggestions made from their visits, oldest first; no robots.

    By index ix_analytics_visit_event_product.
    """
    who = case(
        (Visit.user_id.is_not(None), func.concat("u:", Visit.user_id)), else_=func.concat("v:", Visit.visitor)
    )
    query = (
        select(who, Visit.user_id, VisitEvent.product_id, VisitEvent.at, VisitEvent.kind == "addition")
        .join(Visit, Visit.id == VisitEvent.visit_id)
        .where(VisitEvent.at >= since, VisitEvent.product_id.is_not(None), Visit.is_profiled, ~Visit.is_robot)
        .order_by(VisitEvent.at, VisitEvent.id)
    )
    return [ProductView(*row) for row in session.execute(query)]


def _sums() -> tuple[ColumnElement[int], ...]:
    def having(column: Any) -> ColumnElement[int]:
        return func.count().filter(column > 0)

    return (
        func.count().label("visits"),
        func.count(Visit.visitor.distinct()).label("visitors"),
        func.coalesce(func.sum(Visit.page_views), 0).label("page_views"),
        func.coalesce(func.sum(Visit.product_views), 0).label("product_views"),
        having(Visit.product_views).label("with_product"),
        having(Visit.additions).label("with_addition"),
        having(Visit.checkouts).label("with_checkout"),
        having(Visit.orders).label("with_order"),
        func.coalesce(func.sum(Visit.orders), 0).label("orders"),
    )


def referrer() -> ColumnElement[str]:
    """SQL: how a visit came about; one that began in the middle of the shop counts as direct."""
    return func.coalesce(func.nullif(Visit.referrer, ""), "direct")


def people_between(start: datetime, end: datetime) -> Select[Any]:
    """Visits of people that began in this time, without columns (ix_analytics_visit_started_at)."""
    return select().where(Visit.started_at >= start, Visit.started_at < end, ~Visit.is_robot)


def day_sums(session: Session, day: date) -> list[dict[str, Any]]:
    """What a day came to by language, device and way in, as the rows of `analytics_visit_day`."""
    start, end = bounds(session, Period(day, day))
    by = (Visit.language.label("language"), Visit.device.label("device"), referrer().label("referrer"))
    query = people_between(start, end).add_columns(*by, *_sums()).group_by("language", "device", "referrer")
    return [{"day": day, **row._mapping} for row in session.execute(query)]


def days_before(session: Session, before: datetime) -> list[date]:
    """The days before a moment of which visits are still kept, oldest first."""
    day = local_day(session, Visit.started_at)
    return list(session.scalars(select(day).where(Visit.started_at < before).group_by(day).order_by(day)))


def first_kept_day(session: Session) -> ColumnElement[date]:
    """SQL: the day on which the oldest visit began that is still kept; after all days where none is."""
    oldest = select(local_day(session, func.min(Visit.started_at))).scalar_subquery()
    return func.coalesce(oldest, literal_column("DATE 'infinity'"))


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the funnel: how many visits came this far or further, and what share of the one before."""

    code: str
    visits: int
    share: Decimal


def funnel(session: Session, period: Period) -> list[Step]:
    """From visit over product, bag and checkout to order. Who came further has come this far too.

    A visit that orders from a link without opening a product counts in every step.
    """
    start, end = bounds(session, period)
    depth = case(
        (Visit.orders > 0, 4), (Visit.checkouts > 0, 3), (Visit.additions > 0, 2), (Visit.product_views > 0, 1), else_=0
    )  # fmt: skip
    query = people_between(start, end).add_columns(depth.label("depth"), func.count()).group_by("depth")
    reached = {depth: int(count) for depth, count in session.execute(query)}
    return _steps([sum(n for depth, n in reached.items() if depth >= step) for step in range(5)])


def _steps(counts: list[int]) -> list[Step]:
    before = [counts[0], *counts[:-1]]
    return [
        Step(code, count, share(Decimal(count), Decimal(prior)).quantize(Decimal("0.1")))
        for code, count, prior in zip(STEPS, counts, before, strict=True)
    ]


IDLE_FOR = timedelta(hours=1)
"""A bag is left behind when nobody has touched it for so long."""


def is_left(start: Any, end: Any) -> tuple[ColumnElement[bool], ...]:
    """SQL: an open bag with something in it that was last touched in this time, and not in the last hour."""
    return (
        Cart.state == "open", Cart.updated_at >= start, Cart.updated_at < end, Cart.updated_at < utcnow() - IDLE_FOR,
        CartLine.removed_at.is_(None), ~CartLine.saved_for_later,
    )  # fmt: skip


def lying_value(session: Session, currency: str | None) -> ColumnElement[Any]:
    """SQL: what a line is worth, in the base currency at the rates of today, or as it stands in `currency`."""
    worth = CartLine.seen_price * CartLine.quantity
    if currency is not None:
        return case((CartLine.seen_currency == currency, worth), else_=0)
    known = conversion(session)
    parts = [(CartLine.seen_currency == known.base, worth)]
    parts += [(CartLine.seen_currency == code, worth / rate) for code, rate in sorted(known.rates.items())]
    return case(*parts, else_=0)


@dataclass(frozen=True, slots=True)
class LeftBag:
    """A bag that was left: whose it is ("" for a guest who said nothing), what lies in it, for how many days."""

    cart_id: int
    who: str
    pieces: int
    value: Decimal
    days: int


@dataclass(frozen=True, slots=True)
class LeftBags:
    """The largest of them, in one currency."""

    currency: str
    bags: tuple[LeftBag, ...]


def left_bags(session: Session, period: Period, *, currency: str | None = None, limit: int = 20) -> LeftBags:
    """The largest bags left behind in a period (ix_cart_cart_idle), the most valuable first."""
    shown = currency or base_currency(session)
    value = func.coalesce(func.sum(lying_value(session, currency)), 0)
    query = (
        select(
            Cart.id,
            func.coalesce(User.email, Cart.email, ""),
            func.sum(CartLine.quantity),
            value,
            Cart.updated_at,
        )
        .join(CartLine, CartLine.cart_id == Cart.id)
        .outerjoin(User, User.id == Cart.user_id)
        .where(*is_left(*bounds(session, period)))
        .group_by(Cart.id, User.email)
        .order_by(value.desc(), Cart.id)
        .limit(limit)
    )
    if currency is not None:
        query = query.where(Cart.currency == currency)
    now = utcnow()
    return LeftBags(
        shown,
        tuple(
            LeftBag(cart_id, who, int(pieces), rounded(worth, shown), (now - touched).days)
            for cart_id, who, pieces, worth, touched in session.execute(query)
        ),
    )


def visits_of(session: Session, user_id: int) -> list[uuid.UUID]:
    """The visits that are tied to an account (ix_analytics_visit_user_id)."""
    return list(session.scalars(select(Visit.id).where(Visit.user_id == user_id)))


def of_person(session: Session, user_id: int, limit: int = 10_000) -> list[dict[str, Any]]:
    """What is kept of an account's visits, newest first (export)."""
    query = (
        select(Visit.started_at, Visit.language, Visit.device, Visit.referrer, VisitEvent.at, VisitEvent.kind,
               VisitEvent.page, VisitEvent.product_id, VisitEvent.order_id)
        .join(VisitEvent, VisitEvent.visit_id == Visit.id)
        .where(Visit.user_id == user_id)
        .order_by(VisitEvent.at.desc())
        .limit(limit)
    )  # fmt: skip
    return [dict(row._mapping) for row in session.execute(query)]
