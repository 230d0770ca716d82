"""Reads of zones and methods: small tables, kept until they change."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.core import caching, settings
from app.pricing.queries import conversion
from app.regions.settings import RegionSettings
from app.shipping.models import Method
from app.shipping.rules import MethodRow, ShippingTable, ZoneRow

OWNER = "shipping"


def load_shipping_table(session: Session) -> ShippingTable:
    """The table that the steps of a quote read. No statement while it is kept."""
    key = f"table-2:{caching.generation('settings')}"
    home, methods = caching.cached(OWNER, key, lambda: _load(session), ttl=300)
    return ShippingTable(home, methods, conversion(session))


def _load(session: Session) -> tuple[str, tuple[MethodRow, ...]]:
    query = (
        select(Method)
        .where(Method.is_active)
        .options(joinedload(Method.zone))
        .order_by(Method.position, Method.price, Method.id)
    )
    home = settings.get(session, RegionSettings).home_country
    return home, tuple(method_row(method) for method in session.scalars(query))


def methods_off(session: Session) -> tuple[MethodRow, ...]:
    """The rows that are switched off, for who asks why something is not offered."""
    query = select(Method).where(~Method.is_active).options(joinedload(Method.zone)).order_by(Method.id)
    return tuple(method_row(method) for method in session.scalars(query))


def method_row(method: Method) -> MethodRow:
    """A row of the database as the rules want it."""
    zone = method.zone
    return MethodRow(
        id=method.id,
        code=method.code,
        name=method.name,
        kind=method.kind,
        zone=ZoneRow(zone.code, zone.name, frozenset(zone.countries), tuple(zone.postcode_prefixes or ())),
        price=method.price,
        min_weight=method.min_weight,
        max_weight=method.max_weight,
        min_volume=method.min_volume,
        max_volume=method.max_volume,
        volume_divisor=method.volume_divisor,
        min_value=method.min_value,
        max_value=method.max_value,
        free_over=method.free_over,
        days_min=method.days_min,
        days_max=method.days_max,
        position=method.position,
        names={
            language: texts["name"]
            for language, texts in (method.translations or {}).items()
            if texts.get("name")
        },
    )
