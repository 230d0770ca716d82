"""The ways in which identity refuses."""

from __future__ import annotations

from app.core.errors import Conflict, Forbidden, Gone, Invalid, Unauthenticated
from app.core.i18n import _l


class WrongCredentials(Unauthenticated):
    """Unknown address, wrong password, suspended, not staff: one message for all of them."""

    code = "wrong_credentials"
    message = _l("This e-mail address and password do not go together.")


class EmailNotVerified(Forbidden):
    """The password is right, but the address was never confirmed; a new mail is on its way."""

    code = "email_not_verified"
    message = _l("Please confirm your e-mail address first. We have just sent you a new link.")


class SecondFactorNeeded(Unauthenticated):
    """The password is right and a code is asked for."""

    code, field = "otp_required", "otp"
    message = _l("Please enter the code of your authenticator app.")


class WrongCode(Unauthenticated):
    """The code is wrong, too old, or was used before."""

    code, field = "wrong_otp", "otp"
    message = _l("This code is not right. Wait for the next one, or use a recovery code.")


class WrongPassword(Invalid):
    """The current password, asked for again, is wrong."""

    code, field = "wrong_password", "current_password"
    message = _l("This is not your current password.")


class WeakPassword(Invalid):
    """Too short, too long, or one of the passwords that are tried first."""

    code, field = "weak_password", "password"
    message = _l("Please choose a longer password.")


class BadEmail(Invalid):
    """Not an e-mail address."""

    code, field = "invalid_email", "email"
    message = _l("Please enter an e-mail address, for example name@example.com.")


class EmailTaken(Conflict):
    """Another account has this address. Only ever shown to staff."""

    code, field = "email_taken", "email"
    message = _l("Another account has this e-mail address.")


class LinkExpired(Gone):
    """The link was used, replaced by a newer one, or is too old."""

    code = "link_expired"
    message = _l("This link is no longer valid. Please ask for a new one.")


class InvalidToken(Unauthenticated):
    """An access or refresh token is malformed, expired or revoked."""

    code = "invalid_token"
    message = _l("Your session has ended. Please log in again.")


class LastAdmin(Conflict):
    """Somebody must remain who can let others in."""

    code = "last_admin"
    message = _l("This is the last administrator. Appoint another one first.")


class UnknownRole(Invalid):
    """There is no such role."""

    code, field = "unknown_role", "roles"
    message = _l("There is no such role.")


class NotYourself(Conflict):
    """Nobody suspends the account they work with."""

    code = "not_yourself"
    message = _l("You cannot suspend yourself.")
