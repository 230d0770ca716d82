"""Lines: added, counted, removed and brought back, saved and moved."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.cart import operations, queries
from app.cart.errors import BadQuantity, CartClosed, CartFull, NoSuchCart, NoSuchLine, NotForSale
from app.cart.models import Cart, CartLine
from app.catalog.models import Product, Variant
from app.core.actor import GUEST, SYSTEM, Actor
from app.core.clock import utcnow
from app.core.money import Money
from app.core.unit_of_work import unit_of_work
from app.inventory.errors import OutOfStock, UnknownSku
from app.pricing.models import Price
from tests.inventory.shelves import Article, put

Make = Callable[..., Article]
NOBODY = uuid.UUID(int=7)


def add(session: Session, cart: Cart, goods: Article, quantity: int = 1, actor: Actor = GUEST) -> CartLine:
    return operations.add_line(session, cart_id=cart.id, sku=goods.sku, quantity=quantity, actor=actor)


def inside(session: Session, cart: Cart) -> queries.CartContents:
    return queries.contents(session, cart, language="en", currency="EUR")


def here(cart: Cart, line: CartLine | uuid.UUID) -> dict[str, Any]:
    line_id = line if isinstance(line, uuid.UUID) else line.public_id
    return {"cart_id": cart.id, "line_id": line_id, "actor": GUEST}


def test_the_same_article_again_raises_its_line(session: Session, cart: Cart, make: Make) -> None:
    lamp = make(stock=10, price="12.50")
    first = add(session, cart, lamp, 2)
    second = operations.add_line(
        session, cart_id=cart.id, variant_id=lamp.variant_id, quantity=3, actor=GUEST
    )
    assert first.public_id == second.public_id
    item = inside(session, cart).lines[0]
    assert (item.quantity, item.sku, item.name) == (5, lamp.sku, lamp.name)
    assert item.price is not None and item.price.price == item.seen_price == Money(Decimal("12.50"), "EUR")
    assert (cart.version, item.problem, item.changed_from) == (3, None, None)
    assert queries.count(session, public_id=cart.public_id, user_id=None) == 5


@pytest.mark.parametrize("quantity", [0, -1, 1000, 10**9, 1.5, "2", True, None])
def test_quantities_that_make_no_sense(session: Session, cart: Cart, make: Make, quantity: Any) -> None:
    lamp = make(stock=5000)
    line = add(session, cart, lamp, 3)
    with pytest.raises(BadQuantity) as refused:
        add(session, cart, lamp, quantity)
    assert "1 to 999" in refused.value.text
    with pytest.raises(BadQuantity):
        operations.set_quantity(session, **here(cart, line), quantity=quantity)
    assert [item.quantity for item in inside(session, cart).lines] == [3]
    assert cart.version == 2


def test_a_line_holds_999_pieces(session: Session, cart: Cart, make: Make) -> None:
    lamp = make(stock=5000)
    add(session, cart, lamp, 998)
    add(session, cart, lamp, 1)
    with pytest.raises(BadQuantity):
        add(session, cart, lamp, 1)


def test_more_than_can_be_sold_says_how_many_are_left(session: Session, cart: Cart, make: Make) -> None:
    lamp = make(stock=3)
    with pytest.raises(OutOfStock) as refused:
        add(session, cart, lamp, 4)
    assert (refused.value.params["left"], refused.value.status) == (3, 409)
    line = add(session, cart, lamp, 2)
    with pytest.raises(OutOfStock):
        add(session, cart, lamp, 2)
    with pytest.raises(OutOfStock):
        operations.set_quantity(session, **here(cart, line), quantity=4)
    assert operations.set_quantity(session, **here(cart, line), quantity=3).quantity == 3


def test_what_cannot_be_bought_is_refused(session: Session, cart: Cart, make: Make) -> None:
    draft, priceless, gone = make(), make(price=None), make(stock=0)
    with unit_of_work(session):
        session.execute(update(Product).where(Product.id == draft.product_id).values(state="draft"))
    for goods, refusal in ((draft, NotForSale), (priceless, NotForSale), (gone, OutOfStock)):
        with pytest.raises(refusal):
            add(session, cart, goods)
    for sku in ("NOPE", "", None, "a\x00b", "x" * 300, 5):
        with pytest.raises(UnknownSku):
            operations.add_line(session, cart_id=cart.id, sku=sku, quantity=1, actor=GUEST)  # type: ignore[arg-type]
    assert inside(session, cart).lines == ()


def test_a_cart_holds_so_many_articles(
    session: Session, cart: Cart, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.cart.operations import lines

    monkeypatch.setattr(lines, "MOST_LINES", 2)
    for _ in range(2):
        add(session, cart, make())
    with pytest.raises(CartFull):
        add(session, cart, make())


def test_a_removed_line_comes_back_for_a_day(session: Session, cart: Cart, make: Make) -> None:
    lamp = make()
    line = add(session, cart, lamp, 2)
    operations.remove_line(session, **here(cart, line))
    operations.remove_line(session, **here(cart, line))
    found = inside(session, cart)
    assert (found.lines, len(found.removed), found.pieces) == ((), 1, 0)
    operations.undo_remove(session, **here(cart, line))
    assert [item.quantity for item in inside(session, cart).lines] == [2]
    operations.remove_line(session, **here(cart, line))
    with unit_of_work(session):
        session.execute(update(CartLine).values(removed_at=utcnow() - timedelta(hours=25)))
    assert inside(session, cart).removed == ()
    with pytest.raises(NoSuchLine):
        operations.undo_remove(session, **here(cart, line))


def test_bringing_back_what_was_added_again_makes_one_line(session: Session, cart: Cart, make: Make) -> None:
    lamp = make(stock=3)
    first = add(session, cart, lamp, 2)
    operations.remove_line(session, **here(cart, first))
    second = add(session, cart, lamp, 2)
    assert first.public_id != second.public_id
    operations.undo_remove(session, **here(cart, first))
    (item,) = inside(session, cart).lines
    assert (item.line_id, item.quantity) == (second.public_id, 4)
    assert item.problem is not None and (item.problem.code, item.problem.left) == ("not_enough", 3)


def test_saved_lines_count_nowhere_and_come_back(session: Session, cart: Cart, make: Make) -> None:
    lamp = make(stock=5)
    line = add(session, cart, lamp, 2)
    operations.save_for_later(session, **here(cart, line))
    found = inside(session, cart)
    assert (found.lines, [item.quantity for item in found.saved], found.pieces) == ((), [2], 0)
    add(session, cart, lamp, 2)
    operations.move_to_cart(session, **here(cart, line))
    assert [item.quantity for item in inside(session, cart).lines] == [4]
    assert inside(session, cart).saved == ()


def test_a_saved_line_that_does_not_fit_stays_saved(session: Session, cart: Cart, make: Make) -> None:
    lamp = make(stock=3)
    line = add(session, cart, lamp, 2)
    operations.save_for_later(session, **here(cart, line))
    add(session, cart, lamp, 2)
    with pytest.raises(OutOfStock):
        operations.move_to_cart(session, **here(cart, line))
    found = inside(session, cart)
    assert ([i.quantity for i in found.lines], [i.quantity for i in found.saved]) == ([2], [2])


def test_unknown_lines_and_lines_of_other_carts(session: Session, cart: Cart, make: Make) -> None:
    other = operations.create_cart(session, currency="EUR", language="en")
    line = add(session, other, make())
    for verb in (
        operations.remove_line,
        operations.undo_remove,
        operations.save_for_later,
        operations.move_to_cart,
    ):
        for line_id in (line.public_id, NOBODY):
            with pytest.raises(NoSuchLine):
                verb(session, **here(cart, line_id))
    with pytest.raises(NoSuchLine):
        operations.set_quantity(session, **here(cart, line), quantity=1)
    with pytest.raises(NoSuchLine):
        operations.undo_remove(session, **here(other, line))
    assert len(inside(session, other).lines) == 1


def test_a_closed_cart_does_not_change(session: Session, cart: Cart, make: Make) -> None:
    lamp = make()
    line = add(session, cart, lamp)
    operations.mark_ordered(session, cart_id=cart.id)
    with pytest.raises(CartClosed):
        operations.mark_ordered(session, cart_id=cart.id)
    with pytest.raises(CartClosed):
        add(session, cart, lamp)
    with pytest.raises(CartClosed):
        operations.remove_line(session, **here(cart, line))
    with pytest.raises(CartClosed):
        operations.lock_open(session, public_id=cart.public_id, actor=GUEST)
    with pytest.raises(NoSuchCart):
        operations.add_line(session, cart_id=999_999, sku=lamp.sku, quantity=1, actor=GUEST)
    with pytest.raises(NoSuchCart):
        operations.lock_open(session, public_id=NOBODY, actor=GUEST)


def test_an_accounts_cart_is_its_owners_only(
    session: Session, make: Make, person: Callable[..., Actor]
) -> None:
    anna, bert, lamp = person("anna"), person("bert"), make()
    cart = operations.create_cart(session, currency="EUR", language="en", user_id=anna.user_id)
    assert operations.create_cart(session, currency="USD", language="fr", user_id=anna.user_id).id == cart.id
    add(session, cart, lamp, actor=anna)
    for stranger in (bert, GUEST):
        with pytest.raises(NoSuchCart):
            add(session, cart, lamp, actor=stranger)
        with pytest.raises(NoSuchCart):
            operations.set_note(session, cart_id=cart.id, note="x", actor=stranger)
    add(session, cart, lamp, actor=SYSTEM)
    assert queries.find_open(session, public_id=cart.public_id) is None, (
        "the id alone opens no account's cart"
    )
    assert queries.find_open(session, public_id=cart.public_id, user_id=bert.user_id) is None
    found = queries.find_open(session, user_id=anna.user_id)
    assert found is not None and found.id == cart.id
    assert queries.find_open(session) is None
    assert queries.count(session, public_id=None, user_id=anna.user_id) == 2
    assert queries.count(session, public_id=None, user_id=None) == 0


def test_what_goes_wrong_later_is_said_on_the_line(session: Session, cart: Cart, make: Make) -> None:
    lamp, chair, vase, bowl, rug = make(price="10.00"), make(), make(), make(), make(stock=5)
    for goods in (lamp, chair, vase, bowl, rug):
        add(session, cart, goods, 3)
    put(session, bowl, 0)
    put(session, rug, 2)
    with unit_of_work(session):
        session.execute(
            update(Price).where(Price.variant_id == lamp.variant_id).values(amount=Decimal("8.00"))
        )
        session.execute(update(Product).where(Product.id == chair.product_id).values(state="archived"))
        session.execute(text("DELETE FROM pricing_price WHERE variant_id = :v"), {"v": vase.variant_id})
    found = {item.sku: item for item in inside(session, cart).lines}
    assert len(found) == 5
    said = {sku: (item.problem.code if item.problem else None) for sku, item in found.items()}
    assert said == {
        lamp.sku: None, chair.sku: "gone", vase.sku: "no_price", bowl.sku: "sold_out", rug.sku: "not_enough",
    }  # fmt: skip
    assert str(found[rug.sku].problem) == "Only 2 left."
    assert found[lamp.sku].changed_from == Money(Decimal("10.00"), "EUR")
    assert [item.sku for item in found.values() if item.counts] == [lamp.sku, rug.sku]
    operations.see_prices(session, cart_id=cart.id, actor=GUEST)
    assert all(item.changed_from is None for item in inside(session, cart).lines)


def test_a_deleted_variant_leaves_its_name(session: Session, cart: Cart, make: Make) -> None:
    lamp = make(stock=None)
    with unit_of_work(session):
        session.add(
            CartLine(cart_id=cart.id, variant_id=lamp.variant_id, sku=lamp.sku, name=lamp.name, quantity=1)
        )
        session.flush()
        session.execute(text("DELETE FROM catalog_variant WHERE id = :v"), {"v": lamp.variant_id})
    assert session.scalar(select(Variant.id).where(Variant.id == lamp.variant_id)) is None
    (item,) = inside(session, cart).lines
    assert (item.sku, item.name, item.slug) == (lamp.sku, lamp.name, "")
    assert item.problem is not None and str(item.problem) == "This is not for sale any more."
    with pytest.raises(NotForSale):
        operations.set_quantity(session, **here(cart, item.line_id), quantity=2)
    operations.remove_line(session, **here(cart, item.line_id))
