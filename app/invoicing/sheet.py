"""What stands on a document, in words and figures of its language; how it is drawn is `drawing`'s."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.core.i18n import speak
from app.core.money import Money, exponent
from app.customers.rules import format_address
from app.invoicing import operations, rules
from app.invoicing.models import Invoice, InvoiceLine
from app.invoicing.rules import Kind
from app.orders.queries import OrderPage
from app.payments import queries as payments


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: what, and its cells in the order of the columns."""

    name: str
    detail: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document ready to be drawn. `totals` end with the sum that counts."""

    language: str
    title: str
    number: str
    brand: str
    buyer_label: str
    buyer: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    tax_columns: tuple[str, ...]
    taxes: tuple[tuple[str, ...], ...]
    totals: tuple[tuple[str, str], ...]
    box_title: str
    box: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    foot: tuple[str, ...]
    page_label: str
    """With {page} and {pages} in it."""


def of_invoice(session: Session, invoice: Invoice) -> Sheet:
    """An issued invoice or credit note, from its own rows alone."""
    with speak(invoice.language):
        return _invoice(session, invoice)


def of_order(session: Session, order: OrderPage) -> Sheet:
    """The confirmation of an order: what was ordered and how it is paid. It is no invoice and has no number."""
    with speak(order.language):
        return _order(session, order)


class _Words:
    """Figures and dates as one language writes them, amounts in one currency."""

    def __init__(self, language: str, currency: str):
        self.language, self.currency = language, currency

    def money(self, amount: Decimal, currency: str = "") -> str:
        """An amount with its currency."""
        return str(format_currency(amount, currency or self.currency, locale=self.language))

    def plain(self, amount: Decimal) -> str:
        """An amount of the table, whose currency stands above it."""
        whole = "#,##0" + ("." + "0" * exponent(self.currency) if exponent(self.currency) else "")
        return str(format_decimal(amount, format=whole, locale=self.language))

    def unit(self, amount: Decimal) -> str:
        """A price without VAT, with four decimals where it needs them."""
        is_even = amount == round(amount, exponent(self.currency))
        return self.plain(amount) if is_even else str(format_decimal(amount, "#,##0.0000", self.language))

    def rate(self, rate: Decimal) -> str:
        """A rate of VAT."""
        return f"{format_decimal(rate.normalize(), locale=self.language)}\u00a0%"

    def day(self, day: date) -> str:
        """A date."""
        return str(format_date(day, "long", locale=self.language))


def _invoice(session: Session, invoice: Invoice) -> Sheet:
    words = _Words(invoice.language, invoice.currency)
    is_credit = invoice.kind == Kind.CREDIT_NOTE
    base = _frame(words, invoice.seller, invoice.buyer)
    return replace(
        base,
        title=str(rules.KIND_LABELS[Kind(invoice.kind)]),
        number=invoice.number or "",
        facts=tuple(_facts(words, invoice)),
        rows=tuple(_row(words, line, is_credit) for line in invoice.lines),
        taxes=tuple(_bands(words, invoice)),
        totals=tuple(_totals(words, invoice, _("Total credited") if is_credit else _("Total with VAT"))),
        box_title="" if is_credit else _("Payment"),
        box=() if is_credit else tuple(_payment(words, invoice)),
        notes=tuple(_notes(words, invoice)),
    )


def _frame(words: _Words, seller: Mapping[str, Any], buyer: Mapping[str, Any]) -> Sheet:
    """What every document has: seller, buyer, headings."""
    lines = format_address(buyer, words.language)
    if buyer.get("vat_number"):
        lines.append(_("VAT number %(number)s", number=buyer["vat_number"]))
    return Sheet(
        language=words.language, title="", number="", brand=str(seller["legal_name"]), buyer_label=_("Billed to"),
        buyer=tuple(lines), facts=(),
        columns=(
            _("Description"), _("Quantity"), _("Unit price without VAT"), _("VAT rate"), _("Without VAT"),
            _("With VAT"),
        ),
        rows=(), tax_columns=(_("VAT rate"), _("Without VAT"), _("VAT"), _("With VAT")), taxes=(), totals=(),
        box_title="", box=(), notes=(), foot=tuple(_foot(words, seller)),
        page_label=_("Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
    )  # fmt: skip


def _facts(words: _Words, invoice: Invoice) -> Iterable[tuple[str, str]]:
    yield _("Date of issue"), words.day(invoice.issued_on)
    if invoice.credits is not None:
        yield _("Corrects invoice"), f"{invoice.credits.number} ({words.day(invoice.credits.issued_on)})"
    elif invoice.supplied_on is not None:
        yield _("Date of supply or payment"), words.day(invoice.supplied_on)
    if invoice.kind == Kind.INVOICE:
        yield _("Due date"), words.day(invoice.due_on)
    yield _("Order"), invoice.order_number
    yield _("Currency"), invoice.currency


def _row(words: _Words, line: InvoiceLine, is_credit: bool) -> Row:
    name, detail = line.name, [str(value) for value in (line.options or {}).values()]
    if line.kind == "shipping":
        name = _("Shipping (%(name)s)", name=line.name)
    elif line.kind == "credit":
        name = _("Credit on invoice %(number)s", number=line.name)
    parts = [", ".join(detail), line.sku]
    if line.discount:
        parts.append(_("discount %(amount)s", amount=words.money(-line.discount)))
    cells = (
        str(line.quantity), words.unit(line.unit_net), words.rate(line.tax_rate), words.plain(line.net),
        words.plain(line.gross),
    )  # fmt: skip
    return Row(name, " · ".join(part for part in parts if part), cells)


def _bands(words: _Words, invoice: Invoice) -> Iterable[tuple[str, ...]]:
    for band in invoice.taxes:
        cells = (words.plain(band.net), words.plain(band.tax), words.plain(band.gross))
        yield words.rate(band.rate), *cells


def _totals(words: _Words, invoice: Invoice, last: str) -> Iterable[tuple[str, str]]:
    for discount in invoice.discounts:
        name = " ".join((_("Discount"), discount.get("code") or discount.get("name") or "")).strip()
        yield _("%(name)s (in the prices above)", name=name), words.money(-Decimal(discount["amount"]))
    yield _("Total without VAT"), words.money(invoice.net)
    yield _("VAT"), words.money(invoice.tax)
    if invoice.currency != "EUR":
        yield _("VAT in euro"), words.money(invoice.tax_eur, "EUR")
    yield last, words.money(invoice.gross)


def _payment(words: _Words, invoice: Invoice) -> Iterable[tuple[str, str]]:
    yield _("Way to pay"), payments.method_label(invoice.payment_method)
    if invoice.paid_on is not None:
        yield _("Paid on"), words.day(invoice.paid_on)
    else:
        yield _("To be paid by"), words.day(invoice.due_on)
    if invoice.communication or invoice.paid_on is None:
        yield "IBAN", str(invoice.seller["iban"])
        yield "BIC", str(invoice.seller["bic"])
    if invoice.communication:
        yield _("Structured communication"), invoice.communication


def _notes(words: _Words, invoice: Invoice) -> Iterable[str]:
    if invoice.reason:
        yield _("Reason: %(text)s", text=invoice.reason)
    if invoice.kind == Kind.CREDIT_NOTE:
        yield _("VAT to be paid back to the State as far as it was deducted at first.")
    if invoice.currency != "EUR":
        rate = format_decimal(invoice.exchange_rate.normalize(), "#,##0.0#####", words.language)
        yield _("VAT in euro at 1 EUR = %(rate)s %(currency)s.", rate=rate, currency=invoice.currency)
    if "export" in invoice.mentions:
        yield _("Exempt from VAT: export of goods, article 146 of Directive 2006/112/EC.")


def _foot(words: _Words, seller: Mapping[str, Any]) -> Iterable[str]:
    address = {
        "line1": seller["street"], "postcode": seller["postcode"], "city": seller["city"], "country": seller["country"],
    }  # fmt: skip
    yield " · ".join([str(seller["legal_name"]), *format_address(address, words.language)])
    numbers = [
        _("VAT number %(number)s", number=seller["vat_number"]),
        _("Company number %(number)s", number=seller["company_number"]) if seller["company_number"] else "",
        str(seller["register"]), f"IBAN {seller['iban']}" if seller["iban"] else "",
        f"BIC {seller['bic']}" if seller["bic"] else "", str(seller["email"]),
    ]  # fmt: skip
    yield " · ".join(part for part in numbers if part)
    if seller["footer"]:
        yield str(seller["footer"])


# --- the confirmation of an order ------------------------------------------------------------------


def _order(session: Session, order: OrderPage) -> Sheet:
    words = _Words(order.language, order.currency)
    base = _frame(words, operations.seller_now(session), {**order.billing_address, "email": order.email})
    delivery = ", ".join(format_address(order.shipping_address, order.language))
    return replace(
        base,
        title=_("Order confirmation"),
        number=order.number,
        facts=(
            (_("Order"), order.number),
            (_("Ordered on"), words.day(rules.local_day(order.placed_at))),
            (_("Delivery"), order.shipping_name),
            (_("Currency"), order.currency),
        ),
        columns=(
            _("Description"),
            _("Quantity"),
            _("Unit price"),
            _("VAT rate"),
            _("Without VAT"),
            _("With VAT"),
        ),
        rows=tuple(_order_rows(words, order)),
        taxes=tuple(
            (
                words.rate(t.rate),
                words.plain(t.net.amount),
                words.plain(t.tax.amount),
                words.plain(t.gross.amount),
            )
            for t in order.taxes
        ),
        totals=(
            *[
                (" ".join((_("Discount"), d.code or d.name)).strip(), words.money(-d.amount.amount))
                for d in order.discounts
            ],
            (_("Total without VAT"), words.money(order.net.amount)),
            (_("VAT"), words.money(order.tax.amount)),
            (_("Total with VAT"), words.money(order.total.amount)),
        ),
        box_title=_("Payment"),
        box=tuple(_to_pay(session, words, order)),
        notes=(
            _("Deliver to: %(address)s", address=delivery),
            _(
                "This is no invoice. You receive the invoice when the order is paid, or with its first parcel."
            ),
        ),
    )


def _order_rows(words: _Words, order: OrderPage) -> Iterable[Row]:
    for line in order.lines:
        parts = [line.options_text, line.sku]
        if line.discount:
            parts.append(_("discount %(amount)s", amount=words.money(-line.discount.amount)))
        cells = (
            str(line.quantity), words.plain(line.unit_price.amount), words.rate(line.tax_rate),
            words.plain(line.net.amount), words.plain(line.total.amount),
        )  # fmt: skip
        yield Row(line.name, " · ".join(part for part in parts if part), cells)
    if order.shipping:
        paid = words.plain(order.shipping.amount)
        yield Row(
            _("Shipping (%(name)s)", name=order.shipping_name),
            "",
            ("1", paid, *_shipping(words, order), paid),
        )


def _shipping(words: _Words, order: OrderPage) -> Sequence[str]:
    """Rate and net of the shipping: what the bands have beyond the lines."""
    for band in order.taxes:
        goods = [line for line in order.lines if line.tax_rate == band.rate]
        net = band.net - sum((line.net for line in goods), Money.zero(order.currency))
        if band.gross - sum((line.total for line in goods), Money.zero(order.currency)) == order.shipping:
            return words.rate(band.rate), words.plain(net.amount)
    return "", ""


def _to_pay(session: Session, words: _Words, order: OrderPage) -> Iterable[tuple[str, str]]:
    yield _("Way to pay"), payments.method_label(order.payment_method)
    if not order.due:
        yield _("Paid"), words.money(order.captured.amount)
        return
    yield _("To be paid"), words.money(order.due.amount)
    found = payments.transfer_instructions(session, order.id)
    if found is not None:
        yield _("Beneficiary"), found.beneficiary
        yield "IBAN", found.iban
        yield "BIC", found.bic
        yield _("Structured communication"), found.communication
