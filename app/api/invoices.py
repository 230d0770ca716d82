"""The papers of an order: its invoice and credit notes, as a list and as PDF."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.api import questions, rights, shapes
from app.api.door import Call, door
from app.api.orders import own_order
from app.api.products import money
from app.invoicing import papers, queries
from app.invoicing.answers import sent
from app.invoicing.models import Invoice


@door(
    "GET", "/orders/<number>/invoices", summary="Invoices of an order", tag="orders", query=questions.TokenQuery,
    answer=shapes.InvoicesShape,
)  # fmt: skip
def order_invoices(call: Call, number: str) -> dict[str, Any]:
    """The invoice and credit notes of an order, for its own customer, its token's holder, or staff."""
    found = queries.documents(call.session, own_order(call, number).id)
    return {
        "items": [
            {
                "number": paper.number,
                "kind": paper.kind.value,
                "issued_on": paper.issued_on.isoformat(),
                "total": money(paper.total),
                "url": f"/api/v1/invoices/{paper.number}.pdf",
            }
            for paper in found
        ]
    }


@door(
    "GET", "/invoices/<number>.pdf", summary="An invoice as PDF", tag="orders", query=questions.TokenQuery,
    answer=None, file=papers.PDF,
)  # fmt: skip
def get_invoice(call: Call, number: str) -> Response:
    """The document of an invoice or credit note, for the order's own customer, its token's holder, or staff."""
    return sent(papers.of_invoice(call.session, _own(call, number)))


def _own(call: Call, number: str) -> Invoice:
    if call.actor.is_staff and rights.may(call.person, "InvoiceView.show"):
        return queries.any_by_number(call.session, number)
    return queries.by_number(
        call.session, number, token=call.query["token"], user_id=call.person.id if call.person else None
    )


__all__ = ["get_invoice", "order_invoices"]
