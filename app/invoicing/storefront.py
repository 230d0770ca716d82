"""The shop's door to the papers of an order: whoever holds the order's link may read them."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.core.web import shop_session
from app.invoicing import papers, queries
from app.invoicing.answers import sent
from app.orders.queries import order_page

blueprint = Blueprint("invoicing", __name__)


@blueprint.get("/orders/<token>/confirmation.pdf")
def confirmation(token: str) -> ResponseReturnValue:
    """What was ordered, as it was when it was ordered."""
    session = shop_session()
    return sent(papers.of_order(session, order_page(session, token).id))


@blueprint.get("/orders/<token>/documents/<number>.pdf")
def document(token: str, number: str) -> ResponseReturnValue:
    """An invoice or credit note of this order; not found for the number of another order's."""
    session = shop_session()
    return sent(papers.of_invoice(session, queries.by_number(session, number, token=token)))
