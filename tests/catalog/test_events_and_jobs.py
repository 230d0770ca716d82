"""Handlers and jobs, each twice; races between two processes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog import handlers, jobs, operations
from app.catalog.models import Brand, Category, Product, Variant
from app.catalog.rules import NewVariant
from app.core import caching
from app.core.actor import SYSTEM
from app.core.errors import Conflict, ShopError
from app.core.outbox import OutboxRow
from app.events import catalog as events
from app.events.media import ImagesChanged

from .conftest import Shop

PURGING = [
    (handlers.forget_product, events.ProductChanged(1)), (handlers.forget_products, events.ProductsChanged((1, 2))),
    (handlers.forget_category, events.CategoryChanged(1)), (handlers.forget_brand, events.BrandChanged(1)),
    (handlers.forget_attributes, events.AttributesChanged()), (handlers.forget_images, ImagesChanged((1,))),
]  # fmt: skip


class Steps:
    """A progress that only listens."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, int | None]] = []

    def step(self, done: int, total: int | None = None, message: str | None = None) -> None:
        self.seen.append((done, total))


@pytest.mark.parametrize(("handler", "event"), PURGING)
def test_kept_pages_are_forgotten_twice(session: Session, handler: Any, event: Any) -> None:
    for _ in range(2):
        before = [caching.generation(owner) for owner in ("catalog", "pages")]
        handler(session, event)
        after = [caching.generation(owner) for owner in ("catalog", "pages")]
        assert all(new > old for new, old in zip(after, before, strict=True))


def test_a_change_is_seen_at_once(session: Session, make: Callable[..., Product]) -> None:
    product = make()
    before = caching.generation("pages")
    operations.update_product(session, product_id=product.id, actor=SYSTEM, description="New")
    assert caching.generation("pages") != before
    inline = select(OutboxRow.done_at).where(OutboxRow.handler.contains("forget_product"))
    assert all(session.scalars(inline))


@pytest.mark.parametrize(("handler", "event"), [(handlers.count_published, events.ProductPublished(1)), (handlers.count_archived, events.ProductArchived(1)), (handlers.count_moved, events.CategoryChanged(1, True))])  # fmt: skip
def test_counting_twice(
    session: Session, shop: Shop, make: Callable[..., Product], handler: Any, event: Any
) -> None:
    make()
    for _ in range(2):
        handler(session, event)
        session.expire_all()
        assert session.get_one(Category, shop.tech).product_count == 1


def test_a_category_that_stayed_is_not_counted_again(
    session: Session, shop: Shop, make: Callable[..., Product]
) -> None:
    make()
    handlers.count_moved(session, events.CategoryChanged(shop.tech))
    session.expire_all()
    assert session.get_one(Category, shop.tech).product_count == 0


def test_counts_follow_through_the_outbox(
    session: Session, shop: Shop, make: Callable[..., Product], deliver: Callable[[], int]
) -> None:
    product = make()
    deliver()
    session.expire_all()
    assert session.get_one(Category, shop.tech).product_count == 1
    operations.archive_product(session, product_id=product.id, actor=SYSTEM)
    deliver()
    session.expire_all()
    assert session.get_one(Category, shop.tech).product_count == 0


def test_jobs_twice(session: Session, shop: Shop, make: Callable[..., Product]) -> None:
    fine, empty = make(publish_now=False), make("Empty", publish_now=False, variants=[])
    for _ in range(2):
        steps = Steps()
        result = jobs.change_state(steps, [fine.id, empty.id, 4711], "publish", 1, "boss")
        assert result["changed"] == 1
        assert set(result["refused"]) == {str(empty.id), "4711"}
        assert steps.seen == [(0, 3), (3, 3)]
    assert jobs.recount(Steps())["corrected"] == 2
    assert jobs.recount(Steps())["corrected"] == 0
    assert jobs.cross_windows(Steps()) == {"announced": 0}
    assert jobs.cross_windows(Steps()) == {"announced": 0}


def at_once(session_maker: Callable[[], Session], calls: list[Callable[[Session], Any]]) -> list[str]:
    """Run calls side by side, each on its own session; what each of them came to."""
    outcomes: list[str] = []
    start = threading.Barrier(len(calls))

    def run(call: Callable[[Session], Any]) -> None:
        own = session_maker()
        start.wait()
        try:
            call(own)
            outcomes.append("done")
        except ShopError as refusal:
            outcomes.append(type(refusal).__name__)
        finally:
            own.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_two_people_take_one_sku(session: Session, shop: Shop, session_maker: Callable[[], Session]) -> None:
    def take(own: Session) -> None:
        operations.create_product(
            own, actor=SYSTEM, name="Lamp", category_id=shop.tech, type_id=shop.type_id, variants=[NewVariant("ONE")]
        )  # fmt: skip

    assert at_once(session_maker, [take] * 4) == ["InvalidFields"] * 3 + ["done"]
    assert len(session.scalars(select(Product)).all()) == 1


def test_two_people_take_one_name(session: Session, shop: Shop, session_maker: Callable[[], Session]) -> None:
    def take(number: int) -> Callable[[Session], Any]:
        return lambda own: operations.create_product(
            own, actor=SYSTEM, name="Lamp", category_id=shop.tech, type_id=shop.type_id,
            variants=[NewVariant(f"N{number}")],
        )  # fmt: skip

    assert at_once(session_maker, [take(n) for n in range(4)]) == ["done"] * 4
    assert set(session.scalars(select(Product.slug))) == {"lamp", "lamp-2", "lamp-3", "lamp-4"}


def test_two_people_save_one_product(
    session: Session, make: Callable[..., Product], session_maker: Callable[[], Session]
) -> None:
    product = make()
    version, product_id = product.version, product.id
    session.commit()

    def save(own: Session) -> None:
        operations.update_product(
            own, product_id=product_id, actor=SYSTEM, version=version, description="Mine"
        )

    assert at_once(session_maker, [save] * 3) == [Conflict.__name__] * 2 + ["done"]


def test_the_last_two_variants_cannot_both_go(
    session: Session, make: Callable[..., Product], session_maker: Callable[[], Session]
) -> None:
    product = make(variants=[NewVariant("A", {"colour": "red"}), NewVariant("B", {"colour": "blue"})])
    ids = [variant.id for variant in product.variants]
    session.commit()
    calls = [
        lambda own, i=i: operations.update_variant(own, variant_id=i, actor=SYSTEM, is_active=False)
        for i in ids
    ]
    assert at_once(session_maker, calls) == ["LastVariant", "done"]
    assert len(session.scalars(select(Variant.id).where(Variant.is_active)).all()) == 1


def test_two_imports_make_one_brand(session: Session, session_maker: Callable[[], Session]) -> None:
    calls = [lambda own: operations.ensure_brand(own, name=" Nord  Light", actor=SYSTEM)] * 4
    assert at_once(session_maker, calls) == ["done"] * 4
    assert session.scalars(select(Brand.name)).all() == ["Nord Light"]
