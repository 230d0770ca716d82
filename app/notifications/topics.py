"""What people can agree to be told, and the wording they agreed to.

Messages about an order or an account are always sent. Every other topic waits for a consent that somebody gave
for an address of their own and can take back at any time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from app.core.i18n import _l
from app.identity import signing


@dataclass(frozen=True, slots=True)
class Topic:
    """A kind of mail. `is_asked` topics need a consent, the others belong to a purchase."""

    code: str
    label: Any
    help: Any
    is_asked: bool = True


ORDERS: Final = "orders"
CART: Final = "cart"
NEW_PRODUCTS: Final = "new_products"
PROMOTIONS: Final = "promotions"
TOPICS: Final = {
    topic.code: topic
    for topic in (
        Topic(
            ORDERS, _l("Your orders"), _l("Confirmations, parcels and invoices. Always sent."), is_asked=False
        ),
        Topic(CART, _l("Your bag"), _l("One reminder when you leave something in it.")),
        Topic(NEW_PRODUCTS, _l("New products"), _l("What is new in the shop, now and then.")),
        Topic(PROMOTIONS, _l("Offers"), _l("Coupons and reduced prices.")),
    )
}
ASKED: Final = tuple(code for code, topic in TOPICS.items() if topic.is_asked)
NEWSLETTER: Final = (NEW_PRODUCTS, PROMOTIONS)
"""What the form below every page asks for."""

WORDINGS: Final = {
    "newsletter-1": _l("New products and offers, now and then. You can stop at any time."),
    "choices-1": _l("Choose what we may write to you about. You can change your mind at any time."),
    "profile-1": _l("Send me news and offers by e-mail"),
}
"""The sentence above the button somebody pressed, by its version: part of the proof. Never change one, add another."""

CHOICES, UNSUBSCRIBE, CONFIRM = "choices", "unsubscribe", "newsletter"


def link(subscriber_id: int, purpose: str, secret: str) -> str:
    """The signed part of a link in a mail: who, and what for (a topic, or a nonce)."""
    return signing.link_token(link_id=subscriber_id, nonce=secret, purpose=f"topics.{purpose}")


def read_link(token: str, purpose: str) -> tuple[int, str] | None:
    """Subscriber and secret of a link of ours; None for anything else."""
    return signing.read_link(token, f"topics.{purpose}")
