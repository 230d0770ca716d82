"""From declarations to what a page shows: every metric asked at once, compared, put into words, linked and drawn.

One renderer for pages and for boards that people compose: `draw(session, asked, specs)`. A figure that fails shows
its failure in its own card and leaves the others alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import structlog
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.analytics import queries
from app.analytics.families.dimensions import LABELS, OTHER
from app.analytics.rules import Figures, Metric, Question, Unit
from app.core.errors import ShopError
from dashboards import wording
from dashboards.asked import FILTER, NOTHING, Asked
from dashboards.figures import Figure, Plot, Series, figure
from dashboards.pages import Chart, Column, Frame, Kind, Line, Panel, Tile
from dashboards.periods import days_of
from dashboards.wording import Change

log = structlog.get_logger("dashboards")
TIME_STEPS = ("day", "week", "month")
WHOLE = (*TIME_STEPS, "hour", "weekday")
"""Dimensions that stand in their own order, without holes: nothing of them is cut off."""
MOST_COMPARED = 200
"""Rows of the period before that are read to find those of a list that has a limit."""
Spec = Tile | Chart | Panel | Frame


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: words for people, values for files, and where it leads."""

    key: str
    label: str
    texts: tuple[str, ...]
    values: tuple[Any, ...]
    change: Change | None = None
    turn_url: str = ""
    """The same page narrowed to this row, or widened again where it is chosen."""
    url: str = ""
    """The orders behind it."""
    is_chosen: bool = False


@dataclass
class Drawn:
    """One card: a tile (no rows) or a chart with its table. `state` is ok, empty, error or waiting."""

    code: str
    title: str
    state: str = "ok"
    message: str = ""
    note: str = ""
    definition: str = ""
    kind: Kind = Kind.TABLE
    span: int = 1
    total: str = ""
    change: Change | None = None
    head: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    figure: Figure | None = None
    url: str = ""
    only: str = ""
    """What this card alone is narrowed to, in words."""
    ignored: tuple[str, ...] = ()
    """What the cards around are narrowed by and this one is not, in words."""
    as_of: datetime | None = None
    timezone: str = ""
    unit: Unit = Unit.COUNT
    currency: str | None = None
    is_tile: bool = False
    raw: Decimal | None = None
    has_change: bool = False
    pin_url: str = ""
    """The form that puts this figure on a board, filled in."""
    units: tuple[str, ...] = ()
    """What each column counts, where they differ (panels)."""
    late: str = ""
    """Of a card that waits: with which others its figures come."""

    @property
    def legend(self) -> tuple[str, ...]:
        """What the drawn and the dotted line are, where there are two."""
        return (
            self.columns if self.figure and self.has_change and self.kind in (Kind.LINE, Kind.COLUMNS) else ()
        )

    @property
    def remark(self) -> str:
        """In what it differs from the cards around; "" for most."""
        said = [" ".join((_("Only"), self.only))] if self.only else []
        if self.ignored:
            said.append(_("Not filtered by %(names)s.", names=", ".join(self.ignored)))
        return " · ".join(said)

    @property
    def alternative(self) -> str:
        """The chart in one sentence, for who cannot see it."""
        if not self.rows:
            return self.title
        return _("Chart: %(title)s. All its figures are in the table below.", title=self.title)


def label_of(dimension: str) -> str:
    """What a dimension is called."""
    return str(LABELS.get(dimension) or dimension.replace("_", " ").capitalize())


def draw(session: Session, asked: Asked, specs: Sequence[Spec]) -> list[Drawn]:
    """Make the cards for these declarations, in their order; those that a seller may not see are left out."""
    known = {metric.code: metric for metric in queries.metrics()}
    wanted = [
        s
        for s in specs
        if isinstance(s, Panel | Frame) or s.metric not in known or asked.may_ask(known[s.metric])
    ]
    now: dict[int, Question] = {}
    before: dict[int, Question] = {}
    for place, spec in enumerate(wanted):
        if isinstance(spec, Panel | Frame) or spec.metric not in known:
            continue
        now[place] = _question(asked, known[spec.metric], spec)
        if asked.against is not None and _is_compared(asked, spec):
            before[place] = _question(asked, known[spec.metric], spec, is_before=True)
    answers = _ask(session, asked, [*now.values(), *before.values()])
    current = dict(zip(now, answers, strict=False))
    earlier = dict(zip(before, answers[len(now) :], strict=True))
    return [_card(asked, spec, current.get(place), earlier.get(place)) for place, spec in enumerate(wanted)]


