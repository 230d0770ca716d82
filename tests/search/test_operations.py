"""The index follows the catalogue, prices and stock; building it again changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.catalog import operations as catalog
from app.catalog.models import Product
from app.core import redis_client
from app.core.actor import SYSTEM
from app.core.money import Money
from app.events.catalog import (
    AttributesChanged,
    BrandChanged,
    CategoryChanged,
    ProductChanged,
    ProductsChanged,
)
from app.events.inventory import AvailabilityChanged
from app.events.pricing import PriceChanged
from app.events.search import IndexRebuilt
from app.inventory import operations as inventory
from app.pricing import operations as pricing
from app.search import checks, handlers, jobs, operations
from app.search.errors import UnreadableJudgements
from app.search.models import QueryCount, SearchDocument, SearchWord
from app.search.operations import Judgement, evaluate, read_judgements
from app.search.queries import Listing, listing
from tests.catalog.conftest import Shop

Sell = Callable[..., Product]


def rows(session: Session) -> list[Any]:
    session.expire_all()
    every = text("SELECT * FROM search_document d JOIN search_text t USING (product_id) ORDER BY product_id")
    return [tuple(row) for row in session.execute(every)]


def test_the_next_request_finds_what_changed(session: Session, shop: Shop, sell: Sell) -> None:
    lamp = sell("Lamp")
    variant = lamp.variants[0]
    catalog.update_product(session, product_id=lamp.id, actor=SYSTEM, name="Lantern")
    assert listing(session, Listing(query="lamp")).total == 0
    assert listing(session, Listing(query="lantern")).product_ids == (lamp.id,)
    pricing.set_price(session, variant_id=variant.id, amount=Money.of_minor(9900, "EUR"), actor=SYSTEM)
    session.expire_all()
    assert session.get_one(SearchDocument, lamp.id).price == 99
    inventory.set_on_hand(session, sku=variant.sku, on_hand=0, reason="count", actor=SYSTEM)
    session.expire_all()
    assert session.get_one(SearchDocument, lamp.id).available is False
    catalog.archive_product(session, product_id=lamp.id, actor=SYSTEM)
    session.expire_all()
    assert session.get(SearchDocument, lamp.id) is None


def test_reindex_gives_what_the_handlers_gave(session: Session, shop: Shop, sell: Sell) -> None:
    lamp = sell("Lamp", translations={"fr": {"name": "Lampe", "description": "Belle"}})
    sell("Chair", stock=0)
    before = rows(session)
    assert operations.reindex(session) == 2
    assert rows(session) == before
    session.execute(text("DELETE FROM search_text"))
    session.execute(text("DELETE FROM search_document"))
    session.execute(text("INSERT INTO search_document (product_id, published_at) VALUES (999999, now())"))
    session.commit()
    assert any(str(lamp.id) in said for said in checks.index_is_in_line(session))
    assert operations.reindex(session) == 2
    assert rows(session) == before
    assert checks.index_is_in_line(session) == []
    assert session.scalar(select(SearchWord.frequency).where(SearchWord.word == "lampe")) == 1


def test_every_handler_twice(session: Session, shop: Shop, sell: Sell) -> None:
    lamp, chair = sell("Lamp", specifications={"ram": 16}), sell("Chair")
    variant_ids = (lamp.variants[0].id,)
    before = rows(session)
    for handler, event in (
        (handlers.index_product, ProductChanged(lamp.id)),
        (handlers.index_batch, ProductsChanged((lamp.id, chair.id))),
        (handlers.refresh_prices, PriceChanged((lamp.id,), variant_ids)),
        (handlers.refresh_availability, AvailabilityChanged((lamp.id,))),
        (handlers.index_category, CategoryChanged(shop.tech, moved=True)),
        (handlers.index_category, CategoryChanged(0)),
        (handlers.index_brand, BrandChanged(shop.brand)),
        (handlers.index_attribute, AttributesChanged(shop.ram)),
        (handlers.index_attribute, AttributesChanged()),
        (handlers.forget_pages, IndexRebuilt(2)),
    ):
        for _ in range(2):
            handler(session, event)  # type: ignore[operator]
        assert rows(session) == before


def test_a_moved_category_takes_its_products_along(
    session: Session, shop: Shop, sell: Sell, deliver: Callable[[], int]
) -> None:
    lamp = sell("Lamp")
    assert listing(session, Listing(category_id=shop.fashion)).total == 0
    catalog.move_category(session, category_id=shop.laptops, parent_id=shop.fashion, actor=SYSTEM)
    deliver()
    assert listing(session, Listing(category_id=shop.fashion)).product_ids == (lamp.id,)
    assert listing(session, Listing(category_id=shop.tech)).total == 0


def test_an_attribute_that_becomes_a_filter_is_indexed(
    session: Session, shop: Shop, sell: Sell, deliver: Callable[[], int]
) -> None:
    from app.core.jobs import JobRow

    sell("Lamp", specifications={"ram": 16})
    catalog.update_attribute(session, attribute_id=shop.ram, actor=SYSTEM, is_filter=False)
    deliver()
    deliver()
    assert session.scalars(select(JobRow.name).where(JobRow.name == "search.reindex")).all() == [
        "search.reindex"
    ]


class Steps:
    """Notes progress."""

    def __init__(self) -> None:
        self.done: list[int] = []

    def step(self, done: int, total: int | None = None, message: str | None = None) -> None:
        self.done.append(done)


def test_jobs_twice(session: Session, shop: Shop, sell: Sell) -> None:
    lamp = sell("Lamp")
    catalog.add_popularity(session, {lamp.id: 7})
    assert [jobs.refresh_popularity(Steps())["changed"] for _ in range(2)] == [1, 0]
    assert [jobs.reindex(Steps())["products"] for _ in range(2)] == [1, 1]
    for _ in range(3):
        listing(session, Listing(query="Lamp"))
    listing(session, Listing(query="anna@example.org"))
    assert [jobs.write_down_queries(Steps())["queries"] for _ in range(2)] == [1, 0]
    row = session.scalars(select(QueryCount)).one()
    assert (row.query, row.times, row.hits) == ("lamp", 3, 1)


def test_searching_works_without_redis(
    session: Session, shop: Shop, sell: Sell, monkeypatch: pytest.MonkeyPatch
) -> None:
    lamp = sell("Lamp")
    monkeypatch.setattr(redis_client, "attempt", lambda call, default=None: default)
    assert listing(session, Listing(query="lamp")).product_ids == (lamp.id,)
    assert operations.write_down_queries(session) == 0


def test_sea_02_figures_of_judged_queries(session: Session, shop: Shop, sell: Sell) -> None:
    lamp, other = sell("Lamp", sku="L-1"), sell("Lamp shade", sku="L-2")
    assert lamp.id != other.id
    lines = ["query,docid,rating", "lamp,L-1,3", "lamp,L-2,0", "submarine,L-1,2", "lamp,GONE,0"]
    found = evaluate(session, read_judgements(lines))
    assert (found.queries, found.unknown_products, found.without_result) == (2, 1, ("submarine",))
    assert found.by_query == {"lamp": 1.0, "submarine": 0.0}
    assert found.ndcg_at_10 == 0.5
    assert found.precision_at_10 == 0.05
    with pytest.raises(UnreadableJudgements):
        read_judgements(["query,docid,rating", "lamp,L-1"])
    assert read_judgements(["lamp,1,2"]) == [Judgement("lamp", "1", 2)]


def test_the_commands(app: Any, session: Session, shop: Shop, sell: Sell, tmp_path: Any) -> None:
    sell("Lamp", sku="L-1")
    answer = app.test_cli_runner().invoke(args=["search", "reindex"])
    assert '"products": 1' in answer.output, answer.output
    file = tmp_path / "judged.csv"
    file.write_text("query,docid,rating\nlamp,L-1,3\n")
    answer = app.test_cli_runner().invoke(args=["search", "evaluate", str(file)])
    assert '"ndcg_at_10": 1.0' in answer.output, answer.output
