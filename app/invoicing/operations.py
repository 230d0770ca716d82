"""The verbs of invoices. Lock order: the order, then the series of invoices, then that of credit notes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

import structlog
from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from app.core import locks, series, settings
from app.core.clock import utcnow
from app.core.event import Event
from app.core.money import Money, TaxedMoney
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.invoicing import CreditNoteIssued, InvoiceIssued
from app.invoicing import queries, rules
from app.invoicing.errors import DoesNotAddUp
from app.invoicing.models import Invoice, InvoiceDocument, InvoiceLine, InvoiceTax
from app.invoicing.rules import Band, Kind
from app.invoicing.settings import InvoicingSettings
from app.orders.models import Order
from app.payments.models import Payment, Refund
from app.payments.settings import PaymentSettings

log = structlog.get_logger("invoicing")
Line = dict[str, Any]
Draw = Callable[[Session, Invoice], bytes]


def issue_invoice(session: Session, *, order_id: int) -> Invoice | None:
    """Issue the invoice of an order that was paid, or of which goods have left; once.

    The same one is given again; None while neither has happened. Lines, shipping, VAT by rate and
    totals are those of the order to the cent.

    Raises:
        DoesNotAddUp: the order's lines are not its total.
    """
    with unit_of_work(session):
        order = locks.row(session, Order, order_id)
        known = queries.invoice_of(session, order_id)
        if known is not None:
            return known
        left_on = queries.shipped_on(session, order_id)
        if order.paid_at is None and left_on is None:
            return None
        paid_on = None if order.paid_at is None else rules.local_day(order.paid_at)
        lines, taxed = _copied(order)
        bands = rules.summary(taxed)
        _must_add_up(order, bands)
        made = _draft(session, order, Kind.INVOICE, bands, supplied_on=left_on or paid_on, paid_on=paid_on)
        made.communication = queries.communication(session, order_id)
        made.discounts = list(order.discounts)
        return _issue(session, made, lines, bands, lambda i: InvoiceIssued(invoice_id=i, order_id=order_id))


def credit_refund(session: Session, *, refund_id: int) -> Invoice | None:
    """Issue the credit note of money that has gone back, referring to the order's invoice; once.

    The amount is spread over the rates of VAT in proportion to what is not credited yet. None where
    there is no invoice to correct: the order was never due, or only what was paid too much went back.
    """
    with unit_of_work(session):
        refund = session.get(Refund, refund_id)
        payment = None if refund is None else session.get(Payment, refund.payment_id)
        if refund is None or payment is None or refund.state != "done":
            return None
        order = locks.row(session, Order, payment.order_id)
        known = queries.credit_note_of(session, refund_id)
        invoice = issue_invoice(session, order_id=order.id)
        if known is not None or invoice is None:
            return known
        amount = rules.creditable(
            refund.money, refunded=order.refunded_money, captured=order.captured_money, gross=invoice.total,
            credited=queries.credited(queries.credit_notes(session, invoice.id), order.currency),
        )  # fmt: skip
        return _credit(session, order, invoice, amount, refund=refund)


def credit_unpaid(session: Session, *, order_id: int) -> Invoice | None:
    """Credit the whole invoice of an order that came back and was never paid; once."""
    with unit_of_work(session):
        order = locks.row(session, Order, order_id)
        invoice = queries.invoice_of(session, order_id)
        if invoice is None or order.state != "returned" or order.captured > 0:
            return None
        notes = queries.credit_notes(session, invoice.id)
        if notes:
            return notes[0]
        return _credit(session, order, invoice, invoice.total)


def issue_missing(session: Session, limit: int = 200) -> int:
    """Issue what no event asked for: orders that were paid before the shop wrote invoices."""
    done = 0
    for order_id in queries.without_invoice(session, limit):
        try:
            done += issue_invoice(session, order_id=order_id) is not None
        except DoesNotAddUp as refused:
            log.warning("no invoice", order=order_id, why=refused.text)
            continue
        refunds = select(Refund.id).join(Payment, Payment.id == Refund.payment_id)
        refunds = refunds.where(Payment.order_id == order_id, Refund.state == "done").order_by(Refund.id)
        for refund_id in session.scalars(refunds).all():
            credit_refund(session, refund_id=refund_id)
    return done


def keep_document(session: Session, *, invoice: Invoice, draw: Draw) -> bytes:
    """The PDF of an invoice: the one that is kept, else drawn now and kept for ever.

    Two who ask at the same moment get the same bytes: the first one's.
    """
    kept = queries.kept_document(session, invoice.id)
    if kept is not None:
        return kept
    drawn = draw(session, invoice)
    with unit_of_work(session):
        values = {"invoice_id": invoice.id, "sha256": hashlib.sha256(drawn).hexdigest(), "data": drawn}
        statement = upsert(InvoiceDocument).values(values)
        session.execute(statement.on_conflict_do_nothing(index_elements=["invoice_id"]))
        return queries.kept_document(session, invoice.id) or drawn


def seller_now(session: Session) -> dict[str, Any]:
    """The seller as the shop's settings have it today, with the account that money goes to."""
    mine, bank = settings.get(session, InvoicingSettings), settings.get(session, PaymentSettings)
    told = {name: value for name, value in asdict(mine).items() if name != "payment_days"}
    return told | {"iban": bank.bank_iban, "bic": bank.bank_bic}


# --- parts ---------------------------------------------------------------------------------------


