"""The version in shadow beside the one in use: what each would have shown before people chose what they chose.

Nobody sees the version in shadow. Its lists and those of the version in use stand in the same tables, so what both
would have shown to the same person at the same moment can be read afterwards; what was then bought or looked at says
which list held it. Only choices since the version was made are asked, of those from whom one may learn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import settings
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.paired import Comparison, compare
from recommender import dataset, publish, queries, rules
from recommender.models import Model
from recommender.settings import RecommenderSettings

K = 20
"""A choice counts as found when it is among so many."""
MOST_JUDGED = 5_000
"""Of more choices than this the newest are compared."""


@dataclass(frozen=True, slots=True)
class Case:
    """Somebody (an account, or 0) chose a product for the first time, after another one (None: nothing before)."""

    who: str
    user_id: int
    after: int | None
    chosen: int


@dataclass(frozen=True, slots=True)
class Lists:
    """What a version says to some people and beside some products, and what it says to everybody."""

    people: Mapping[int, Sequence[int]]
    items: Mapping[int, Sequence[int]]
    popular: Sequence[int]

    def shown(self, case: Case) -> list[int]:
        """The list of this moment: the person's own, else beside the product before, filled up with what is popular."""
        own = self.people.get(case.user_id) or self.items.get(case.after or 0) or ()
        found = [product for product in own if product != case.after]
        return [*found, *(p for p in self.popular if p not in found and p != case.after)][:K]


# primary keys of recommender_person and recommender_item
_PEOPLE = text("""
    SELECT user_id AS key, array_agg(product_id ORDER BY rank) AS products FROM recommender_person
     WHERE model_id = :model AND user_id = ANY(CAST(:keys AS integer[])) AND rank <= :most GROUP BY user_id""")
_ITEMS = text("""
    SELECT product_id AS key, array_agg(other_id ORDER BY rank) AS products FROM recommender_item
     WHERE model_id = :model AND product_id = ANY(CAST(:keys AS bigint[])) AND rank <= :most GROUP BY product_id""")


def cases_of(rows: Iterable[tuple[Any, ...]]) -> list[Case]:
    """Choices that a list could have foreseen, in their order: of customers, and after another product."""
    seen: set[tuple[str, int]] = set()
    last: dict[str, int] = {}
    found = []
    for who, user_id, product, *_more in sorted(rows, key=lambda row: row[4]):
        if (who, product) not in seen and (user_id or who in last):
            found.append(Case(who, int(user_id), last.get(who), int(product)))
        seen.add((who, product))
        last[who] = int(product)
    return found


def lists_of(session: Session, model: Model, cases: Iterable[Case]) -> Lists:
    """What a version holds for these people and products. Two statements."""
    users, products = set[int](), set[int]()
    for case in cases:
        users.add(case.user_id)
        products.add(case.after or 0)
    people, items = (
        {row.key: row.products for row in session.execute(query, {"model": model.id, "keys": sorted(keys), "most": K + 1})}
        for query, keys in ((_PEOPLE, users - {0}), (_ITEMS, products - {0}))
    )  # fmt: skip
    return Lists(people, items, model.popular[: 2 * K])


def compared(cases: Sequence[Case], own: Lists, other: Lists) -> Comparison:
    """How often each list held what was then chosen: the same choices, drawn by person."""
    return compare(
        [(c.who, 1.0, float(c.chosen in own.shown(c)), float(c.chosen in other.shown(c))) for c in cases]
    )


def look(session: Session, *, actor: Actor) -> Model | None:
    """Compare the version in shadow with the one in use once enough choices have come; it serves or is refused.

    It is decided once: to look again until it passes would let chance decide. Until then only the number of choices is
    written down. None while nothing waits or too few have come. Repeatable.
    """
    waiting = queries.in_shadow(session)
    if waiting is None:
        return None
    own, used = settings.get(session, RecommenderSettings), queries.champion(session)
    number, compared_with = waiting.id, used.id if used else None
    opened_by = rules.gate(serves=used is not None, choices=own.shadow_choices, tries_first=own.tries_first)
    if opened_by is not None:  # the settings ask for no shadow any more
        return publish.settle(
            session, model_id=number, compared_with=compared_with, reason="", figures={}, actor=actor, opened_by=opened_by
        )  # fmt: skip
    cases = cases_of(dataset.chosen_since(session, waiting.created_at, utcnow()))
    figures: dict[str, Any] = {"cases": len(cases)}
    if len(cases) >= own.shadow_choices:
        judged = cases[-MOST_JUDGED:]
        theirs = lists_of(session, used, judged) if used else Lists({}, {}, waiting.popular)
        found = compared(judged, lists_of(session, waiting, judged), theirs)
        reason, figures = rules.shadow_verdict(found), {"cases": found.cases, "people": found.groups, "worse": found.worse, **found.figures()}  # fmt: skip
    elif utcnow() - waiting.created_at > rules.MOST_WAITING:
        reason = "too_quiet"
    else:
        session.rollback()
        publish.note_waiting(session, model_id=number, cases=len(cases))
        return None
    session.rollback()
    return publish.settle(
        session, model_id=number, compared_with=compared_with, reason=reason, figures=figures, actor=actor
    )
