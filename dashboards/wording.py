"""Figures in words: amounts, counts, shares and changes, as the reader's language writes them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from babel.dates import format_skeleton, get_day_names
from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
)
from flask_babel import format_date, get_locale, ngettext
from flask_babel import gettext as _

from app.analytics.rules import Period, Unit
from dashboards.periods import days_of

MISSING = "–"
_ONE = Decimal(1)


def _locale() -> Any:
    return get_locale() or "en"


def value_text(value: Decimal | int | None, unit: Unit, currency: str | None) -> str:
    """A figure in full: "€1,234.50", "1,204", "12.5%", "3.5 days"."""
    if value is None:
        return MISSING
    number = Decimal(value)
    if unit is Unit.MONEY and currency:
        return format_currency(number, currency, locale=_locale())
    if unit is Unit.PERCENT:
        return format_percent(number.scaleb(-2), "#,##0.#%", locale=_locale())
    if unit is Unit.DAYS:
        words = format_decimal(number, "#,##0.#", locale=_locale())
        return ngettext("%(count)s day", "%(count)s days", 1 if number == 1 else 2, count=words)
    return format_decimal(number, "#,##0.##" if unit is Unit.RATIO else "#,##0.###", locale=_locale())


def axis_text(value: Decimal, unit: Unit, currency: str | None) -> str:
    """A figure at an axis, short: "€1.5K"."""
    digits = 0 if value == value.to_integral_value() and abs(value) < 1000 else 1
    if unit is Unit.MONEY and currency:
        return format_compact_currency(value, currency, locale=_locale(), fraction_digits=digits)
    if unit is Unit.PERCENT:
        return format_percent(value.scaleb(-2), "#,##0.#%", locale=_locale())
    return format_compact_decimal(value, locale=_locale(), fraction_digits=digits)


def inside(label: str) -> str:
    """A label in the middle of a sentence: small, unless it is an abbreviation or German."""
    return label if label[1:2].isupper() or str(_locale()).startswith("de") else label[:1].lower() + label[1:]


def days_text(period: Period) -> str:
    """Days in words: "1 Mar 2026 – 31 Mar 2026"."""
    start, end = format_date(period.start, "medium"), format_date(period.end, "medium")
    return start if period.days == 1 else f"{start} – {end}"


def moment_text(step: str, key: str, usual: str) -> str:
    """A point of a line in full: "3 Mar 2026", "Week of 2 Mar 2026", "March 2026"."""
    days = days_of(step, key)
    if step == "month" or days is None:
        return usual
    words = format_date(days.start, "medium")
    return _("Week of %(day)s", day=words) if step == "week" else words


def moment_mark(step: str, key: str, usual: str) -> str:
    """A point of a line at the axis: "3 Mar", "Mar 2026", "Mon"."""
    if step == "weekday" and key in "1234567":
        return get_day_names("abbreviated", "stand-alone", locale=_locale())[int(key) - 1]
    days = days_of(step, key)
    if days is None:
        return usual
    return format_skeleton("yMMM" if step == "month" else "MMMd", days.start, locale=_locale())


@dataclass(frozen=True, slots=True)
class Change:
    """How a figure moved: words with sign, an arrow, and whether that is good."""

    text: str
    direction: str
    """up, down or flat: which way the arrow points."""
    feeling: str
    """good, bad or flat: less of some things is better."""
    before: str
    """The figure of the other period, in full."""


def change(
    now: Decimal, before: Decimal, unit: Unit, currency: str | None, *, less_is_better: bool
) -> Change:
    """The way from one figure to another: in percent, or in points for shares."""
    before_text = value_text(before, unit, currency)
    if now == before:
        return Change(_("no change"), "flat", "flat", before_text)
    direction = "up" if now > before else "down"
    feeling = "good" if (now > before) != less_is_better else "bad"
    if unit is Unit.PERCENT:
        points = format_decimal(now - before, "+#,##0.#;−#,##0.#", locale=_locale())
        return Change(_("%(points)s points", points=points), direction, feeling, before_text)
    if not before:
        return Change(_("new"), direction, feeling, before_text)
    share = ((now - before) / abs(before)).quantize(Decimal("0.001"), ROUND_HALF_UP)
    pattern = "+#,##0.#%;−#,##0.#%" if abs(share) < _ONE else "+#,##0%;−#,##0%"
    if not share:  # a little is not nothing, but no arrow is worth it
        return Change(_("almost the same"), "flat", "flat", before_text)
    return Change(format_percent(share, pattern, locale=_locale()), direction, feeling, before_text)
