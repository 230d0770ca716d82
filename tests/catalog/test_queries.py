"""What pages read: in few statements, in every language, by every address a product ever had."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog import checks, operations, queries
from app.catalog.errors import NoSuchProduct, ProductArchivedError
from app.catalog.models import Product, Slug
from app.catalog.rules import NewImage, NewVariant
from app.core.actor import SYSTEM
from app.core.caching import forget_local
from app.media.models import Image

from .conftest import Shop

Make = Callable[..., Product]


@pytest.fixture
def lamp(session: Session, make: Make) -> Product:
    pictures = [
        Image(key=f"{n:024x}", filename="a", kind="png", width=800, height=600, bytes=1, sha256="x", colour="#aabbcc",
              renditions={"webp": [320, 640]}, alt=f"Own {n}", translations={"fr": {"alt": f"Propre {n}"}})
        for n in range(3)
    ]  # fmt: skip
    session.add_all(pictures)
    session.commit()
    return make(
        "Lamp", translations={"fr": {"name": "Lampe", "description": "Claire"}}, description="Bright",
        specifications={"ram": 16, "wifi": True},
        variants=[NewVariant(f"L-{c}", {"colour": c, "size": s}, weight_g=9) for c, s in (("red", "s"), ("blue", "m"))],
        images=[NewImage(pictures[0].id, "Front"), NewImage(pictures[1].id, sku="L-blue"), NewImage(pictures[2].id)],
    )  # fmt: skip


def test_cat_10_a_page_in_two_languages(session: Session, shop: Shop, lamp: Product, statements: Any) -> None:
    queries.product_page(session, "lamp", "en")
    with statements() as seen:
        page = queries.product_page(session, "lamp", "en")
    assert len(seen) <= 4, "\n".join(seen)
    assert (page.name, page.description, page.brand, page.is_moved, page.is_preview) == ("Lamp", "Bright", "Lumen", False, False)  # fmt: skip
    assert [image.alt for image in page.images] == ["Front", "Own 1", "Own 2"]
    assert page.images[0].colour == "#aabbcc"
    assert [(v.sku, v.options_text, v.image) for v in page.variants] == [("L-red", "Red, s", None), ("L-blue", "Blue, m", 1)]  # fmt: skip
    assert [(o.code, [v.value for v in o.values]) for o in page.options] == [("colour", ["red", "blue"]), ("size", ["s", "m"])]  # fmt: skip
    assert page.specifications == (("ram", "Memory", "16 GB"), ("wifi", "Wi-Fi", "✓"))
    assert [node.name for node in page.crumbs] == ["Technology", "Laptops"]
    french = queries.product_page(session, "lampe", "fr")
    assert (french.name, french.description, french.is_moved, french.slugs) == ("Lampe", "Claire", False, {"en": "lamp", "fr": "lampe"})  # fmt: skip
    assert french.options[0].label == "Couleur"
    assert french.options[0].values[0].label == "Rouge"
    assert french.images[1].alt == "Propre 1"
    assert queries.product_page(session, "lamp", "fr").is_moved


def test_old_addresses_lead_to_the_new_one(session: Session, lamp: Product, make: Make) -> None:
    operations.update_product(session, product_id=lamp.id, actor=SYSTEM, name="Lantern")
    page = queries.product_page(session, "lamp", "en")
    assert (page.slug, page.is_moved) == ("lantern", True)
    assert make("Lamp").slug == "lamp-2"
    operations.update_product(session, product_id=lamp.id, actor=SYSTEM, name="Lamp")
    page = queries.product_page(session, "lamp", "en")
    assert (page.slug, page.is_moved) == ("lamp", False)
    assert queries.product_page(session, "lantern", "en").slug == "lamp"
    current = select(Slug.slug).where(Slug.target_id == lamp.id, Slug.is_current, Slug.kind == "product")
    assert set(session.scalars(current)) == {"lamp", "lampe"}
    assert checks.products_have_their_address(session) == []


def test_many_of_one_name_get_numbers_in_turn(session: Session, make: Make) -> None:
    assert [make("Lamp").slug for _ in range(4)] == ["lamp", "lamp-2", "lamp-3", "lamp-4"]
    assert make("Lamp 2").slug == "lamp-2-2"


@pytest.mark.parametrize("slug", ["nothing", "", "x" * 500, "lámp", "lamp\x00", "a b\n"])
def test_unknown_addresses(session: Session, lamp: Product, slug: str) -> None:
    with pytest.raises(NoSuchProduct):
        queries.product_page(session, slug, "en")


def test_cat_11_outside_its_window_only_staff_see_it(session: Session, make: Make) -> None:
    now = datetime.now(UTC)
    make("Soon", published_from=now + timedelta(hours=1))
    make("Over", published_from=now - timedelta(hours=9), published_until=now - timedelta(hours=1))
    make("Now", published_from=now - timedelta(hours=9), published_until=now + timedelta(hours=1))
    make("Draft", publish_now=False)
    for slug in ("soon", "over", "draft"):
        with pytest.raises(NoSuchProduct):
            queries.product_page(session, slug, "en")
        assert queries.product_page(session, slug, "en", preview=True).is_preview
    assert not queries.product_page(session, "now", "en").is_preview
    assert list(queries.public_product_slugs(session, 10)) == [{"en": "now"}]


def test_cat_10_an_archived_one_is_gone(session: Session, lamp: Product) -> None:
    operations.archive_product(session, product_id=lamp.id, actor=SYSTEM)
    with pytest.raises(ProductArchivedError):
        queries.product_page(session, "lamp", "en")
    assert list(queries.public_product_slugs(session, 10)) == []


def test_cards_are_one_statement(
    session: Session, shop: Shop, lamp: Product, make: Make, statements: Any
) -> None:
    others = [make(f"Chair {n}") for n in range(30)]
    ids = [lamp.id, *(other.id for other in others), 4711]
    queries.product_cards(session, ids, "fr")
    with statements() as seen:
        cards = queries.product_cards(session, ids, "fr")
    assert len(seen) == 1
    assert [card.id for card in cards] == ids[:-1]
    card = cards[0]
    assert (card.name, card.slug, card.brand, len(card.variant_ids)) == ("Lampe", "lampe", "Lumen", 2)
    assert card.swatches == (("Rouge", "#c1121f"), ("Blue", "#1d3557"))
    assert card.image is not None
    assert card.image.src.endswith("-640.webp")
    assert queries.product_cards(session, [], "en") == []


def test_variant_cards_are_one_statement(
    session: Session, lamp: Product, make: Make, statements: Any
) -> None:
    ids = [variant.id for variant in lamp.variants] + [make(f"Chair {n}").variants[0].id for n in range(9)]
    queries.variant_cards(session, ids, "en")
    with statements() as seen:
        cards = queries.variant_cards(session, [*ids, 4711, ids[0]], "fr")
    assert len(seen) == 1
    assert set(cards) == set(ids)
    red, blue = cards[ids[0]], cards[ids[1]]
    assert (red.sku, red.name, red.options_text, red.is_buyable, red.weight_g) == (
        "L-red",
        "Lampe",
        "Rouge, s",
        True,
        9,
    )
    assert blue.image is not None
    assert f"{1:024x}" in blue.image.src
    operations.update_variant(session, variant_id=ids[0], actor=SYSTEM, is_active=False)
    operations.set_availability(session, product_id=lamp.id, is_available=False, actor=SYSTEM)
    assert not any(queries.variant_cards(session, [i], "en")[i].is_buyable for i in ids[:2])
    assert queries.variant_cards(session, [], "en") == {}
    assert queries.variant_ids_by_sku(session, ["L-red", "none", "\x00", "x" * 300]) == {"L-red": ids[0]}


def test_the_tree_and_the_book_are_kept_until_something_changes(
    session: Session, shop: Shop, lamp: Product, statements: Any
) -> None:
    queries.category_tree(session, "en")
    queries.attribute_book(session)
    with statements() as seen:
        queries.category_tree(session, "en")
        queries.attribute_book(session)
    assert seen == []
    operations.update_category(session, category_id=shop.tech, actor=SYSTEM, name="Devices")
    assert queries.category_tree(session, "en").nodes[shop.tech].name == "Devices"
    operations.update_attribute(session, attribute_id=shop.ram, actor=SYSTEM, name="RAM")
    assert queries.attribute_book(session).attributes["ram"].name == "RAM"
    forget_local()
    with statements() as seen:
        queries.load_tree(session, "en")
    assert len(seen) == 1


def test_the_checks_see_what_is_wrong(session: Session, shop: Shop, lamp: Product) -> None:
    from sqlalchemy import text

    every = (
        checks.published_can_be_bought, checks.products_have_their_address, checks.primary_category_shows_product,
        checks.tree_is_a_tree,
    )  # fmt: skip
    assert [check(session) for check in every] == [[], [], [], []]
    for harm in (
        "UPDATE catalog_variant SET is_active = false", "UPDATE catalog_slug SET is_current = false",
        "DELETE FROM catalog_product_category", f"UPDATE catalog_category SET lineage = '{{9}}' WHERE id = {shop.laptops}",
    ):  # fmt: skip
        session.execute(text(harm))
    assert all(len(check(session)) == 1 for check in every)
