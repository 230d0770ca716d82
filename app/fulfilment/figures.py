"""What the first page of the back office says about orders, and what a new shop still needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.catalog.models import Product
from app.core import settings
from app.core.admin import Step, Tile, ownership
from app.core.clock import utcnow
from app.core.money import Money
from app.core.slots import Slot
from app.orders.models import Order
from app.payments.settings import PaymentSettings
from app.regions.settings import RegionSettings

LIST = "/admin/orders/list/"
SCREEN = "OrderView"
TO_SHIP = ("confirmed", "paid", "packed")


def _between(session: Session, start: datetime, end: datetime) -> tuple[int, Decimal]:
    """Orders placed in a time that were not cancelled, and their value in the base currency."""
    value = func.coalesce(func.sum(Order.total_gross / Order.exchange_rate), 0)
    query: Any = select(func.count(), value).where(
        Order.placed_at >= start, Order.placed_at < end, Order.state != "cancelled"
    )
    row = session.execute(ownership.restrict(query, Order)).one()
    return int(row[0]), Decimal(row[1])


def _change(now: Decimal | int, before: Decimal | int) -> Any:
    return (Decimal(now) / Decimal(before) - 1).quantize(Decimal("0.001")) if before else None


def today(session: Session) -> list[Tile]:
    """Orders and revenue of this day (UTC) against yesterday at the same hour.

    Whoever sees only some orders is counted those, and told no revenue: others have goods in them too.
    """
    now = utcnow()
    start = now.replace(hour=0, minute=0, second=0, microsecond=0)
    count, value = _between(session, start, now)
    count_before, value_before = _between(session, start - timedelta(days=1), now - timedelta(days=1))
    base = settings.get(session, RegionSettings).base_currency
    url = f"{LIST}?placed_at.eq={start.date().isoformat()}"
    note = _("against yesterday at this hour") if count_before else ""
    tiles = [
        Tile(
            _("Orders today"), count, url=url, trend=_change(count, count_before), note=note, icon="receipt", view=SCREEN
        ),
        Tile(
            _("Revenue today"), Money.rounded(value, base), url=url, trend=_change(value, value_before), note=note,
            icon="chart", view=SCREEN,
        ),
    ]  # fmt: skip
    return tiles if ownership.condition(Order) is None else tiles[:1]


def waiting(session: Session) -> list[Tile]:
    """What has to leave, and what waits for its money."""
    query: Any = select(
        func.count().filter(Order.state.in_(TO_SHIP)),
        func.count().filter(and_(Order.state == "pending", Order.payment_status == "due")),
    ).where(Order.state.in_((*TO_SHIP, "pending")))
    to_ship, unpaid = session.execute(ownership.restrict(query, Order)).one()
    ship_url = f"{LIST}?state.in={','.join(TO_SHIP)}"
    return [
        Tile(
            _("To ship"), to_ship, url=ship_url, icon="truck", tone="wait" if to_ship else "good", view=SCREEN,
            less_is_better=True,
        ),
        Tile(
            _("Unpaid"), unpaid, url=f"{LIST}?state.eq=pending&payment_status.eq=due", icon="card",
            tone="wait" if unpaid else "good", view=SCREEN, less_is_better=True,
        ),
    ]  # fmt: skip


def welcome(session: Session) -> list[Step]:
    """The first steps of a new shop; none once its first order has come."""
    if session.scalar(select(Order.id).limit(1)) is not None:
        return []
    return list(_steps(session))


def _steps(session: Session) -> Iterator[Step]:
    yield Step(
        _("Say what your shop is called and where it is"),
        "/admin/settings/",
        icon="store",
        view="SettingsView",
    )
    if session.scalar(select(Product.id).where(Product.state == "published").limit(1)) is None:
        yield Step(
            _("Add your first product"), "/admin/product/add", icon="box", view="ProductView", right="can_add"
        )  # fmt: skip
        yield Step(
            _("Or bring your catalogue from another shop"), "/admin/catalog/imports/upload/", icon="upload",
            view="ImportView",
        )  # fmt: skip
    if settings.get(session, PaymentSettings).bank_iban == PaymentSettings.bank_iban:
        yield Step(
            _("Enter the bank account that transfers go to"), "/admin/settings/edit/payments", icon="card",
            view="SettingsView",
        )  # fmt: skip
    yield Step(
        _("Look at shipping methods and their prices"),
        "/admin/shippingmethod/list/",
        icon="truck",
        view="MethodView",
    )


SLOTS = (
    Slot("admin.home", today, position=10),  # type: ignore[arg-type]
    Slot("admin.home", waiting, position=20),  # type: ignore[arg-type]
    Slot("admin.home.steps", welcome, position=10),  # type: ignore[arg-type]
)
"""Tiles and steps are values; a slot's type speaks of markup only."""
