"""The ways a message can be refused."""

from __future__ import annotations

from app.core.errors import Conflict, Invalid
from app.core.i18n import _l


class BadRecipient(Invalid):
    """This is not an e-mail address."""

    code, field = "bad_recipient", "email"
    message = _l("This is not an e-mail address.")


class NotResendable(Conflict):
    """Only a failed or kept message can be sent again."""

    code = "not_resendable"
    message = _l("Only a failed or kept message can be sent again.")


class Temporary(Exception):
    """The mail server cannot take it now; later may work."""


class Permanent(Exception):
    """The mail server will never take this message."""
