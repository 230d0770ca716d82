"""What a fresh shop knows of the world: countries, currencies, and a first set of rates.

The first rates are the European Central Bank's reference rates of 9 May 2025. They make a fresh
shop work without a connection, and are flagged as stale until newer ones are imported.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from babel import Locale
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core import caching
from app.core.money import exponent
from app.core.unit_of_work import after_commit, unit_of_work
from app.regions import queries
from app.regions.models import Country, Currency, ExchangeRate
from app.regions.rules import EU

SERVED = EU | frozenset(
    [
        "AD",
        "AE",
        "AU",
        "BH",
        "CA",
        "CH",
        "CN",
        "GB",
        "HK",
        "IL",
        "IN",
        "IS",
        "JP",
        "KR",
        "KW",
        "LI",
        "MA",
        "MC",
        "MX",
        "NO",
        "NZ",
        "RS",
        "SG",
        "TN",
        "TR",
        "UA",
        "US",
        "ZA",
    ]
)
ENABLED = ("EUR", "USD", "GBP")
FIRST_RATES = {
    "USD": "1.1252", "GBP": "0.84770", "JPY": "163.36", "CHF": "0.9353", "CZK": "24.946", "DKK": "7.4604",
    "HUF": "404.90", "PLN": "4.2393", "RON": "5.1181", "SEK": "10.9200", "NOK": "11.6725", "ISK": "146.90",
}  # fmt: skip
OTHERS = ("AUD", "BHD", "CAD", "CNY", "KWD", "TRY")
RATES_OF = date(2025, 5, 9)


def setup_data(session: Session) -> None:
    """Fill empty tables; rows that exist stay as people of the shop have set them."""
    names = Locale.parse("en").territories
    countries = [
        {"code": code, "name": name, "in_eu": code in EU, "is_enabled": code in SERVED}
        for code, name in names.items()
        if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "XA", "XB", "ZZ", "QO")
    ]
    currencies = [
        {"code": code, "exponent": exponent(code), "is_enabled": code in ENABLED, "position": position * 10}
        for position, code in enumerate(dict.fromkeys((*ENABLED, *FIRST_RATES, *OTHERS)))
    ]
    with unit_of_work(session):
        session.execute(insert(Country).values(countries).on_conflict_do_nothing())
        session.execute(insert(Currency).values(currencies).on_conflict_do_nothing())
        if session.scalar(select(ExchangeRate.id).limit(1)) is None:
            rates = [
                {"currency": code, "date": RATES_OF, "rate": Decimal(rate), "manual": False}
                for code, rate in FIRST_RATES.items()
            ]
            session.execute(insert(ExchangeRate).values(rates).on_conflict_do_nothing())
        after_commit(session, lambda: caching.purge(queries.OWNER))
