"""What was typed at the checkout, kept through every refusal, and the page made from it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from flask import request
from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.cart.models import Cart
from app.cart.queries import QuotedCart, quoted
from app.checkout.rules import MAX_NOTE
from app.core.clock import utcnow
from app.core.errors import ShopError
from app.core.i18n import current_language
from app.customers import queries as customers
from app.customers.rules import PostalAddress
from app.identity.sessions import current_person
from app.payments.queries import methods
from app.pricing.rules import Quote, Rate
from app.storefront import pages
from app.storefront.address_form import address_fields, typed
from app.storefront.cart_view import coupons_of, lines_of, totals_of
from app.storefront.shell import currency, meta, root

LONGEST_ECHO = 1_000
"""What is shown again of a short field: more than may be kept, so that nothing is cut into something valid."""
ICONS = {"cod": "truck", "bank_transfer": "bank", "demo_card": "card", "stripe": "card"}


@dataclass(slots=True)
class Typed:
    """Everything the buyer typed or chose so far. `errors` are keyed as the fields are named.

    `saved` is the saved address that is marked, `saved_shown` the one the fields were filled from.
    """

    email: str = ""
    shipping: dict[str, str] = field(default_factory=dict)
    billing: dict[str, str] = field(default_factory=dict)
    billing_same: bool = True
    shipping_method: str = ""
    payment_method: str = ""
    payment_token: str = ""
    note: str = ""
    key: str = ""
    coupon: str = ""
    coupon_error: str = ""
    saved: str = ""
    saved_shown: str = ""
    expected_total: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    notices: list[pages.Notice] = field(default_factory=list)


def from_cart(session: Session, cart: Cart) -> Typed:
    """What is known before anything was typed: the cart's memory, then the customer's profile."""
    person = current_person()
    shipping, billing = dict(cart.shipping_address or {}), dict(cart.billing_address or {})
    email, saved = cart.email or "", ""
    if person is not None:
        email = email or person.email
        own = customers.addresses(session, person.id)
        default = next((a for a in own if a.is_default_shipping), next(iter(own), None))
        if default is not None and not shipping:
            shipping = default.postal.as_dict()
        saved = next((str(a.public_id) for a in own if a.postal.as_dict() == shipping), "")
    if not shipping:
        shipping = {"country": cart.country or "BE"}
    return Typed(
        email=email, shipping=shipping, billing=billing, billing_same=not billing or billing == shipping,
        shipping_method=cart.shipping_method or "", note=cart.note or "", key=uuid.uuid4().hex, saved=saved,
        saved_shown=saved,
    )  # fmt: skip


def from_form(session: Session) -> Typed:
    """What was posted. A saved address that was chosen just now replaces the typed one."""
    form = request.form
    given = Typed(
        email=form.get("email", "").strip()[:LONGEST_ECHO],
        shipping=typed(form, "shipping"),
        billing=typed(form, "billing"),
        billing_same="billing_same" in form,
        shipping_method=form.get("shipping_method", "")[:64],
        payment_method=form.get("payment_method", "")[:64],
        payment_token=form.get("demo_card.token", "")[:64],
        note=form.get("note", "").strip()[: 2 * MAX_NOTE],
        key=form.get("idempotency_key", "")[:64] or uuid.uuid4().hex,
        coupon=form.get("coupon", "").strip()[:64],
        saved=form.get("saved_address", "")[:64],
        saved_shown=form.get("saved_shown", "")[:64],
        expected_total=form.get("expected_total", "")[:40],
    )
    _follow_choice(session, given)
    return given


def _follow_choice(session: Session, given: Typed) -> None:
    """Fill the fields after another saved address was marked; what is typed over one that was there stays."""
    person = current_person()
    rows = customers.addresses(session, person.id) if person is not None else []
    own = {str(row.public_id): row.postal.as_dict() for row in rows}
    if given.saved != given.saved_shown:
        if given.saved in own:
            given.shipping = own[given.saved]
        elif given.shipping == own.get(given.saved_shown):  # another one starts without the old one's street
            given.shipping = {name: given.shipping[name] for name in ("country", "name", "phone")}
    given.saved = next((key for key, address in own.items() if address == given.shipping), "")


def quote_for(session: Session, cart: Cart, given: Typed) -> QuotedCart:
    """The cart with prices for where it goes, as far as that is known."""
    country = given.shipping.get("country") or None
    return quoted(session, cart, language=current_language(), currency=currency(), country=country)


def arrival(rate: Rate) -> str:
    """When a parcel sent today would come, counting working days: "Tue 4 – Thu 6 Mar"."""
    first, last = _after(rate.days_min), _after(rate.days_max)
    if first == last:
        return format_date(first, "EEE d MMM")
    return f"{format_date(first, 'EEE d MMM')} – {format_date(last, 'EEE d MMM')}"


def _after(days: int) -> date:
    day = utcnow().date()
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day


def _shipping_choices(quote: Quote) -> tuple[pages.ShippingChoice, ...]:
    chosen = quote.shipping.rate.code if quote.shipping else ""
    made = []
    for rate in quote.methods:
        free = rate.free_over is not None and quote.goods >= rate.free_over
        price = quote.shipping.total if quote.shipping and rate.code == chosen else rate.price
        made.append(
            pages.ShippingChoice(
                rate.code, rate.name, None if free or not price else price, arrival(rate), rate.code == chosen
            )
        )
    return tuple(made)


def _payment_choices(session: Session, quote: Quote, given: Typed) -> tuple[pages.PaymentChoice, ...]:
    country = given.shipping.get("country") or "BE"
    offered = methods(session, total=quote.total, country=country, currency=quote.currency)
    wanted = {m.key for m in offered}
    chosen = given.payment_method if given.payment_method in wanted else (offered[0].key if offered else "")
    return tuple(
        pages.PaymentChoice(
            code=m.key,
            name=str(m.label),
            text=str(m.description),
            icon=ICONS.get(m.key, "wallet"),
            selected=m.key == chosen,
            fields=_card_fields(m.tokens, given.payment_token),
        )
        for m in offered
    )


def _card_fields(tokens: tuple[tuple[str, str], ...], chosen: str) -> tuple[pages.Field, ...]:
    """The choice of outcomes that the test card offers; nothing for real ways to pay."""
    if not tokens:
        return ()
    options = tuple(pages.Choice(key, words, key == (chosen or tokens[0][0])) for key, words in tokens)
    label = _("What the test card does")
    return (pages.Field("demo_card.token", label, kind="select", options=options, required=False),)


def _own_errors(errors: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {k.removeprefix(f"{prefix}."): v for k, v in errors.items() if k.startswith(f"{prefix}.")}


def _saved(session: Session, given: Typed) -> tuple[pages.Choice, ...]:
    person = current_person()
    if person is None:
        return ()
    own = tuple(
        pages.Choice(
            str(a.public_id), f"{a.name}, {a.line1}, {a.postcode} {a.city}", str(a.public_id) == given.saved
        )
        for a in customers.addresses(session, person.id)
    )
    return (*own, pages.Choice("", _("Another address"), not given.saved)) if own else ()


def view(session: Session, found: QuotedCart, given: Typed) -> pages.CheckoutView:
    """The checkout page for what was typed."""
    quote, person = found.quote, current_person()
    errors = given.errors
    shipping_error, payment_error = errors.get("shipping_method", ""), errors.get("payment_method", "")
    lines = lines_of(found)
    notices = list(given.notices)
    notices += [pages.Notice(f"{line.name}: {line.problem}", "error") for line in lines if line.problem]
    return pages.CheckoutView(
        meta=meta(_("Checkout"), robots="noindex"),
        email=pages.Field(
            "email", _("E-mail"), given.email, errors.get("email", ""), "email", "email", "email", maxlength=254
        ),
        address=address_fields(session, "shipping", given.shipping, _own_errors(errors, "shipping")),
        billing=address_fields(
            session, "billing", given.billing or {"country": given.shipping.get("country", "BE")},
            _own_errors(errors, "billing"), kind="billing",
        ),
        lines=lines,
        totals=totals_of(quote, at_checkout=True),
        expected_total=f"{quote.total.amount} {quote.currency}",
        idempotency_key=given.key,
        billing_same=given.billing_same,
        shipping_methods=_shipping_choices(quote),
        methods_message="" if quote.methods else _("We do not ship this to that address yet."),
        payment_methods=_payment_choices(session, quote, given),
        note=pages.Field(
            "note", _("Add a note to your order"), given.note, errors.get("note", ""), "textarea",
            required=False, folded=True, maxlength=MAX_NOTE,
        ),
        saved_addresses=_saved(session, given),
        saved_shown=given.saved,
        signed_in_as=person.email if person is not None else "",
        coupons=coupons_of(found),
        coupon_value=given.coupon if given.coupon_error else "",
        coupon_error=given.coupon_error,
        shipping_error=shipping_error,
        payment_error=payment_error,
        errors=tuple(pages.FieldError(_field_id(name), str(errors[name])) for name in _in_order(errors)),
        notices=tuple(notices),
        can_place=not any(line.problem for line in lines),
        terms_url=f"{root()}/pages/terms",
        privacy_url=f"{root()}/pages/privacy",
    )  # fmt: skip


def _in_order(errors: Mapping[str, str]) -> list[str]:
    """The names of refused fields as they follow each other on the page."""
    parts = ("email", "shipping", "billing", "shipping_method", "payment_method", "note")
    inside = ("country", "name", "company", "line1", "line2", "postcode", "city", "region", "phone")
    rank = {part: n for n, part in enumerate(parts)}
    place = {name: n for n, name in enumerate(inside)}

    def key(name: str) -> tuple[int, int]:
        part, _dot, field_name = name.partition(".")
        return rank.get(part, len(rank)), place.get(field_name, len(place))

    return sorted(errors, key=key)


def _field_id(name: str) -> str:
    return pages.Field(name, "").id


def note_refusal(given: Typed, refused: ShopError) -> None:
    """Put a refusal where it belongs: beside its field, or on top of the page."""
    errors = getattr(refused, "errors", None)
    if errors:
        given.errors |= {str(name): str(text) for name, text in errors.items()}
        return
    known = {"email", "note", "shipping_method", "payment_method"} | {
        f"shipping.{n}" for n in PostalAddress.names()
    }
    if refused.field in known:
        given.errors[str(refused.field)] = refused.text
    else:
        given.notices.append(pages.Notice(refused.text, "error"))
