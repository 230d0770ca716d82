"""Categories: made, renamed, moved, removed; every address they had keeps leading to them."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalog import checks, operations, queries
from app.catalog.errors import CategoryCycle, CategoryNotEmpty, NoSuchCategory
from app.catalog.models import Category, Slug
from app.core.actor import SYSTEM
from app.core.errors import InvalidFields, ShopError

from .conftest import Shop


def make(session: Session, name: str, parent_id: int | None = None, **more: Any) -> Category:
    return operations.create_category(session, actor=SYSTEM, name=name, parent_id=parent_id, **more)


def test_cat_04_paths_follow_the_tree(session: Session, shop: Shop) -> None:
    page = queries.category_page(session, "technology/laptops", "en")
    assert [node.name for node in page.crumbs] == ["Technology", "Laptops"]
    assert not page.is_moved
    french = queries.category_page(session, "technology/portables", "fr")
    assert (french.node.name, french.node.path, french.is_moved) == (
        "Portables",
        "technology/portables",
        False,
    )
    assert queries.category_page(session, "technology/laptops", "fr").is_moved
    tree = queries.category_tree(session, "en")
    assert [node.name for node in tree.children()] == ["Technology", "Fashion"]


def test_cat_04_a_moved_branch_keeps_products_and_old_addresses(
    session: Session, shop: Shop, make: Callable[..., Any]
) -> None:
    product = make("Lamp")
    deep = operations.create_category(session, actor=SYSTEM, name="Slim", parent_id=shop.laptops)
    operations.move_category(session, category_id=shop.laptops, parent_id=shop.fashion, actor=SYSTEM)
    session.expire_all()
    assert session.get_one(Category, deep.id).path == "fashion/laptops/slim"
    assert session.get_one(Category, deep.id).lineage == [shop.fashion, shop.laptops, deep.id]
    assert product.category_id == shop.laptops
    old = queries.category_page(session, "technology/laptops/slim", "en")
    assert (old.node.id, old.node.path, old.is_moved) == (deep.id, "fashion/laptops/slim", True)
    operations.move_category(session, category_id=shop.laptops, parent_id=shop.tech, actor=SYSTEM, position=3)
    back = queries.category_page(session, "technology/laptops/slim", "en")
    assert not back.is_moved
    assert queries.category_page(session, "fashion/laptops/slim", "en").is_moved
    assert checks.tree_is_a_tree(session) == []


def test_cat_04_circles_are_refused(session: Session, shop: Shop) -> None:
    deep = make(session, "Slim", shop.laptops)
    for parent in (shop.laptops, deep.id):
        with pytest.raises(CategoryCycle):
            operations.move_category(session, category_id=shop.laptops, parent_id=parent, actor=SYSTEM)
    with pytest.raises(CategoryCycle):
        operations.update_category(session, category_id=shop.tech, actor=SYSTEM, parent_id=deep.id, name="X")
    session.expire_all()
    assert session.get_one(Category, shop.tech).name == "Technology"


def test_the_tree_is_at_most_eight_deep(session: Session, shop: Shop) -> None:
    parent = None
    for level in range(8):
        parent = make(session, f"L{level}", parent).id
    with pytest.raises(InvalidFields):
        make(session, "L8", parent)
    with pytest.raises(InvalidFields):
        operations.move_category(session, category_id=shop.tech, parent_id=parent, actor=SYSTEM)


def test_wrong_values_are_named(session: Session, shop: Shop) -> None:
    with pytest.raises(InvalidFields) as raised:
        make(session, "", position=-1, image_id=4711, translations={"xx": {}}, slug="x" * 300, description=3)
    assert set(raised.value.errors) == {
        "name",
        "position",
        "image_id",
        "translations.xx",
        "slug",
        "description",
    }
    with pytest.raises(InvalidFields):
        make(session, "A", parent_id=4711)
    with pytest.raises(InvalidFields):
        operations.update_category(session, category_id=shop.tech, actor=SYSTEM, lineage=[1])
    for verb in (operations.update_category, operations.delete_category):
        with pytest.raises(NoSuchCategory):
            verb(session, category_id=4711, actor=SYSTEM)
    with pytest.raises(NoSuchCategory):
        operations.move_category(session, category_id=4711, parent_id=None, actor=SYSTEM)


def test_the_same_name_twice_gets_a_number(session: Session, shop: Shop) -> None:
    again = make(session, "Laptops", shop.tech)
    assert (again.path, again.slug) == ("technology/laptops-2", "laptops-2")
    assert make(session, "Laptops").path == "laptops"


def test_renaming_redirects(session: Session, shop: Shop) -> None:
    operations.update_category(session, category_id=shop.tech, actor=SYSTEM, name="Devices")
    page = queries.category_page(session, "technology/laptops", "en")
    assert (page.node.path, page.is_moved) == ("devices/laptops", True)
    operations.update_category(session, category_id=shop.tech, actor=SYSTEM, is_visible=False)
    session.expire_all()
    with pytest.raises(NoSuchCategory):
        queries.category_page(session, "devices/laptops", "en")
    assert queries.category_page(session, "devices/laptops", "en", preview=True).node.id == shop.laptops


def test_only_empty_ones_are_removed(session: Session, shop: Shop, make: Callable[..., Any]) -> None:
    make()
    for category_id in (shop.tech, shop.laptops):
        with pytest.raises(CategoryNotEmpty):
            operations.delete_category(session, category_id=category_id, actor=SYSTEM)
    operations.delete_category(session, category_id=shop.fashion, actor=SYSTEM)
    assert (
        session.scalar(select(func.count()).where(Slug.kind == "category", Slug.target_id == shop.fashion))
        == 0
    )


@pytest.mark.parametrize("path", ["nothing", "technology/nothing", "", "%00", "\x00", "é" * 2000, "../admin"])
def test_unknown_addresses(session: Session, shop: Shop, path: str) -> None:
    with pytest.raises(NoSuchCategory):
        queries.category_page(session, path, "en")


def test_products_are_counted_below_every_parent(
    session: Session, shop: Shop, make: Callable[..., Any]
) -> None:
    make(category_ids=[shop.fashion])
    make("Draft", publish_now=False)
    assert operations.refresh_product_counts(session) == 3
    assert operations.refresh_product_counts(session) == 0
    session.expire_all()
    counts = {c.id: c.product_count for c in session.scalars(select(Category))}
    assert counts == {shop.tech: 1, shop.laptops: 1, shop.fashion: 1}


def test_any_sequence_of_changes_leaves_a_tree(session: Session) -> None:
    rng = random.Random(7)
    ids = [make(session, f"C{n}").id for n in range(8)]
    for _ in range(60):
        target, other = rng.choice(ids), rng.choice([*ids, None])
        try:
            if rng.random() < 0.7:
                operations.move_category(session, category_id=target, parent_id=other, actor=SYSTEM)
            else:
                operations.update_category(
                    session, category_id=target, actor=SYSTEM, name=f"C{rng.randrange(4)}"
                )
        except ShopError:
            session.rollback()
    assert checks.tree_is_a_tree(session) == []
    paths = session.scalars(select(Category.path)).all()
    assert len(set(paths)) == len(ids)
    for category in session.scalars(select(Category)):
        page = queries.category_page(session, category.path, "en")
        assert (page.node.id, page.is_moved) == (category.id, False)


def test_two_moves_at_once_make_no_circle(
    session: Session, shop: Shop, session_maker: Callable[[], Session]
) -> None:
    """One hangs A below B while another hangs B below A: one of them must lose."""
    outcomes: list[str] = []

    def hang(category_id: int, parent_id: int) -> None:
        own = session_maker()
        try:
            operations.move_category(own, category_id=category_id, parent_id=parent_id, actor=SYSTEM)
            outcomes.append("moved")
        except CategoryCycle:
            outcomes.append("refused")
        finally:
            own.close()

    pairs = [(shop.tech, shop.fashion), (shop.fashion, shop.tech)]
    threads = [threading.Thread(target=hang, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["moved", "refused"]
    assert checks.tree_is_a_tree(session) == []
