"""Chooses products to stand beside others in the demo shop, through the catalogue's own verb."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog import operations as catalog
from app.catalog.models import ImportRef, ProductLink
from app.core.actor import Actor
from app.ops.demo.catalogue import SOURCE
from app.ops.demo.content.products import products
from app.ops.demo.content.values import ProductSpec

LOOKED_AT = 1_000
"""A very large shop chooses among its first products."""
LIKED = 90
"""So many of the best liked products have others beside them."""
BETTER = (Decimal("1.08"), Decimal("2.5"))
"""How much more a step up costs, at least and at most."""


def load(session: Session, count: int, actor: Actor) -> int:
    """Choose for the best liked products; what somebody chose already stays. Returns for how many it chose."""
    specs = [spec for spec in islice(products(count), LOOKED_AT) if _can_be_bought(spec)]
    codes = [spec.code for spec in specs]
    refs = select(ImportRef.external_id, ImportRef.product_id).where(
        ImportRef.source == SOURCE, ImportRef.external_id.in_(codes)
    )
    ids: dict[str, int] = dict(session.execute(refs).all())
    done = set(session.scalars(select(ProductLink.product_id).distinct()))
    chosen = 0
    for spec in sorted(specs, key=lambda spec: (-spec.popularity, spec.code))[:LIKED]:
        if spec.code in ids and ids[spec.code] not in done:
            links = {kind: [ids[other.code] for other in row if other.code in ids] for kind, row in choose(spec, specs).items()}  # fmt: skip
            chosen += catalog.set_links(session, product_id=ids[spec.code], links=links, actor=actor)
    return chosen


def choose(spec: ProductSpec, others: Sequence[ProductSpec]) -> dict[str, list[ProductSpec]]:
    """What stands beside a product: dearer ones of its kind, what is made like it, small things for the bag."""
    group, department = spec.category.rpartition("/")[0], spec.category.partition("/")[0]
    better = _first(
        (o for o in others if o.category == spec.category and _is_better(o, spec)),
        3,
        lambda o: (o.price, o.code),
    )
    near = (o for o in others if o.category.startswith(f"{group}/") and o.category != spec.category)
    related = _first(near, 4, lambda o: (o.brand != spec.brand, -o.popularity, o.code))
    small = (
        o for o in others
        if o.category.startswith(f"{department}/") and not o.category.startswith(f"{group}/") and o.price < spec.price
    )  # fmt: skip
    return {
        "related": related,
        "upsell": better,
        "cross_sell": _first(small, 3, lambda o: (-o.popularity, o.code)),
    }


def _is_better(other: ProductSpec, spec: ProductSpec) -> bool:
    least, most = BETTER
    return spec.price * least <= other.price <= spec.price * most


def _first(found: Iterable[ProductSpec], count: int, key: object) -> list[ProductSpec]:
    ordered: Iterator[ProductSpec] = iter(sorted(found, key=key))  # type: ignore[call-overload]
    return list(islice(ordered, count))


def _can_be_bought(spec: ProductSpec) -> bool:
    return spec.published and any(variant.stock for variant in spec.variants)
