"""Checkout and the page after it."""

from __future__ import annotations

from dataclasses import dataclass

from app.storefront.pages.cart import CartLine, Coupon, Totals
from app.storefront.pages.orders import Instruction, OrderView
from app.storefront.pages.shell import Choice, Field, FieldError, Meta, Money, Notice


@dataclass(frozen=True, slots=True)
class ShippingChoice:
    """A way to ship. `price` None prints "Free"; `arrival` is "Tue 4 – Thu 6 March"."""

    code: str
    name: str
    price: Money | None
    arrival: str = ""
    selected: bool = False


@dataclass(frozen=True, slots=True)
class PaymentChoice:
    """A way to pay. `fields` are shown while it is chosen (the demo card's test token)."""

    code: str
    name: str
    text: str = ""
    icon: str = "wallet"
    selected: bool = False
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckoutView:
    """One page from cart to order; what was typed survives every refusal.

    Names posted: `email`, `shipping.<field>`, `billing.<field>`, `billing_same` (checkbox),
    `shipping_method`, `payment_method`, `note`, `coupon`, `expected_total`,
    `idempotency_key` and `action` = address | shipping | coupon | place. `address` and `billing` hold the
    fields in the order the country wants; `saved_shown` is the saved address they were filled from,
    posted along so that what is typed over it counts. `methods_message` explains an empty
    `shipping_methods` (no address yet, or nothing ships there).
    """

    meta: Meta
    email: Field
    address: tuple[Field, ...]
    billing: tuple[Field, ...]
    lines: tuple[CartLine, ...]
    totals: Totals
    expected_total: str
    idempotency_key: str
    billing_same: bool = True
    shipping_methods: tuple[ShippingChoice, ...] = ()
    methods_message: str = ""
    payment_methods: tuple[PaymentChoice, ...] = ()
    note: Field | None = None
    saved_addresses: tuple[Choice, ...] = ()
    saved_shown: str = ""
    signed_in_as: str = ""
    coupons: tuple[Coupon, ...] = ()
    coupon_value: str = ""
    coupon_error: str = ""
    shipping_error: str = ""
    payment_error: str = ""
    errors: tuple[FieldError, ...] = ()
    notices: tuple[Notice, ...] = ()
    can_place: bool = True
    terms_url: str = ""
    privacy_url: str = ""


@dataclass(frozen=True, slots=True)
class DoneView:
    """Thank you. `register` is the create-account form, None for customers signed in.

    `instructions` are those of a bank transfer: beneficiary, IBAN, amount, communication.
    `pay_title` and `pay_text` say how the payment stands while it is waited for; `is_refused` that it failed.
    `next_steps` are short sentences in order.
    """

    meta: Meta
    order: OrderView
    email: str
    next_steps: tuple[str, ...] = ()
    instructions: tuple[Instruction, ...] = ()
    register: tuple[Field, ...] | None = None
    pay_again_url: str = ""
    pay_title: str = ""
    pay_text: str = ""
    is_refused: bool = False
