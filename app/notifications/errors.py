"""The ways a message can be refused."""

from __future__ import annotations

from app.core.errors import Conflict, Invalid, NotFound
from app.core.i18n import _l


class BadRecipient(Invalid):
    """This is not an e-mail address."""

    code, field = "bad_recipient", "email"
    message = _l("This is not an e-mail address.")


class NotResendable(Conflict):
    """Only a failed or kept message can be sent again."""

    code = "not_resendable"
    message = _l("Only a failed or kept message can be sent again.")


class NoConsent(Conflict):
    """Nobody agreed to mails of this topic for this address."""

    code = "no_consent"
    message = _l("Nobody agreed to such mails for this address.")


class LinkEnded(NotFound):
    """The link of a mail is not ours, too old, or was replaced by a newer one."""

    code = "link_ended"
    message = _l("This link is no longer valid")


class Temporary(Exception):
    """The mail server cannot take it now; later may work."""


class Permanent(Exception):
    """The mail server will never take this message."""
