"""Reads of carts. A quoted cart costs four statements and those of the books, whatever its length."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    func,
    inspect,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from app.cart.models import Cart, CartLine
from app.cart.quoting import load_books, quote
from app.cart.rules import Problem, destination, problem_of
from app.catalog.models import Category, Product, ProductCategory, Variant
from app.catalog.queries import VariantCard, attribute_book, is_on_show, variant_cards
from app.catalog.queries.cards import text_in
from app.core.clock import today, utcnow
from app.core.money import Money
from app.identity.models import User
from app.inventory.queries import availability_of, stock_beside
from app.inventory.rules import Availability
from app.media.rules import ImageSet
from app.notifications.models import Message
from app.notifications.queries import agreed, may_tell
from app.notifications.topics import CART
from app.pricing.queries import prices_for
from app.pricing.rules import Basket, BasketLine, Books, BuyingContext, Quote, VariantPrice

UNDO_FOR = timedelta(days=1)
"""How long a removed line can be brought back."""


@dataclass(frozen=True, slots=True)
class CartItem:
    """A line with everything a page or an order says about it.

    `options` is {label: value} in the language asked for, `option_codes` the same as codes.
    `seen_price` is the price when the line was last changed; `price` the one now. `problem`, when
    there is one, reads as a sentence and stops the checkout.
    """

    line_id: uuid.UUID
    variant_id: int
    product_id: int
    category_ids: frozenset[int]
    sku: str
    name: str
    slug: str
    options: dict[str, str]
    image: ImageSet | None
    quantity: int
    availability: Availability
    price: VariantPrice | None
    seen_price: Money | None
    weight_g: int
    tax_class: str
    problem: Problem | None
    option_codes: dict[str, str]
    volume_mm3: int = 0

    @property
    def changed_from(self) -> Money | None:
        """The price when the customer last changed this line, if it is another one now."""
        now = self.price.price if self.price else None
        was = self.seen_price
        return was if was and now and was.currency == now.currency and was != now else None

    @property
    def counts(self) -> bool:
        """True when the line is part of the totals."""
        return self.price is not None and not (self.problem and self.problem.stops_counting)


@dataclass(frozen=True, slots=True)
class CartContents:
    """The lines of a cart, what was saved for later, and what was removed less than a day ago."""

    lines: tuple[CartItem, ...] = ()
    saved: tuple[CartItem, ...] = ()
    removed: tuple[CartItem, ...] = ()

    @property
    def problems(self) -> tuple[CartItem, ...]:
        """Lines that stop the checkout."""
        return tuple(item for item in self.lines if item.problem)

    @property
    def pieces(self) -> int:
        """Pieces in the cart, saved and removed ones left out."""
        return sum(item.quantity for item in self.lines)


@dataclass(frozen=True, slots=True)
class QuotedCart:
    """A cart with what it costs. Lines of the quote carry the line's id as `item.key`."""

    cart: Cart
    contents: CartContents
    basket: Basket
    context: BuyingContext
    books: Books
    quote: Quote

    def shipped_by(self, code: str) -> QuotedCart:
        """The same cart sent in this way; nothing is read again, and nothing is remembered."""
        context = replace(self.context, shipping_method=code)
        return replace(self, context=context, quote=quote(self.basket, context, self.books))


def _open_cart(public_id: uuid.UUID | None, user_id: int | None) -> ColumnElement[bool]:
    """SQL: this customer's open cart, or the open guest cart of this id; never somebody else's."""
    mine = Cart.user_id == user_id if user_id is not None else literal(False)
    guests = and_(Cart.public_id == public_id, Cart.user_id.is_(None)) if public_id else literal(False)
    return and_(Cart.state == "open", or_(mine, guests))


def find_open(
    session: Session, *, public_id: uuid.UUID | None = None, user_id: int | None = None
) -> Cart | None:
    """The open cart of a customer, else the guest's cart with this id (uq_cart_cart_open_user, public_id).

    A guest's id never opens the cart of an account: that takes the login.
    """
    if public_id is None and user_id is None:
        return None
    query = select(Cart).where(_open_cart(public_id, user_id))
    return session.scalar(query.order_by(Cart.user_id.is_(None)).limit(1))


def by_public_id(session: Session, public_id: uuid.UUID) -> Cart | None:
    """A cart by its id, in whatever state and whoever owns it; the caller has checked who asks."""
    return session.scalar(select(Cart).where(Cart.public_id == public_id))


def count(session: Session, *, public_id: uuid.UUID | None, user_id: int | None) -> int:
    """Pieces in the open cart of a customer, else in the open cart with this id."""
    if public_id is None and user_id is None:
        return 0
    key = Cart.user_id == user_id if user_id is not None else Cart.public_id == public_id
    query = select(func.coalesce(func.sum(CartLine.quantity), 0)).join(Cart, Cart.id == CartLine.cart_id)
    query = query.where(key, Cart.state == "open", CartLine.removed_at.is_(None), ~CartLine.saved_for_later)
    return int(session.scalar(query) or 0)


