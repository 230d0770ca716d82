"""The ways in which customers refuses."""

from __future__ import annotations

from app.core.errors import Conflict, Invalid, NotFound
from app.core.i18n import _l


class NoSuchAddress(NotFound):
    """The address is gone, or somebody else's."""

    code = "no_such_address"
    message = _l("This address no longer exists.")


class TooManyAddresses(Conflict):
    """The address book is full."""

    code = "too_many_addresses"
    message = _l("You can keep at most %(count)s addresses. Please remove one first.")


class NoSuchGroup(Invalid):
    """There is no such customer group."""

    code, field = "no_such_group", "group"
    message = _l("There is no such customer group.")


class NoSuchAgeBand(Invalid):
    """There is no such band of age."""

    code, field = "no_such_age_band", "age_band"
    message = _l("Please choose one of these.")


class BadPhone(Invalid):
    """Not a telephone number."""

    code, field = "invalid_phone", "phone"
    message = _l("Please enter a telephone number, for example %(example)s.")