def _copied(order: Order) -> tuple[list[Line], list[TaxedMoney]]:
    """The order's lines and shipping as lines of an invoice, and what each is taxed."""

    def taxed(row: Any, prefix: str, rate: Decimal) -> TaxedMoney:
        net, tax, gross = (Money(getattr(row, prefix + n), order.currency) for n in ("net", "tax", "gross"))
        return TaxedMoney(net, tax, gross, rate)

    lines: list[Line] = [
        {
            "kind": "goods", "sku": row.sku, "name": row.name, "options": dict(row.options or {}),
            "quantity": row.quantity, "discount": row.discount, "tax_rate": row.tax_rate, "net": row.net,
            "unit_net": rules.unit_net(row.unit_price, row.tax_rate, order.prices_include_tax),
            "tax": row.tax, "gross": row.gross,
        }
        for row in order.lines
    ]  # fmt: skip
    parts = [taxed(row, "", row.tax_rate) for row in order.lines]
    if order.shipping_gross:
        lines.append(
            {
                "kind": "shipping", "sku": "", "name": order.shipping_name, "options": {}, "quantity": 1,
                "discount": Decimal(0), "tax_rate": order.shipping_rate, "net": order.shipping_net,
                "unit_net": order.shipping_net, "tax": order.shipping_tax, "gross": order.shipping_gross,
            }
        )  # fmt: skip
        parts.append(taxed(order, "shipping_", order.shipping_rate))
    return lines, parts


def _must_add_up(order: Order, bands: Sequence[Band]) -> None:
    found = (sum(b.net.amount for b in bands), sum(b.tax.amount for b in bands))
    if found != (order.total_net, order.total_tax):
        raise DoesNotAddUp(number=order.number or str(order.id))


def _draft(
    session: Session,
    order: Order,
    kind: Kind,
    bands: Sequence[Band],
    *,
    supplied_on: date | None,
    paid_on: date | None,
) -> Invoice:
    """A document without its number: who, what for, which totals. Dates are set with the number."""
    address = dict(order.billing_address)
    today = rules.local_day(utcnow())
    return Invoice(
        kind=kind, journal=rules.JOURNALS[kind], year=today.year, order_id=order.id,
        order_number=order.number or "", issued_on=today, due_on=today, supplied_on=supplied_on, paid_on=paid_on,
        payment_method=order.payment_method, currency=order.currency, exchange_rate=order.exchange_rate,
        language=order.language, seller=seller_now(session), buyer={**address, "email": order.email},
        buyer_name=str(address.get("company") or address.get("name") or order.email),
        mentions=rules.mentions(bands, order.country),
        net=sum(b.net.amount for b in bands), tax=sum(b.tax.amount for b in bands),
        gross=sum(b.gross.amount for b in bands),
        tax_eur=sum(rules.in_euro(b.tax, order.exchange_rate).amount for b in bands),
    )  # fmt: skip


def _credit(
    session: Session, order: Order, invoice: Invoice, amount: Money, refund: Refund | None = None
) -> Invoice | None:
    if not amount:
        return None
    notes = queries.credit_notes(session, invoice.id)
    left = rules.remaining(invoice.bands, [band for note in notes for band in note.bands])
    bands = rules.credit(amount, left)
    made = _draft(session, order, Kind.CREDIT_NOTE, bands, supplied_on=None, paid_on=None)
    made.invoice_id, made.buyer, made.buyer_name = invoice.id, invoice.buyer, invoice.buyer_name
    made.exchange_rate, made.mentions = invoice.exchange_rate, invoice.mentions
    if refund is not None:
        made.refund_id, made.reason = refund.id, refund.reason
        made.paid_on = None if refund.done_at is None else rules.local_day(refund.done_at)
    lines: list[Line] = [
        {
            "kind": "credit", "sku": "", "name": invoice.number or "", "options": {}, "quantity": 1,
            "discount": Decimal(0), "tax_rate": band.rate, "unit_net": band.net.amount, "net": band.net.amount,
            "tax": band.tax.amount, "gross": band.gross.amount,
        }
        for band in bands
    ]  # fmt: skip
    return _issue(
        session, made, lines, bands,
        lambda i: CreditNoteIssued(invoice_id=invoice.id, credit_note_id=i, order_id=order.id),
    )  # fmt: skip


def _issue(
    session: Session, made: Invoice, lines: list[Line], bands: Sequence[Band], event: Callable[[int], Event]
) -> Invoice:
    """Write a document with its parts, announce it, and give it its number as the very last thing."""
    session.add(made)
    session.flush()
    parts = [{**line, "invoice_id": made.id, "position": n} for n, line in enumerate(lines, 1)]
    if parts:
        session.execute(insert(InvoiceLine), parts)
        session.execute(insert(InvoiceTax), [_tax(made, band) for band in bands])
    publish(session, event(made.id))
    days = settings.get(session, InvoicingSettings).payment_days
    made.sequence = series.take(session, rules.series(made.journal), made.year)
    made.number = rules.number(made.journal, made.year, made.sequence)
    now = utcnow()
    made.issued_at, made.issued_on = now, max(made.issued_on, _same_year(now, made))
    made.due_on = rules.due_on(made.issued_on, made.paid_on is not None or made.kind != Kind.INVOICE, days)
    session.flush()
    return made


def _same_year(now: Any, made: Invoice) -> date:
    """Today; the day before where the year changed while the number was waited for."""
    today = rules.local_day(now)
    return today if today.year == made.year else made.issued_on


def _tax(made: Invoice, band: Band) -> dict[str, Any]:
    return {
        "invoice_id": made.id, "rate": band.rate, "net": band.net.amount, "tax": band.tax.amount,
        "gross": band.gross.amount, "tax_eur": rules.in_euro(band.tax, made.exchange_rate).amount,
    }  # fmt: skip
