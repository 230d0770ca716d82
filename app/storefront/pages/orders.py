"""An order as its buyer sees it: tracking page, account page, thank-you page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.storefront.pages.cart import Totals
from app.storefront.pages.shell import Crumb, ImageSet, Link, Meta, Money, Notice


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line as it was ordered. `url` is "" when the product is gone."""

    name: str
    sku: str
    options: str
    quantity: int
    unit_price: Money
    total: Money
    image: ImageSet | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """A step of the order. `at` is RFC 3339 and `at_text` the same for people; "" when ahead."""

    code: str
    label: str
    state: Literal["done", "now", "ahead", "failed"]
    at: str = ""
    at_text: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class OrderNote:
    """Words of the shop for the buyer. `at` is RFC 3339 and `at_text` the same for people."""

    text: str
    at: str
    at_text: str


@dataclass(frozen=True, slots=True)
class ParcelEvent:
    """Something the carrier told. `at` is RFC 3339 and `at_text` the same for people."""

    text: str
    place: str
    at: str
    at_text: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel on its way. `url` is the carrier's tracking page or ""; `events` are newest first."""

    carrier: str
    number: str
    url: str = ""
    shipped_text: str = ""
    contents: str = ""
    state_text: str = ""
    events: tuple[ParcelEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class TrackView:
    """Where is my parcel? By its number alone: nothing on it says who gets it or what is inside."""

    meta: Meta
    action_url: str
    number: str = ""
    error: str = ""
    parcels: tuple[Parcel, ...] = ()
    find_url: str = ""


@dataclass(frozen=True, slots=True)
class AddressBlock:
    """An address formatted for its country, one item a line."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Instruction:
    """A row of payment instructions. `copy` offers a copy button for the value."""

    label: str
    value: str
    copy: bool = True


@dataclass(frozen=True, slots=True)
class OrderView:
    """One order. `status` is the code the socket sends; `live_url` answers this page again.

    `cancel_url`, `reorder_url`, `return_url` and `pay_url` are "" where not possible; the
    first two are posted to. `documents` are invoices and credit notes. `instructions` are those of a
    bank transfer that has not come in: beneficiary, IBAN, amount, communication.
    """

    meta: Meta
    number: str
    token: str
    status: str
    status_label: str
    placed_text: str
    headline: str
    lines: tuple[OrderLine, ...]
    totals: Totals
    timeline: tuple[TimelineEntry, ...]
    live_url: str = ""
    summary: str = ""
    parcels: tuple[Parcel, ...] = ()
    notes: tuple[OrderNote, ...] = ()
    addresses: tuple[AddressBlock, ...] = ()
    shipping_name: str = ""
    payment_name: str = ""
    payment_text: str = ""
    documents: tuple[Link, ...] = ()
    cancel_url: str = ""
    reorder_url: str = ""
    return_url: str = ""
    pay_url: str = ""
    instructions: tuple[Instruction, ...] = ()
    crumbs: tuple[Crumb, ...] = ()
    notices: tuple[Notice, ...] = ()
