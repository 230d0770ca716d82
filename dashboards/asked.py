"""What the address of a dashboard asks for: days, comparison, currency, filters. The address is all the state there is.

Whatever cannot be read is said beside its field and replaced by the usual; nothing of it reaches a query.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.analytics.rules import Metric, Period, Question
from app.core.admin.values import storable
from dashboards.periods import (
    COMPARISONS,
    DEFAULT,
    EARLIEST,
    LATEST,
    LONGEST_DAYS,
    OWN,
    PRESETS,
    Comparison,
    compared,
    step_of,
)  # fmt: skip

FILTER = "f."
LONGEST_KEY = 300
MOST_KEYS = 20
LONGEST_SAID = 40
NOTHING = "-nothing-"
"""A key that no row has: two filters that exclude each other."""
SELLER = "seller"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
Filters = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Asked:
    """One reading of an address.

    `seller` is the key of the person to whose goods everything is narrowed, "" for who sees all. `problems` has a
    sentence for each field that could not be read, `typed` what stood in it.
    """

    period: Period
    preset: str = DEFAULT
    comparison: Comparison = Comparison.PREVIOUS
    currency: str | None = None
    filters: Filters = field(default_factory=dict)
    seller: str = ""
    language: str = "en"
    path: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    spells_out: bool = False
    """True where the usual is not the frame's own (boards): addresses then name all of it."""

    @property
    def against(self) -> Period | None:
        """The days to compare with; None when nothing is compared."""
        return compared(self.period, self.comparison)

    @property
    def step(self) -> str:
        """The dimension of time that suits the length of the period: day, week or month."""
        return step_of(self.period)

    @property
    def is_narrowed(self) -> bool:
        """True where not all orders of the days count."""
        return bool(self.filters or self.currency or self.seller)

    def may_ask(self, metric: Metric) -> bool:
        """False where a seller would see figures of others."""
        return not self.seller or SELLER in metric.dimensions

    def question(
        self, metric: Metric, by: str = "", *, limit: int | None = None, filters: Filters | None = None,
        period: Period | None = None,
    ) -> Question:  # fmt: skip
        """The question for a metric under this address.

        Filters of dimensions that the metric does not have stay away (`ignored` names them), so does the one by
        which the answer is grouped: its chosen rows are marked instead.
        """
        wanted = {
            name: keys for name, keys in self.filters.items() if name in metric.dimensions and name != by
        }
        for name, keys in (filters or {}).items():
            chosen = wanted.get(name)
            both = keys if chosen is None else tuple(key for key in keys if key in chosen)
            wanted[name] = both or (NOTHING,)
        if self.seller:
            wanted[SELLER] = (self.seller,)
        return Question(metric.code, period or self.period, by, wanted, self.currency, limit)

    def ignored(self, metric: Metric) -> tuple[str, ...]:
        """The filters in force that this metric cannot follow."""
        return self.beyond(metric.dimensions)

    def beyond(self, dimensions: Collection[str]) -> tuple[str, ...]:
        """The filters in force that lie outside some dimensions."""
        return tuple(name for name in self.filters if name not in dimensions)

    def narrowed(self, dimensions: Collection[str]) -> dict[str, tuple[str, ...]]:
        """The filters in force of some dimensions, and the seller to whom everything is narrowed."""
        kept = {name: keys for name, keys in self.filters.items() if name in dimensions}
        return kept | ({SELLER: (self.seller,)} if self.seller else {})

    def day_typed(self, name: str) -> str:
        """What stands in the field "from" or "to": what was typed, else the day in force."""
        if name in self.problems or self.typed.get(name):
            return self.typed.get(name, "")
        return (self.period.start if name == "from" else self.period.end).isoformat()

    # --- addresses -------------------------------------------------------------------------------

    def query(self, **more: str) -> str:
        """The query string of this state, shortest form; `more` is put behind."""
        pairs: list[tuple[str, str]] = []
        if self.preset != DEFAULT or self.spells_out:
            pairs.append(("period", self.preset))
        if self.preset == OWN:
            pairs += [("from", self.period.start.isoformat()), ("to", self.period.end.isoformat())]
        if self.comparison is not Comparison.PREVIOUS or self.spells_out:
            pairs.append(("compare", self.comparison.value))
        if self.currency or self.spells_out:
            pairs.append(("currency", self.currency or ""))
        pairs += [(FILTER + name, key) for name, keys in self.filters.items() for key in keys]
        return urlencode([*pairs, *((name, value) for name, value in more.items() if value)])

    def url(self, path: str = "", **more: str) -> str:
        """An address with this state; the page's own unless another is named."""
        query = self.query(**more)
        return f"{path or self.path}?{query}" if query else path or self.path

    def turned(self, dimension: str, key: str) -> Asked:
        """This state with a key of a dimension chosen, or given up where it was chosen."""
        keys = self.filters.get(dimension, ())
        after = tuple(k for k in keys if k != key) if key in keys else (*keys, key)
        kept = {name: values for name, values in self.filters.items() if name != dimension}
        return replace(self, filters=kept | ({dimension: after} if after else {}))

    def cleared(self) -> Asked:
        """This state without any filter."""
        return replace(self, filters={})

    def within(self, period: Period) -> Asked:
        """This state for other days."""
        return replace(self, period=period, preset=OWN)


