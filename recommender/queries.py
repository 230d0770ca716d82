"""Reads: who refuses, what is suggested, which versions there are. One indexed statement a place.

Nothing here imports numpy or its like: web workers read tables, only jobs and commands calculate.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.catalog.models import Product
from app.catalog.queries.cards import text_in
from app.core import caching, settings
from recommender import rules
from recommender.models import Choice, Experiment, ItemRow, Model
from recommender.settings import RecommenderSettings

OWNER = "recommender"
"""Owner of what is kept of versions: purged when another one serves."""

# A product that can be bought now: on show, for sale, with a variant that is there or may be ordered.
_BUYABLE = """
    p.state = 'published' AND p.is_available
    AND (p.published_from IS NULL OR p.published_from <= now())
    AND (p.published_until IS NULL OR p.published_until > now())
    AND EXISTS (SELECT 1 FROM catalog_variant v
                  JOIN inventory_stock s ON s.variant_id = v.id
                  JOIN inventory_warehouse w ON w.id = s.warehouse_id AND w.is_active
                 WHERE v.product_id = p.id AND v.is_active
                   AND (s.on_hand - s.reserved + s.backordered > 0 OR s.backorder_limit > s.backordered))
"""
# Bought once: an order of this customer holds it, and it lies in no department of `again` (ix_orders_order_user).
_NOT_OWNED = """
    AND (CAST(:user AS integer) IS NULL
         OR NOT EXISTS (SELECT 1 FROM orders_order o JOIN orders_line l ON l.order_id = o.id
                         WHERE o.user_id = :user AND o.state <> 'cancelled' AND l.product_id = p.id)
         OR EXISTS (SELECT 1 FROM catalog_category c
                     WHERE c.id = ANY (SELECT unnest(k.lineage) FROM catalog_category k WHERE k.id = p.category_id)
                       AND c.path = ANY(CAST(:again AS text[]))))
"""
# primary key of recommender_item (model_id, product_id, rank)
_WITH_PRODUCT = text(f"""
    SELECT i.other_id, i.reason FROM recommender_item i JOIN catalog_product p ON p.id = i.other_id
     WHERE i.model_id = :model AND i.product_id = :product AND {_BUYABLE}
     ORDER BY i.rank LIMIT :most""")
_WITH_PRODUCTS = text(f"""
    SELECT i.other_id, (array_agg(i.product_id ORDER BY i.score DESC, i.product_id))[1] AS because
      FROM recommender_item i JOIN catalog_product p ON p.id = i.other_id
     WHERE i.model_id = :model AND i.product_id = ANY(CAST(:held AS bigint[]))
       AND i.other_id <> ALL(CAST(:held AS bigint[])) AND {_BUYABLE} {_NOT_OWNED}
     GROUP BY i.other_id ORDER BY sum(i.score) DESC, i.other_id LIMIT :most""")
# primary key of recommender_person (model_id, user_id, rank)
_FOR_PERSON = text(f"""
    SELECT r.product_id, r.because_of AS because FROM recommender_person r JOIN catalog_product p ON p.id = r.product_id
     WHERE r.model_id = :model AND r.user_id = :user AND {_BUYABLE} {_NOT_OWNED}
     ORDER BY r.rank LIMIT :most""")
_POPULAR = text(f"""
    SELECT p.id FROM unnest(CAST(:ids AS bigint[])) WITH ORDINALITY AS wanted (id, rank)
      JOIN catalog_product p ON p.id = wanted.id
     WHERE p.id <> ALL(CAST(:held AS bigint[])) AND {_BUYABLE} {_NOT_OWNED}
     ORDER BY wanted.rank LIMIT :most""")
# ix_catalog_product_window narrows to published products; only for a shop that has never learnt
_LIKED = text(f"""
    SELECT p.id FROM catalog_product p
     WHERE p.id <> ALL(CAST(:held AS bigint[])) AND {_BUYABLE} {_NOT_OWNED}
     ORDER BY p.popularity DESC, p.id LIMIT :most""")
# primary key of catalog_product; few products are asked about
_OWNED = text(f"""
    SELECT p.id FROM catalog_product p WHERE p.id = ANY(CAST(:ids AS bigint[])) AND NOT (true {_NOT_OWNED})""")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A product, and why: `because_of` is a product of the visitor, `why` what `serve.reason` puts into words."""

    product_id: int
    because_of: int | None = None
    why: str = "popular"


@dataclass(frozen=True, slots=True)
class Serving:
    """The version in use: its number and its list of what is bought most."""

    model_id: int
    popular: tuple[int, ...]


def serving(session: Session) -> Serving | None:
    """The version in use (uq_recommender_model_champion; kept until another one serves)."""
    return caching.cached(OWNER, "serving", lambda: _serving(session))


def _serving(session: Session) -> Serving | None:
    row = session.execute(select(Model.id, Model.popular).where(Model.state == "champion")).one_or_none()
    return Serving(row.id, tuple(row.popular)) if row else None


def champion(session: Session) -> Model | None:
    """The version in use, with its figures (uq_recommender_model_champion)."""
    return session.scalar(select(Model).where(Model.state == "champion"))


def in_shadow(session: Session) -> Model | None:
    """The version that waits in shadow (uq_recommender_model_shadow)."""
    return session.scalar(select(Model).where(Model.state == "shadow"))


