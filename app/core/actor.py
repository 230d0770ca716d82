"""Who does something. Operations receive an actor; they never look at a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ActorKind = Literal["system", "guest", "customer", "staff"]


@dataclass(frozen=True, slots=True)
class Actor:
    """The person or process behind a change, as it is written into history and audit.

    `user_id` is the row of the user table, or None for guests and the system; `label` is what a
    person reads in a timeline (an e-mail address, "system", "guest").
    """

    kind: ActorKind
    user_id: int | None = None
    label: str = ""

    @property
    def is_staff(self) -> bool:
        """True for people of the shop and for the shop's own processes."""
        return self.kind in ("staff", "system")


SYSTEM = Actor("system", label="system")
GUEST = Actor("guest", label="guest")
