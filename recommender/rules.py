"""When a version may serve, in which arm a visitor is, and how sure a difference is: pure functions on values."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from math import sqrt
from typing import Any, Final

from app.core.i18n import _l
from app.core.paired import Comparison

FEWEST_CASES: Final = 30
"""With fewer held-out cases no version is believed."""
WORSE: Final = 0.8
"""In shadow a version is refused when it does worse in so many of the draws: keeping the old one costs a night,
a worse one costs every visitor."""
MOST_WAITING: Final = timedelta(days=14)
"""A version that found too few choices in its shadow for so long is set aside; by then it is old."""
MODEL, POPULARITY = "model", "popularity"

KINDS: Final = {
    "popularity": _l("Bought most"), "neighbours": _l("Bought together"), "graph": _l("Walk on the graph"),
    "ease": _l("Linear autoencoder (EASE)"), "blend": _l("Blend of several"),
}  # fmt: skip
STATES: Final = {
    "candidate": _l("Waiting"), "shadow": _l("In shadow"), "champion": _l("In use"), "retired": _l("Replaced"), "refused": _l("Refused"),
}  # fmt: skip
REASONS: Final = {
    "": "",
    "few_cases": _l("Too little was bought in the held-out time to judge it. Popularity serves."),
    "not_above_popularity": _l("It is not surely better than showing everybody what is bought most."),
    "not_above_champion": _l("It is not better than the version in use."),
    "first": _l("The first version that is surely better than popularity."),
    "better": _l("It is better than the version before."),
    "fresher": _l("The same recipe as the version before, learnt from newer choices."),
    "in_shadow": _l("It won on the held-out month. Now it is compared on new choices; nobody sees it yet."),
    "shadow_worse": _l("In shadow it did worse than the version in use."),
    "too_quiet": _l("Too few choices came in its shadow to judge it. How many are asked for is a setting."),
    "withdrawn": _l("Staff took it out of the shadow."),
    "superseded": _l("A newer version took its place in shadow."),
    "proven": _l("It won on the held-out month and was not worse in shadow."),
    "replaced": _l("A newer version took its place."),
    "rolled_back": _l("Staff went back to the version before."),
    "chosen": _l("Staff put it in use."),
}
GOES_LIVE: Final = frozenset({"first", "better", "fresher"})

CARD: Final = {
    "purpose": _l(
        "Suggests products beside a product, in the bag, and to customers; never sets a price or a right."
    ),
    "learns_from": _l(
        "Orders, bags and, of visitors who agreed, views of this shop. No age, sex, origin or address."
    ),
    "left_out": _l("Customers who refuse profiles; erased accounts; what is older than %(years)s years."),
    "judged_by": _l("Recall and NDCG among %(places)s on the last month, learnt from the time before it."),
    "weak_where": _l(
        "Products sold less than a few times are found by their words only; one purchase says little."
    ),
}
"""The sentences of a model card by their code; a version keeps codes and figures, a reader gets their language."""


def card_words(card: dict[str, Any], code: str) -> str:
    """What a model card says under a code; versions of old keep their own words."""
    said = card.get(code)
    if not isinstance(said, dict):
        return str(said or "")
    words = str(CARD[code])
    return words % said if said else words


@dataclass(frozen=True, slots=True)
class Trial:
    """What was measured on the same held-out cases. `both` is Recall@20 + NDCG@20."""

    cases: int
    above_popularity: bool
    both: float
    champion_both: float | None = None
    same_recipe: bool = False


def verdict(trial: Trial) -> str:
    """The reason a version goes live with (one of GOES_LIVE), or is refused with.

    It must be surely better than popularity; and better than the recipe in use, learnt from the same choices,
    unless it is that recipe itself with newer data.
    """
    if trial.cases < FEWEST_CASES:
        return "few_cases"
    if not trial.above_popularity:
        return "not_above_popularity"
    if trial.champion_both is None:
        return "first"
    if trial.same_recipe:
        return "fresher"
    return "better" if trial.both > trial.champion_both else "not_above_champion"


def gate(*, serves: bool, choices: int, tries_first: bool) -> str | None:
    """What lets a version that won on the held-out month serve at once; None where it waits in shadow first.

    A shop without a version has nothing to lose: its first one serves, unless the shop wants it tried too.
    """
    if not serves and not tries_first:
        return "first"
    return None if choices else "off"


def shadow_verdict(found: Comparison) -> str:
    """The reason a version is refused after its shadow; "" for one that is not worse: a one-sided test."""
    return "shadow_worse" if found.worse >= WORSE else ""


def unit_of(secret: str, kind: str, key: str) -> str:
    """The keyed hash that stands for a visitor or customer in an experiment; it cannot be turned back."""
    return hmac.new(secret.encode(), f"recommender:{kind}:{key}".encode(), hashlib.sha256).hexdigest()[:32]


def arm_of(experiment_id: int, unit: str, share: int) -> str:
    """The arm of a visitor: always the same one, without being stored. `share` percent get the model."""
    number = int(hashlib.sha256(f"{experiment_id}:{unit}".encode()).hexdigest()[:8], 16)
    return MODEL if number % 100 < share else POPULARITY


def wilson(hits: int, count: int, z: float = 1.959964) -> tuple[float, float]:
    """The interval of a share (Wilson 1927: "Probable Inference, the Law of Succession, and Statistical Inference")."""
    if not count:
        return 0.0, 1.0
    share = hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return max(0.0, middle - half), min(1.0, middle + half)


def difference(hits: int, count: int, other_hits: int, other_count: int) -> tuple[float, float, float]:
    """The difference of two shares with its 95 % interval, by Newcombe's hybrid score method.

    Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of
    eleven methods", Statistics in Medicine 17 (1998), 873-890, method 10. His example 56/70 - 48/80 = 0.2000 has
    the interval 0.0524 to 0.3339.
    """
    low, high = wilson(hits, count)
    other_low, other_high = wilson(other_hits, other_count)
    share = hits / count if count else 0.0
    other = other_hits / other_count if other_count else 0.0
    below = sqrt((share - low) ** 2 + (other_high - other) ** 2)
    above = sqrt((high - share) ** 2 + (other - other_low) ** 2)
    return share - other, share - other - below, share - other + above


def times_popularity(metrics: dict[str, Any]) -> float | None:
    """How many times the recall of popularity a version reaches; None where popularity found nothing."""
    own, floor = metrics.get("model", {}).get("recall@20"), metrics.get("popularity", {}).get("recall@20")
    return own / floor if own is not None and floor else None
