"""The ways money can be refused."""

from __future__ import annotations

from app.core.errors import Conflict, Invalid, NotFound, ShopError, Unavailable
from app.core.i18n import _l


class PaymentMethodUnavailable(Invalid):
    """This way to pay does not exist, or not for this order."""

    code, field = "payment_method_unavailable", "payment_method"
    message = _l("Please choose another way to pay.")


class PaymentDeclined(Conflict):
    """The provider or the bank refused."""

    code, field = "payment_declined", "payment_method"
    message = _l("The payment was declined. Please try again or choose another way to pay.")


class ProviderUnavailable(Unavailable):
    """The provider does not answer. The order waits and can be paid again."""

    code = "provider_unavailable"
    message = _l("The payment service does not answer at the moment. Please try again shortly.")


class WebhookRefused(ShopError):
    """The notice is not from the provider, or too old (400). Nothing changes."""

    status = 400
    code = "webhook_refused"
    message = _l("This notice was not accepted.")


class UnknownProvider(NotFound):
    """No such provider is set up."""

    code = "unknown_provider"
    message = _l("There is no such payment provider.")


class PaymentNotFound(NotFound):
    """No such payment."""

    code = "payment_not_found"
    message = _l("This payment was not found.")


class RefundNotFound(NotFound):
    """No such refund."""

    code = "refund_not_found"
    message = _l("This refund was not found.")


class OverRefund(Conflict):
    """More would go back than came in."""

    code, field = "over_refund", "amount"
    message = _l("At most %(most)s can be refunded.")


class BadAmount(Invalid):
    """An amount must be positive and in the payment's currency."""

    code, field = "bad_amount", "amount"
    message = _l("Please enter an amount above zero in %(currency)s.")


class NotPayable(Conflict):
    """The order is paid already, or no longer waits for money."""

    code = "not_payable"
    message = _l("This order cannot be paid any more.")


class BadReference(Invalid):
    """The mark of the money is missing or cannot be one."""

    code, field = "bad_reference", "reference"
    message = _l("Please enter the bank's reference, at most 200 characters.")


class ReferenceUsed(Conflict):
    """Money with this mark was counted before, and it was another amount. A person has to look."""

    code, field = "reference_used", "reference"
    message = _l("This reference was counted before, with another amount: %(known)s.")


class UnknownReference(Invalid):
    """A communication that no open payment carries."""

    code, field = "unknown_reference", "communication"
    message = _l("No payment has this communication. Please check the digits.")


class CardNumberRefused(Invalid):
    """Somebody sent a card number to the shop. It is neither used nor written down."""

    code = "card_number_refused"
    message = _l("Never send a card number to the shop: card details belong in the payment form only.")


class UnknownOrderOrParcel(Invalid):
    """Nothing in the shop has this number, or more than one order's parcels have it."""

    code, field = "unknown_order_or_parcel", "order_or_parcel"
    message = _l("No order and no parcel has this number.")


class NotPaidInCash(Conflict):
    """The carrier took no cash for this order as far as the shop knows."""

    code, field = "not_paid_in_cash", "order_or_parcel"
    message = _l("This order is not paid on delivery, or it was cancelled.")


class AlreadyPaid(Conflict):
    """Nothing is due any more: somebody else's line, or a hand, was faster."""

    code, field = "already_paid", "order_or_parcel"
    message = _l("This order is paid already.")


class AlreadySettled(Conflict):
    """The very same line was counted before."""

    code, field = "already_settled", "reference"
    message = _l("This line was counted before.")


class WrongCash(Conflict):
    """The carrier hands over another amount than is due. A person has to look."""

    code, field = "wrong_cash", "amount"
    message = _l("The amount is not what is due: %(due)s. Nothing was marked as paid.")
