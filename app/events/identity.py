"""What happens to accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.event import Event


@dataclass(frozen=True, slots=True)
class UserRegistered(Event):
    """Somebody asked for an account, or asked for the confirmation again; a link waits."""

    user_id: int
    token_id: int
    language: str


@dataclass(frozen=True, slots=True)
class RegistrationRepeated(Event):
    """Somebody asked for an account with an address that has one. Only its owner is told."""

    user_id: int
    language: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EmailVerified(Event):
    """The address of an account was confirmed. Sent once per account."""

    user_id: int


@dataclass(frozen=True, slots=True)
class PasswordResetRequested(Event):
    """Somebody forgot a password and typed this address; nobody has looked yet whether it is known.

    `request` is a random id of this request: delivering it twice makes one link.
    """

    email: str
    language: str
    request: str


@dataclass(frozen=True, slots=True)
class StaffInvited(Event):
    """An account was made for somebody of the house; a link to choose a password waits."""

    user_id: int
    token_id: int


@dataclass(frozen=True, slots=True)
class PasswordChanged(Event):
    """The password is another one; all other sessions have ended."""

    user_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class EmailChangeRequested(Event):
    """Somebody wants to move to a new address; a link waits for each of the two addresses."""

    user_id: int
    old_token_id: int
    new_token_id: int
    language: str


@dataclass(frozen=True, slots=True)
class EmailChanged(Event):
    """Both addresses agreed: the account has a new one."""

    user_id: int


@dataclass(frozen=True, slots=True)
class TwoFactorChanged(Event):
    """The second step of login was switched on or off."""

    user_id: int
    enabled: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class UserSuspended(Event):
    """An account was closed by staff; its sessions have ended."""

    user_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class UserRestored(Event):
    """A suspended account was opened again."""

    user_id: int


@dataclass(frozen=True, slots=True)
class TokenReused(Event):
    """An old refresh token was shown again; its family is revoked. Possibly stolen."""

    user_id: int
    at: datetime
