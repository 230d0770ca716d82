"""The tool that tries the rules of shipping: a parcel or a cart in, a reason for every row out.

Carts stand above: who knows them fills the slot `shipping.parcel_of_cart` with a function of a session
and what was typed, that gives a `Parcel` or None.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import Form
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.core import slots
from app.core.admin.fields import TextField, decimal_field, integer_field
from app.core.money import Money
from app.regions import queries as regions
from app.shipping import queries, rules
from app.shipping.operations import BIGGEST_CM3, HEAVIEST_G
from app.shipping.rules import MethodRow, Parcel, ShippingTable, Verdict

PARCEL = ("country", "postcode", "weight_g", "volume_cm3", "value")
SLOT = "shipping.parcel_of_cart"
_LAST = {"farther": 1, "elsewhere": 2, "off": 3}
"""Rows of other places stand behind those that came near."""


def _within(most: int) -> NumberRange:
    return NumberRange(0, most, message=_l("Please enter a whole number from 0 to %(max)s."))


class PreviewForm(Form):
    """A parcel to try the rules with, or the number of a cart that has one."""

    cart = TextField(
        _l("Number of a bag"), validators=[Optional(), Length(max=64)],
        description=_l("Its goods and address fill in the rest. Empty: the parcel below."),
    )  # fmt: skip
    country = TextField(
        _l("Country"), validators=[InputRequired(), Length(2, 2, message=_l("Two capitals: BE, FR, US."))],
        description=_l("Two capitals: BE, FR, US."),
    )  # fmt: skip
    postcode = TextField(
        _l("Postcode"), validators=[Optional(), Length(max=20)],
        description=_l("Needed where zones differ by postcode."),
    )  # fmt: skip
    weight_g = integer_field(
        _l("Weight in grams"), validators=[InputRequired(), _within(HEAVIEST_G)], description=_l("Of the whole parcel.")
    )  # fmt: skip
    volume_cm3 = integer_field(
        _l("Volume in cm³"), validators=[Optional(), _within(BIGGEST_CM3)],
        description=_l("Length × width × height in centimetres. Empty: it takes no room."),
    )  # fmt: skip
    value = decimal_field(
        _l("Value of the goods"),
        validators=[InputRequired(), NumberRange(0, 10_000_000, message=_l("Please enter an amount of zero or more."))],
        description=_l("In the base currency, VAT included."),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table of methods and what became of it, in words."""

    row: MethodRow
    won: bool
    price: Money | None
    is_free: bool
    words: str


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one code: one choice for the customer, or none."""

    name: str
    lines: tuple[Line, ...]

    @property
    def is_offered(self) -> bool:
        """True when a row won."""
        return any(line.won for line in self.lines)


@dataclass(frozen=True, slots=True)
class Found:
    """The answer for one parcel."""

    parcel: Parcel
    groups: tuple[Group, ...]
    from_cart: bool = False


def asked(session: Session, given: Any) -> tuple[PreviewForm, Found | None]:
    """The form with what was typed, and the answer once there is enough to give one."""
    if not given:
        return PreviewForm(data={"country": queries.load_shipping_table(session).home}), None
    table = queries.load_shipping_table(session)
    number = str(given.get("cart", "")).strip()
    if number and slots.is_filled(SLOT):
        return _of_cart(session, table, number, given)
    form = PreviewForm(given)
    if not form.validate():
        return form, None
    base = regions.base_currency(session)
    parcel = Parcel(
        form.weight_g.data, Money.rounded(form.value.data, base), (form.country.data or "").strip().upper(),
        form.postcode.data or "", form.volume_cm3.data or 0,
    )  # fmt: skip
    return form, found(session, table, parcel)


def _of_cart(
    session: Session, table: ShippingTable, number: str, given: Mapping[str, Any]
) -> tuple[PreviewForm, Found | None]:
    (slot, *_more) = slots.filling(SLOT)
    parcel: Any = slot.render(session=session, number=number)
    if parcel is None:
        form = PreviewForm(given)
        form.cart.errors = [_("There is no such bag.")]
        return form, None
    values = {name: getattr(parcel, name) for name in PARCEL if name != "value"}
    form = PreviewForm(data={"cart": number, **values, "value": parcel.value.amount})
    return form, found(session, table, parcel, from_cart=True)


def found(session: Session, table: ShippingTable, parcel: Parcel, from_cart: bool = False) -> Found:
    """Every row with its reason in words, by code; what is offered comes first, as customers see it."""
    groups: dict[str, list[Verdict]] = {}
    for verdict in rules.explain(table, parcel, queries.methods_off(session)):
        groups.setdefault(verdict.row.code, []).append(verdict)
    made = [(verdicts[0], _group(table, parcel, verdicts)) for verdicts in groups.values()]
    made.sort(key=lambda one: (not one[1].is_offered, one[0].row.position, one[0].row.price, one[0].row.id))
    return Found(parcel, tuple(group for _first, group in made), from_cart)


def _group(table: ShippingTable, parcel: Parcel, verdicts: Sequence[Verdict]) -> Group:
    ordered = sorted(verdicts, key=lambda verdict: _LAST.get(verdict.reason, 0))
    return Group(verdicts[0].row.name, tuple(_line(table, parcel, verdict) for verdict in ordered))


def _line(table: ShippingTable, parcel: Parcel, verdict: Verdict) -> Line:
    row, currency = verdict.row, parcel.value.currency
    if not table.conversion.knows(currency):
        return Line(
            row, False, None, False, _("There is no rate of exchange for %(currency)s.", currency=currency)
        )
    free = row.free_over is not None and parcel.value >= table.conversion.price(row.free_over, currency)
    price = table.conversion.price(row.price, currency)
    return Line(row, verdict.won, price, free, words(verdict, parcel, table))


def words(verdict: Verdict, parcel: Parcel, table: ShippingTable) -> str:
    """Why a row won or did not, in a sentence."""
    row, other = verdict.row, verdict.other
    if verdict.reason == "won":
        return _("Wins: %(why)s", why=rules.why(row, parcel))
    if verdict.reason == "later" and other is not None:
        return _later(row, other)
    if verdict.reason == "farther" and other is not None:
        return _("The zone %(zone)s is nearer and decides alone.", zone=other.zone.name)
    weight = row.charged_weight(parcel)
    low, high = (_amount(table, parcel, bound) for bound in (row.min_value, row.max_value))
    return {
        "elsewhere": _("The zone %(zone)s does not reach this address.", zone=row.zone.name),
        "light": _("Too light: %(weight)s g, it begins at %(bound)s g.", weight=weight, bound=row.min_weight),
        "heavy": _("Too heavy: %(weight)s g, it ends below %(bound)s g.", weight=weight, bound=row.max_weight),
        "small": _("Too small: %(volume)s cm³, it begins at %(bound)s cm³.", volume=parcel.volume_cm3, bound=row.min_volume),
        "big": _("Too big: %(volume)s cm³, it ends below %(bound)s cm³.", volume=parcel.volume_cm3, bound=row.max_volume),
        "cheap": _("The goods are worth %(value)s, it begins at %(bound)s.", value=parcel.value, bound=low),
        "dear": _("The goods are worth %(value)s, it ends below %(bound)s.", value=parcel.value, bound=high),
        "off": _("Switched off."),
    }[verdict.reason]  # fmt: skip


def _amount(table: ShippingTable, parcel: Parcel, bound: Decimal | None) -> str:
    return "" if bound is None else str(table.conversion.price(bound, parcel.value.currency))


def _later(row: MethodRow, winner: MethodRow) -> str:
    if winner.position != row.position:
        return _(
            "Fits too, but a row with position %(first)s comes before %(second)s.",
            first=winner.position, second=row.position,
        )  # fmt: skip
    if winner.price != row.price:
        return _("Fits too, but a cheaper row of the same position wins.")
    return _("Fits too, but an older row of the same position and price wins.")
