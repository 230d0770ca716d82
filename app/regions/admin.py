"""The back office's screens of regions: countries, currencies, exchange rates."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.core import jobs
from app.core.admin import Interface, OperationView, Tile, action, by, current_actor, related
from app.core.admin.context import database
from app.core.i18n import current_language
from app.regions import operations, queries, rules
from app.regions.models import Country, Currency, ExchangeRate

LOOKS = {"Support": ("can_list", "can_show"), "Seller": ("can_list", "can_show")}


class CountryView(OperationView):
    """Countries that orders may go to."""

    datamodel = Interface(Country)
    imports = by("code", fold=True)
    entity, title, singular, icon = "country", _l("Countries"), _l("Country"), "globe"
    edit_operation = operations.set_country
    id_argument = "code"
    grants = LOOKS
    list_columns = ["code", "name", "in_eu", "is_enabled"]
    show_columns = list_columns
    edit_columns = ["is_enabled"]
    search_columns = list_columns
    quick_search_columns = ["name", "code"]
    base_order = ("name", "asc")
    label_columns = {
        "code": _l("Code"), "name": _l("Name"), "in_eu": _l("In the EU"), "is_enabled": _l("Served"),
    }  # fmt: skip
    column_help = {"is_enabled": _l("Customers can choose it as a destination.")}

    def name_of(self, item: Any) -> str:
        """The name in the reader's language."""
        return rules.country_name(item.code, current_language())

    def cell(self, item: Any, name: str, short: bool = False) -> Any:
        """Names in the reader's language."""
        return self.name_of(item) if name == "name" else super().cell(item, name, short)


class CurrencyView(OperationView):
    """Currencies that customers may choose."""

    datamodel = Interface(Currency)
    imports = by("code", fold=True)
    entity, title, singular, icon = "currency", _l("Currencies"), _l("Currency"), "card"
    add_operation = operations.set_currency
    edit_operation = operations.set_currency
    id_argument = "code"
    grants = LOOKS
    list_columns = ["code", "exponent", "is_enabled", "position"]
    show_columns = list_columns
    add_columns = ["code", "is_enabled", "position"]
    edit_columns = ["is_enabled", "position"]
    search_columns = ["code", "is_enabled"]
    quick_search_columns = ["code"]
    base_order = ("position", "asc")
    label_columns = {
        "code": _l("Code"), "exponent": _l("Decimals"), "is_enabled": _l("Offered"), "position": _l("Position"),
    }  # fmt: skip
    column_help = {
        "position": _l("Lower stands further up where customers choose."),
        "is_enabled": _l("A currency without an exchange rate is not offered, even when this is on."),
        "code": _l("Three capitals of ISO 4217: EUR, USD, GBP."),
    }


class RateView(OperationView):
    """Exchange rates: units of a currency for one unit of the base currency. One set by hand wins."""

    datamodel = Interface(ExchangeRate)
    imports = _l("A rate set by hand counts from the moment it is entered; there are few of them.")
    entity, title, singular, icon = "exchangerate", _l("Exchange rates"), _l("Exchange rate"), "refresh"
    add_operation = operations.put_manual_rate
    delete_operation = operations.drop_manual_rate
    id_argument = "rate_id"
    grants = LOOKS
    list_columns = ["currency", "rate", "date", "manual", "created_at"]
    show_columns = list_columns
    add_columns = ["currency", "rate"]
    search_columns = ["currency", "date", "manual"]
    quick_search_columns = []
    relations = {"currency": related("code", order_by="code")}
    base_order = ("date", "desc")
    label_columns = {
        "currency": _l("Currency"), "rate": _l("Rate"), "date": _l("Day"), "manual": _l("Set by hand"),
        "created_at": _l("Came in"),
    }  # fmt: skip
    column_help = {
        "rate": _l("How much one unit of the base currency buys. It counts until it is removed."),
        "currency": _l("The currency that prices are converted into."),
    }

    def name_of(self, item: Any) -> str:
        """For example "USD 2026-05-08"."""
        return f"{item.currency} {item.date.isoformat()}"

    @action("fetch", _l("Fetch today's rates"), icon="refresh", takes="ids")
    def fetch(self, ids: list[int]) -> str:
        """Ask the European Central Bank now."""
        jobs.start(database(), "regions.fetch_rates", actor=current_actor())
        return _("The rates are being fetched.")


def stale_tile(session: Session) -> Tile:
    """The figure of the first page for whoever may fetch them: currencies whose rate is too old."""
    stale = queries.stale_currencies(session)
    return Tile(
        _("Old exchange rates"), len(stale), url="/admin/exchangerate/list/", icon="refresh",
        tone="wait" if stale else "good", view="RateView",
        right="fetch", note=", ".join(info.currency for info in stale), less_is_better=True,
    )  # fmt: skip
