"""What the confirmation of an order says about paying it."""

from __future__ import annotations

from dataclasses import dataclass

from babel.numbers import format_currency
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import settings
from app.core.money import Money
from app.orders.models import Order
from app.payments import queries as payments
from app.payments import rules
from app.payments.models import Payment
from app.payments.settings import PaymentSettings


@dataclass(frozen=True, slots=True)
class Transfer:
    """What to write on a bank transfer."""

    beneficiary: str
    iban: str
    bic: str
    amount: Money
    communication: str


def payment_words(*, session: Session, order_id: int, language: str, form: str) -> Markup:
    """How the order is paid: the transfer's details, or a sentence. `form` is "html" or "text"."""
    order = session.get_one(Order, order_id)
    transfer = _transfer(session, order)
    if transfer is None:
        rows: list[tuple[str, str]] = []
        sentence = _sentence(order)
    else:
        sentence = _("Please transfer the amount to this account. We send your order when it has arrived.")
        rows = [
            (_("Beneficiary"), transfer.beneficiary), (_("IBAN"), transfer.iban), (_("BIC"), transfer.bic),
            (_("Amount"), format_currency(transfer.amount.amount, transfer.amount.currency, locale=language)),
            (_("Communication"), transfer.communication),
        ]  # fmt: skip
    if form == "text":
        return Markup("\n").join([Markup(sentence), *(Markup(f"{label}: {value}") for label, value in rows)])  # noqa: S704 - a plain text mail
    cells = Markup("").join(
        Markup("<tr><td>{}</td><td class='amount'><strong>{}</strong></td></tr>").format(*row) for row in rows
    )
    table = Markup("<table class='lines'>{}</table>").format(cells) if rows else Markup("")
    return Markup("<p>{}</p>{}").format(sentence, table)


def _sentence(order: Order) -> str:
    if order.paid_at is not None or not order.total:
        return _("Your payment has arrived. Thank you.")
    label = payments.method_label(order.payment_method)
    if order.payment_method == "cod":
        return _("You pay the carrier when your order arrives.")
    return _("Way to pay: %(method)s.", method=label)


def _transfer(session: Session, order: Order) -> Transfer | None:
    """The transfer's details; also when the payment itself has not been started yet."""
    known = payments.transfer_instructions(session, order.id)
    if known is not None:
        return Transfer(known.beneficiary, known.iban, known.bic, known.amount, known.communication)
    if order.state != "pending" or order.payment_method != "bank_transfer":
        return None
    query = select(Payment.id).where(Payment.order_id == order.id, Payment.provider == "bank_transfer")
    if session.scalar(query.limit(1)) is None:
        return None
    mine = settings.get(session, PaymentSettings)
    communication = rules.structured_communication(rules.communication_base(order.number, order.id))
    return Transfer(mine.bank_beneficiary, mine.bank_iban, mine.bank_bic, order.total, communication)
