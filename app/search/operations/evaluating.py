"""How good the search is, measured with people's judgements."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.models import ImportRef, Variant
from app.search.errors import UnreadableJudgements
from app.search.queries import Listing, listing

DEPTH = 10
RATING = re.compile(r"-?[0-9]{1,2}", re.ASCII)
GOOD = 2
"""Ratings from here on count as hits for the precision."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person said: how well a product answers a query, 0 to 3."""

    query: str
    product: str
    rating: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Means over all queries that have at least one rating above zero; products not judged count 0."""

    queries: int
    ndcg_at_10: float
    precision_at_10: float
    unjudged_at_10: float
    without_result: tuple[str, ...]
    unknown_products: int
    by_query: Mapping[str, float]


def read_judgements(lines: Iterable[str]) -> list[Judgement]:
    """Judgements from a CSV with the columns query, product id (docid, product, …), rating.

    Raises:
        UnreadableJudgements: for a line without the three, and for a file that is no table or has none.
    """
    found: list[Judgement] = []
    number = 0
    try:
        for number, row in enumerate(csv.reader(lines), 1):
            rating = RATING.fullmatch(row[2].strip()) if len(row) > 2 else None
            if rating is not None:
                found.append(Judgement(row[0].strip(), row[1].strip(), max(0, int(rating[0]))))
            elif row and number > 1:
                raise UnreadableJudgements(line=number)
    except (csv.Error, UnicodeDecodeError) as problem:
        raise UnreadableJudgements(line=number + 1) from problem
    if not found:
        raise UnreadableJudgements(line=number + 1)
    return found


def gain(ratings: Sequence[int]) -> float:
    """Discounted cumulative gain: 2^rating - 1, divided by the logarithm of the place."""
    return sum((2**rating - 1) / math.log2(place + 2) for place, rating in enumerate(ratings))


def _ids(session: Session, names: Sequence[str]) -> dict[str, int]:
    """Products by the key of the source they came from, else by SKU."""
    skus = select(Variant.sku, Variant.product_id).where(Variant.sku.in_(names))
    refs = select(ImportRef.external_id, ImportRef.product_id).where(ImportRef.external_id.in_(names))
    found = {row[0]: row[1] for row in session.execute(skus)}
    return found | {row[0]: row[1] for row in session.execute(refs)}


def evaluate(session: Session, judgements: Sequence[Judgement], lang: str = "en") -> Evaluation:
    """Run every judged query and compare the first ten products with what people said."""
    ids = _ids(session, sorted({j.product for j in judgements}))
    by_query: dict[str, dict[int, int]] = {}
    ideal: dict[str, list[int]] = {}
    for judgement in judgements:
        ideal.setdefault(judgement.query, []).append(judgement.rating)
        if judgement.product in ids:
            by_query.setdefault(judgement.query, {})[ids[judgement.product]] = judgement.rating
    scores: dict[str, float] = {}
    precisions: list[float] = []
    unjudged: list[int] = []
    empty: list[str] = []
    for query, ratings in ideal.items():
        asked = Listing(query=query, per_page=DEPTH, lang=lang, with_facets=False)
        page = listing(session, asked)
        known = by_query.get(query, {})
        if not page.product_ids:
            empty.append(query)
        best = gain(sorted(ratings, reverse=True)[:DEPTH])
        if best == 0:
            continue
        scores[query] = gain([known.get(i, 0) for i in page.product_ids]) / best
        precisions.append(sum(known.get(i, 0) >= GOOD for i in page.product_ids) / DEPTH)
        unjudged.append(sum(i not in known for i in page.product_ids))
    count = max(1, len(scores))
    return Evaluation(
        queries=len(scores),
        ndcg_at_10=round(sum(scores.values()) / count, 4),
        precision_at_10=round(sum(precisions) / count, 4),
        unjudged_at_10=round(sum(unjudged) / count, 2),
        without_result=tuple(empty),
        unknown_products=len({j.product for j in judgements} - set(ids)),
        by_query={query: round(score, 4) for query, score in scores.items()},
    )