class Reader:
    """Reads one address. `problems` collects what was wrong, by field."""

    def __init__(self, given: MultiDict[str, str], today: date):
        self.given, self.today = given, today
        self.problems: dict[str, str] = {}
        self.typed: dict[str, str] = {}

    def word(self, name: str) -> str:
        """A short text of the address; what is too long or cannot be stored is cut to what can be shown."""
        raw = self.given.get(name, "").strip()
        plain = "".join(char for char in raw[:LONGEST_KEY] if char.isprintable() and storable(char))
        self.typed[name] = plain
        return raw if raw == plain else "\x00"

    def choice(self, name: str, allowed: Collection[str], usual: str) -> str:
        """One of some words."""
        raw = self.word(name)
        if not raw or raw in allowed:
            return raw or usual
        self.problems[name] = _("This is not one of the choices.")
        return usual

    def day(self, name: str) -> date | None:
        """A date, as browsers send it."""
        raw = self.word(name)
        try:
            if not _DAY.fullmatch(raw):
                raise ValueError(raw)
            found = date.fromisoformat(raw)
        except ValueError:
            # A field for dates shows nothing but dates: what else was typed is said beside it.
            typed, self.typed[name] = self.typed[name][:LONGEST_SAID], ""
            self.problems[name] = (
                _("“%(typed)s” is not a date.", typed=typed) if typed else _("Choose a date.")
            )
            return None
        if not EARLIEST <= found <= LATEST:
            self.problems[name] = _("Choose a date from 2000 to 2099.")
            return None
        return found

    def period(self) -> tuple[Period, str]:
        """The days, and by which preset they were chosen. Two dates without a preset are own days."""
        usual = OWN if self.given.get("from") and not self.given.get("period") else DEFAULT
        preset = self.choice("period", [*PRESETS, OWN], usual)
        if preset != OWN:
            return PRESETS[preset][1](self.today), preset
        start, end = self.day("from"), self.day("to")
        if start and end and end < start:
            self.problems["to"] = _("The end lies before the start.")
        elif start and end and (end - start).days >= LONGEST_DAYS:
            self.problems["to"] = _("At most ten years at a time.")
        elif start and end:
            return Period(start, end), OWN
        return PRESETS[DEFAULT][1](self.today), OWN

    def filters(self, dimensions: Collection[str]) -> dict[str, tuple[str, ...]]:
        """The chips: keys by dimension."""
        found: dict[str, tuple[str, ...]] = {}
        for name in self.given:
            if not name.startswith(FILTER):
                continue
            keys = tuple(dict.fromkeys(k.strip() for k in self.given.getlist(name) if k.strip()))
            bad = any(len(k) > LONGEST_KEY or not k.isprintable() or not storable(k) for k in keys)
            if name.removeprefix(FILTER) not in dimensions or bad:
                self.problems["filters"] = _("A filter that does not exist was left out.")
            elif keys:
                found[name.removeprefix(FILTER)] = keys[:MOST_KEYS]
                if len(keys) > MOST_KEYS:
                    self.problems["filters"] = _(
                        "Only the first %(most)s values of a filter count.", most=MOST_KEYS
                    )
        return found


def read(
    given: MultiDict[str, str], *, today: date, currencies: Collection[str], dimensions: Collection[str],
    path: str, language: str = "en", seller: str = "", spells_out: bool = False,
) -> Asked:  # fmt: skip
    """Read an address. Never fails: what is wrong stands in `problems`."""
    reader = Reader(given, today)
    period, preset = reader.period()
    comparison = reader.choice("compare", [value.value for value, _label in COMPARISONS], "previous")
    currency = reader.choice("currency", currencies, "") or None
    own: dict[str, Any] = {"seller": seller, "language": language, "path": path, "spells_out": spells_out}
    return Asked(
        period, preset, Comparison(comparison), currency, reader.filters(set(dimensions) - {SELLER} if seller else dimensions),
        problems=reader.problems, typed=reader.typed, **own,
    )  # fmt: skip
