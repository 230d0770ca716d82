"""One product: made, changed, published, archived, removed, with every refusal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalog import operations
from app.catalog.errors import LastVariant, NoSuchProduct, NotPublishable
from app.catalog.models import Product, ProductCategory, ProductImage, Slug, Variant
from app.catalog.operations import parts as part_registry
from app.catalog.rules import NewImage, NewVariant
from app.core.actor import SYSTEM
from app.core.audit import AuditRow
from app.core.errors import Conflict, Invalid, InvalidFields, NotFound
from app.core.outbox import OutboxRow
from app.media.models import Image

from .conftest import Shop

Make = Callable[..., Product]


def refusals(call: Callable[..., Any], *args: Any, **values: Any) -> set[str]:
    with pytest.raises(InvalidFields) as raised:
        call(*args, **values)
    assert all(str(message) for message in raised.value.errors.values())
    return set(raised.value.errors)


def picture(session: Session, number: int) -> Image:
    row = Image(
        key=f"{number:024x}", filename="a.png", kind="png", width=10, height=10, bytes=1, sha256="x", renditions={"webp": [10]}
    )  # fmt: skip
    session.add(row)
    session.commit()
    return row


def test_cat_01_everything_wrong_is_said_at_once(session: Session, shop: Shop, make: Make) -> None:
    make()
    found = refusals(
        operations.create_product, session, actor=SYSTEM, name="", category_id=4711, type_id=shop.type_id,
        brand_id=4711, seller_id=0, tax_class="none", description="\x00", translations={"xx": {}, "fr": {"name": 3}},
        published_from=datetime(2026, 1, 2, tzinfo=UTC), published_until=datetime(2026, 1, 1, tzinfo=UTC),
        specifications={"ram": "16 GB", "shoe": 1}, popularity=-1, slug="x" * 300,
        images=[{"image_id": 4711}, {"image_id": 1, "alt": "x" * 600}], parts={"magic": {}},
        variants=[
            {"sku": "SKU-1"}, {"sku": "bad sku"}, {"sku": "OK", "ean": "123", "weight_g": "heavy", "name": 3},
        ],
    )  # fmt: skip
    assert {
        "name", "category_id", "brand_id", "seller_id", "tax_class", "description", "translations.xx",
        "translations.fr.name", "published_until", "specifications.ram", "specifications.shoe", "popularity", "slug",
        "images.0", "images.1", "magic", "variants.0.sku", "variants.1.sku", "variants.2.ean", "variants.2.weight_g",
        "variants.2.name",
    } <= found  # fmt: skip
    assert session.scalar(select(func.count()).select_from(Product)) == 1


@pytest.mark.parametrize("values", [{"type_id": None}, {"type_code": "none", "type_id": None}, {"type_id": "x"}, {"type_id": True}])  # fmt: skip
def test_a_type_is_needed(session: Session, shop: Shop, values: dict[str, Any]) -> None:
    assert "type_id" in refusals(operations.create_product, session, actor=SYSTEM, name="A", category_id=shop.tech, **values)  # fmt: skip


def test_unknown_fields_are_refused(session: Session, shop: Shop, make: Make) -> None:
    with pytest.raises(Invalid):
        operations.create_product(session, actor=SYSTEM, name="A", category_id=1, colour="red")
    with pytest.raises(InvalidFields):
        operations.create_product(session, actor=SYSTEM, name="A", category_id=1, variants=[{"nonsense": 1}])
    product = make()
    for field in ("state", "rating_count", "id"):
        assert refusals(operations.update_product, session, product_id=product.id, actor=SYSTEM, **{field: 1}) == {field}  # fmt: skip


def test_cat_06_variants_are_told_apart(session: Session, shop: Shop, make: Make) -> None:
    red, same = (
        NewVariant("A", {"colour": "red", "size": "s"}),
        NewVariant("B", {"size": "s", "colour": "red"}),
    )
    assert refusals(make, variants=[red, same]) == {"variants.1.options"}
    assert refusals(make, variants=[red, NewVariant("A", {"colour": "blue", "size": "s"})]) == {
        "variants.1.sku"
    }
    assert refusals(make, variants=[red, NewVariant("C", {"colour": "red"})]) == {"variants.1.options"}
    assert refusals(make, variants=[NewVariant("D", {"colour": "mauve"})]) == {"variants.0.options"}
    assert refusals(make, variants=[NewVariant("D", {"ram": "16"})]) == {"variants.0.options"}
    assert session.scalar(select(func.count()).select_from(Variant)) == 0


def test_a_product_is_written_with_its_traces(session: Session, shop: Shop, make: Make) -> None:
    image = picture(session, 1)
    product = make(
        "Lamp", category_ids=[shop.fashion, shop.laptops], specifications={"ram": " 16.50 ", "wifi": "no"},
        translations={"fr": {"name": "Lampe "}, "nl": {"name": " "}}, images=[NewImage(image.id, "Words", sku="A")],
        variants=[NewVariant("A", {"colour": "red"})],
    )  # fmt: skip
    assert product.specifications == {"ram": "16.5", "wifi": False}
    assert product.translations == {"fr": {"name": "Lampe", "slug": "lampe"}}
    assert (product.state, product.version) == ("published", product.version)
    assert product.first_published_at is not None
    held = set(session.scalars(select(ProductCategory.category_id)))
    assert held == {shop.laptops, shop.fashion}
    assert session.scalars(select(ProductImage)).one().variant_id == product.variants[0].id
    assert [row.action for row in session.scalars(select(AuditRow).where(AuditRow.entity == "catalog_product").order_by(AuditRow.id))] == ["product.create", "product.published"]  # fmt: skip
    kinds = set(session.scalars(select(OutboxRow.kind)))
    assert {"catalog.ProductChanged", "catalog.ProductPublished"} <= kinds


def test_a_change_keeps_the_rest(session: Session, shop: Shop, make: Make) -> None:
    product = make(
        "Lamp", specifications={"ram": 8}, translations={"fr": {"name": "Lampe"}}, category_ids=[shop.fashion]
    )
    version = product.version
    operations.update_product(
        session, product_id=product.id, actor=SYSTEM, description=" New ", brand_id=None
    )
    assert (product.name, product.slug, product.description, product.brand_id) == (
        "Lamp",
        "lamp",
        "New",
        None,
    )
    assert product.specifications == {"ram": "8"}
    assert product.version == version + 1
    assert set(session.scalars(select(ProductCategory.category_id))) == {shop.laptops, shop.fashion}
    operations.update_product(
        session, product_id=product.id, actor=SYSTEM, category_id=shop.tech, category_ids=[]
    )
    assert set(session.scalars(select(ProductCategory.category_id))) == {shop.tech}
    assert refusals(operations.update_product, session, product_id=product.id, actor=SYSTEM, name="", category_id=None) == {"name", "category_id"}  # fmt: skip
    row = session.scalars(
        select(AuditRow).where(AuditRow.action == "product.update").order_by(AuditRow.id)
    ).first()
    assert row is not None
    assert row.before == {"description": "", "brand_id": shop.brand}


def test_two_people_change_one_product(session: Session, shop: Shop, make: Make) -> None:
    product = make()
    seen = product.version
    operations.update_product(session, product_id=product.id, actor=SYSTEM, version=seen, description="Mine")
    with pytest.raises(Conflict):
        operations.update_product(
            session, product_id=product.id, actor=SYSTEM, version=seen, description="Theirs"
        )
    session.expire_all()
    assert product.description == "Mine"


def test_a_type_that_does_not_fit_the_variants_is_refused(session: Session, shop: Shop, make: Make) -> None:
    product = make(variants=[NewVariant("A", {"colour": "red"})])
    other = operations.create_product_type(session, actor=SYSTEM, code="book", name="Book")
    assert refusals(operations.update_product, session, product_id=product.id, actor=SYSTEM, type_id=other.id) == {"type_id"}  # fmt: skip
    plain = make(variants=[NewVariant("B")])
    operations.update_product(session, product_id=plain.id, actor=SYSTEM, type_code="book")
    assert plain.type_id == other.id


def test_publishing_says_everything_that_is_missing(session: Session, make: Make, monkeypatch: Any) -> None:
    checks = {"magic": lambda _s, ids: {ids[0]: {"magic": "No magic."}}}
    monkeypatch.setattr(part_registry, "publish_checks", checks)
    from app.catalog.operations import products

    monkeypatch.setattr(products, "publish_checks", checks)
    product = make(publish_now=False, variants=[])
    with pytest.raises(NotPublishable) as raised:
        operations.publish_product(session, product_id=product.id, actor=SYSTEM)
    assert set(raised.value.errors) == {"variants", "magic"}
    assert raised.value.code == "not_publishable"
    with pytest.raises(NotPublishable):
        make("Other", variants=[])
    assert session.scalar(select(func.count()).select_from(Product)) == 1


def test_the_life_of_a_product(session: Session, make: Make) -> None:
    product = make(publish_now=False)
    for verb, state in ((operations.publish_product, "published"), (operations.withdraw_product, "draft"),
                        (operations.publish_product, "published"), (operations.archive_product, "archived"),
                        (operations.publish_product, "published")):  # fmt: skip
        for _ in range(2):  # doing it again is harmless
            verb(session, product_id=product.id, actor=SYSTEM)
        assert product.state == state
    published = select(func.count()).where(OutboxRow.kind == "catalog.ProductPublished")
    handlers = select(func.count(func.distinct(OutboxRow.handler))).where(
        OutboxRow.kind == "catalog.ProductPublished"
    )
    assert session.scalar(published) == 3 * (session.scalar(handlers) or 0)
    for verb in (operations.publish_product, operations.withdraw_product, operations.archive_product):
        with pytest.raises(NoSuchProduct):
            verb(session, product_id=4711, actor=SYSTEM)


def test_deleting_leaves_no_trace_but_the_audit(session: Session, shop: Shop, make: Make) -> None:
    product = make(images=[NewImage(picture(session, 2).id)])
    assert operations.delete_product(session, product_id=product.id, actor=SYSTEM) == "deleted"
    for table in (Product, Variant, ProductImage, ProductCategory):
        assert session.scalar(select(func.count()).select_from(table)) == 0, table
    assert session.scalar(select(func.count()).where(Slug.kind == "product")) == 0
    with pytest.raises(NoSuchProduct):
        operations.delete_product(session, product_id=product.id, actor=SYSTEM)


def test_variants_are_changed_and_removed(session: Session, shop: Shop, make: Make, monkeypatch: Any) -> None:
    product = make(variants=[NewVariant("A", {"colour": "red"})])
    (first,) = product.variants
    second = operations.add_variant(
        session, product_id=product.id, actor=SYSTEM, sku="B", options={"colour": "blue"}, parts={"prices": {"B": {"EUR": "5"}}}
    )  # fmt: skip
    assert second.position == 1
    change = operations.update_variant
    assert refusals(change, session, variant_id=second.id, actor=SYSTEM, sku="A") == {"sku"}
    assert refusals(change, session, variant_id=second.id, actor=SYSTEM, options={"colour": "red"}) == {
        "options"
    }
    assert refusals(change, session, variant_id=second.id, actor=SYSTEM, position=-1) == {"position"}
    assert refusals(change, session, variant_id=second.id, actor=SYSTEM, price=3) == {"price"}
    change(session, variant_id=second.id, actor=SYSTEM, sku="B", weight_g="20")
    assert second.weight_g == 20
    with pytest.raises(NotFound):
        change(session, variant_id=4711, actor=SYSTEM, sku="X")
    assert operations.delete_variant(session, variant_id=second.id, actor=SYSTEM) == "deleted"
    with pytest.raises(LastVariant):
        operations.delete_variant(session, variant_id=first.id, actor=SYSTEM)
    with pytest.raises(LastVariant):
        change(session, variant_id=first.id, actor=SYSTEM, is_active=False)
    third = operations.add_variant(
        session, product_id=product.id, actor=SYSTEM, sku="C", options={"colour": "blue"}
    )
    monkeypatch.setattr(part_registry, "sold_check", [lambda _s, _p: True])
    assert operations.delete_variant(session, variant_id=third.id, actor=SYSTEM) == "inactive"
    session.expire_all()
    assert not third.is_active


def test_pictures_are_said_anew(session: Session, make: Make) -> None:
    product = make(variants=[NewVariant("A", {"colour": "red"})])
    one, two = picture(session, 3), picture(session, 4)
    say = operations.set_product_images
    say(
        session,
        product_id=product.id,
        actor=SYSTEM,
        images=[{"image_id": one.id, "sku": "A"}, {"image_id": two.id}],
    )
    say(session, product_id=product.id, actor=SYSTEM, images=[{"image_id": two.id, "alt": " Two "}, {"image_id": one.id}])  # fmt: skip
    assert [(link.image_id, link.alt) for link in product.images] == [(two.id, "Two"), (one.id, "")]
    bad = [{"image_id": 4711}, {"image_id": one.id, "sku": "Z"}, {"image_id": one.id, "alt": "\x00"}]
    assert refusals(say, session, product_id=product.id, actor=SYSTEM, images=bad) == {"images.0", "images.1", "images.2.alt"}  # fmt: skip
    assert len(product.images) == 2


def test_small_verbs(session: Session, make: Make) -> None:
    product = make()
    version = product.version
    operations.set_rating(session, product_id=product.id, average="4.50", count=12)
    operations.add_popularity(session, {product.id: 5})
    operations.add_popularity(session, {product.id: 2**31 - 1})
    session.expire_all()
    assert (str(product.rating_average), product.rating_count, product.popularity) == (
        "4.50",
        12,
        2_000_000_000,
    )
    assert product.version == version
    operations.set_availability(session, product_id=product.id, is_available=False, actor=SYSTEM)
    assert not product.is_available


def test_cat_11_windows_announce_themselves_once(session: Session, make: Make) -> None:
    now = datetime.now(UTC)
    opened = make("Opened", published_from=now - timedelta(hours=1))
    make("Closed", published_until=now - timedelta(minutes=1), published_from=now - timedelta(days=9))
    make("Later", published_from=now + timedelta(hours=1))
    make("Draft", published_from=now - timedelta(hours=1), publish_now=False)
    assert operations.announce_window_crossings(session) == 2
    assert operations.announce_window_crossings(session) == 0
    body = session.scalars(select(OutboxRow.body).where(OutboxRow.kind == "catalog.ProductsChanged")).first()
    assert body is not None
    assert opened.id in body["product_ids"]
