"""What people of the demo like: everybody has a few departments, and a purchase is mostly about one of them.

So what is bought together belongs together, and suggestions have something to learn. Who likes what follows from the
e-mail address alone: the same demo again has the same tastes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.models import Product, Variant

MOST = 1500
"""So many articles are bought in the demo, the most popular ones."""
DEPARTMENTS = 3
FAITH = 0.8
"""How often an article of a purchase is from the department it is about."""


class Liked(NamedTuple):
    """An article on sale, where it stands, and how much people like it: 1 to 6."""

    variant_id: int
    department_id: int
    weight: int


def liked(session: Session) -> list[Liked]:
    """What people buy, the most popular first."""
    rows = session.execute(
        select(Variant.id, Product.category_id, Product.popularity)
        .join(Product, Product.id == Variant.product_id)
        .where(Product.state == "published", Variant.is_active)
        .order_by(Product.popularity.desc(), Variant.id)
        .limit(MOST)
    )
    return [
        Liked(variant_id, department, 1 + min(popularity, 100) // 20)
        for variant_id, department, popularity in rows
    ]


@dataclass
class Tastes:
    """Who picks what: the more popular an article the more often, and first of all from where one feels at home."""

    everything: list[int] = field(default_factory=list)
    departments: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, goods: Iterable[Liked]) -> Tastes:
        """Tastes in these goods."""
        tastes = cls()
        for one in goods:
            again = [one.variant_id] * one.weight
            tastes.everything += again
            tastes.departments[one.department_id] += again
        return tastes

    def basket(self, email: str, lines: int, dice: Random) -> list[int]:
        """Articles of one purchase by somebody; one may be drawn twice."""
        all_of_them = sorted(self.departments)
        mine = Random(f"taste:{email}").sample(all_of_them, min(DEPARTMENTS, len(all_of_them)))
        about = self.departments[dice.choice(mine)]
        return [dice.choice(about if dice.random() < FAITH else self.everything) for _ in range(lines)]
