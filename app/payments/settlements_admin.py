"""The back office's screen of what carriers hand over: cash of deliveries, by table or line by line."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select
from sqlalchemy.orm import Session
from wtforms.validators import InputRequired, Length, Optional

from app.core.actor import Actor
from app.core.admin import AlreadySo, Imports, Interface, OperationView
from app.core.admin.fields import ParsedField, Storable, TextField, decimal_field
from app.core.admin.values import BadValue, parse_date
from app.core.admin.widgets import TextWidget
from app.core.db import MoneyColumn
from app.core.errors import Invalid
from app.core.money import Money, MoneyError
from app.payments import operations, queries
from app.payments.admin import LABELS, LOOKS, _Amounts
from app.payments.errors import AlreadySettled
from app.payments.models import Capture

_DAY_FIRST = re.compile(r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$")


def day(raw: str) -> date:
    """A day as carriers write it: 2026-01-31, 31/01/2026 or 31.01.2026."""
    found = _DAY_FIRST.match(raw.strip())
    if found is None:
        return parse_date(raw)
    try:
        return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError as wrong:
        raise BadValue(_("“%(value)s” is not a date.", value=raw[:40])) from wrong


def receive_settlement(
    session: Session, *, order_or_parcel: str, amount: Decimal, currency: str, paid_on: date | None = None,
    reference: str | None = None, actor: Actor,
) -> Capture | None:  # fmt: skip
    """Note one line of a carrier's settlement. Returns the money as it was counted.

    Raises:
        AlreadySo: this very line was counted before.
        ShopError: as `settle_cash`; nothing is marked as paid then.
    """
    try:
        taken = Money(amount, currency.strip().upper())
    except MoneyError:
        raise Invalid(_l("This is not an amount of this currency."), field="amount") from None
    try:
        payment = operations.settle_cash(
            session, order_or_parcel=order_or_parcel, amount=taken, reference=reference or "", paid_on=paid_on, actor=actor
        )  # fmt: skip
    except AlreadySettled as known:
        raise AlreadySo() from known
    return queries.last_capture(session, payment.id)


class SettlementView(_Amounts, OperationView):
    """Cash that carriers took at the door. Import their settlement here, or enter a line."""

    datamodel = Interface(Capture)
    imports = Imports(())
    entity, title, singular, icon = (
        "settlement",
        _l("Settlements of carriers"),
        _l("Line of a settlement"),
        "hand-coins",
    )
    add_operation = receive_settlement
    grants = LOOKS
    list_help = _l(
        "Import the table a carrier sends. An order is marked paid only where the amount is exactly what is due."
    )
    list_columns = ["at", "amount", "reference"]
    show_columns = list_columns
    add_columns = ["order_or_parcel", "amount", "currency", "paid_on", "reference"]
    add_form_extra_fields = {
        "order_or_parcel": TextField(
            _l("Order or parcel number"), validators=[InputRequired(), Storable(), Length(max=100)],
            description=_l("The shop's number of the order, or the carrier's number of the parcel."),
        ),
        "amount": decimal_field(
            _l("Amount"), MoneyColumn, validators=[InputRequired()],
            description=_l("What really came in, as the bank shows it."),
        ),  # fmt: skip
        "currency": TextField(
            _l("Currency"), validators=[InputRequired(), Storable(), Length(min=3, max=3)], description=_l("Three capitals: EUR, USD, GBP.")
        ),
        "paid_on": ParsedField(
            _l("Day"), parse=day, show=lambda found: found.isoformat(), widget=TextWidget("date"), validators=[Optional()],
            description=_l("The carrier’s own day of payment; it is kept in the audit log."),
        ),
        "reference": TextField(
            _l("The carrier's reference"), validators=[Optional(), Storable(), Length(max=150)],
            description=_l("Of the line or of the whole settlement. The same line counts once."),
        ),
    }  # fmt: skip
    search_columns = ["reference", "amount", "currency", "at"]
    quick_search_columns = ["reference"]
    base_order = ("id", "desc")
    label_columns = {**LABELS, "at": _l("When"), "reference": _l("Reference")}

    def visible(self) -> Select[Any]:
        """Only cash of deliveries."""
        return super().visible().where(Capture.provider == "cod")

    def after_add(self, made: Any) -> str:
        """Back to the list: the line stands on top."""
        return self.url("list")
