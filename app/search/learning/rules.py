"""When a version may rank, how products move, what a choice is worth, how sure a difference is: values only."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from app.core.i18n import _l
from app.core.paired import Comparison
from app.search import rules as search

LEARNS_FROM_DAYS: Final = 180
"""What is older is neither learnt from nor kept."""
CLICK_WITHIN: Final = timedelta(minutes=30)
"""A product opened later than this after a search was not opened out of it."""
MOST_SHOWN: Final = 48
MOST_SEARCHES: Final = 100_000
"""Of more searches than this the newest are learnt from."""
FEWEST_VISITS: Final = 3
"""Words that fewer people used are not learnt: they would tell more about these people than about products."""
DEPTH: Final = 10
READ_DEEP: Final = 120
"""So many products of a list are ranked again when two orders are compared."""
FEWEST_SESSIONS: Final = 100
"""With fewer held-out searches no version is believed."""
OFFSET: Final = 2
FURTHEST: Final = 3.0
"""No product moves further than this: its place counts like twenty times as far up or down."""
MOST_WAITING: Final = timedelta(days=30)
"""A version that found too few searches in its shadow for so long is set aside."""

STATES: Final = {
    "shadow": _l("In shadow"), "champion": _l("In use"), "retired": _l("Replaced"), "refused": _l("Refused"),
}  # fmt: skip
REASONS: Final = {
    "": "",
    "in_shadow": _l("It won on the searches held back. Now it is compared on new ones; nobody sees it yet."),
    "few_sessions": _l("Too little was chosen in the searches held back to judge it."),
    "not_above_plain": _l("It is not surely better than the order by words alone."),
    "not_above_live": _l("It is not better than the version in use."),
    "shadow_not_above_plain": _l("In shadow it was not surely better than the order by words alone."),
    "shadow_not_above_live": _l("In shadow it was not better than the version in use."),
    "too_quiet": _l("Too few searches came in its shadow to judge it."),
    "withdrawn": _l("Staff took it out of the shadow."),
    "proven": _l("It won on the searches held back and in shadow."),
    "replaced": _l("A newer version took its place."),
    "rolled_back": _l("Staff went back to what was before."),
    "chosen": _l("Staff put it in use."),
}


def words(query: str) -> str:
    """The words a query is learnt under, in one form; "" for what must not be kept."""
    return " ".join(search.terms_of(query)) if search.may_be_kept(query) else ""


def order_key(place: int, boost: float) -> float:
    """What results are sorted by, the smallest first: their place by words, moved by what was learnt.

    The SQL of `app.search.queries.ranking` says the same. Without a boost the order by words stays as it is.
    """
    return math.log(place + OFFSET) - boost


def reordered(plain: Sequence[int], boosts: Mapping[int, float]) -> list[int]:
    """A list in the order by words, in the learnt order."""
    if not boosts:
        return list(plain)
    keys = {product: order_key(at, boosts.get(product, 0.0)) for at, product in enumerate(plain, 1)}
    return sorted(plain, key=keys.__getitem__)


def worth(*, added: bool, bought: bool) -> int:
    """How much a choice says, 1 to 3: opened, put into the bag, bought."""
    return 3 if bought else 2 if added else 1


def ndcg(order: Sequence[int], gains: Mapping[int, float], depth: int = DEPTH) -> float:
    """nDCG of the first places: gains divided by the logarithm of their place, against the best possible order.

    Source: Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20 (2002).
    """
    best = sum(
        gain / math.log2(at + 2) for at, gain in enumerate(sorted(gains.values(), reverse=True)[:depth])
    )
    own = sum(gains.get(product, 0.0) / math.log2(at + 2) for at, product in enumerate(order[:depth]))
    return own / best if best else 0.0


def kept(found: Comparison) -> dict[str, float]:
    """What is kept of a comparison on searches: visits are what is drawn."""
    return {"sessions": found.cases, "visits": found.groups} | found.figures()


def verdict(plain: Comparison, live: Comparison | None, fewest: int = FEWEST_SESSIONS) -> str:
    """Why a version is refused; "" for one that passes.

    It must be surely better than the order by words, and better than the version in use where there is one.
    """
    if plain.cases < fewest:
        return "few_sessions"
    if not plain.is_surely_better:
        return "not_above_plain"
    if live is not None and live.own <= live.other:
        return "not_above_live"
    return ""
