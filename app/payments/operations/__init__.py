"""The verbs of payments. Every door calls these; the outermost unit of work commits.

`start_payment`, `pay_again`, `check_payment`, `cancel_charge` and `reconcile` take a maker of sessions
and must not be called inside a unit of work: they talk to providers.
"""

from app.payments.operations.applying import apply_outcome, take_money
from app.payments.operations.manual import (
    Matched,
    StatementLine,
    match_statement,
    match_transfer,
    record_manual_payment,
)
from app.payments.operations.opening import choose_method, open_payment, void_open
from app.payments.operations.past import PastRefund, write_past_payments, write_past_refunds
from app.payments.operations.reconciling import cancel_charge, check_payment, due_payments, reconcile
from app.payments.operations.refunds import (
    apply_refund,
    finish_manual_refund,
    request_refund,
    send_refund,
)
from app.payments.operations.settlements import also_by_parcel, settle_cash
from app.payments.operations.starting import pay_again, start_payment
from app.payments.operations.webhooks import apply_webhook, match_webhook, receive_webhook

__all__ = [
    "Matched", "PastRefund", "StatementLine", "also_by_parcel", "apply_outcome", "apply_refund", "apply_webhook", "cancel_charge",
    "check_payment", "choose_method", "due_payments", "finish_manual_refund", "match_statement",
    "match_transfer", "match_webhook", "open_payment", "pay_again", "receive_webhook", "reconcile",
    "record_manual_payment", "request_refund", "send_refund", "settle_cash", "start_payment", "take_money", "void_open",
    "write_past_payments", "write_past_refunds",
]  # fmt: skip
