"""The small family of refusals. Features subclass these; one handler per edge translates them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l


class ShopError(Exception):
    """A rule of the shop says no. Carries a code, an optional field and a translated message.

    Keyword arguments fill the named placeholders of `message` and stay readable in `params`.
    """

    status: int = 422
    code: str = "refused"
    field: str | None = None
    message: Any = _l("This is not possible.")

    def __init__(
        self,
        message: Any = None,
        *,
        field: str | None = None,
        code: str | None = None,
        **params: Any,
    ):
        if message is not None:
            self.message = message
        if field is not None:
            self.field = field
        if code is not None:
            self.code = code
        self.params: dict[str, Any] = params
        super().__init__(self.code)

    @property
    def text(self) -> str:
        """The message in the current language, with its values filled in."""
        words = str(self.message)
        return words % self.params if self.params else words

    def __str__(self) -> str:
        return self.text


class Invalid(ShopError):
    """What was sent cannot be accepted as it is (422)."""

    status = 422
    code = "invalid"
    message = _l("Please check this value.")


class InvalidFields(Invalid):
    """Several fields are wrong at once; `errors` maps each field to its message."""

    code = "invalid"
    message = _l("Please correct the marked fields.")

    def __init__(self, errors: Mapping[str, Any], message: Any = None):
        super().__init__(message)
        self.errors: dict[str, Any] = dict(errors)


class Unauthenticated(ShopError):
    """Nobody is logged in, or the credentials are wrong (401)."""

    status = 401
    code = "unauthenticated"
    message = _l("Please log in first.")


class Forbidden(ShopError):
    """This person may not do this (403)."""

    status = 403
    code = "forbidden"
    message = _l("You are not allowed to do this.")


class NotFound(ShopError):
    """There is no such thing, or it is somebody else's (404)."""

    status = 404
    code = "not_found"
    message = _l("Nothing was found here.")


class Conflict(ShopError):
    """The state of the shop does not allow it now (409)."""

    status = 409
    code = "conflict"
    message = _l("Somebody changed this in the meantime. Please look again.")


class Gone(ShopError):
    """It existed and is gone for good (410)."""

    status = 410
    code = "gone"
    message = _l("This is no longer available.")


class TooMany(ShopError):
    """Too many attempts in too short a time (429). `retry_after` is in seconds."""

    status = 429
    code = "too_many_requests"
    message = _l("Too many attempts. Please wait a moment and try again.")

    def __init__(self, message: Any = None, *, retry_after: int = 60, **params: Any):
        super().__init__(message, **params)
        self.retry_after = retry_after


class Unavailable(ShopError):
    """Something the shop leans on does not answer; trying again later will help (503)."""

    status = 503
    code = "unavailable"
    message = _l("This is not available for the moment. Please try again.")
