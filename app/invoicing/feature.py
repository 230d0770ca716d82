"""Manifest of `invoicing`."""

from __future__ import annotations

from typing import Any

from app.core.feature import Admin, Check, Every, Feature, Handler, Slot
from app.core.i18n import _l
from app.events.fulfilment import ParcelShipped
from app.events.invoicing import CreditNoteIssued, InvoiceIssued
from app.events.orders import OrderPaid, OrderReturned, OrderShipped
from app.events.payments import PaymentRefunded
from app.invoicing import admin, checks, cli, handlers, jobs, models, papers, storefront
from app.invoicing.settings import InvoicingSettings
from app.notifications import attachments


def setup(app: Any) -> None:
    """Make the papers that mails of the floors below name."""
    for name, producer in papers.PRODUCERS.items():
        attachments.register(name, producer)


FEATURE = Feature(
    name="invoicing",
    models=models,
    blueprints=(storefront.blueprint,),
    admin=(Admin(admin.InvoiceView, _l("Invoices"), category="Sales", icon="receipt", position=120),),
    handlers=(
        Handler(OrderPaid, handlers.invoice_order),
        Handler(ParcelShipped, handlers.invoice_order),
        Handler(OrderShipped, handlers.invoice_order),
        Handler(PaymentRefunded, handlers.credit_refund),
        Handler(OrderReturned, handlers.credit_returned),
        Handler(InvoiceIssued, handlers.live_paper),
        Handler(CreditNoteIssued, handlers.live_paper),
    ),
    jobs={"invoicing.issue_missing": jobs.issue_missing},
    schedules=(Every(seconds=900, job="invoicing.issue_missing"),),
    slots=(Slot("admin.order.side", admin.order_papers, position=10),),
    checks=(
        Check("paid orders have one invoice", checks.paid_without_invoice),
        Check("numbers of invoices have no gaps", checks.gaps),
        Check("lines, VAT and totals of invoices are those of their orders", checks.wrong_sums),
        Check("credit notes are the refunds", checks.wrong_credits),
    ),
    cli=(cli.commands,),
    settings=InvoicingSettings,
    setup=setup,
)
