"""What must be right before a cart becomes an order. Pure: values in, refusals out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from app.checkout.errors import CardNumberRefused, CartEmpty, LineNotSellable, NoteTooLong, OutOfStock
from app.core.actor import Actor
from app.core.errors import InvalidFields, ShopError
from app.core.i18n import _l
from app.customers.rules import validate_address
from app.identity.rules import is_storable, normal_email
from app.orders.rules import Buyer, LineDetail
from app.payments.rules import holds_card_number
from app.pricing.rules import Quote

SCOPE = "checkout.place"
"""Of the idempotency keys that orders are placed with."""
MAX_NOTE = 1000
_SHORT = ("sold_out", "not_enough")
_TERMS = _l("Please accept the terms of sale.")
_METHOD = _l("Please choose how your order should be delivered.")
_NOWHERE = _l("We cannot deliver to this address.")
_MISSING = _l("Please enter an address.")


def check_words(note: str, payment_token: str | None, terms_accepted: bool | None) -> str:
    """The buyer's note, cleaned.

    Raises:
        CardNumberRefused: note or token hold a card number; those never come near the shop.
        NoteTooLong: more than 1,000 characters.
        InvalidFields: the terms were asked for and not accepted.
    """
    if terms_accepted is False:
        raise InvalidFields({"terms": _TERMS})
    words = "".join(c if c.isprintable() or c == "\n" else " " for c in note).strip()
    if len(words) > MAX_NOTE or not is_storable(words):
        raise NoteTooLong(most=MAX_NOTE)
    if holds_card_number([words, payment_token or ""]):
        raise CardNumberRefused()
    return words


def check_lines(lines: Sequence[Any]) -> None:
    """Refuse a cart with nothing in it, or with a line that cannot be sold as it is.

    Raises:
        CartEmpty, OutOfStock, LineNotSellable: the last two name the line.
    """
    if not lines:
        raise CartEmpty()
    for line in lines:
        problem = line.problem
        if problem is not None and problem.code in _SHORT:
            raise OutOfStock(left=problem.left, name=line.name, sku=line.sku, variant_id=line.variant_id)
        if problem is not None:
            raise LineNotSellable(sku=line.sku, name=line.name, problem=str(problem))


def buyer(cart: Any, quoted: Any, *, language: str, actor: Actor) -> Buyer:
    """Who buys and where it goes, everything checked once more; all that is wrong at once.

    Raises:
        CartEmpty, OutOfStock, LineNotSellable: see `check_lines`.
        InvalidFields: keyed `email`, `shipping.<field>`, `billing.<field>`, `shipping_method`.
    """
    check_lines(quoted.contents.lines)
    errors: dict[str, Any] = {}
    email = _email(cart.email, errors)
    shipping = _address("shipping", cart.shipping_address, errors)
    billing = shipping
    if cart.billing_address is not None:
        billing = _address("billing", cart.billing_address, errors)
    if quoted.quote.shipping is None and (quoted.quote.methods or shipping):
        errors["shipping_method"] = _METHOD if quoted.quote.methods else _NOWHERE
    if errors or shipping is None or billing is None:
        raise InvalidFields(errors)
    owner = cart.user_id or (actor.user_id if actor.kind == "customer" else None)
    return Buyer(
        email=email, language=language, shipping_address=shipping, billing_address=billing, user_id=owner
    )


def _email(raw: str | None, errors: dict[str, Any]) -> str:
    try:
        return normal_email(raw)
    except ShopError as refusal:
        errors["email"] = refusal.message
        return ""


def _address(part: str, given: Mapping[str, Any] | None, errors: dict[str, Any]) -> dict[str, str] | None:
    if not given:
        errors[f"{part}.line1"] = _MISSING
        return None
    try:
        return validate_address(given).as_dict()
    except InvalidFields as refusal:
        errors.update({f"{part}.{field}": text for field, text in refusal.errors.items()})
        return None


def details(lines: Iterable[Any]) -> dict[int, LineDetail]:
    """What the order's lines show besides the quote, by variant: options, address name, picture."""
    return {
        line.variant_id: LineDetail(
            options=dict(line.options), slug=line.slug, image=asdict(line.image) if line.image else None
        )
        for line in lines
    }


def pieces(quote: Quote) -> dict[int, int]:
    """How many pieces of each variant are wanted, over all lines."""
    wanted: dict[int, int] = {}
    for line in quote.lines:
        wanted[line.item.variant_id] = wanted.get(line.item.variant_id, 0) + line.item.quantity
    return wanted


def used_coupons(codes: Iterable[str], quote: Quote) -> tuple[str, ...]:
    """The coupons of the cart that counted in this quote."""
    return tuple(code for code in codes if code not in quote.refused_coupons)