def earlier(session: Session) -> Model | None:
    """The version that served before the one in use and whose lists are kept."""
    kept = select(ItemRow).where(ItemRow.model_id == Model.id).exists()
    query = select(Model).where(Model.state == "retired", Model.reason != "rolled_back", kept)
    return session.scalar(query.order_by(Model.retired_at.desc(), Model.id.desc()).limit(1))


def is_on(session: Session) -> bool:
    """Whether this shop suggests anything."""
    return settings.get(session, RecommenderSettings).is_on


def with_product(session: Session, product_id: int, limit: int = 8) -> list[Suggestion]:
    """What goes with a product and can be bought now, the best first; empty where no version knows. One statement."""
    used = serving(session) if is_on(session) else None
    if used is None:
        return []
    found = session.execute(_WITH_PRODUCT, {"model": used.model_id, "product": product_id, "most": limit})
    return [Suggestion(row.other_id, product_id, row.reason) for row in found]


def with_products(
    session: Session, held: Sequence[int], *, user_id: int | None = None, limit: int = 8
) -> list[Suggestion]:
    """What goes with several products together, none of them among it. One statement."""
    used = serving(session)
    if used is None or not held:
        return []
    values = {
        "model": used.model_id,
        "held": list(held),
        "user": user_id,
        "most": limit,
        "again": _again(session),
    }
    return [Suggestion(row.other_id, row.because, "held") for row in session.execute(_WITH_PRODUCTS, values)]


def for_person(session: Session, user_id: int, limit: int = 8) -> list[Suggestion]:
    """What this customer may like, without what is owned and bought once. One statement."""
    used = serving(session)
    if used is None:
        return []
    values = {"model": used.model_id, "user": user_id, "most": limit, "again": _again(session)}
    return [
        Suggestion(row.product_id, row.because, "owned" if row.because else "taste")
        for row in session.execute(_FOR_PERSON, values)
    ]


def popular(
    session: Session, *, held: Sequence[int] = (), user_id: int | None = None, limit: int = 8
) -> list[Suggestion]:
    """What is bought most, the same for everybody but for what they have already. One statement."""
    used = serving(session)
    values: dict[str, Any] = {"held": list(held), "user": user_id, "most": limit, "again": _again(session)}
    if used is not None and used.popular:
        return [Suggestion(i) for i in session.scalars(_POPULAR, {**values, "ids": list(used.popular)})]
    return [Suggestion(i) for i in session.scalars(_LIKED, values)]


def owned(session: Session, user_id: int, product_ids: Iterable[int]) -> set[int]:
    """Which of these products a customer has and buys once. One statement."""
    values = {"user": user_id, "ids": sorted(product_ids), "again": _again(session)}
    return set(session.scalars(_OWNED, values)) if values["ids"] else set()


def _again(session: Session) -> list[str]:
    return list(settings.get(session, RecommenderSettings).paths_again)


def refuses(session: Session, user_id: int) -> bool:
    """Whether this customer wants no profile."""
    return bool(session.scalar(select(Choice.refused).where(Choice.user_id == user_id)))


def running_experiment(session: Session) -> Experiment | None:
    """The experiment that runs (uq_recommender_experiment_running)."""
    return session.scalar(select(Experiment).where(Experiment.ended_at.is_(None)))


def results(session: Session, experiment_id: int) -> dict[str, dict[str, int]]:
    """Visitors of each arm: how many there are, who opened something, who bought (primary key of the table)."""
    rows = session.execute(
        text("""SELECT arm, count(*) AS visitors, count(*) FILTER (WHERE clicked > 0) AS clicked,
                       count(bought_at) AS bought
                  FROM recommender_exposure WHERE experiment_id = :id GROUP BY arm"""),
        {"id": experiment_id},
    )
    found = {arm: {"visitors": 0, "clicked": 0, "bought": 0} for arm in (rules.MODEL, rules.POPULARITY)}
    for row in rows:
        found[row.arm] = {"visitors": row.visitors, "clicked": row.clicked, "bought": row.bought}
    return found


_HELD = text("""
    SELECT DISTINCT v.product_id FROM cart_line l JOIN catalog_variant v ON v.id = l.variant_id
     WHERE l.cart_id = :cart AND l.removed_at IS NULL AND NOT l.saved_for_later ORDER BY v.product_id""")
# ix_analytics_visit_visitor, ix_analytics_visit_event_visit_id
_VIEWED = text("""
    SELECT e.product_id FROM analytics_visit v JOIN analytics_visit_event e ON e.visit_id = v.id
     WHERE v.visitor = :visitor AND v.is_profiled AND e.product_id IS NOT NULL
     GROUP BY e.product_id ORDER BY max(e.at) DESC LIMIT :most""")


def held_products(session: Session, cart_id: int) -> list[int]:
    """The products in a bag (ix_cart_line_cart_id)."""
    return list(session.scalars(_HELD, {"cart": cart_id}))


def viewed_products(session: Session, visitor: uuid.UUID, limit: int = 12) -> list[int]:
    """What a visitor looked at lately who agreed to suggestions made from it, the newest first."""
    return list(session.scalars(_VIEWED, {"visitor": visitor, "most": limit}))


def names(session: Session, product_ids: Iterable[int], language: str) -> dict[int, str]:
    """What products are called in a language (primary key)."""
    ids = sorted(set(product_ids))
    if not ids:
        return {}
    rows = session.execute(
        select(Product.id, text_in("name", language).label("name")).where(Product.id.in_(ids))
    )
    return {row.id: row.name for row in rows}
