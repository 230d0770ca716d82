"""Zones and methods of a fresh shop in Belgium. Prices in EUR, home VAT included.

International delivery has the code of the standard one: nearer zones have their own row of it, so it is
offered only where none of them reaches.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core import caching
from app.core.unit_of_work import after_commit, unit_of_work
from app.regions.rules import EU
from app.shipping import queries
from app.shipping.models import Method, Zone

NEIGHBOURS = ("DE", "FR", "LU", "NL")
ZONES: dict[str, tuple[str, tuple[str, ...]]] = {
    "be": ("Belgium", ("BE",)),
    "neighbours": ("Neighbouring countries", NEIGHBOURS),
    "eu": ("European Union", tuple(sorted(EU - {"BE", *NEIGHBOURS}))),
    "world": ("World", ("*",)),
}
STANDARD = {
    "name": "Standard delivery",
    "translations": {
        "fr": {"name": "Livraison standard"}, "nl": {"name": "Standaardlevering"},
        "de": {"name": "Standardversand"}, "es": {"name": "Envío estándar"},
    },
}  # fmt: skip
EXPRESS = {
    "name": "Express delivery",
    "translations": {
        "fr": {"name": "Livraison express"}, "nl": {"name": "Snelle levering"},
        "de": {"name": "Expressversand"}, "es": {"name": "Envío exprés"},
    },
}  # fmt: skip
INTERNATIONAL = {
    "name": "International delivery",
    "translations": {
        "fr": {"name": "Livraison internationale"}, "nl": {"name": "Internationale levering"},
        "de": {"name": "Internationaler Versand"}, "es": {"name": "Envío internacional"},
    },
}  # fmt: skip
TEXTS = {"standard": STANDARD, "express": EXPRESS, "international": INTERNATIONAL}
METHODS: tuple[tuple[str, str, int, int | None, str, str | None, int, int], ...] = (
    # zone, kind, from g, to g (not included), price, free over, days from, days to
    ("be", "standard", 0, 5_000, "4.95", "50", 1, 2),
    ("be", "standard", 5_000, 30_001, "7.95", "100", 1, 2),
    ("be", "standard", 30_001, 100_001, "39.00", None, 2, 5),
    ("be", "express", 0, 10_001, "9.95", None, 1, 1),
    ("neighbours", "standard", 0, 5_000, "7.95", "80", 2, 4),
    ("neighbours", "standard", 5_000, 30_001, "12.95", "150", 2, 4),
    ("neighbours", "express", 0, 10_001, "16.95", None, 1, 2),
    ("eu", "standard", 0, 5_000, "11.95", "120", 3, 6),
    ("eu", "standard", 5_000, 30_001, "19.95", None, 3, 7),
    ("eu", "express", 0, 10_001, "29.95", None, 2, 3),
    ("world", "international", 0, 2_000, "24.95", None, 5, 12),
    ("world", "international", 2_000, 10_000, "49.95", None, 5, 12),
    ("world", "international", 10_000, 30_001, "89.95", None, 6, 15),
)
POSITIONS = {"standard": 10, "express": 20, "international": 10}


def setup_data(session: Session) -> None:
    """Fill empty tables; zones and methods that people of the shop have set stay as they are."""
    with unit_of_work(session):
        if session.scalar(select(Zone.id).limit(1)) is not None:
            return
        zones = [
            {"code": code, "name": name, "countries": list(countries)}
            for code, (name, countries) in ZONES.items()
        ]
        session.execute(insert(Zone).values(zones).on_conflict_do_nothing())
        ids = {zone.code: zone.id for zone in session.scalars(select(Zone))}
        session.execute(insert(Method).values([_method(ids, *row) for row in METHODS]))
        after_commit(session, lambda: caching.purge(queries.OWNER))


def _method(
    ids: dict[str, int], zone: str, kind: str, low: int, high: int | None, price: str, free: str | None,
    days_min: int, days_max: int,
) -> dict[str, Any]:  # fmt: skip
    return {
        "code": "standard" if kind == "international" else kind, "kind": kind, "zone_id": ids[zone], "min_weight": low, "max_weight": high,
        "price": Decimal(price), "free_over": Decimal(free) if free else None, "days_min": days_min,
        "days_max": days_max, "position": POSITIONS[kind], **TEXTS[kind],
    }  # fmt: skip
