"""Makes orders, refunds and movements of invoices of the table Online Retail, and has them written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from app.inventory.operations import PastMovement
from app.ops.history.goods import Known as Article
from app.ops.history.lines import Kind, Line
from app.ops.history.matching import Book
from app.ops.history.people import address_of, country_code, email_of
from app.ops.history.writing import TakenBack, Writer
from app.orders.operations import PastLine, PastOrder, PastShipping

ZERO = Decimal(0)
METHOD = "bank_transfer"
"""The file names no way of paying; what goes back by hand is a transfer."""


@dataclass
class Written:
    """How much a batch has brought."""

    orders: int = 0
    carried_forward: int = 0
    refunds: int = 0
    movements: int = 0


@dataclass
class Back:
    """What one cancellation takes back of one order."""

    amount: Decimal = ZERO
    pieces: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    is_whole: bool = False


@dataclass
class Composer:
    """Turns whole invoices into what the writer takes. `before` dates what was sold before the file begins."""

    writer: Writer
    articles: dict[str, Article]
    customers: dict[str, int]
    rate: Decimal
    before: datetime | None = None

    def write(self, invoices: Sequence[list[Line]]) -> Written:
        """Write a batch of invoices: orders first, then what takes something of them back, then stock."""
        done = Written()
        orders, credits, moved = [], [], []
        for lines in invoices:
            bought, back, stock = _told_apart(lines)
            if bought:
                orders.append(self._order(bought))
            if back:
                credits.append(back)
            moved += [self._movement(line) for line in stock]
        self.writer.orders(orders)
        self.writer.movements(moved)
        done.orders, done.movements = len(orders), len(moved)
        if credits:
            self._take_back(credits, done)
        return done

    def _order(self, lines: list[Line]) -> PastOrder:
        first = lines[0]
        posted = [line for line in lines if line.kind is Kind.SHIPPING]
        rest = [line for line in lines if line.kind is not Kind.SHIPPING]
        if not rest:
            rest, posted = posted, []
        cost = sum((line.amount for line in posted), ZERO)
        name = ", ".join(dict.fromkeys(line.text.title() or line.code for line in posted)) or "Not said"
        shipping = PastShipping("online-retail", name, net=cost, gross=cost)
        return self._past(f"OR-{first.invoice}", first, rest, shipping, first.at)

    def _past(
        self,
        number: str,
        first: Line,
        lines: list[Line],
        shipping: PastShipping,
        at: datetime,
        note: str = "",
    ) -> PastOrder:
        return PastOrder(
            email=email_of(first), user_id=self.customers.get(first.customer), language="en", currency="GBP",
            exchange_rate=self.rate, address=address_of(first.customer, first.country),
            country=country_code(first.country), payment_method=METHOD, shipping=shipping,
            lines=tuple(self._line(line) for line in lines), placed_at=at, paid_at=at, shipped_at=at, delivered_at=at,
            number=number, note=note,
        )  # fmt: skip

    def _line(self, line: Line) -> PastLine:
        article, amount = self.articles[line.code], abs(line.amount)
        return PastLine(
            article.product_id, article.variant_id, article.sku, line.text or article.name, abs(line.quantity),
            abs(line.price).quantize(Decimal("0.0001")), "zero", ZERO, amount, ZERO, amount, slug=article.slug,
        )  # fmt: skip

    def _movement(self, line: Line) -> PastMovement:
        reason = line.text or ("written off" if line.quantity < 0 else "found")
        variant = self.articles[line.code].variant_id
        return PastMovement(variant, line.quantity, line.at, reason, f"online-retail:{line.invoice}")

    def _take_back(self, credits: list[list[Line]], done: Written) -> None:
        """Find out what each cancellation belongs to; what belongs to nothing is carried forward first."""
        book = Book.of(self.writer.session, [line for lines in credits for line in lines])
        backs: list[tuple[Line, int, Back]] = []
        carried: list[PastOrder] = []
        owners: list[tuple[Line, Back]] = []
        for lines in credits:
            mine: dict[int, Back] = defaultdict(Back)
            left: list[Line] = []
            for line in lines:
                left += self._matched(book, line, mine)
            for order_id, back in mine.items():
                back.is_whole = bool(back.pieces) and book.open(lines[0], order_id).is_empty
                backs.append((lines[0], order_id, back))
            if left:
                carried.append(self._carried(left))
                owners.append((left[0], self._all_of(left)))
        ids = self.writer.orders(carried)
        backs += [(line, order_id, back) for (line, back), order_id in zip(owners, ids, strict=True)]
        done.carried_forward = len(carried)
        done.refunds = len(self.writer.back([_taken(line, order_id, back) for line, order_id, back in backs]))

    def _matched(self, book: Book, line: Line, mine: dict[int, Back]) -> list[Line]:
        """Note what a line takes back of which order. Returns what is left of the line, if anything is."""
        variant = self.articles[line.code].variant_id
        parts, rest = book.match(line, variant, variant not in self.writer.no_goods)
        for part in parts:
            mine[part.order_id].amount += part.amount
            if part.quantity:
                mine[part.order_id].pieces[variant] += part.quantity
        amount = -line.amount - sum((part.amount for part in parts), ZERO)
        return [_rest(line, rest, amount)] if rest else []

    def _carried(self, lines: list[Line]) -> PastOrder:
        assert self.before is not None
        first = lines[0]
        note = f"Sold before the imported history begins; taken back by {first.invoice}."
        shipping = PastShipping("online-retail", "Not said")
        return self._past(f"OR-{first.invoice}-BF", first, lines, shipping, self.before, note)

    def _all_of(self, lines: list[Line]) -> Back:
        back = Back(amount=sum((-line.amount for line in lines), ZERO))
        for line in lines:
            variant = self.articles[line.code].variant_id
            if variant not in self.writer.no_goods:
                back.pieces[variant] += abs(line.quantity)
        back.is_whole = bool(back.pieces)
        return back


def _told_apart(lines: list[Line]) -> tuple[list[Line], list[Line], list[Line]]:
    """What was bought, what goes back, and what only moves stock: pieces without a price that nobody ordered."""
    back = [line for line in lines if line.amount < 0]
    bought = [line for line in lines if line.amount > 0]
    free = [line for line in lines if line.kind is Kind.FREE]
    stock = [line for line in lines if line.kind is Kind.WRITE_OFF]
    if bought or (free and free[0].customer):
        bought = [line for line in lines if line.amount > 0 or line.kind is Kind.FREE]
    else:
        stock = [line for line in lines if not line.amount]
    return bought, back, stock


def _rest(line: Line, pieces: int, amount: Decimal) -> Line:
    """The part of a cancelled line that no order explains."""
    return Line(
        line.number, line.invoice, line.code, line.text, -pieces, line.price, -amount, line.at, line.customer,
        line.country, line.kind,
    )  # fmt: skip


def _taken(line: Line, order_id: int, back: Back) -> TakenBack:
    key = f"online-retail:{line.invoice}"
    return TakenBack(order_id, line.at, key, line.invoice, back.amount, dict(back.pieces), back.is_whole)
