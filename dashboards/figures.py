"""Charts as plain dictionaries in the form that Plotly reads. No colour is named here.

Every trace and axis carries a word in `meta` (tone) that the page turns into a colour of its own tokens, so that a
chart follows light and dark. Numbers travel as text: they stay decimal until the browser draws them. All words (ticks,
labels at the pointer) are made here, in the reader's language; Plotly formats nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dashboards.pages import Kind

PLAIN_HEIGHT = 248
BAR_HEIGHT = 32
HEAT_ROW = 34
MOST_TICKS = 7
MOST_COLUMNS = 14
LONGEST_LABEL = 26
AIR = "\u00a0"
Figure = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Series:
    """One set of values: a name for the legend, a value and its words for each row; None is a gap."""

    name: str
    values: Sequence[Decimal | None]
    texts: Sequence[str]
    mark: str = ""
    """A shorter name for the axis of a grid."""


@dataclass(frozen=True, slots=True)
class Plot:
    """What is drawn: labels of the rows, the sets of values, where a click leads."""

    kind: Kind
    labels: Sequence[str]
    series: Sequence[Series]
    tick: Callable[[Decimal], str]
    before: Series | None = None
    before_labels: Sequence[str] = ()
    links: Sequence[str] = ()
    chosen: frozenset[int] = frozenset()
    marks: Sequence[str] = ()
    """Shorter labels for the axis, where the full ones are long."""
    is_whole: bool = False
    """Counts: the axis has whole numbers only."""


def figure(plot: Plot) -> Figure:
    """The chart of a kind."""
    makers: dict[Kind, Callable[[Plot], Figure]] = {
        Kind.LINE: _line, Kind.COLUMNS: _columns, Kind.BARS: _bars, Kind.STACK: _stack, Kind.HEAT: _heat,
    }  # fmt: skip
    return makers[plot.kind](plot)


def plain(text: str) -> str:
    """Text of people inside a label: Plotly reads some markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def short(text: str) -> str:
    """A label that fits beside a bar."""
    return plain(text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1].rstrip() + "…")


def ticks(low: Decimal, high: Decimal, count: int = 4, *, whole: bool = False) -> list[Decimal]:
    """Round numbers from below `low` to above `high`: steps of 1, 2, 2.5 or 5 times a power of ten.

    `whole` keeps to whole numbers: there is no half order.
    """
    low, high = min(low, Decimal(0)), max(high, Decimal(0))
    if low == high:
        return [Decimal(0), Decimal(1)]
    rough = (high - low) / count
    if whole and rough < 10:
        step = next(Decimal(f) for f in (1, 2, 5, 10) if f >= rough)
        return _steps(low, high, step)
    unit = Decimal(1).scaleb(rough.adjusted())
    step = next(unit * f for f in (1, 2, Decimal("2.5"), 5, 10) if unit * f >= rough)
    return _steps(low, high, step)


def _steps(low: Decimal, high: Decimal, step: Decimal) -> list[Decimal]:
    first = (low / step).to_integral_value("ROUND_FLOOR")
    last = (high / step).to_integral_value("ROUND_CEILING")
    return [step * (first + place) for place in range(int(last - first) + 1)]


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _numbers(values: Sequence[Decimal | None]) -> list[str | None]:
    return [_number(value) for value in values]


def _known(*sets: Sequence[Decimal | None]) -> list[Decimal]:
    return [value for values in sets for value in values if value is not None] or [Decimal(0)]


def _layout(height: int, **more: Any) -> Figure:
    return {"height": height, "showlegend": False, "hovermode": "closest", **more}


def _value_axis(marks: list[Decimal], tick: Callable[[Decimal], str]) -> Figure:
    return {
        "type": "linear", "range": [_number(marks[0]), _number(marks[-1] + (marks[1] - marks[0]) / 20)], "tickvals": _numbers(marks),
        "ticktext": [plain(tick(mark)) for mark in marks], "showgrid": True, "zeroline": marks[0] < 0, "fixedrange": True,
    }  # fmt: skip


