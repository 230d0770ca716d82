"""Clicks in whatever order: one line an article and place, versions rise, nothing is lost, nothing invented."""

from __future__ import annotations

import uuid
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.cart import operations, queries
from app.cart.errors import BadQuantity
from app.cart.models import Cart, CartLine
from app.cart.rules import merged_quantity
from app.core.actor import SYSTEM, Actor
from app.core.unit_of_work import unit_of_work
from app.identity import operations as identity
from app.inventory.errors import OutOfStock
from tests.inventory.shelves import article

ARTICLES = st.integers(0, 2)
STOCK = (5, 60, 2000)
Place = tuple[int, bool]


class CartMachine(RuleBasedStateMachine):
    """A guest and a customer with a cart each; the book maps (article, saved) to pieces."""

    session: Session
    anna: Actor

    @initialize()
    def open_carts(self) -> None:
        self.goods = [article(self.session, stock=n) for n in STOCK]
        self.own = operations.create_cart(
            self.session, currency="EUR", language="en", user_id=self.anna.user_id
        ).id
        with unit_of_work(self.session):  # the customer's cart outlives one run of the machine
            self.session.execute(delete(CartLine).where(CartLine.cart_id == self.own))
        self.books: dict[int, dict[Place, int]] = {self.own: {}}
        self.removed: dict[uuid.UUID, tuple[int, Place, int]] = {}
        self.open_guest()

    def open_guest(self) -> None:
        self.guest = operations.create_cart(self.session, currency="EUR", language="en").id
        self.books[self.guest] = {}
        self.versions = dict.fromkeys((self.own, self.guest), 0)

    def cart(self, is_guest: bool) -> int:
        return self.guest if is_guest else self.own

    def line(self, cart: int, place: Place) -> uuid.UUID:
        query = select(CartLine.public_id).where(
            CartLine.cart_id == cart, CartLine.variant_id == self.goods[place[0]].variant_id,
            CartLine.saved_for_later == place[1], CartLine.removed_at.is_(None),
        )  # fmt: skip
        return self.session.scalars(query).one()

    def change(self, verb: Any, cart: int, **values: Any) -> Any:
        """Use a verb; whether it was refused must be what the book says."""
        try:
            return verb(self.session, cart_id=cart, actor=self.anna, **values)
        except (OutOfStock, BadQuantity) as refused:
            return refused

    @rule(is_guest=st.booleans(), n=ARTICLES, quantity=st.one_of(st.integers(1, 9), st.integers(-1, 1200)))
    def add(self, is_guest: bool, n: int, quantity: int) -> None:
        cart, place = self.cart(is_guest), (n, False)
        after = self.books[cart].get(place, 0) + quantity
        made = self.change(operations.add_line, cart, sku=self.goods[n].sku, quantity=quantity)
        fits = 1 <= quantity <= 999 and after <= min(999, STOCK[n])
        assert isinstance(made, CartLine) is fits
        if fits:
            self.books[cart][place] = after

    @rule(is_guest=st.booleans(), n=ARTICLES, quantity=st.integers(0, 70))
    def set_quantity(self, is_guest: bool, n: int, quantity: int) -> None:
        cart, place = self.cart(is_guest), (n, False)
        if place in self.books[cart]:
            line = self.line(cart, place)
            made = self.change(operations.set_quantity, cart, line_id=line, quantity=quantity)
            fits = 1 <= quantity <= min(999, STOCK[n])
            assert isinstance(made, CartLine) is fits
            if fits:
                self.books[cart][place] = quantity

    @rule(is_guest=st.booleans(), n=ARTICLES, saved=st.booleans())
    def remove(self, is_guest: bool, n: int, saved: bool) -> None:
        cart, place = self.cart(is_guest), (n, saved)
        if place in self.books[cart]:
            line = self.line(cart, place)
            self.change(operations.remove_line, cart, line_id=line)
            self.removed[line] = (cart, place, self.books[cart].pop(place))

    @rule(n=st.integers(0, 5))
    def undo(self, n: int) -> None:
        mine = [key for key, value in self.removed.items() if value[0] in self.books]
        if mine:
            key = mine[n % len(mine)]
            cart, place, quantity = self.removed.pop(key)
            self.change(operations.undo_remove, cart, line_id=key)
            self.books[cart][place] = min(999, self.books[cart].get(place, 0) + quantity)

    @rule(is_guest=st.booleans(), n=ARTICLES)
    def save(self, is_guest: bool, n: int) -> None:
        cart = self.cart(is_guest)
        if (n, False) in self.books[cart]:
            self.change(operations.save_for_later, cart, line_id=self.line(cart, (n, False)))
            quantity = self.books[cart].pop((n, False))
            self.books[cart][n, True] = min(999, self.books[cart].get((n, True), 0) + quantity)

    @rule(is_guest=st.booleans(), n=ARTICLES)
    def move_back(self, is_guest: bool, n: int) -> None:
        cart = self.cart(is_guest)
        if (n, True) in self.books[cart]:
            after = self.books[cart][n, True] + self.books[cart].get((n, False), 0)
            made = self.change(operations.move_to_cart, cart, line_id=self.line(cart, (n, True)))
            fits = after <= min(999, STOCK[n])
            assert isinstance(made, CartLine) is fits
            if fits:
                del self.books[cart][n, True]
                self.books[cart][n, False] = after

    @rule()
    def log_in(self) -> None:
        public_id = self.session.get_one(Cart, self.guest).public_id
        assert self.anna.user_id is not None
        for _ in range(2):
            operations.merge_at_login(self.session, guest_public_id=public_id, user_id=self.anna.user_id)
        for place, quantity in self.books.pop(self.guest).items():
            mine = self.books[self.own].get(place)
            self.books[self.own][place] = (
                quantity if mine is None else merged_quantity(mine, quantity, STOCK[place[0]])
            )
        self.open_guest()

    @invariant()
    def book_and_tables_agree(self) -> None:
        if not hasattr(self, "books"):
            return
        self.session.rollback()
        for cart_id, book in self.books.items():
            cart = self.session.get_one(Cart, cart_id, populate_existing=True)
            assert cart.version >= self.versions[cart_id]
            self.versions[cart_id] = cart.version
            rows = self.session.execute(
                select(CartLine.variant_id, CartLine.saved_for_later, CartLine.quantity).where(
                    CartLine.cart_id == cart_id, CartLine.removed_at.is_(None)
                )
            ).all()
            places = {goods.variant_id: n for n, goods in enumerate(self.goods)}
            assert sorted(((places[v], saved), q) for v, saved, q in rows) == sorted(book.items())
            pieces = sum(q for (_n, saved), q in book.items() if not saved)
            assert queries.count(self.session, public_id=cart.public_id, user_id=None) == pieces
        opened = select(func.count()).where(Cart.user_id == self.anna.user_id, Cart.state == "open")
        assert self.session.scalar(opened) == 1


def test_clicks_in_any_order(session: Session) -> None:
    user = identity.create_user(
        session, email="anna@example.com", first_name="Anna", last_name="T", actor=SYSTEM
    )
    anna = Actor("customer", user.id, user.email)
    machine = type("Machine", (CartMachine,), {"session": session, "anna": anna})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12, stateful_step_count=20, deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )  # fmt: skip
