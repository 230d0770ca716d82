"""The demo shop's links: some of each kind, the same on every machine, chosen once."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.catalog import operations as catalog
from app.catalog.models import Product, ProductLink
from app.core.actor import SYSTEM
from app.ops.demo import catalogue, links
from app.ops.demo.content.products import products

COUNT = 80
"""Products: enough for more than twenty links of each kind."""


def test_every_kind_is_there_and_a_second_time_changes_nothing(session: Session) -> None:
    places = catalogue.set_up(session, SYSTEM, {})
    catalogue.build(
        session,
        COUNT,
        places,
        {},
        seller_id=None,
        since=date(2026, 1, 1),
        actor=SYSTEM,
        report=lambda _d, _t: None,
    )
    assert links.load(session, COUNT, SYSTEM) > 60
    counts = dict(
        session.execute(text("SELECT kind, count(*) FROM catalog_product_link GROUP BY kind")).all()
    )
    assert set(counts) == {"related", "upsell", "cross_sell"} and min(counts.values()) > 20, counts
    assert links.load(session, COUNT, SYSTEM) == 0
    mine = session.scalars(select(ProductLink.product_id).limit(1)).one()
    other = session.scalars(select(Product.id).where(Product.id != mine).limit(1)).one()
    catalog.set_links(
        session, product_id=mine, links={"related": [other], "upsell": [], "cross_sell": []}, actor=SYSTEM
    )
    assert links.load(session, COUNT, SYSTEM) == 0, "what somebody chose stays"


def test_a_step_up_costs_more_and_is_of_the_same_kind() -> None:
    specs = [spec for spec in products(200) if spec.published]
    for spec in specs[:60]:
        rows = links.choose(spec, specs)
        assert all(o.price > spec.price and o.category == spec.category for o in rows["upsell"])
        assert all(o.price < spec.price for o in rows["cross_sell"])
        assert spec not in [other for row in rows.values() for other in row]
