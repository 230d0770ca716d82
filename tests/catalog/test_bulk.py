"""Many products at once: the same checks, few statements, nobody pays for his neighbour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalog import operations
from app.catalog.models import ImportRef, Product, Slug, Variant
from app.catalog.operations import Incoming
from app.catalog.operations.bulk import create_products_bulk
from app.catalog.rules import NewProduct, NewVariant
from app.core import outbox
from app.core.actor import SYSTEM
from app.core.audit import AuditRow
from app.core.errors import InvalidFields
from app.core.outbox import OutboxRow

from .conftest import Shop, priced


def specs(shop: Shop, count: int, prefix: str = "B", **more: Any) -> list[NewProduct]:
    return [
        NewProduct(
            name=f"Lamp {number % 7}", category_id=shop.laptops, type_id=shop.type_id, brand_id=shop.brand,
            translations={"fr": {"name": f"Lampe {number}"}}, specifications={"ram": 16},
            variants=[NewVariant(f"{prefix}{number}-{c}", {"colour": c, "size": "s"}) for c in ("red", "blue")],
            parts=priced(f"{prefix}{number}-red", f"{prefix}{number}-blue"), publish=True, **more,
        )
        for number in range(count)
    ]  # fmt: skip


def test_many_are_made_at_once(session: Session, shop: Shop) -> None:
    results = create_products_bulk(session, specs(shop, 200), SYSTEM)
    assert {r.outcome for r in results} == {"created"}
    assert (
        session.scalar(select(func.count()).select_from(Product).where(Product.state == "published")) == 200
    )
    assert session.scalar(select(func.count()).select_from(Variant)) == 400
    assert session.scalar(select(func.count(func.distinct(Slug.slug))).where(Slug.kind == "product")) == 400
    batches = session.scalars(select(AuditRow).where(AuditRow.action == "product.create_many")).all()
    assert len(batches) == 1
    assert batches[0].after is not None
    assert batches[0].after["count"] == 200


def test_the_number_of_statements_does_not_grow_with_the_batch(
    session: Session, shop: Shop, statements: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a large demo needs: thousands of products a minute, so no statement for each of them."""
    monkeypatch.setattr(outbox, "_wake", [])  # what followers do in their handlers is their own account
    counts = []
    for size in (20, 200):
        with statements() as seen:
            create_products_bulk(session, specs(shop, size, prefix=f"S{size}-"), SYSTEM)
        counts.append(len(seen))
    assert counts[1] <= counts[0] + 8, counts
    assert counts[1] < 45


def test_wrong_ones_are_named_and_the_others_are_made(session: Session, shop: Shop) -> None:
    good = specs(shop, 3)
    bad = replace(good[1], name="", category_id=None, brand_id=999)
    twice = replace(good[2], parts={}, variants=[NewVariant("B0-red", {"colour": "red", "size": "s"})])
    results = create_products_bulk(session, [good[0], bad, twice, good[2]], SYSTEM)
    assert [r.outcome for r in results] == ["created", "refused", "refused", "created"]
    assert set(results[1].errors) == {"name", "category_id", "brand_id"}
    assert set(results[2].errors) == {"variants.0.sku"}


def test_incomplete_ones_stay_drafts(session: Session, shop: Shop) -> None:
    (result,) = create_products_bulk(session, [replace(specs(shop, 1)[0], variants=[], parts={})], SYSTEM)
    assert result.outcome == "created"
    assert "variants" in result.errors
    assert session.get_one(Product, result.product_id).state == "draft"


