"""Two orders on the same searches: what people chose, corrected for where it stood when they chose it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy.orm import Session

from app.core.paired import DRAWS, Comparison, compare
from app.search.learning import rules
from app.search.learning.queries import Boosts, Search, Words
from app.search.queries.ranking import plain_order

MOST_JUDGED = 5_000
"""Of more searches than this the newest are judged by."""
HEAVIEST = 10.0
"""Nothing counts more than this for having been chosen far down: a few such choices would decide alone."""
GAIN = {1: 1.0, 2: 3.0, 3: 7.0}
"""2^n - 1 for opened, put into the bag, bought."""
Orders = dict[Words, list[int]]


def judged(searches: Iterable[Search]) -> list[Search]:
    """The newest searches out of which something was chosen."""
    return [search for search in searches if search.chosen][-MOST_JUDGED:]


def plain_orders(
    session: Session, searches: Iterable[Search], beat: Callable[[], None] = lambda: None
) -> Orders:
    """The order by words, as it is today, for all words of these searches. One statement for each of the words."""
    orders: Orders = {}
    for number, words in enumerate(sorted({search.words for search in searches})):
        if number % 200 == 0:
            beat()
        orders[words] = plain_order(session, words[1], words[0], rules.READ_DEEP)
    return orders


def compared(
    searches: Sequence[Search],
    orders: Orders,
    theta: Sequence[float],
    own: Boosts,
    other: Boosts,
    draws: int = DRAWS,
) -> Comparison:
    """Compare two sets of boosts by nDCG@10 on searches that none of them was learnt from.

    What was chosen at a place that few look at says more than what was chosen at the top: choices are weighed by one
    over how many look there (inverse propensity, Joachims et al. 2017), within a search and between searches.
    """
    held: dict[tuple[int, Words], list[int]] = {}

    def order(boosts: Boosts, words: Words) -> list[int]:
        known = (id(boosts), words)
        if known not in held:
            held[known] = rules.reordered(orders.get(words, ()), boosts.get(words, {}))
        return held[known]

    rows = []
    for search in searches:
        weights = _weights(search, theta)
        gains = {product: GAIN[search.chosen[product]] * weight for product, weight in weights.items()}
        if gains:
            of_search = sum(gains.values()) / sum(GAIN[search.chosen[product]] for product in gains)
            first, second = (rules.ndcg(order(boosts, search.words), gains) for boosts in (own, other))
            rows.append((search.visit, of_search, first, second))
    return compare(rows, draws)


def _weights(search: Search, theta: Sequence[float]) -> dict[int, float]:
    places = {product: place for place, product in enumerate(search.shown, 1)}
    return {
        product: min(HEAVIEST, 1 / theta[places[product] - 1])
        for product in search.chosen
        if product in places
    }
