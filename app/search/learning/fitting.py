"""From searches to how far products move: what came against what was to be expected at their places.

For words w and a product p, shown at places k1, k2, …: expected are the rewards an average product of these words
would have had there, E = m(w) · Σ θ(k). With R rewards in truth, the product moves by s · ln((R + a·g(p)) / (E + a)).
A reward is 1 for opened, 2 for put into the bag, 4 for bought. g(p) is the same ratio of the product over all words,
so that a product which sells everywhere starts higher where little is known. a is how much evidence it takes, s how
much is made of it; both are chosen on searches that nothing was learnt from. Ratios of observed to expected shrunk
like this: DuMouchel, "Bayesian Data Mining in Large Frequency Tables" (The American Statistician 53, 1999).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.search.learning import clicks, rules
from app.search.learning.queries import Boosts, Search, Words

REWARD = {1: 1.0, 2: 2.0, 3: 4.0}
OWN_EVIDENCE = 10.0
"""Expected rewards a product needs over all words until half of its own ratio counts."""
WORDS_EVIDENCE = 10.0
SMALLEST = 0.02
MOST_ROWS = 60
"""So many products move for the same words; those that move least stay where they are."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How much is made of what was seen, and how much evidence it takes."""

    strength: float
    evidence: float

    def as_dict(self) -> dict[str, float]:
        """As it is kept."""
        return {"strength": self.strength, "evidence": self.evidence}


RECIPES = tuple(Recipe(strength, evidence) for strength in (0.5, 1.0, 1.5) for evidence in (3.0, 12.0))


@dataclass(slots=True)
class Tally:
    """A product under some words: how often it was shown and opened at each place, and what came of it."""

    places: dict[int, tuple[int, int]] = field(default_factory=dict)
    clicked: int = 0
    added: int = 0
    bought: int = 0
    reward: float = 0.0

    @property
    def shown(self) -> int:
        """How often it was shown."""
        return sum(shown for shown, _opened in self.places.values())


Counts = dict[Words, dict[int, Tally]]


@dataclass(frozen=True, slots=True)
class Moved:
    """How far a product moves for some words, and the counts that say why."""

    boost: float
    shown: int = 0
    clicked: int = 0
    added: int = 0
    bought: int = 0
    expected: float = 0.0


Learnt = dict[Words, dict[int, Moved]]


def count(searches: Iterable[Search]) -> Counts:
    """Counts of words that enough people used; one visit counts once for the same words."""
    held = list(searches)
    people = Counter(search.words for search in held)
    counts: Counts = {}
    for search in held:
        if people[search.words] < rules.FEWEST_VISITS:
            continue
        products = counts.setdefault(search.words, {})
        for place, product in enumerate(search.shown, 1):
            tally = products.get(product)
            if tally is None:
                tally = products[product] = Tally()
            worth = search.chosen.get(product, 0)
            shown, opened = tally.places.get(place, (0, 0))
            tally.places[place] = (shown + 1, opened + (worth > 0))
            if worth:
                tally.clicked += 1
                tally.added += worth >= 2
                tally.bought += worth >= 3
                tally.reward += REWARD[worth]
    return counts


def looks(counts: Counts) -> tuple[float, ...]:
    """By how many each place is looked at."""
    return clicks.examined(tally.places for products in counts.values() for tally in products.values())


def fit(counts: Counts, theta: tuple[float, ...], recipe: Recipe) -> Learnt:
    """How far each product moves, for words under which anything was opened."""
    looked = {
        words: {p: sum(n * theta[k - 1] for k, (n, _c) in t.places.items()) for p, t in products.items()}
        for words, products in counts.items()
    }
    every_look = sum(sum(products.values()) for products in looked.values())
    if not every_look:
        return {}
    mean = sum(t.reward for products in counts.values() for t in products.values()) / every_look
    rates = {
        words: (sum(t.reward for t in products.values()) + WORDS_EVIDENCE * mean)
        / (sum(looked[words].values()) + WORDS_EVIDENCE)
        for words, products in counts.items()
    }
    own = _own_ratios(counts, looked, rates)
    learnt: Learnt = {}
    for words, products in counts.items():
        if not any(t.clicked for t in products.values()):
            continue
        moved = {}
        for product, tally in products.items():
            expected = rates[words] * looked[words][product]
            ratio = (tally.reward + recipe.evidence * own[product]) / (expected + recipe.evidence)
            boost = max(-rules.FURTHEST, min(rules.FURTHEST, recipe.strength * math.log(ratio)))
            if abs(boost) >= SMALLEST:
                moved[product] = Moved(
                    round(boost, 4), tally.shown, tally.clicked, tally.added, tally.bought, round(expected, 3)
                )
        furthest = sorted(moved, key=lambda product: (-abs(moved[product].boost), product))[:MOST_ROWS]
        if furthest:
            learnt[words] = {product: moved[product] for product in furthest}
    return learnt


def _own_ratios(
    counts: Counts, looked: Mapping[Words, Mapping[int, float]], rates: Mapping[Words, float]
) -> dict[int, float]:
    """What came of each product over all words, against what was to be expected."""
    rewards: dict[int, float] = {}
    expected: dict[int, float] = {}
    for words, products in counts.items():
        for product, tally in products.items():
            rewards[product] = rewards.get(product, 0.0) + tally.reward
            expected[product] = expected.get(product, 0.0) + rates[words] * looked[words][product]
    return {p: (rewards[p] + OWN_EVIDENCE) / (expected[p] + OWN_EVIDENCE) for p in rewards}


def boosts_of(learnt: Mapping[Words, Mapping[int, Moved]]) -> Boosts:
    """Only how far products move."""
    return {words: {p: moved.boost for p, moved in products.items()} for words, products in learnt.items()}