def test_a_race_refuses_only_the_one_it_hits(
    session: Session, shop: Shop, session_maker: Callable[[], Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody takes a SKU between the check and the writing."""
    from app.catalog.operations import bulk

    check = bulk._check_all

    def rival_first(given: Any, facts: Any) -> Any:
        checked = check(given, facts)
        other = session_maker()
        operations.create_product(
            other, actor=SYSTEM, name="Rival", category_id=shop.tech, type_id=shop.type_id,
            variants=[NewVariant("B1-red")],
        )  # fmt: skip
        other.close()
        return checked

    monkeypatch.setattr(bulk, "_check_all", rival_first)
    results = create_products_bulk(session, specs(shop, 3), SYSTEM)
    assert [r.outcome for r in results] == ["created", "refused", "created"]
    assert results[1].errors
    assert session.scalar(select(func.count()).select_from(Product)) == 3


def test_the_same_record_again_is_unchanged(session: Session, shop: Shop) -> None:
    records = [Incoming(str(number), spec) for number, spec in enumerate(specs(shop, 3))]
    first = operations.upsert_products_bulk(session, "feed", records, SYSTEM)
    before = session.scalar(select(func.count()).select_from(OutboxRow))
    again = operations.upsert_products_bulk(session, "feed", records, SYSTEM)
    assert [r.outcome for r in first] == ["created"] * 3
    assert [r.outcome for r in again] == ["unchanged"] * 3
    assert [r.product_id for r in first] == [r.product_id for r in again]
    assert session.scalar(select(func.count()).select_from(OutboxRow)) == before
    assert session.scalar(select(func.count()).select_from(ImportRef)) == 3


def test_a_changed_record_changes_its_product(session: Session, shop: Shop) -> None:
    spec = specs(shop, 1)[0]
    (made,) = operations.upsert_products_bulk(session, "feed", [Incoming("a", spec)], SYSTEM)
    variants = [replace(spec.variants[0], weight_g=750), spec.variants[1], NewVariant("B0-m", {"colour": "red", "size": "m"})]  # fmt: skip
    changed = replace(
        spec, name="Other", description="New text", specifications={"ram": 32}, variants=variants
    )
    (result,) = operations.upsert_products_bulk(session, "feed", [Incoming("a", changed)], SYSTEM)
    assert (result.outcome, result.product_id) == ("updated", made.product_id)
    product = session.get_one(Product, made.product_id)
    session.refresh(product)
    assert (product.name, product.specifications, product.state) == ("Other", {"ram": "32"}, "published")
    assert {v.sku: v.weight_g for v in product.variants} == {"B0-red": 750, "B0-blue": 0, "B0-m": 0}


def test_only_named_fields_are_taken(session: Session, shop: Shop) -> None:
    spec = replace(specs(shop, 1)[0], description="Ours")
    (made,) = operations.upsert_products_bulk(session, "feed", [Incoming("a", spec)], SYSTEM)
    other = replace(spec, name="Theirs", description="")
    operations.upsert_products_bulk(session, "feed", [Incoming("a", other, frozenset({"name"}))], SYSTEM)
    product = session.get_one(Product, made.product_id)
    assert (product.name, product.description) == ("Theirs", "Ours")


def test_a_product_is_known_by_its_skus(session: Session, shop: Shop) -> None:
    spec = specs(shop, 1)[0]
    (made,) = create_products_bulk(session, [spec], SYSTEM)
    (result,) = operations.upsert_products_bulk(
        session, "feed", [Incoming("x", replace(spec, name="Renamed"))], SYSTEM
    )
    assert (result.outcome, result.product_id) == ("updated", made.product_id)


def test_a_wrong_change_is_refused_and_remembered_as_not_done(session: Session, shop: Shop) -> None:
    spec = specs(shop, 1)[0]
    operations.upsert_products_bulk(session, "feed", [Incoming("a", spec)], SYSTEM)
    wrong = replace(spec, name="New", specifications={"ram": "much"})
    for _ in range(2):
        (result,) = operations.upsert_products_bulk(session, "feed", [Incoming("a", wrong)], SYSTEM)
        assert result.outcome == "refused"
        assert "specifications.ram" in result.errors
    assert session.scalar(select(Product.name)) == spec.name


def test_one_key_twice_in_a_batch_is_refused(session: Session, shop: Shop) -> None:
    first, second = specs(shop, 2)
    results = operations.upsert_products_bulk(
        session, "feed", [Incoming("a", first), Incoming("a", second), Incoming("", second)], SYSTEM
    )
    assert [r.outcome for r in results] == ["created", "refused", "refused"]


def test_states_of_a_selection(session: Session, shop: Shop, make: Callable[..., Product]) -> None:
    fine, empty = make(publish_now=False), make(publish_now=False, variants=[])
    outcome = operations.change_states(session, product_ids=[fine.id, empty.id], verb="publish", actor=SYSTEM)
    assert outcome.changed == (fine.id,)
    assert set(outcome.refused) == {empty.id}
    session.refresh(fine)
    assert fine.state == "published"
    again = operations.change_states(session, product_ids=[fine.id], verb="publish", actor=SYSTEM)
    assert again.refused == {}
    with pytest.raises(InvalidFields):
        operations.change_states(session, product_ids=[fine.id], verb="explode", actor=SYSTEM)