def _is_compared(asked: Asked, spec: Tile | Chart) -> bool:
    """A chart from whose rows some are chosen keeps all of them, unlike the rest of the page: it is not compared."""
    return spec.compare and (isinstance(spec, Tile) or spec.by not in asked.filters)


def _question(asked: Asked, metric: Metric, spec: Tile | Chart, *, is_before: bool = False) -> Question:
    period = asked.against if is_before else None
    if isinstance(spec, Tile):
        return asked.question(metric, filters=spec.filters, period=period)
    limit = None if spec.by in WHOLE else spec.most
    if is_before and limit is not None:
        limit = MOST_COMPARED
    return asked.question(metric, spec.by, limit=limit, filters=spec.filters, period=period)


def _ask(session: Session, asked: Asked, questions: list[Question]) -> list[Figures | None]:
    """The answers, all at once; where that fails each alone, so that one broken figure stays alone."""
    if not questions:
        return []
    try:
        with session.begin_nested():
            return list(queries.ask(session, questions, language=asked.language))
    except ShopError as refusal:
        log.info("a figure was refused", reason=str(refusal))
    except Exception:  # whatever a family of figures does, the page has to come
        log.exception("figures could not be read together")
    return [_ask_alone(session, asked, question) for question in questions]


def _ask_alone(session: Session, asked: Asked, question: Question) -> Figures | None:
    try:
        with session.begin_nested():
            return queries.ask(session, [question], language=asked.language)[0]
    except Exception:  # shown as "could not be read" in its card
        log.exception("a figure could not be read", metric=question.metric, by=question.group_by)
        return None


def _card(asked: Asked, spec: Spec, now: Figures | None, before: Figures | None) -> Drawn:
    code = spec.metric if isinstance(spec, Tile) else spec.code
    before = None if before is not None and before.is_withheld else before
    try:
        if isinstance(spec, Panel):
            return _panel(spec)
        if isinstance(spec, Frame):
            return Drawn(code, str(spec.title), "waiting", span=spec.span, late=spec.late)
        if now is None:
            return _broken(spec, code)
        return _tile(asked, spec, now, before) if isinstance(spec, Tile) else _chart(asked, spec, now, before)
    except Exception:  # a card that cannot be drawn must not close the page
        log.exception("a card could not be drawn", code=code)
        return _broken(spec, code)


def _broken(spec: Spec, code: str) -> Drawn:
    return Drawn(
        code, str(spec.title) or code.replace("-by-", ": ").replace("_", " ").capitalize(), "error",
        _("This figure could not be read. Please try again in a moment."),
        span=1 if isinstance(spec, Tile) else spec.span, is_tile=isinstance(spec, Tile),
    )  # fmt: skip


def _frame(asked: Asked, spec: Tile | Chart, now: Figures, before: Figures | None) -> Drawn:
    """What tiles and charts have in common."""
    metric = now.metric
    moved = None
    if before is not None and not now.is_withheld:
        moved = wording.change(
            now.total, before.total, metric.unit, now.currency, less_is_better=metric.less_is_better
        )
    code = spec.metric if isinstance(spec, Tile) else spec.code
    told = None if now.is_withheld else now.total
    note = _too_few() if now.is_withheld else str(spec.note)
    return Drawn(
        code, str(spec.title or metric.label), note=note, definition=str(metric.definition),
        total=wording.value_text(told, metric.unit, now.currency), change=moved, as_of=now.as_of, timezone=now.timezone, unit=metric.unit,
        currency=now.currency, raw=told, only=spec.only,
        ignored=tuple(label_of(name) for name in dict.fromkeys((*asked.ignored(metric), *spec.ignored))),
        url=rows_url(asked, metric.code, spec.filters), pin_url=pin_url(asked, metric, spec),
    )  # fmt: skip


