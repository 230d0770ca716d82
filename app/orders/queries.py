"""Reads of orders: the buyer's page, a customer's orders, lists for programs, what is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session, selectinload

from app.catalog.models import Product
from app.core.money import Money
from app.core.pagination import BadCursor, Page, decode_cursor, encode_cursor
from app.media.rules import ImageSet
from app.orders import rules
from app.orders.errors import OrderNotFound
from app.orders.models import History, Order, OrderLine
from app.orders.states import CancelReason, Channel, PaymentStatus

MOST_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as it was bought. `unit_price` is before, `total` after discounts, VAT included.

    `options` maps the option's label to what was chosen; `slug` is "" when none was known.
    """

    id: int
    product_id: int
    variant_id: int
    sku: str
    name: str
    options: dict[str, Any]
    slug: str
    image: ImageSet | None
    quantity: int
    shipped: int
    unit_price: Money
    discount: Money
    tax_rate: Decimal
    net: Money
    total: Money

    @property
    def options_text(self) -> str:
        """The chosen options for people: "Blue, XL"."""
        return ", ".join(str(value) for value in self.options.values())


@dataclass(frozen=True, slots=True)
class TaxLine:
    """VAT of one rate over the whole order."""

    rate: Decimal
    net: Money
    tax: Money
    gross: Money


@dataclass(frozen=True, slots=True)
class DiscountLine:
    """A discount on the whole order; `amount` is positive. `code` is the coupon's, or None."""

    name: str
    code: str | None
    amount: Money


@dataclass(frozen=True, slots=True)
class Step:
    """A milestone of the order's way. `at` is None while it is ahead."""

    state: str
    standing: Literal["done", "now", "ahead", "failed"]
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened to the order. `state` is the state from then on, None where it stayed."""

    id: int
    at: datetime
    kind: str
    state: str | None
    data: dict[str, Any]
    is_public: bool
    actor_kind: str
    actor: str


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One order with everything its buyer or staff look at. Sums are in `currency`.

    `subtotal` is goods before discounts; `due` is what still has to come in. `steps` are the
    milestones in order, `entries` all that happened. Staff notes are in `entries` too: show buyers
    `public_entries` only.
    """

    id: int
    number: str
    token: str
    state: str
    payment_status: PaymentStatus
    payment_method: str
    channel: Channel
    user_id: int | None
    email: str
    language: str
    currency: str
    placed_at: datetime
    paid_at: datetime | None
    expires_at: datetime | None
    lines: tuple[LineView, ...]
    subtotal: Money
    discount: Money
    discounts: tuple[DiscountLine, ...]
    coupon_codes: tuple[str, ...]
    shipping_method: str
    shipping_name: str
    shipping: Money
    taxes: tuple[TaxLine, ...]
    net: Money
    tax: Money
    total: Money
    captured: Money
    refunded: Money
    shipping_address: dict[str, Any]
    billing_address: dict[str, Any]
    note: str
    cancel_reason: CancelReason | None
    steps: tuple[Step, ...]
    entries: tuple[Entry, ...]

    @property
    def due(self) -> Money:
        """What still has to come in; nothing for a cancelled order."""
        zero = Money.zero(self.currency)
        return zero if self.state == "cancelled" else max(zero, self.total - self.captured)

    @property
    def can_cancel(self) -> bool:
        """True while the buyer may still call it off."""
        return self.state in rules.CUSTOMER_CANCELS and not any(line.shipped for line in self.lines)

    @property
    def is_payable(self) -> bool:
        """True while the order waits for its money."""
        return self.state == "pending" and bool(self.due)

    @property
    def public_entries(self) -> tuple[Entry, ...]:
        """What the buyer may read of the timeline."""
        return tuple(entry for entry in self.entries if entry.is_public)

    @property
    def count(self) -> int:
        """How many pieces."""
        return sum(line.quantity for line in self.lines)


def order_page(session: Session, token: str) -> OrderPage:
    """The order behind an unguessable token, in three statements.

    Raises:
        OrderNotFound: nobody was given this token.
    """
    return _page(_one(session, Order.token == token, token))


