"""People who search by a known model: a place is looked at by one in place^0.9, what they like is drawn beforehand.

Whoever looks opens what attracts, puts some of it into the bag and buys some of that. The order they see is the one
by words, so that what is learnt has to overcome what stands at the top.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.clock import utcnow
from app.core.unit_of_work import unit_of_work
from app.search.learning import operations, rules
from app.search.learning.operations import Opened, Outcome, Seen
from app.search.queries.ranking import plain_order

QUERIES = (
    "lamp",
    "reading lamp",
    "desk lamp",
    "bed lamp",
    "floor lamp",
    "ceiling lamp",
    "small lamp",
    "lamp gift",
)
FADES = 0.9
SHOWN = 24
_VISIT = text("""
    INSERT INTO analytics_visit (id, visitor, is_profiled, agreed_to, started_at, last_at, language, device)
    VALUES (:id, :id, true, '1ap', :at, :at, 'en', 'desktop')""")


class World:
    """Tastes of the people of a shop, and the searches they make."""

    def __init__(self, session: Session, seed: int = 7):
        self.session, self.dice = session, Random(seed)
        self.plain = {query: plain_order(session, query, "en", rules.READ_DEEP) for query in QUERIES}
        products = sorted({product for order in self.plain.values() for product in order})
        appeal = {product: self.dice.betavariate(1, 4) for product in products}
        self.taste = {
            query: {p: min(0.9, (appeal[p] + self.dice.betavariate(0.6, 4)) / 1.4) for p in order}
            for query, order in self.plain.items()
        }

    def search(self, count: int, since: datetime, until: datetime | None = None) -> None:
        """So many people search twice each, at times spread over a period, and see the first page by words."""
        until = until or utcnow()
        visits, seen = [], list[Seen]()
        for _ in range(count):
            visit = uuid.UUID(int=self.dice.getrandbits(128))
            at = since + self.dice.random() * (until - since - timedelta(minutes=7))
            visits.append({"id": visit, "at": at})
            for number, query in enumerate(self.dice.sample(QUERIES, 2)):
                when = at + timedelta(minutes=5 * number)
                seen.append(Seen(visit, when, "en", query, self.plain[query][:SHOWN]))
        acts = [act for one in seen for act in self._acts(one)]
        with unit_of_work(self.session):
            self.session.execute(_VISIT, visits)
            operations.note(self.session, seen, [act for act in acts if isinstance(act, Opened)])
            operations.note_outcomes(self.session, [act for act in acts if isinstance(act, Outcome)])

    def _acts(self, seen: Seen) -> Iterator[Opened | Outcome]:
        for place, product in enumerate(seen.shown, 1):
            taste = self.taste[seen.query][product]
            if self.dice.random() < place**-FADES and self.dice.random() < taste:
                yield Opened(seen.visit, seen.at + timedelta(seconds=20), product)
                if self.dice.random() < taste:
                    added = seen.at + timedelta(seconds=60)
                    yield Outcome(seen.visit, product, added, added if self.dice.random() < 0.5 else None)

    def truth(self, query: str, order: Sequence[int]) -> float:
        """nDCG@10 of an order by what people truly like."""
        return rules.ndcg(order, self.taste[query])


def random_boosts(world: World, dice: Random) -> dict[tuple[str, str], dict[int, float]]:
    """Moves that come from nowhere."""
    return {("en", q): {p: dice.uniform(-2, 2) for p in order} for q, order in world.plain.items()}


def reversed_boosts(world: World, dice: Random) -> dict[tuple[str, str], dict[int, float]]:
    """Moves that bring to the top what people like least, with a little chance in it."""
    return {
        ("en", q): {p: -6 * taste + dice.uniform(-0.2, 0.2) for p, taste in tastes.items()}
        for q, tastes in world.taste.items()
    }