def _too_few() -> str:
    """Why a figure about people is not told."""
    return _("Fewer than five customers match the filters; so few are not told apart.")


def pin_url(asked: Asked, metric: Metric, spec: Tile | Chart) -> str:
    """The form of a new figure of a board, filled in with this one and the filters in force."""
    filters = {
        name: keys for name, keys in {**asked.filters, **spec.filters}.items() if name in metric.dimensions
    }
    words = "\n".join(f"{FILTER}{name}={key}" for name, keys in filters.items() for key in keys)
    by, kind = ("", "number") if isinstance(spec, Tile) else (spec.by, spec.kind.value)
    given = {
        "metric": metric.code,
        "dimension": by,
        "chart": kind,
        "filters": words,
        "title": str(spec.title),
    }
    return "/admin/boardtile/add?" + urlencode({name: value for name, value in given.items() if value})


def rows_url(asked: Asked, metric: str, filters: Any = None, by: str = "", key: str = "") -> str:
    """The address of the orders behind a figure; "" where it is not made from orders."""
    kept = {name: keys for name, keys in asked.filters.items() if name != by or not key}
    if key == OTHER or not queries.has_rows(metric, (by if key else "", *kept)):
        return ""
    for name, keys in (filters or {}).items():
        kept[name] = tuple(one for one in keys if one in kept.get(name, keys)) or (NOTHING,)
    narrowed = replace(asked, filters=kept)
    return narrowed.url("/admin/dashboards/rows", metric=metric, by=by if key else "", key=key)


def _tile(asked: Asked, spec: Tile, now: Figures, before: Figures | None) -> Drawn:
    made = _frame(asked, spec, now, before)
    made.is_tile, made.url = True, spec.url or made.url
    return made


def _chart(asked: Asked, spec: Chart, now: Figures, before: Figures | None) -> Drawn:
    now, metric = spec.shown(now), now.metric
    made = _frame(asked, spec, now, before)
    made.kind, made.span = spec.kind, spec.span
    made.title = str(spec.title) or _(
        "%(figure)s by %(dimension)s", figure=metric.label, dimension=wording.inside(label_of(spec.by))
    )
    made.head, made.columns = label_of(spec.by), (str(metric.label),)
    made.rows = tuple(_rows(asked, spec, now, before))
    if before is not None:
        made.columns, made.has_change = (*made.columns, _("Before")), True
    if not made.rows or not any(row.values[0] for row in made.rows):
        made.state, made.message = "empty", _("Nothing in these days.")
        if now.is_withheld:
            made.message, made.note = made.note, ""
        return made
    if spec.by not in TIME_STEPS:
        made.total, made.change = "", None
    made.figure = _drawing(asked, made, spec, now, before)
    return made


def _rows(asked: Asked, spec: Chart, now: Figures, before: Figures | None) -> list[Row]:
    metric, chosen = now.metric, asked.filters.get(spec.by, ())
    earlier = _earlier(spec, now, before)
    found = []
    for place, row in enumerate(now.rows):
        old = earlier(place, row.key)
        values: tuple[Any, ...] = (row.value,) if before is None else (row.value, old)
        moved = None
        if old is not None:
            moved = wording.change(
                row.value, old, metric.unit, now.currency, less_is_better=metric.less_is_better
            )
        found.append(
            Row(
                row.key, wording.moment_text(spec.by, row.key, row.label), tuple(wording.value_text(v, metric.unit, now.currency) for v in values), values, moved,
                turn_url=_turn(asked, spec.by, row.key), url=rows_url(asked, metric.code, spec.filters, spec.by, row.key),
                is_chosen=row.key in chosen,
            )
        )  # fmt: skip
    return found