def _category_ids() -> Any:
    """Every category a product stands in, with all categories above them."""
    shown = select(ProductCategory.category_id).where(ProductCategory.product_id == Product.id)
    above = func.unnest(Category.lineage).label("id")
    inside = or_(Category.id == Product.category_id, Category.id.in_(shown.correlate(Product)))
    ids = select(above).where(inside).correlate(Product).subquery()
    return select(func.array_agg(ids.c.id.distinct())).scalar_subquery()


@cache
def _rows_statement() -> Select[Any]:
    stock = stock_beside(Variant.id)
    recent = or_(CartLine.removed_at.is_(None), CartLine.removed_at > bindparam("since"))
    return (
        select(Cart, CartLine, _category_ids().label("category_ids"), stock.c)
        .outerjoin(CartLine, and_(CartLine.cart_id == Cart.id, recent))
        .outerjoin(Variant, Variant.id == CartLine.variant_id)
        .outerjoin(Product, Product.id == Variant.product_id)
        .outerjoin(stock, true())
        .where(Cart.id == bindparam("id"))
        .order_by(CartLine.id)
        .execution_options(populate_existing=True)
    )


def _rows(session: Session, cart_id: int) -> tuple[Cart | None, list[Any]]:
    """The cart, read afresh, and its lines with stock and categories: one statement."""
    found = session.execute(_rows_statement(), {"id": cart_id, "since": utcnow() - UNDO_FOR}).all()
    cart = found[0].Cart if found else None
    return cart, [row for row in found if row.CartLine is not None]


def contents(session: Session, cart: Cart, *, language: str, currency: str) -> CartContents:
    """All lines of a cart with names in a language and prices in a currency.

    Three statements: lines with stock and categories, cards, prices. What cannot be bought any more
    keeps its line and says why.
    """
    identity = inspect(cart).identity
    _fresh, rows = _rows(session, identity[0] if identity else cart.id)
    ids = [row.CartLine.variant_id for row in rows if row.CartLine.variant_id is not None]
    cards = variant_cards(session, ids, language)
    prices = prices_for(session, ids, currency) if ids else {}
    items: dict[str, list[CartItem]] = {"lines": [], "saved": [], "removed": []}
    for row in rows:
        line: CartLine = row.CartLine
        place = "removed" if line.removed_at else "saved" if line.saved_for_later else "lines"
        card, price = cards.get(line.variant_id or 0), prices.get(line.variant_id or 0)
        items[place].append(_item(session, row, card, price, language))
    return CartContents(*(tuple(items[place]) for place in ("lines", "saved", "removed")))


def _item(
    session: Session, row: Any, card: VariantCard | None, price: VariantPrice | None, language: str
) -> CartItem:
    line: CartLine = row.CartLine
    stock = availability_of(session, row)
    seen = line.seen_price
    return CartItem(
        line_id=line.public_id,
        variant_id=line.variant_id or 0,
        product_id=card.product_id if card else 0,
        category_ids=frozenset(row.category_ids or ()),
        sku=card.sku if card else line.sku,
        name=card.name if card else line.name,
        slug=card.slug if card else "",
        options=_options(session, card, language),
        image=card.image if card else None,
        quantity=line.quantity,
        availability=stock,
        price=price,
        seen_price=Money.rounded(seen, line.seen_currency) if seen is not None and line.seen_currency else None,
        weight_g=card.weight_g if card else 0,
        tax_class=card.tax_class if card else "standard",
        problem=problem_of(
            is_buyable=card is not None and card.is_buyable, has_price=price is not None,
            quantity=line.quantity, availability=stock,
        ),
        option_codes=dict(card.options) if card else {}, volume_mm3=card.volume_mm3 if card else 0,
    )  # fmt: skip


def _options(session: Session, card: VariantCard | None, language: str) -> dict[str, str]:
    if card is None or not card.options:
        return {}
    attributes = attribute_book(session).attributes
    known = sorted((attributes[code].position, code) for code in card.options if code in attributes)
    return {
        attributes[code].name_in(language): attributes[code].value_in(card.options[code], language)
        for _position, code in known
    }


def basket_of(found: CartContents, currency: str) -> Basket:
    """The lines that count, as the quote wants them."""
    return Basket(
        tuple(
            BasketLine(
                key=str(item.line_id), variant_id=item.variant_id, product_id=item.product_id, sku=item.sku,
                name=item.name, quantity=item.quantity, tax_class=item.tax_class, price=item.price.price,
                compare_at=item.price.compare_at, weight_g=item.weight_g, category_ids=item.category_ids,
                volume_mm3=item.volume_mm3,
            )
            for item in found.lines
            if item.price is not None and item.counts
        ),
        currency,
    )  # fmt: skip


