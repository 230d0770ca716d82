"""The back office's screens of money: payments, refunds, money received, notices, the ledger."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session, joinedload
from wtforms import Form, HiddenField
from wtforms.validators import InputRequired, Length, Optional

from app.core.actor import Actor
from app.core.admin import (
    Imports,
    Interface,
    OperationView,
    ReadOnlyView,
    Tile,
    action,
    current_actor,
    money,
    panel,
)
from app.core.admin.context import database
from app.core.admin.fields import Storable, TextField, decimal_field
from app.core.db import MoneyColumn, session_maker
from app.core.errors import Invalid
from app.core.money import Money, MoneyError
from app.orders import queries as orders
from app.payments import operations, queries
from app.payments.models import Capture, LedgerEntry, Payment, Refund, Webhook

LOOKS = {"Support": ("can_list", "can_show")}
PAYMENT_STATES = [
    ("created", _l("Not started")), ("pending", _l("Waiting")), ("requires_action", _l("Waits for the customer")),
    ("authorised", _l("Authorised")), ("captured", _l("Received")), ("failed", _l("Failed")),
    ("voided", _l("Closed")),
]  # fmt: skip
REFUND_STATES = [
    ("requested", _l("Requested")), ("pending", _l("Under way")), ("manual", _l("To be paid by hand")),
    ("done", _l("Paid back")), ("failed", _l("Failed")),
]  # fmt: skip
NOTICE_STATES = [
    ("received", _l("Received")), ("applied", _l("Applied")), ("ignored", _l("Means nothing")),
    ("unmatched", _l("Belongs to nothing")),
]  # fmt: skip
KINDS = {
    "capture": _l("Received"), "refund_requested": _l("Refund requested"), "refund_pending": _l("Refund under way"),
    "refund_manual": _l("Refund to be paid by hand"), "refund_done": _l("Paid back"),
    "refund_failed": _l("Refund failed"), "notice": _l("Notice"), "booked": _l("Booked"),
}  # fmt: skip
LABELS = {
    "order": _l("Order"), "provider": _l("Provider"), "state": _l("State"), "amount": _l("Amount"),
    "captured": _l("Received"), "refunded": _l("Paid back"), "refund_reserved": _l("Refund under way"),
    "provider_ref": _l("Provider's reference"), "public_id": _l("Our reference"), "failure": _l("Failure"),
    "method": _l("Paid with"), "created_at": _l("Opened"), "updated_at": _l("Changed"),
    "attempts": _l("Attempts"), "check_at": _l("Next look"), "currency": _l("Currency"),
}  # fmt: skip


def payments_of(model: Any, user_id: int) -> ColumnElement[bool]:
    """Payments of orders that hold an article of this seller."""
    return orders.holds_goods_of(model.order_id, user_id)


def refunds_of(model: Any, user_id: int) -> ColumnElement[bool]:
    """Refunds of orders that hold an article of this seller."""
    return model.payment.has(orders.holds_goods_of(Payment.order_id, user_id))


def _money_of(amount: Decimal, currency: str) -> Money:
    try:
        return Money(amount, currency)
    except MoneyError:
        raise Invalid(
            _("This currency has fewer decimals: %(currency)s.", currency=currency), field="amount"
        ) from None


class RefundForm(Form):
    """Money to send back. The hidden key makes a double click one refund."""

    amount = decimal_field(
        _l("Amount"), MoneyColumn, validators=[InputRequired()], description=_l("At most what is left of the payment.")
    )  # fmt: skip
    reason = TextField(
        _l("Reason"), validators=[InputRequired(), Length(max=500)],
        description=_l("Stands in the order’s history and on the credit note, which the customer reads."),
    )  # fmt: skip
    key = HiddenField(validators=[InputRequired(), Length(max=64)])


class ReceivedForm(Form):
    """Money a person has seen."""

    amount = decimal_field(
        _l("Amount"), MoneyColumn, validators=[InputRequired()], description=_l("What really came in, as the bank shows it.")
    )  # fmt: skip
    reference = TextField(
        _l("Reference"), validators=[Optional(), Length(max=200)],
        description=_l("The bank's or the carrier's own. The same reference counts once."),
    )  # fmt: skip


class PaidBackForm(Form):
    """A refund that was paid by hand."""

    reference = TextField(
        _l("The bank's reference"), validators=[Optional(), Length(max=200)],
        description=_l("Found on the statement; whoever checks the books looks for it."),
    )  # fmt: skip


class MatchForm(Form):
    """Where a notice belongs."""

    public_id = TextField(
        _l("Our reference of the payment"), validators=[InputRequired(), Length(max=64)],
        description=_l("The long reference on the payment’s own page."),
    )  # fmt: skip


class _Amounts:
    """Amounts wear their currency."""

    money_columns: tuple[str, ...] = ("amount",)

    def cell(self, item: Any, name: str, short: bool = False) -> Any:
        """Providers by their name, anything else as usual."""
        if name == "provider":
            return queries.method_label(item.provider)
        return super().cell(item, name, short)  # type: ignore[misc]


class PaymentView(_Amounts, ReadOnlyView):
    """Attempts to collect the money of orders. Nobody types them in: they follow from what happened."""

    datamodel = Interface(Payment)
    entity, title, singular, icon = "payment", _l("Payments"), _l("Payment"), "credit-card"
    owner_filter = staticmethod(payments_of)
    load_options = (joinedload(Payment.order),)
    load_relations = False
    grants = {"Support": ("can_list", "can_show"), "Seller": ("can_list", "can_show")}
    money_columns = ("amount", "captured", "refunded", "refund_reserved")
    list_columns = ["order", "provider", "state", "amount", "captured", "refunded", "failure", "created_at"]
    show_columns = [
        "order", "provider", "state", "amount", "captured", "refunded", "refund_reserved", "failure", "method",
        "provider_ref", "public_id", "attempts", "check_at", "created_at", "updated_at",
    ]  # fmt: skip
    search_columns = [
        "provider", "state", "amount", "captured", "currency", "provider_ref", "failure", "created_at", "order.number",
    ]  # fmt: skip
    quick_search_columns = ["provider_ref", "order.number"]
    choices = {"state": PAYMENT_STATES}
    base_order = ("id", "desc")
    label_columns = {**LABELS, "order.number": _l("Order")}
    empty_help = _l("Every placed order opens one.")

    def panels(self, item: Payment) -> list[Any]:
        """What came in, what went back, what the provider told, and the books."""
        found = queries.history_of(database(), item.id)
        return [
            panel(_l("What happened"), "payments/admin/history.html", history=found, kinds=KINDS, money=money)
        ]

    def action_values(self, name: str, rows: list[Any]) -> dict[str, Any]:
        """A refund starts with all that is left, and a key of its own."""
        if name == "refund" and rows:
            return {"amount": rows[0].refundable.amount, "key": uuid4().hex}
        if name == "received" and rows:
            return {"amount": max(rows[0].amount - rows[0].captured, Decimal(0))}
        return {}

    def shown_actions(self, item: Payment) -> list[dict[str, Any]]:
        """Only what this payment allows."""
        hidden = set()
        if not item.refundable.amount > 0:
            hidden.add("refund")
        if not item.is_payable:
            hidden |= {"ask", "received"}
        return [a for a in super().shown_actions(item) if a["name"] not in hidden]

    @action("refund", _l("Refund"), icon="undo-2", multiple=False, danger=True, form=RefundForm)
    def refund(self, items: list[Payment], amount: Decimal, reason: str, key: str) -> str:
        """Send money of one payment back."""
        for row in items:
            operations.request_refund(
                database(), payment_id=row.id, amount=_money_of(amount, row.currency), reason=reason,
                actor=current_actor(), idempotency_key=f"admin:{key}",
            )  # fmt: skip
        return _("The refund is on its way.")

    @action("received", _l("Money received"), icon="hand-coins", multiple=False, form=ReceivedForm)
    def received(self, items: list[Payment], amount: Decimal, reference: str) -> str:
        """Note cash or a transfer that a person has seen."""
        for row in items:
            operations.record_manual_payment(
                database(), order_id=row.order_id, amount=_money_of(amount, row.currency),
                reference=reference or "", actor=current_actor(),
            )  # fmt: skip
        return _("Noted.")

    @action("ask", _l("Ask the provider"), icon="refresh-cw", multiple=False)
    def ask(self, items: list[Payment]) -> str:
        """Ask the provider now how the charge stands."""
        ids = [row.id for row in items]
        database().rollback()
        for payment_id in ids:
            operations.check_payment(session_maker(current_app), payment_id=payment_id)
        return _("Asked.")


class RefundView(_Amounts, ReadOnlyView):
    """Money that goes back. Those without a provider are paid by hand and then marked as paid."""

    datamodel = Interface(Refund)
    entity, title, singular, icon = "refund", _l("Refunds"), _l("Refund"), "undo-2"
    owner_filter = staticmethod(refunds_of)
    load_options = (joinedload(Refund.payment).joinedload(Payment.order),)
    load_relations = False
    grants = {"Support": ("can_list", "can_show"), "Seller": ("can_list", "can_show")}
    list_columns = [
        "payment.order",
        "amount",
        "state",
        "reason",
        "failure",
        "actor_label",
        "created_at",
        "done_at",
    ]
    show_columns = [
        "payment.order", "payment", "amount", "state", "reason", "failure", "provider_ref", "public_id",
        "actor_label", "created_at", "done_at",
    ]  # fmt: skip
    search_columns = [
        "state",
        "amount",
        "currency",
        "reason",
        "provider_ref",
        "actor_label",
        "created_at",
        "done_at",
    ]
    quick_search_columns = ["provider_ref", "reason"]
    choices = {"state": REFUND_STATES}
    badges = {"state": {"manual": "wait"}}
    base_order = ("id", "desc")
    label_columns = {
        **LABELS, "payment.order": _l("Order"), "payment": _l("Payment"), "reason": _l("Reason"),
        "actor_label": _l("Who"), "created_at": _l("Requested"), "done_at": _l("Paid back on"),
    }  # fmt: skip

    def shown_actions(self, item: Refund) -> list[dict[str, Any]]:
        """Only what is to be paid by hand can be marked as paid."""
        return [a for a in super().shown_actions(item) if a["name"] != "paid_back" or item.state == "manual"]

    @action("paid_back", _l("Paid back"), icon="check", multiple=False, form=PaidBackForm)
    def paid_back(self, items: list[Refund], reference: str) -> str:
        """Note that the money was sent by hand."""
        for row in items:
            operations.finish_manual_refund(
                database(), refund_id=row.id, actor=current_actor(), reference=reference or ""
            )
        return _("Noted.")


def receive_transfer(
    session: Session, *, communication: str, amount: Decimal, reference: str, actor: Actor
) -> Capture | None:
    """Note a credit of the bank statement by its communication. Returns the money as it was counted."""
    operations.match_transfer(
        session,
        communication=communication,
        amount=_money_of(amount, "EUR"),
        reference=reference,
        actor=actor,
    )
    return queries.capture_of(session, "bank_transfer", reference.strip()[:200])


class ReceivedView(_Amounts, OperationView):
    """Money that came in. Transfers are entered here, from the bank statement."""

    datamodel = Interface(Capture)
    imports = Imports(())
    entity, title, singular, icon = "capture", _l("Money received"), _l("Money received"), "banknote"
    add_operation = receive_transfer
    add_title = _l("Transfer from the bank statement")
    grants = LOOKS
    list_columns = ["at", "provider", "amount", "reference"]
    show_columns = list_columns
    add_columns = ["communication", "amount", "reference"]
    add_form_extra_fields = {
        "communication": TextField(
            _l("Communication"), validators=[InputRequired(), Storable(), Length(max=60)],
            description=_l("The twelve digits, in any spelling: +++202/6000/12320+++"),
        ),
        "amount": decimal_field(
            _l("Amount in EUR"), MoneyColumn, validators=[InputRequired()],
            description=_l("What really came in, as the bank shows it."),
        ),
        "reference": TextField(
            _l("The bank's reference"), validators=[InputRequired(), Storable(), Length(max=200)],
            description=_l("The number of the line on the statement. The same line counts once."),
        ),
    }  # fmt: skip
    search_columns = ["provider", "reference", "amount", "currency", "at"]
    quick_search_columns = ["reference"]
    base_order = ("id", "desc")
    label_columns = {**LABELS, "at": _l("When"), "reference": _l("Reference")}

    def import_known(self, form: Any) -> bool:
        """A line of the statement that was counted before; with another amount it is refused."""
        known = queries.capture_of(database(), "bank_transfer", (form["reference"].data or "").strip()[:200])
        return known is not None and known.amount == form["amount"].data

    def after_add(self, made: Any) -> str:
        """Back to the list: the line stands on top."""
        return self.url("list")


class NoticeView(ReadOnlyView):
    """What providers told. A notice that belongs to nothing waits here for a person."""

    datamodel = Interface(Webhook)
    entity, title, singular, icon = "notice", _l("Notices of providers"), _l("Notice"), "webhook"
    grants = LOOKS
    list_columns = ["received_at", "provider", "kind", "state", "note", "event_id"]
    show_columns = [*list_columns, "applied_at", "body"]
    search_columns = ["provider", "kind", "state", "event_id", "received_at"]
    quick_search_columns = ["event_id", "kind"]
    choices = {"state": NOTICE_STATES}
    badges = {"state": {"unmatched": "bad", "applied": "good", "received": "wait", "ignored": "quiet"}}
    base_order = ("id", "desc")
    label_columns = {
        "received_at": _l("When"), "provider": _l("Provider"), "kind": _l("What"), "state": _l("State"),
        "note": _l("Note"), "event_id": _l("Provider's number"), "applied_at": _l("Applied"), "body": _l("Content"),
    }  # fmt: skip

    def shown_actions(self, item: Webhook) -> list[dict[str, Any]]:
        """Only parked notices can be placed."""
        return [a for a in super().shown_actions(item) if a["name"] != "match" or item.state == "unmatched"]

    @action("match", _l("Belongs to a payment"), icon="link", multiple=False, form=MatchForm)
    def match(self, items: list[Webhook], public_id: str) -> str:
        """Apply a parked notice to the payment a person names."""
        for row in items:
            operations.match_webhook(
                database(), webhook_id=row.id, public_id=public_id, actor=current_actor()
            )
        return _("Applied.")


class LedgerView(_Amounts, ReadOnlyView):
    """The books of the money: each transaction adds up to nothing, and none is ever changed."""

    datamodel = Interface(LedgerEntry)
    entity, title, singular, icon = "ledger", _l("Ledger"), _l("Entry"), "book-open"
    load_options = (joinedload(LedgerEntry.transaction),)
    load_relations = False
    grants = LOOKS
    list_columns = ["transaction.at", "transaction.source", "account", "amount"]
    show_columns = [*list_columns, "transaction.memo", "transaction.order_id", "transaction.payment_id"]
    search_columns = ["account", "currency", "amount", "transaction.source"]
    quick_search_columns = ["account", "transaction.source"]
    base_order = ("id", "desc")
    label_columns = {
        "transaction.at": _l("When"), "transaction.source": _l("Source"), "account": _l("Account"),
        "amount": _l("Amount (debit +, credit −)"), "currency": _l("Currency"), "transaction.memo": _l("What"),
        "transaction.order_id": _l("Order"), "transaction.payment_id": _l("Payment"),
    }  # fmt: skip


def manual_refunds_tile(session: Session) -> Tile:
    """The figure of the first page for whoever pays them: refunds that have to be sent by hand."""
    waiting = queries.open_manual_refunds(session)
    return Tile(
        _("Refunds to pay"), waiting, url="/admin/refund/list/?state.eq=manual", icon="undo-2",
        tone="wait" if waiting else "good", view="RefundView", right="paid_back", less_is_better=True,
    )  # fmt: skip