def page_by_id(session: Session, order_id: int) -> OrderPage:
    """The same for staff and messages.

    Raises:
        OrderNotFound: there is no such order.
    """
    return _page(_one(session, Order.id == order_id, ""))


def page_by_number(session: Session, number: str, *, user_id: int | None, token: str | None) -> OrderPage:
    """The order of this number for its own customer, or for whoever holds its token.

    Raises:
        OrderNotFound: no such order, or it is somebody else's.
    """
    order = order_by_number(session, number)
    own = order is not None and user_id is not None and order.user_id == user_id
    if order is None or not (own or (token and token == order.token)):
        raise OrderNotFound()
    return page_by_id(session, order.id)


def holds_goods_of(order_id: Any, user_id: int) -> ColumnElement[bool]:
    """The condition that an order holds at least one article of this seller (ix_orders_line_order_id)."""
    own = select(Product.id).where(Product.seller_id == user_id)
    return exists().where(OrderLine.order_id == order_id, OrderLine.product_id.in_(own))


def order_by_number(session: Session, number: str) -> Order | None:
    """The order of a business number, without its lines."""
    return None if "\x00" in number else session.scalar(select(Order).where(Order.number == number))


def order_by_token(session: Session, token: str) -> Order | None:
    """The order behind a token, without its lines."""
    return None if "\x00" in token else session.scalar(select(Order).where(Order.token == token))


def _one(session: Session, condition: Any, words: str) -> Order:
    options = (selectinload(Order.lines), selectinload(Order.history))
    found = None if "\x00" in words else session.scalar(select(Order).where(condition).options(*options))
    if found is None:
        raise OrderNotFound()
    return found


def _page(order: Order) -> OrderPage:
    def money(amount: Decimal | str) -> Money:
        return Money(Decimal(amount), order.currency)

    lines = tuple(_line(line, order.currency) for line in order.lines)
    goods = sum((money(line.gross) for line in order.lines), money("0"))
    entries = tuple(_entry(row) for row in order.history)
    return OrderPage(
        id=order.id, number=order.number or "", token=order.token, state=order.state,
        payment_status=PaymentStatus(order.payment_status), payment_method=order.payment_method,
        channel=Channel(order.channel), user_id=order.user_id, email=order.email, language=order.language, currency=order.currency,
        placed_at=order.placed_at, paid_at=order.paid_at, expires_at=order.expires_at, lines=lines,
        subtotal=goods + money(order.discount), discount=money(order.discount),
        discounts=tuple(DiscountLine(d["name"], d.get("code"), money(d["amount"])) for d in order.discounts),
        coupon_codes=tuple(order.coupon_codes), shipping_method=order.shipping_method,
        shipping_name=order.shipping_name, shipping=money(order.shipping_gross),
        taxes=tuple(
            TaxLine(Decimal(t["rate"]), money(t["net"]), money(t["tax"]), money(t["gross"])) for t in order.taxes
        ),
        net=money(order.total_net), tax=money(order.total_tax), total=order.total,
        captured=order.captured_money, refunded=order.refunded_money,
        shipping_address=order.shipping_address, billing_address=order.billing_address, note=order.note,
        cancel_reason=CancelReason(order.cancel_reason) if order.cancel_reason else None,
        steps=_steps(order, entries), entries=entries,
    )  # fmt: skip


def _line(line: OrderLine, currency: str) -> LineView:
    return LineView(
        id=line.id, product_id=line.product_id, variant_id=line.variant_id, sku=line.sku, name=line.name,
        options=line.options, slug=line.slug, image=ImageSet(**line.image) if line.image else None,
        quantity=line.quantity, shipped=line.shipped, unit_price=Money(line.unit_price, currency),
        discount=Money(line.discount, currency), tax_rate=line.tax_rate, net=Money(line.net, currency),
        total=Money(line.gross, currency),
    )  # fmt: skip


def _entry(row: History) -> Entry:
    return Entry(
        row.id, row.at, row.kind, row.state, row.data, row.is_public, row.actor_kind, row.actor_label
    )


def _steps(order: Order, entries: Iterable[Entry]) -> tuple[Step, ...]:
    reached = {
        entry.state or entry.kind: entry.at for entry in entries if entry.state or entry.kind == "paid"
    }
    return tuple(
        Step(state, standing, reached.get(state))  # type: ignore[arg-type]
        for state, standing in rules.milestones(order.state, list(reached))
    )


