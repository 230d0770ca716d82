"""What else a mail may show that people agreed to: features fill the place, the mail need not know them.

Never in a message that belongs to an order or an account: those say what they have to and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy.orm import Session

from app.core import slots
from app.notifications.topics import ASKED

SLOT: Final = "mail.suggested"


@dataclass(frozen=True, slots=True)
class Suggested:
    """A product in a mail: its name, price and reason in the reader's language, and the path of its page."""

    name: str
    price: str
    reason: str
    path: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a mail shows below what it is about."""

    title: str
    products: tuple[Suggested, ...]


def suggested(
    session: Session,
    *,
    topic: str,
    user_id: int | None,
    product_ids: Sequence[int],
    language: str,
    currency: str,
) -> Shelf | None:
    """What goes with these products for the reader of a mail, from the first feature that knows something.

    None for a topic that nobody is asked about: a confirmation carries no offers.
    """
    if topic not in ASKED:
        return None
    values: dict[str, Any] = {
        "session": session, "user_id": user_id, "product_ids": tuple(product_ids), "language": language,
        "currency": currency,
    }  # fmt: skip
    found = (cast(Shelf | None, slot.render(**values)) for slot in slots.filling(SLOT))
    return next((shelf for shelf in found if shelf is not None and shelf.products), None)
