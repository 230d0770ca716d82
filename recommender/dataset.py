"""What people chose, as arrays: orders count most, then what was put into a bag, then what was looked at.

Left out: customers who refuse profiles, orders that were called off, products that are gone. An erased customer's
orders have no owner any more, so each stands alone. Guests are not people here: each order is a basket of its own,
unless the shop groups them by address; views are those of visitors who agreed (`app.analytics.visits`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import scipy.sparse as sp
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import settings
from recommender.settings import RecommenderSettings

ORDER, CART, VIEW = 1.0, 0.5, 0.2
"""What a choice weighs by its kind, before its age."""
BACK = timedelta(days=3 * 365)
"""Older choices are left alone."""

_ORDERS = text("""
    SELECT CASE WHEN o.user_id IS NOT NULL THEN 'u:' || o.user_id
                WHEN :grouped THEN 'g:' || o.email_key ELSE 'o:' || o.id END AS who,
           coalesce(o.user_id, 0) AS user_id, l.product_id, o.placed_at AS at, o.id AS basket
      FROM orders_order o JOIN orders_line l ON l.order_id = o.id
     WHERE o.state <> 'cancelled' AND o.placed_at >= :since AND o.placed_at < :before
       AND NOT EXISTS (SELECT 1 FROM recommender_choice c WHERE c.user_id = o.user_id AND c.refused)
     ORDER BY o.placed_at, l.id""")
_CARTS = text("""
    SELECT CASE WHEN c.user_id IS NOT NULL THEN 'u:' || c.user_id ELSE 'c:' || c.id END AS who,
           coalesce(c.user_id, 0) AS user_id, v.product_id, l.added_at AS at
      FROM cart_line l JOIN cart_cart c ON c.id = l.cart_id JOIN catalog_variant v ON v.id = l.variant_id
     WHERE c.state = 'open' AND l.added_at >= :since AND l.added_at < :before
       AND NOT EXISTS (SELECT 1 FROM recommender_choice n WHERE n.user_id = c.user_id AND n.refused)
     ORDER BY l.added_at, l.id""")
_LAST_ORDER = text("SELECT max(placed_at) FROM orders_order WHERE state <> 'cancelled'")
_REFUSED = text("SELECT user_id FROM recommender_choice WHERE refused")


@dataclass(frozen=True, slots=True)
class Choices:
    """One row a choice, oldest first: indices into `people` and `items`, weight by kind, moment, basket.

    `users` is the account of each person, 0 for who has none. `at` are seconds since 1970; `basket` is the
    order, 0 for a bag or a view.
    """

    people: tuple[str, ...]
    users: np.ndarray
    items: np.ndarray
    person: np.ndarray
    item: np.ndarray
    weight: np.ndarray
    at: np.ndarray
    basket: np.ndarray

    @property
    def count(self) -> int:
        """How many choices."""
        return len(self.at)

    def matrix(self, chosen: np.ndarray, now: float, half_life_days: float) -> sp.csr_matrix:
        """People x items of some choices; of a pair that repeats the heaviest counts. Age halves the weight."""
        age = np.maximum(0.0, (now - self.at[chosen]) / 86_400.0)
        weight = (self.weight[chosen] * 0.5 ** (age / half_life_days)).astype(np.float32)
        width = max(1, len(self.items))
        key = self.person[chosen] * width + self.item[chosen]
        order = np.lexsort((-weight, key))
        first = np.ones(len(order), dtype=bool)
        first[1:] = key[order][1:] != key[order][:-1]
        kept = order[first]
        shape = (max(1, len(self.people)), width)
        rows, columns = self.person[chosen][kept], self.item[chosen][kept]
        return sp.csr_matrix((weight[kept], (rows, columns)), shape=shape)

    def described(self) -> dict[str, Any]:
        """What it holds, for the page of versions."""
        kinds = {"orders": self.basket > 0, "others": self.basket == 0}
        span = (self.at.min(), self.at.max()) if self.count else (0.0, 0.0)
        return {
            "choices": self.count, "people": len(self.people), "accounts": int((self.users > 0).sum()),
            "products": len(self.items), **{name: int(mask.sum()) for name, mask in kinds.items()},
            "baskets": int(len(np.unique(self.basket[self.basket > 0]))),
            "first": _day(span[0]), "last": _day(span[1]),
        }  # fmt: skip


def end_of_history(session: Session, now: datetime) -> datetime:
    """The moment to learn up to: now, or the last order where that is older than what is looked back at.

    A history that was imported ends in its own time; measured from today all of it would be too old.
    """
    last = session.scalar(_LAST_ORDER)
    return last + timedelta(seconds=1) if last is not None and last < now - BACK else now


def read(session: Session, before: datetime) -> Choices:
    """Read everything up to a moment, consent respected."""
    own = settings.get(session, RecommenderSettings)
    values = {"since": before - BACK, "before": before}
    rows = _orders(session, own, values)
    rows += [
        (r.who, r.user_id, r.product_id, CART, r.at.timestamp(), 0) for r in session.execute(_CARTS, values)
    ]
    rows += _views(session, values["since"], before)
    return assembled(rows)


def chosen_since(session: Session, since: datetime, before: datetime) -> list[tuple[Any, ...]]:
    """What was bought and looked at in a time, by whom one may learn from: the rows that a training reads."""
    own, values = settings.get(session, RecommenderSettings), {"since": since, "before": before}
    return [*_orders(session, own, values), *_views(session, since, before)]


def _orders(session: Session, own: RecommenderSettings, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (r.who, r.user_id, r.product_id, ORDER, r.at.timestamp(), r.basket)
        for r in session.execute(_ORDERS, {**values, "grouped": own.groups_guests})
    ]


def _views(session: Session, since: datetime, before: datetime) -> list[tuple[Any, ...]]:
    """What visitors looked at who agreed to suggestions made from it; without those who refuse here."""
    from app.analytics.visits.queries import product_views

    refused = set(session.scalars(_REFUSED))
    return [
        (v.who, v.user_id or 0, v.product_id, CART if v.is_addition else VIEW, v.at.timestamp(), 0)
        for v in product_views(session, since)
        if v.at < before and v.user_id not in refused
    ]


def assembled(rows: list[tuple[Any, ...]]) -> Choices:
    """Arrays of (who, account, product, weight, moment, basket), oldest first."""
    rows = sorted(rows, key=lambda row: row[4])
    people: dict[str, int] = {}
    users: list[int] = []
    person = np.empty(len(rows), dtype=np.int64)
    for at, row in enumerate(rows):
        if row[0] not in people:
            people[row[0]] = len(people)
            users.append(int(row[1]))
        person[at] = people[row[0]]
    items, item = np.unique(np.array([row[2] for row in rows], dtype=np.int64), return_inverse=True)
    return Choices(
        people=tuple(people), users=np.array(users, dtype=np.int64), items=items, person=person,
        item=item.astype(np.int64).ravel(), weight=np.array([row[3] for row in rows], dtype=np.float32),
        at=np.array([row[4] for row in rows], dtype=np.float64),
        basket=np.array([row[5] for row in rows], dtype=np.int64),
    )  # fmt: skip


def _day(seconds: float) -> str:
    from datetime import UTC

    return datetime.fromtimestamp(seconds, UTC).date().isoformat() if seconds else ""


_TEXTS = text("""
    SELECT p.id, p.name, b.name AS brand, t.code AS type, p.specifications,
           (SELECT string_agg(c.path, ' ') FROM catalog_category c JOIN catalog_product_category k ON k.category_id = c.id
             WHERE k.product_id = p.id) AS shelves,
           (SELECT path FROM catalog_category c WHERE c.id = p.category_id) AS shelf
      FROM catalog_product p JOIN catalog_product_type t ON t.id = p.type_id
 LEFT JOIN catalog_brand b ON b.id = p.brand_id
     WHERE p.state = 'published' ORDER BY p.id""")


def texts(session: Session) -> tuple[np.ndarray, list[str]]:
    """Published products and their words: name, brand, kind, departments, attributes."""
    ids, found = [], []
    for row in session.execute(_TEXTS):
        words = [word.lower() for word in row.name.split()]
        shelves = {f"shelf:{path}" for path in f"{row.shelf or ''} {row.shelves or ''}".split()}
        words += (
            sorted(shelves) * 2
            + [f"type:{row.type}"]
            + ([f"brand:{row.brand}".replace(" ", "_")] if row.brand else [])
        )
        words += [
            f"{code}={str(value).replace(' ', '_')}" for code, value in (row.specifications or {}).items()
        ]
        ids.append(row.id)
        found.append(" ".join(words))
    return np.array(ids, dtype=np.int64), found
