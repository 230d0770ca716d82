"""VAT rates of the EU as a fresh shop knows them, typed from the member states' law.

Belgium: royal decree no. 20 (21, 12, 6 %) and the 0 % of daily papers. Other countries: the standard
rate, with its last change; "reduced" is given where books and basic food both have it. A country that
has no row for a class is taxed at its standard rate.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core import caching
from app.core.unit_of_work import after_commit, unit_of_work
from app.tax import queries
from app.tax.models import TaxRate

STANDARD = (
    ("AT", "20", "1984-01-01", None), ("BE", "21", "1996-01-01", None), ("BG", "20", "1999-01-01", None),
    ("CY", "19", "2014-01-13", None), ("CZ", "21", "2013-01-01", None), ("DE", "19", "2021-01-01", None),
    ("DK", "25", "1992-01-01", None), ("EE", "22", "2024-01-01", "2025-06-30"),
    ("EE", "24", "2025-07-01", None), ("ES", "21", "2012-09-01", None),
    ("FI", "24", "2013-01-01", "2024-08-31"), ("FI", "25.5", "2024-09-01", None),
    ("FR", "20", "2014-01-01", None), ("GR", "24", "2016-06-01", None), ("HR", "25", "2012-03-01", None),
    ("HU", "27", "2012-01-01", None), ("IE", "23", "2021-03-01", None), ("IT", "22", "2013-10-01", None),
    ("LT", "21", "2009-09-01", None), ("LU", "16", "2023-01-01", "2023-12-31"),
    ("LU", "17", "2024-01-01", None), ("LV", "21", "2012-07-01", None), ("MT", "18", "2004-01-01", None),
    ("NL", "21", "2012-10-01", None), ("PL", "23", "2011-01-01", None), ("PT", "23", "2011-01-01", None),
    ("RO", "19", "2017-01-01", "2025-07-31"), ("RO", "21", "2025-08-01", None),
    ("SE", "25", "1990-07-01", None), ("SI", "22", "2013-07-01", None),
    ("SK", "20", "2011-01-01", "2024-12-31"), ("SK", "23", "2025-01-01", None),
)  # fmt: skip
OTHERS = (
    ("BE", "intermediate", "12", "1996-01-01"), ("BE", "reduced", "6", "1996-01-01"),
    ("BE", "zero", "0", "1996-01-01"), ("AT", "reduced", "10", "1984-01-01"),
    ("DE", "reduced", "7", "2021-01-01"), ("ES", "reduced", "4", "2012-09-01"),
    ("FR", "reduced", "5.5", "2014-01-01"), ("LU", "reduced", "3", "1992-01-01"),
    ("NL", "reduced", "9", "2019-01-01"), ("PT", "reduced", "6", "2011-01-01"),
)  # fmt: skip


def setup_data(session: Session) -> None:
    """Fill an empty table; rates that people of the shop have set stay as they are."""
    rows = [
        {
            "country": country, "tax_class": "standard", "rate": Decimal(rate),
            "valid_from": date.fromisoformat(start), "valid_until": date.fromisoformat(end) if end else None,
        }
        for country, rate, start, end in STANDARD
    ] + [
        {
            "country": country, "tax_class": name, "rate": Decimal(rate),
            "valid_from": date.fromisoformat(start), "valid_until": None,
        }
        for country, name, rate, start in OTHERS
    ]  # fmt: skip
    with unit_of_work(session):
        if session.scalar(select(TaxRate.id).limit(1)) is None:
            session.execute(insert(TaxRate).values(rows).on_conflict_do_nothing())
            after_commit(session, lambda: caching.purge(queries.OWNER))
