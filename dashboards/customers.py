"""Customers: who is new, who comes back, and where they are."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_skeleton
from flask_babel import format_date, format_decimal, get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.analytics import queries
from app.analytics.families.answering import share
from app.analytics.people import FOLLOWED, Cohort
from app.analytics.rules import Period, Unit, preset
from app.core.i18n import _l
from app.regions.queries import base_currency
from dashboards.asked import Asked
from dashboards.pages import Chart, Column, Content, Kind, Later, Line, Page, Panel, Tile

MONTHS = 11


def build(session: Session, asked: Asked) -> Content:
    """The page under the state of its address."""
    return Content(
        tiles=(
            Tile("customers"), Tile("new_customers"), Tile("returning_customers"), Tile("returning_share"),
            Tile("orders_per_customer"), Tile("lifetime_value"),
        ),
        charts=(
            Chart("new_customers", asked.step, Kind.LINE, _("New customers over time"), name="trend"),
            Chart("returning_customers", asked.step, Kind.LINE, _("Returning customers over time")),
            Later("cohorts", _("Customers who came back"), "cohorts", lambda: _cohorts(session, asked), span=2),
            Later("segments", _("Customer segments"), "segments", lambda: _segments(session, asked)),
            Chart("lifetime_value", "country", title=_("Value of a customer so far, by country"), late="worth"),
            Chart("customers", "country", title=_("Customers by country"), late="people"),
            Chart("customers", "language", title=_("Customers by language"), late="people"),
            Chart("new_customers", "age_band", title=_("New customers by age"), span=2, late="ages"),
        ),
    )  # fmt: skip


def _cohorts(session: Session, asked: Asked) -> Panel:
    """Who came back: a row for each month of first orders, a column for each month since."""
    days: Period = preset("12_months", asked.period.end)
    found = queries.cohorts(
        session, days, months=MONTHS, filters=asked.narrowed(FOLLOWED), currency=asked.currency
    )
    note = _(
        "Of the customers whose first order lies in a month, the share that ordered again so many months later. The twelve months"
        " until %(day)s; only orders that match the filters.", day=format_date(asked.period.end, "medium"),
    )  # fmt: skip
    few = _("Months with fewer than five such customers are left out.")
    return Panel(
        "cohorts", _("Customers who came back"), kind=Kind.HEAT, span=2, head=_("First order in"),
        columns=tuple(Column(_("Month %(number)s", number=n), Unit.PERCENT, mark=str(n)) for n in range(1, MONTHS + 1)),
        rows=tuple(_cohort(cohort, asked.period.end) for cohort in found),
        note=f"{note} {few}" if asked.is_narrowed else note, empty=_too_few(asked), ignored=asked.beyond(FOLLOWED),
    )  # fmt: skip


def _cohort(cohort: Cohort, until: date) -> Line:
    came = {cell.months_since: cell.customers for cell in cohort.cells}
    past = (until.year - cohort.month.year) * 12 + until.month - cohort.month.month
    values = tuple(
        share(Decimal(came.get(months, 0)), Decimal(cohort.customers)) if months <= past else None
        for months in range(1, MONTHS + 1)
    )
    return Line(
        cohort.month.isoformat()[:7], f"{_month(cohort.month)} ({format_decimal(cohort.customers)})", values
    )


def _too_few(asked: Asked) -> Any:
    """What a list of people without rows says: under filters few are not told apart."""
    return (
        _("Fewer than five customers match the filters; so few are not told apart.")
        if asked.is_narrowed
        else ""
    )


def _month(month: date) -> str:
    return format_skeleton("yMMM", month, locale=get_locale() or "en")


def _segments(session: Session, asked: Asked) -> Panel:
    """How recently, how often and for how much people bought."""
    currency = asked.currency or base_currency(session)
    found = queries.segments(
        session, asked.period.end, filters=asked.narrowed(FOLLOWED), currency=asked.currency
    )
    return Panel(
        "segments", _("Customer segments"), kind=Kind.BARS, head=_("Segment"),
        columns=(Column(_("Customers")), Column(_("Gross sales so far"), Unit.MONEY, currency)),
        rows=tuple(Line(s.code, str(s.label), (s.customers, s.revenue)) for s in found if s.customers),
        note=_("By how recently, how often and for how much they bought until %(day)s; only orders that match the filters.", day=format_date(asked.period.end, "medium")),
        empty=_too_few(asked), ignored=asked.beyond(FOLLOWED),
    )  # fmt: skip


PAGE = Page(
    "customers", _l("Customers"), "users", 13, build,
    lead=_l("Who buys for the first time, who comes back, and what they are worth. A customer is an e-mail address."),
)  # fmt: skip
