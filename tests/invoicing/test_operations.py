"""One invoice an order, credit notes for refunds, figures that agree to the cent, each handler twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.events.fulfilment import ParcelShipped
from app.events.invoicing import CreditNoteIssued, InvoiceIssued
from app.events.orders import OrderPaid, OrderReturned, OrderShipped
from app.events.payments import PaymentRefunded
from app.invoicing import handlers, jobs, operations, queries, rules
from app.invoicing.errors import DoesNotAddUp
from app.invoicing.rules import local_day
from app.orders import operations as orders
from tests.invoicing import making
from tests.orders.making import STAFF, utcnow

Deliver = Callable[[], int]


def test_acc_01_a_paid_order_gets_one_invoice_with_its_figures(session: Session, deliver: Deliver) -> None:
    made, invoice = making.paid(session, deliver, discount="5.00")
    year = local_day(utcnow()).year
    assert (invoice.number, invoice.sequence, invoice.journal) == (f"INV-{year}-000001", 1, "INV")
    assert (invoice.net, invoice.tax, invoice.gross) == (made.total_net, made.total_tax, made.total_gross)
    assert [(b.rate, b.net.amount, b.tax.amount, b.gross.amount) for b in invoice.bands] == [
        (Decimal(21), made.total_net, made.total_tax, made.total_gross)
    ]
    goods = [line for line in invoice.lines if line.kind == "goods"]
    assert [(g.sku, g.name, g.options, g.quantity, g.gross) for g in goods] == [
        (line.sku, line.name, line.options, line.quantity, line.gross) for line in made.lines
    ]
    assert goods[0].unit_net == Decimal("10.0000") and goods[0].discount == Decimal("5.00")
    assert [(x.name, x.gross) for x in invoice.lines if x.kind == "shipping"] == [
        ("Standard", Decimal("6.05"))
    ]
    assert invoice.communication.startswith("+++") and invoice.paid_on == invoice.issued_on == invoice.due_on
    assert invoice.seller["vat_number"] == "BE0123456749" and invoice.buyer["name"] == "Kim Peeters"
    assert making.wrong(session) == []


def test_every_handler_twice_is_one_document(session: Session, deliver: Deliver) -> None:
    made, invoice = making.paid(session, deliver)
    (refund,) = making.refunds(session, made, "10.00")
    for _ in range(2):
        handlers.invoice_order(session, OrderPaid(order_id=made.id, paid_at=utcnow()))
        handlers.invoice_order(session, ParcelShipped(shipment_id=1, order_id=made.id))
        handlers.invoice_order(session, OrderShipped(order_id=made.id))
        handlers.credit_refund(session, PaymentRefunded(1, made.id, refund, Decimal("10.00"), "EUR"))
        handlers.credit_returned(session, OrderReturned(order_id=made.id))
        handlers.live_paper(session, InvoiceIssued(invoice_id=invoice.id, order_id=made.id))
        handlers.live_paper(session, CreditNoteIssued(invoice.id, invoice.id, made.id))
        assert jobs.issue_missing(None) == {"issued": 0}
    deliver()
    assert [paper.kind for paper in making.papers(session, made)] == ["invoice", "credit_note"]
    assert making.wrong(session) == []


def test_cash_on_delivery_is_invoiced_with_its_first_parcel(session: Session, deliver: Deliver) -> None:
    made = making.ordered(session, method="cod")
    deliver()
    assert making.papers(session, made) == []
    making.sends(session, made)
    deliver()
    (invoice,) = making.papers(session, made)
    assert invoice.paid_on is None and invoice.supplied_on == invoice.issued_on
    assert (invoice.due_on - invoice.issued_on).days == 14
    making.pays(session, made)
    deliver()
    assert len(making.papers(session, made)) == 1 and making.wrong(session) == []


def test_a_cancelled_unpaid_order_has_no_invoice(session: Session, deliver: Deliver) -> None:
    made = making.ordered(session)
    orders.cancel_order(session, order_id=made.id, reason="customer", actor=STAFF)
    deliver()
    assert making.papers(session, made) == [] and making.wrong(session) == []


def test_refunds_become_credit_notes_that_end_at_the_invoice(session: Session, deliver: Deliver) -> None:
    made, invoice = making.paid(session, deliver)
    left = made.total_gross
    for amount in ("0.01", "17.37", str(left - Decimal("17.38"))):
        making.refunds(session, made, amount)
        deliver()
    notes = making.papers(session, made)[1:]
    assert [note.sequence for note in notes] == [1, 2, 3] and {note.invoice_id for note in notes} == {
        invoice.id
    }
    assert [note.gross for note in notes] == [Decimal("0.01"), Decimal("17.37"), left - Decimal("17.38")]
    assert sum(n.net for n in notes) == invoice.net and sum(n.tax for n in notes) == invoice.tax
    assert notes[0].reason == "A scratch" and making.wrong(session) == []


def test_what_was_paid_too_much_only_goes_back(session: Session, deliver: Deliver) -> None:
    made = making.ordered(session)
    making.pays(session, made)
    with_surplus = made.total_gross + 20
    session.execute(text("UPDATE payments_payment SET captured = captured + 20"))
    session.execute(text("UPDATE orders_order SET captured = captured + 20"))
    session.commit()
    making.refunds(session, made, "15.00")
    deliver()
    assert len(making.papers(session, made)) == 1
    making.refunds(session, made, with_surplus - 15)
    deliver()
    assert [p.gross for p in making.papers(session, made)] == [made.total_gross, made.total_gross]
    assert making.wrong(session) == []


def test_what_was_refused_at_the_door_is_credited_whole(session: Session, deliver: Deliver) -> None:
    made = making.ordered(session, method="cod")
    making.sends(session, made)
    orders.return_order(session, order_id=made.id, actor=SYSTEM)
    deliver()
    invoice, note = making.papers(session, made)
    assert (note.gross, note.tax, note.refund_id) == (invoice.gross, invoice.tax, None)
    assert making.wrong(session) == []


def test_a_refund_that_comes_first_brings_the_invoice_along(session: Session) -> None:
    made = making.ordered(session)
    making.pays(session, made)
    (refund,) = making.refunds(session, made, "1.00")
    assert operations.credit_refund(session, refund_id=refund) is not None
    assert [p.number for p in making.papers(session, made)][0].startswith("INV-")


def test_the_job_invoices_orders_of_the_time_before(session: Session) -> None:
    made = making.ordered(session)
    making.pays(session, made)
    making.refunds(session, made, "2.00")
    assert jobs.issue_missing(None) == {"issued": 1} and jobs.issue_missing(None) == {"issued": 0}
    assert [p.kind for p in making.papers(session, made)] == ["invoice", "credit_note"]


def test_an_order_that_does_not_add_up_is_refused(session: Session) -> None:
    made = making.ordered(session)
    making.pays(session, made)
    session.execute(text("UPDATE orders_line SET gross = gross + 1, net = net + 1"))
    session.commit()
    session.expire_all()
    with pytest.raises(DoesNotAddUp):
        operations.issue_invoice(session, order_id=made.id)
    assert making.papers(session, made) == []
    assert jobs.issue_missing(None) == {"issued": 0}, "one bad order holds up nobody"


def test_another_currency_has_its_vat_in_euro(session: Session, deliver: Deliver) -> None:
    made = making.ordered(session, currency="USD", method="demo_card")
    session.execute(text("UPDATE orders_order SET exchange_rate = 1.0873"))
    session.commit()
    making.pays(session, made)
    deliver()
    (invoice,) = making.papers(session, made)
    assert invoice.tax_eur == round(made.total_tax / Decimal("1.0873"), 2) and invoice.currency == "USD"


def test_the_year_is_that_of_brussels(
    session: Session, monkeypatch: pytest.MonkeyPatch, deliver: Deliver
) -> None:
    from datetime import UTC, datetime

    made = making.ordered(session)
    making.pays(session, made)
    late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    monkeypatch.setattr(operations, "utcnow", lambda: late)
    deliver()
    (invoice,) = making.papers(session, made)
    assert (invoice.number, invoice.issued_on) == ("INV-2027-000001", date(2027, 1, 1))


def test_later_changes_of_products_and_settings_do_not_reach_it(session: Session, deliver: Deliver) -> None:
    _made, invoice = making.paid(session, deliver)
    before = [(x.name, x.gross) for x in invoice.lines]
    session.execute(
        text("UPDATE catalog_product SET name = 'Other'; UPDATE orders_line SET name = 'Changed'")
    )
    session.commit()
    session.expire_all()
    assert [(x.name, x.gross) for x in invoice.lines] == before


def test_checks_find_what_is_wrong(session: Session, deliver: Deliver) -> None:
    made, _invoice = making.paid(session, deliver)
    other = making.ordered(session)
    making.pays(session, other)
    assert making.wrong(session) == [], "it is on its way"
    session.execute(text("UPDATE core_outbox SET done_at = now()"))
    session.execute(text("UPDATE core_series SET last = last + 1 WHERE name = 'invoicing:INV'"))
    session.execute(text("UPDATE orders_order SET refunded = 3 WHERE id = :id"), {"id": made.id})
    session.execute(text("UPDATE orders_order SET total_tax = total_tax + 1, total_net = total_net - 1"))
    session.commit()
    found = " | ".join(making.wrong(session))
    for part in ("has 0 invoices", "highest number 1, series at 2", "3.0000 went back", "says"):
        assert part in found, (part, found)


def test_reads_refuse_strangers(session: Session, deliver: Deliver) -> None:
    made, invoice = making.paid(session, deliver)
    assert queries.by_number(session, invoice.number or "", token=made.token).id == invoice.id
    for token, user in (("", None), ("wrong", None), ("", 4711), ("\x00", None)):
        with pytest.raises(queries.InvoiceNotFound):
            queries.by_number(session, invoice.number or "", token=token, user_id=user)
    with pytest.raises(queries.InvoiceNotFound):
        queries.any_by_number(session, "INV-2026-999999\x00")
    assert rules.number("INV", 2026, 1_000_001) == "INV-2026-1000001"
