"""What a carrier must be able to tell of its parcels, and the values that come out.

A format is stateless: it turns a verified body into events and raises only `UnreadableNews`. It never
sees the database. Verbs for rates and labels join this port with the first carrier that has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

Step = Literal["announced", "moving", "out", "delivered", "returned", "lost", "trouble"]
STEPS: tuple[Step, ...] = ("announced", "moving", "out", "delivered", "returned", "lost", "trouble")
MOST_EVENTS = 200
"""In one notice; more is no notice about parcels of one shop."""


class UnreadableNews(ValueError):
    """The body is not what this carrier sends; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class ParcelNews:
    """One event of one parcel. `event_id` is the carrier's own, or made of what makes the event one.

    `order_number` is the reference we gave the carrier, where it hands it back; `at` is aware.
    """

    event_id: str
    tracking_number: str
    step: Step
    at: datetime
    code: str = ""
    text: str = ""
    place: str = ""
    order_number: str = ""


@runtime_checkable
class CarrierNews(Protocol):
    """How one carrier tells of parcels."""

    key: ClassVar[str]
    label: ClassVar[Any]
    """Its name for people, translated."""

    def read(self, body: bytes) -> list[ParcelNews]:
        """The events in a notice. Raises UnreadableNews."""
        ...
