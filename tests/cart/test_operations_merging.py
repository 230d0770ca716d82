"""Two carts become one at login, once, whoever else logs in at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.cart import operations, queries
from app.cart.errors import CartClosed, NoSuchCart
from app.cart.models import Cart, CartLine
from app.cart.operations.merging import UNMERGE_FOR
from app.core.actor import GUEST, Actor
from app.core.clock import utcnow
from app.core.unit_of_work import unit_of_work
from tests.inventory.shelves import Article, put

Make = Callable[..., Article]
HOME = {"name": "Anna", "line1": "Veldstraat 1", "postcode": "9000", "city": "Gent", "country": "BE"}


@pytest.fixture
def anna(person: Callable[..., Actor]) -> Actor:
    return person("anna")


def fill(session: Session, cart: Cart, actor: Actor, *wanted: tuple[Article, int]) -> None:
    for goods, quantity in wanted:
        operations.add_line(session, cart_id=cart.id, sku=goods.sku, quantity=quantity, actor=actor)


def own_cart(session: Session, anna: Actor) -> Cart:
    return operations.create_cart(session, currency="EUR", language="en", user_id=anna.user_id)


def lines(session: Session, cart: Cart) -> dict[str, int]:
    found = queries.contents(session, cart, language="en", currency="EUR")
    return {item.sku: item.quantity for item in found.lines}


def merge(session: Session, guest: Cart, anna: Actor) -> Cart | None:
    assert anna.user_id is not None
    return operations.merge_at_login(session, guest_public_id=guest.public_id, user_id=anna.user_id)


def test_without_an_own_cart_the_guests_is_taken_over(
    session: Session, cart: Cart, make: Make, anna: Actor
) -> None:
    lamp = make()
    fill(session, cart, GUEST, (lamp, 2))
    taken = merge(session, cart, anna)
    assert taken is not None and (taken.id, taken.user_id) == (cart.id, anna.user_id)
    assert queries.find_open(session, public_id=cart.public_id) is None, "the old cookie opens nothing"
    again = merge(session, cart, anna)
    assert again is not None and again.id == cart.id


def test_quantities_are_added_up_to_the_stock_and_nothing_is_taken_away(
    session: Session, cart: Cart, make: Make, anna: Actor
) -> None:
    plenty, few, gone, new = make(stock=50), make(stock=5), make(stock=5), make()
    own = own_cart(session, anna)
    fill(session, own, anna, (plenty, 2), (few, 4), (gone, 3))
    fill(session, cart, GUEST, (plenty, 3), (few, 4), (gone, 2), (new, 1))
    put(session, gone, 0)
    merged = merge(session, cart, anna)
    assert merged is not None and merged.id == own.id
    assert lines(session, own) == {plenty.sku: 5, few.sku: 5, gone.sku: 3, new.sku: 1}
    assert (cart.state, cart.merged_into_id) == ("merged", own.id)
    assert own.before_merge is not None and own.before_merge["guest"] == str(cart.public_id)
    merge(session, cart, anna)
    assert lines(session, own)[plenty.sku] == 5, "merging again adds nothing"


def test_choices_of_the_guest_fill_what_the_customer_left_open(
    session: Session, cart: Cart, make: Make, anna: Actor
) -> None:
    own = own_cart(session, anna)
    fill(session, own, anna, (make(), 1))
    fill(session, cart, GUEST, (make(), 1))
    operations.set_note(session, cart_id=own.id, note="mine", actor=anna)
    operations.set_note(session, cart_id=cart.id, note="theirs", actor=GUEST)
    operations.set_addresses(
        session, cart_id=cart.id, email="a@example.com", shipping=HOME, billing=None, actor=GUEST
    )
    with unit_of_work(session):
        session.execute(update(Cart).where(Cart.id == own.id).values(coupon_codes=["A", "B"]))
        session.execute(update(Cart).where(Cart.id == cart.id).values(coupon_codes=["B", "C"]))
    merge(session, cart, anna)
    session.expire_all()
    assert (own.note, own.country, own.email) == ("mine", "BE", "a@example.com")
    assert own.coupon_codes == ["A", "B", "C"]


def test_saved_and_removed_lines(session: Session, cart: Cart, make: Make, anna: Actor) -> None:
    lamp, chair = make(), make()
    own = own_cart(session, anna)
    fill(session, own, anna, (lamp, 1))
    fill(session, cart, GUEST, (lamp, 2), (chair, 1))
    first, second = session.scalars(select(CartLine).where(CartLine.cart_id == cart.id).order_by(CartLine.id))
    operations.save_for_later(session, cart_id=cart.id, line_id=first.public_id, actor=GUEST)
    operations.remove_line(session, cart_id=cart.id, line_id=second.public_id, actor=GUEST)
    merge(session, cart, anna)
    found = queries.contents(session, own, language="en", currency="EUR")
    assert [(i.sku, i.quantity) for i in found.lines] == [(lamp.sku, 1)]
    assert [(i.sku, i.quantity) for i in found.saved] == [(lamp.sku, 2)]


def test_a_merge_can_be_taken_back_for_thirty_days(
    session: Session, cart: Cart, make: Make, anna: Actor
) -> None:
    lamp, chair = make(), make()
    own = own_cart(session, anna)
    fill(session, own, anna, (lamp, 1))
    fill(session, cart, GUEST, (lamp, 2), (chair, 1))
    merge(session, cart, anna)
    assert operations.undo_merge(session, cart_id=own.id, actor=anna) == cart.public_id
    session.expire_all()
    assert lines(session, own) == {lamp.sku: 1}
    guest = queries.find_open(session, public_id=cart.public_id)
    assert guest is not None and lines(session, guest) == {lamp.sku: 2, chair.sku: 1}
    with pytest.raises(NoSuchCart):
        operations.undo_merge(session, cart_id=own.id, actor=anna)
    merge(session, cart, anna)
    with unit_of_work(session):
        session.execute(update(Cart).values(merged_at=utcnow() - UNMERGE_FOR))
    with pytest.raises(NoSuchCart):
        operations.undo_merge(session, cart_id=own.id, actor=anna)
    operations.mark_ordered(session, cart_id=own.id)
    with pytest.raises(CartClosed):
        operations.undo_merge(session, cart_id=own.id, actor=anna)


def test_a_cart_of_somebody_else_is_never_taken(
    session: Session, make: Make, anna: Actor, person: Callable[..., Actor]
) -> None:
    bert = person("bert")
    other = own_cart(session, bert)
    fill(session, other, bert, (make(), 1))
    assert merge(session, other, anna) is None
    session.expire_all()
    assert (other.state, other.user_id) == ("open", bert.user_id)


def together(count: int, work: Callable[[int], None]) -> list[BaseException | None]:
    """Run `work` in so many threads that start at the same moment. Returns what went wrong."""
    gate = threading.Barrier(count)

    def run(n: int) -> None:
        gate.wait()
        work(n)

    with ThreadPoolExecutor(count) as pool:
        runs = [pool.submit(run, n) for n in range(count)]
    return [one.exception() for one in runs if one.exception() is not None]


def test_twenty_logins_at_once_lose_nothing(
    session: Session, make: Make, anna: Actor, session_maker: Any
) -> None:
    lamp = make(stock=500)
    guests = []
    for _ in range(10):
        guest = operations.create_cart(session, currency="EUR", language="en")
        fill(session, guest, GUEST, (lamp, 2))
        guests.append(guest.public_id)

    def login(n: int) -> None:
        with session_maker() as own:
            assert anna.user_id is not None
            operations.merge_at_login(own, guest_public_id=guests[n // 2], user_id=anna.user_id)

    assert together(20, login) == []
    session.rollback()
    own = queries.find_open(session, user_id=anna.user_id)
    assert own is not None and lines(session, own) == {lamp.sku: 20}
    states = dict(session.execute(select(Cart.state, func.count()).group_by(Cart.state)).all())  # type: ignore[arg-type]
    assert states == {"open": 1, "merged": 9}


def test_clicks_at_once_are_all_counted(session: Session, cart: Cart, make: Make, session_maker: Any) -> None:
    lamp, cart_id = make(stock=500), cart.id

    def click(_n: int) -> None:
        with session_maker() as own:
            operations.add_line(own, cart_id=cart_id, sku=lamp.sku, quantity=1, actor=GUEST)

    assert together(16, click) == []
    session.rollback()
    assert (lines(session, cart), cart.version) == ({lamp.sku: 16}, 17)


def test_first_clicks_of_a_customer_at_once_open_one_cart(
    session: Session, make: Make, anna: Actor, session_maker: Any
) -> None:
    def open_one(_n: int) -> None:
        with session_maker() as own:
            operations.create_cart(own, currency="EUR", language="en", user_id=anna.user_id)

    assert together(12, open_one) == []
    assert session.scalar(select(func.count()).select_from(Cart)) == 1
