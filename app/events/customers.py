"""What happens to customers."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.event import Event


@dataclass(frozen=True, slots=True)
class ProfileChanged(Event):
    """Name, telephone, language, currency or group of a customer changed."""

    user_id: int


@dataclass(frozen=True, slots=True)
class AddressBookChanged(Event):
    """An address was added, changed or removed."""

    user_id: int