@dataclass(frozen=True, slots=True)
class OrderSummary:
    """A row in a list of orders. `images` are pictures of its first lines."""

    id: int
    number: str
    token: str
    state: str
    payment_status: PaymentStatus
    email: str
    placed_at: datetime
    total: Money
    count: int
    images: tuple[ImageSet, ...]


def orders_of(
    session: Session, user_id: int, *, limit: int = 20, cursor: str | None = None
) -> Page[OrderSummary]:
    """A customer's own orders, newest first (ix_orders_order_user).

    Raises:
        BadCursor: the cursor was not made by this shop.
    """
    return listing(session, user_id=user_id, limit=limit, cursor=cursor)


def listing(
    session: Session,
    *,
    user_id: int | None = None,
    state: str | None = None,
    q: str = "",
    limit: int = 20,
    cursor: str | None = None,
) -> Page[OrderSummary]:
    """Orders by moment and id, newest first, in keyset pages of at most 100; three statements.

    `q` is a number or its end, or an e-mail address.

    Raises:
        BadCursor: the cursor was not made by this shop.
    """
    conditions: list[Any] = []
    if user_id is not None:
        conditions.append(Order.user_id == user_id)
    if state is not None:
        conditions.append(Order.state == state)
    if q.strip():
        words = q.strip().replace("\x00", "")
        number = or_(Order.number == words, Order.number.endswith(f"-{words.zfill(6)}", autoescape=True))
        conditions.append(or_(number, Order.email_key == words.lower()))
    total = session.scalar(select(func.count()).select_from(Order).where(*conditions)) or 0
    query = select(Order).where(*conditions).options(selectinload(Order.lines))
    if cursor:
        query = query.where(tuple_(Order.placed_at, Order.id) < tuple_(*_position(cursor)))
    size = max(1, min(limit, MOST_PER_PAGE))
    rows = list(session.scalars(query.order_by(Order.placed_at.desc(), Order.id.desc()).limit(size + 1)))
    last = rows[size - 1] if len(rows) > size else None
    after = encode_cursor([last.placed_at.isoformat(), last.id]) if last else None
    return Page([_summary(order) for order in rows[:size]], after, total)


def _position(cursor: str) -> tuple[datetime, int]:
    moment, order_id = decode_cursor(cursor, 2)
    try:
        position = datetime.fromisoformat(moment), int(order_id)
    except (TypeError, ValueError) as wrong:
        raise BadCursor() from wrong
    if position[0].tzinfo is None or not 0 <= position[1] < 2**63:
        raise BadCursor()
    return position


def _summary(order: Order) -> OrderSummary:
    images = tuple(ImageSet(**line.image) for line in order.lines if line.image)
    return OrderSummary(
        id=order.id, number=order.number or "", token=order.token, state=order.state,
        payment_status=PaymentStatus(order.payment_status), email=order.email, placed_at=order.placed_at,
        total=order.total, count=sum(line.quantity for line in order.lines), images=images[:4],
    )  # fmt: skip


def _has_bought() -> Any:
    """SQL: the order was paid, or its goods have left the house; it was not called off."""
    gone = Order.state.in_(("shipped", "delivered", "returned"))
    return or_(gone, and_(Order.state != "cancelled", Order.paid_at.is_not(None)))


def bought_line(session: Session, user_id: int, product_id: int) -> int | None:
    """The latest line with which this customer bought the product; None who did not (ix_orders_order_user)."""
    query = select(OrderLine.id).join(Order).where(Order.user_id == user_id)
    query = query.where(OrderLine.product_id == product_id)
    return session.scalar(query.where(_has_bought()).order_by(OrderLine.id.desc()).limit(1))


def bought_products(session: Session, user_id: int, limit: int = 100) -> list[int]:
    """Ids of products this customer bought, the latest first."""
    latest = func.max(OrderLine.id)
    query = select(OrderLine.product_id).join(Order).where(Order.user_id == user_id, _has_bought())
    return list(session.scalars(query.group_by(OrderLine.product_id).order_by(latest.desc()).limit(limit)))
