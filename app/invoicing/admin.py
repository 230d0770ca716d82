"""The back office's list of invoices and credit notes. Nobody edits them."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.orm import joinedload

from app.core.admin import Interface, Panel, ReadOnlyView, money, panel
from app.core.admin.context import database
from app.core.money import Money
from app.invoicing import papers, queries
from app.invoicing.answers import sent
from app.invoicing.models import Invoice
from app.invoicing.rules import KIND_LABELS


class InvoiceView(ReadOnlyView):
    """Invoices and credit notes, as they were issued."""

    datamodel = Interface(Invoice)
    entity = "invoices"
    title, singular, icon = _l("Invoices"), _l("Invoice"), "receipt"
    load_options = (joinedload(Invoice.credits),)
    load_relations = False
    grants = {"Support": ("can_list", "can_show")}
    list_columns = [
        "number",
        "document",
        "kind",
        "issued_on",
        "order_number",
        "buyer_name",
        "gross",
        "paid_on",
    ]
    show_columns = [
        "number", "kind", "journal", "order_number", "credits", "issued_on", "issued_at", "supplied_on", "due_on",
        "paid_on", "buyer_name", "communication", "reason", "net", "tax", "gross", "tax_eur", "currency",
    ]  # fmt: skip
    search_columns = [
        "number", "kind", "journal", "year", "issued_on", "due_on", "paid_on", "order_number", "buyer_name", "currency",
        "gross", "communication",
    ]  # fmt: skip
    quick_search_columns = ["number", "order_number", "buyer_name"]
    choices = {"kind": [(kind.value, label) for kind, label in KIND_LABELS.items()]}
    money_columns = ("net", "tax", "gross", "tax_eur")
    badges = {"kind": {"invoice": "good", "credit_note": "wait"}}
    base_order = ("id", "desc")
    label_columns = {
        "number": _l("Number"), "kind": _l("Kind"), "journal": _l("Journal"), "year": _l("Year"),
        "issued_on": _l("Date of issue"), "issued_at": _l("Issued"), "due_on": _l("Due date"),
        "supplied_on": _l("Date of supply or payment"), "paid_on": _l("Paid on"), "order_number": _l("Order"),
        "buyer_name": _l("Customer"), "communication": _l("Structured communication"), "reason": _l("Reason"),
        "net": _l("Without VAT"), "tax": _l("VAT"), "gross": _l("With VAT"), "tax_eur": _l("VAT in euro"),
        "currency": _l("Currency"), "credits": _l("Corrects invoice"),
        "document": _l("Document"),
    }  # fmt: skip
    empty_text = _l("No invoices yet.")
    empty_help = _l("An invoice is issued when an order is paid, or with its first parcel.")

    def currency_of(self, item: Invoice, name: str) -> str:
        """The invoice's own, but for the VAT that is told in euro."""
        return "EUR" if name == "tax_eur" else item.currency

    def cell(self, item: Invoice, name: str, short: bool = False) -> Any:
        """In lists the number opens the document."""
        if name == "document":
            where = self.url("pdf", pk=item.id)
            return Markup('<a href="{}" target="_blank" rel="noopener">PDF</a>').format(where)
        return super().cell(item, name, short)

    def panels(self, item: Invoice) -> list[Panel]:
        """The document itself, its lines, and its VAT by rate."""
        return [
            panel(
                _l("Document"), "invoicing/admin/document.html", where="side", url=self.url("pdf", pk=item.id),
                number=item.number,
            ),
            panel(_l("Lines"), "invoicing/admin/lines.html", invoice=item, money=money, Money=Money),
        ]  # fmt: skip

    @expose("/pdf/<pk>")
    @has_access
    @permission_name("show")
    def pdf(self, pk: str) -> ResponseReturnValue:
        """The document as PDF."""
        return sent(papers.of_invoice(database(), self.item_or_404(pk)))


def order_papers(order_id: int) -> Markup:
    """The box on the screen of an order: its invoice and credit notes, for whoever may read them."""
    if not current_app.appbuilder.sm.has_access("can_show", "InvoiceView"):  # type: ignore[attr-defined]
        return Markup("")
    found = [
        (paper, url_for("InvoiceView.show", pk=paper.id), url_for("InvoiceView.pdf", pk=paper.id))
        for paper in queries.documents(database(), order_id)
    ]
    html = render_template("invoicing/admin/order.html", papers=found, money=money)
    return Markup(html)  # noqa: S704  # a template escapes