def _label_axis(labels: Sequence[str], pad: str = "0.5", most: int = MOST_TICKS) -> Figure:
    """Rows along the bottom: as many labels as there is room for, the first always."""
    every = -(-len(labels) // most) or 1
    places = list(range(0, len(labels), every))
    end = Decimal(len(labels) - 1) + Decimal(pad)
    return {
        "type": "linear", "range": [f"-{pad}", _number(end)], "tickvals": places, "ticktext": [short(labels[i]) for i in places],
        "showgrid": False, "zeroline": False, "fixedrange": True, "tickangle": 0,
    }  # fmt: skip


def _words(label: str, text: str, other: tuple[str, str] | None = None) -> str:
    """What stands at the pointer, with some air around it: the value, its row, the other period."""
    lines = [f"<b>{plain(text)}</b>", plain(label)]
    if other is not None:
        lines.append(f"{plain(other[0])}: {plain(other[1])}")
    return "<br>".join(f"{AIR}{line}{AIR}" for line in lines)


def _hover(plot: Plot) -> list[str]:
    """What stands at the pointer: the value, its row, and the same place in the period before."""
    before = plot.before
    found = []
    for place, (label, text) in enumerate(zip(plot.labels, plot.series[0].texts, strict=True)):
        other = None
        if before is not None and place < len(before.texts):
            name = plot.before_labels[place] if place < len(plot.before_labels) else before.name
            other = (name, before.texts[place])
        found.append(_words(label, text, other))
    return found


def _line(plot: Plot) -> Figure:
    main, count = plot.series[0], len(plot.labels)
    data: list[Figure] = []
    sets = [main.values]
    if plot.before is not None:
        sets.append(plot.before.values)
        shown = list(plot.before.values)[:count]
        data.append(
            {
                "type": "scatter", "mode": "lines", "x": list(range(len(shown))), "y": _numbers(shown), "name": plot.before.name,
                "hoverinfo": "skip", "meta": "before", "line": {"width": 1.5, "dash": "dot"},
            }
        )  # fmt: skip
    data.append(
        {
            "type": "scatter", "mode": "lines" if count > 1 else "markers", "x": list(range(count)), "y": _numbers(main.values),
            "name": main.name, "hovertext": _hover(plot), "hovertemplate": "%{hovertext}<extra></extra>", "meta": "main",
            "line": {"width": 2, "shape": "linear"}, "marker": {"size": 7}, "cliponaxis": False, "customdata": list(plot.links),
            "fill": "tozeroy",
        }
    )  # fmt: skip
    marks = ticks(min(_known(*sets)), max(_known(*sets)), whole=plot.is_whole)
    pad = "0.5" if count == 1 else "0.15"
    return {
        "data": data,
        "layout": _layout(
            PLAIN_HEIGHT,
            hovermode="x",
            hoverdistance=-1,
            xaxis=_label_axis(plot.marks or plot.labels, pad),
            yaxis=_value_axis(marks, plot.tick),
        ),
    }


def _opacity(plot: Plot) -> Any:
    """Chosen rows stand out; without a choice all do."""
    if not plot.chosen:
        return 1
    return [1 if place in plot.chosen else 0.35 for place in range(len(plot.labels))]


def _columns(plot: Plot) -> Figure:
    main = plot.series[0]
    sets = [main.values, *([plot.before.values] if plot.before else [])]
    data: list[Figure] = [
        {
            "type": "bar", "x": list(range(len(plot.labels))), "y": _numbers(main.values), "name": main.name, "meta": "main",
            "hovertext": _hover(plot), "hovertemplate": "%{hovertext}<extra></extra>", "customdata": list(plot.links),
            "marker": {"opacity": _opacity(plot), "cornerradius": 4},
        }
    ]  # fmt: skip
    if plot.before is not None:
        shown = list(plot.before.values)[: len(plot.labels)]
        data.append(
            {
                "type": "scatter", "mode": "lines", "x": list(range(len(shown))), "y": _numbers(shown), "name": plot.before.name,
                "hoverinfo": "skip", "meta": "before", "line": {"width": 1.5, "dash": "dot"},
            }
        )  # fmt: skip
    marks = ticks(min(_known(*sets)), max(_known(*sets)), whole=plot.is_whole)
    return {
        "data": data,
        "layout": _layout(
            PLAIN_HEIGHT,
            bargap=0.35,
            xaxis=_label_axis(plot.marks or plot.labels),
            yaxis=_value_axis(marks, plot.tick),
        ),
    }


def _bars(plot: Plot) -> Figure:
    main, count = plot.series[0], len(plot.labels)
    known = _known(main.values)
    low, high = min(*known, Decimal(0)), max(*known, Decimal(0))
    room = (high - low or Decimal(1)) * Decimal("0.34")
    data = [
        {
            "type": "bar", "orientation": "h", "x": _numbers(main.values), "y": list(range(count)), "name": main.name, "meta": "main",
            "text": [plain(text) for text in main.texts], "textposition": "outside", "cliponaxis": False,
            "hovertext": _hover(plot), "hovertemplate": "%{hovertext}<extra></extra>", "customdata": list(plot.links),
            "marker": {"opacity": _opacity(plot), "cornerradius": 4},
        }
    ]  # fmt: skip
    span = [_number(low - room if low < 0 else Decimal(0)), _number(high + room)]
    return {
        "data": data,
        "layout": _layout(
            BAR_HEIGHT * count + 8,
            bargap=0.4,
            margin={"t": 0},
            xaxis={"type": "linear", "range": span, "visible": False, "fixedrange": True},
            yaxis={
                "type": "linear", "range": [_number(Decimal(count) - Decimal("0.5")), "-0.5"], "tickvals": list(range(count)),
                "ticktext": [short(label) for label in plot.labels], "showgrid": False, "zeroline": False, "fixedrange": True,
                "automargin": True,
            },
        ),
    }  # fmt: skip


def _stack(plot: Plot) -> Figure:
    count = len(plot.labels)
    data = [
        {
            "type": "bar", "x": list(range(count)), "y": _numbers(one.values), "name": plain(one.name), "meta": f"part-{place}",
            "hovertext": [_words(f"{one.name}, {label}", text) for label, text in zip(plot.labels, one.texts, strict=True)],
            "hovertemplate": "%{hovertext}<extra></extra>", "customdata": list(plot.links),
        }
        for place, one in enumerate(plot.series)
    ]  # fmt: skip
    tops = [sum(_known([one.values[i] for one in plot.series]), Decimal(0)) for i in range(count)]
    marks = ticks(Decimal(0), max(tops, default=Decimal(0)), whole=plot.is_whole)
    layout = _layout(
        PLAIN_HEIGHT, barmode="stack", bargap=0.35, xaxis=_label_axis(plot.marks or plot.labels), yaxis=_value_axis(marks, plot.tick)
    )  # fmt: skip
    return {"data": data, "layout": layout | {"showlegend": True}}


def _heat(plot: Plot) -> Figure:
    """Rows down, series across."""
    count = len(plot.labels)
    grid = [[_number(one.values[row]) for one in plot.series] for row in range(count)]
    texts = [
        ["" if one.values[row] is None else plain(one.texts[row]) for one in plot.series]
        for row in range(count)
    ]
    words = [
        [_words(f"{plot.labels[row]}, {one.name}", one.texts[row]) if one.values[row] is not None else "" for one in plot.series]
        for row in range(count)
    ]  # fmt: skip
    trace: Figure = {
        "type": "heatmap", "z": grid, "text": texts, "hovertext": words, "hovertemplate": "%{hovertext}<extra></extra>",
        "hoverongaps": False, "showscale": False, "zmin": 0, "xgap": 2, "ygap": 2, "meta": "heat",
    }  # fmt: skip
    if len(plot.series) <= MOST_COLUMNS:
        trace["texttemplate"] = "%{text}"
    columns = _label_axis([one.mark or one.name for one in plot.series], most=MOST_COLUMNS)
    return {
        "data": [trace],
        "layout": _layout(
            HEAT_ROW * count + 32,
            xaxis=columns | {"side": "top"},
            yaxis={
                "type": "linear", "range": [_number(Decimal(count) - Decimal("0.5")), "-0.5"], "tickvals": list(range(count)),
                "ticktext": [short(label) for label in plot.labels], "showgrid": False, "zeroline": False, "fixedrange": True,
                "automargin": True,
            },
        ),
    }  # fmt: skip