def _earlier(spec: Chart, now: Figures, before: Figures | None) -> Callable[[int, str], Decimal | None]:
    """How to find the value of a row in the period before: by its place along time, else by its key."""
    if before is None:
        return lambda _place, _key: None
    if spec.by in TIME_STEPS:
        in_order = [row.value for row in before.rows]
        return lambda place, _key: in_order[place] if place < len(in_order) else None
    by_key = {row.key: row.value for row in before.rows}
    is_whole = len(before.rows) < MOST_COMPARED
    return lambda _place, key: by_key.get(key, Decimal(0) if is_whole else None)


def _turn(asked: Asked, dimension: str, key: str) -> str:
    """Where a click on a row leads: into its days, or to a filter; few people put together lead nowhere."""
    if key == OTHER:
        return ""
    if dimension in TIME_STEPS:
        days = days_of(dimension, key)
        return asked.within(days).url() if days is not None else ""
    if dimension == "seller" and asked.seller:
        return ""
    return asked.turned(dimension, key).url()


def _drawing(asked: Asked, made: Drawn, spec: Chart, now: Figures, before: Figures | None) -> Figure | None:
    if spec.kind is Kind.TABLE:
        return None
    metric, is_time = now.metric, spec.by in TIME_STEPS
    series = Series(
        str(metric.label), [row.values[0] for row in made.rows], [row.texts[0] for row in made.rows]
    )
    other, names = None, []
    if before is not None:
        other = Series(_("Before"), [row.values[1] for row in made.rows], [row.texts[1] for row in made.rows])
        names = (
            [wording.moment_text(spec.by, row.key, row.label) for row in before.rows]
            if is_time
            else [_("Before")] * len(made.rows)
        )
    return figure(
        Plot(
            spec.kind, [row.label for row in made.rows], [series], lambda v: wording.axis_text(v, metric.unit, now.currency),
            before=other, before_labels=names, links=[row.turn_url for row in made.rows],
            chosen=frozenset(place for place, row in enumerate(made.rows) if row.is_chosen),
            marks=[wording.moment_mark(spec.by, row.key, row.label) for row in made.rows], is_whole=metric.unit is Unit.COUNT,
        )
    )  # fmt: skip


def _panel(spec: Panel) -> Drawn:
    made = Drawn(
        spec.code, str(spec.title), note=str(spec.note), kind=spec.kind, span=spec.span, head=str(spec.head)
    )
    made.ignored = tuple(label_of(name) for name in spec.ignored)
    made.columns = tuple(str(column.label) for column in spec.columns)
    made.units = tuple(column.currency or column.unit.value for column in spec.columns)
    made.rows = tuple(_line(spec.columns, line) for line in spec.rows)
    made.unit = spec.columns[0].unit if spec.columns else Unit.COUNT
    if not made.rows:
        made.state, made.message = "empty", str(spec.empty) or _("Nothing in these days.")
    elif spec.kind is not Kind.TABLE:
        made.figure = _panel_drawing(spec, made)
    return made


def _line(columns: tuple[Column, ...], line: Line) -> Row:
    texts = tuple(
        wording.value_text(v, c.unit, c.currency) for v, c in zip(line.values, columns, strict=True)
    )
    return Row(line.key, line.label, texts, line.values, turn_url=line.url, url=line.url)


def _panel_drawing(spec: Panel, made: Drawn) -> Figure:
    series = [
        Series(str(column.label), [_decimal(row.values[i]) for row in made.rows], [row.texts[i] for row in made.rows], column.mark)
        for i, column in enumerate(spec.columns)
    ]  # fmt: skip
    first = spec.columns[0]
    shown = series if spec.kind in (Kind.STACK, Kind.HEAT) else series[:1]
    before = series[1] if spec.kind is Kind.LINE and len(series) > 1 else None
    labels = [row.label for row in made.rows]
    return figure(
        Plot(
            spec.kind, labels, shown, lambda v: wording.axis_text(v, first.unit, first.currency), before=before,
            before_labels=[before.name] * len(labels) if before else (), links=[row.turn_url for row in made.rows],
            is_whole=first.unit is Unit.COUNT,
        )
    )  # fmt: skip


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)