def context_of(cart: Cart, *, language: str, currency: str, country: str | None = None) -> BuyingContext:
    """Who buys, to where and with which choices, as far as the cart knows."""
    chosen, postcode = destination(country, cart.shipping_address, cart.country)
    return BuyingContext(
        currency=currency, on=today(), country=chosen, postcode=postcode, language=language,
        user_id=cart.user_id, email=cart.email, coupon_codes=tuple(cart.coupon_codes),
        shipping_method=cart.shipping_method,
    )  # fmt: skip


def quoted(
    session: Session, cart: Cart, *, language: str, currency: str, country: str | None = None
) -> QuotedCart:
    """The cart with what it costs, to `country` or to where the cart says it goes.

    The same steps as at checkout; whatever is shown before an address is known uses home rules.
    """
    found = contents(session, cart, language=language, currency=currency)
    basket = basket_of(found, currency)
    context = context_of(cart, language=language, currency=currency, country=country)
    books = load_books(session, basket, context)
    return QuotedCart(cart, found, basket, context, books, quote(basket, context, books))


@dataclass(frozen=True, slots=True)
class Goods:
    """What has to be known of an article to put it into a cart."""

    variant_id: int
    sku: str
    name: str
    is_buyable: bool
    availability: Availability
    price: VariantPrice | None
    lines: int


def goods(
    session: Session,
    *,
    cart_id: int,
    language: str,
    currency: str,
    sku: str = "",
    variant_id: int | None = None,
    line_id: uuid.UUID | None = None,
) -> Goods | None:
    """An article by SKU, id or its line, with stock and price, and the lines of the cart: two statements."""
    stock = stock_beside(Variant.id)
    if line_id is not None:
        on_line = select(CartLine.variant_id).where(
            CartLine.cart_id == cart_id, CartLine.public_id == line_id
        )
        wanted = Variant.id == on_line.scalar_subquery()
    else:
        wanted = Variant.sku == sku if variant_id is None else Variant.id == variant_id
    lines = select(func.count()).where(CartLine.cart_id == cart_id, CartLine.removed_at.is_(None))
    query = (
        select(
            Variant.id, Variant.sku, text_in("name", language).label("name"), lines.scalar_subquery().label("lines"), stock.c,
            and_(is_on_show(), Product.is_available, Variant.is_active).label("is_buyable"),
        )
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(stock, true())
        .where(wanted)
    )  # fmt: skip
    row = session.execute(query).first()
    if row is None:
        return None
    price = prices_for(session, [row.id], currency).get(row.id)
    return Goods(
        row.id, row.sku, row.name, bool(row.is_buyable), availability_of(session, row), price, row.lines
    )


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A cart that somebody has left, and whom to remind of it."""

    cart_id: int
    public_id: uuid.UUID
    email: str
    language: str


def forgotten(
    session: Session, *, idle_for: timedelta, with_guests: bool, limit: int = 200
) -> list[Forgotten]:
    """Carts left alone for a while, but not for more than a week longer (ix_cart_cart_idle).

    Only of people who agreed to reminders for their address; of guests only where the shop wants it.
    """
    lying = select(CartLine.id).where(
        CartLine.cart_id == Cart.id, CartLine.removed_at.is_(None), ~CartLine.saved_for_later
    )
    consented = and_(User.active, agreed(User.email, CART))
    guests = and_(literal(with_guests), Cart.user_id.is_(None), agreed(Cart.email, CART))
    query = (
        select(Cart.id, Cart.public_id, func.coalesce(User.email, Cart.email), Cart.language)
        .outerjoin(User, User.id == Cart.user_id)
        .where(
            Cart.state == "open", Cart.updated_at < utcnow() - idle_for,
            Cart.updated_at > utcnow() - idle_for - timedelta(days=7), lying.exists(), or_(consented, guests),
            ~select(Message.id).where(Message.dedupe_key == reminder_key(Cart.public_id)).exists(),
        )
        .order_by(Cart.updated_at)
        .limit(limit)
    )  # fmt: skip
    return [Forgotten(*row) for row in session.execute(query)]


def whom_to_remind(session: Session, public_id: uuid.UUID) -> Forgotten | None:
    """Whom to tell about an open cart; None when it is closed or nobody agreed to be told."""
    query = (
        select(Cart.id, Cart.public_id, func.coalesce(User.email, Cart.email).label("email"), Cart.language)
        .outerjoin(User, User.id == Cart.user_id)
        .where(Cart.public_id == public_id, Cart.state == "open")
    )
    row = session.execute(query).first()
    return Forgotten(*row) if row and row.email and may_tell(session, row.email, CART) else None


def reminder_key(public_id: Any) -> Any:
    """The key by which a cart is reminded of once: text for an id, SQL for a column."""
    if isinstance(public_id, uuid.UUID):
        return f"cart-reminder:{public_id}"
    return func.concat("cart-reminder:", cast(public_id, Text))
