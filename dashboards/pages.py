"""What a dashboard is made of: declarations that one renderer turns into tiles, charts, tables and files.

A page is a module with a `PAGE`, named once in the tuple `PAGES` of `dashboards/feature.py`:

    # dashboards/inventory.py
    def build(session: Session, asked: Asked) -> Content:
        return Content(
            tiles=(Tile("stock_value"), Tile("stock_cover", note=_("at the pace of the last 30 days"))),
            charts=(
                Chart("stock_value", "warehouse"),                       # bars, the ten largest
                Chart("units_sold", "day", kind=Kind.LINE, span=2),       # a line over time, compared
                Panel("reorder", _("To order now"), rows=tuple(           # figures of one's own
                    Line(sku, name, (Decimal(12), Decimal(3)), url=f"/admin/stock/show/{pk}") for ...),
                    columns=(Column(_("Left"), Unit.COUNT), Column(_("Days"), Unit.DAYS)), kind=Kind.TABLE),
            ),
        )

    PAGE = Page("inventory", _l("Inventory"), "warehouse", 30, build, lead=_l("…"), roles=("Seller",))

`Tile` and `Chart` name a metric of `app.analytics`; the frame asks all of them at once, with the days, currency and
filters of the address (`asked`), compares, draws, links and exports. What is no metric comes as a `Panel` with rows
that `build` has read from a `queries` module of `app`. Pages never add, divide or round: figures come ready.
A page has its rights by itself: Admin and Manager, and the `roles` it names. A seller's figures are narrowed to what
is his before anything is asked; a metric that cannot be narrowed (no dimension "seller") is left out for him, and
`Panel`s must look at `asked.seller` themselves.

A shop of many orders waits for no page: charts with a `late` and panels wrapped in `Later` come right behind it there
(`dashboards/waiting.py`); in a small shop, in files and without a script they are part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from app.analytics.rules import Figures, Unit
from dashboards.asked import Asked


class Kind(StrEnum):
    """How rows are drawn. Under every chart lies its table; TABLE has nothing above it."""

    LINE = "line"
    """Along time; the period before as a second, dashed line."""
    COLUMNS = "columns"
    """Upright, in the order of the rows: hours, weekdays, months."""
    BARS = "bars"
    """Lying, the largest on top: products, categories, countries."""
    STACK = "stack"
    """Upright and on top of each other: one colour a column of a `Panel`."""
    HEAT = "heat"
    """A grid of shades: rows down, columns across (cohorts)."""
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Tile:
    """One number with its change. `title` and `note` are words for people; empty, the metric's own."""

    metric: str
    title: Any = ""
    note: Any = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    url: str = ""
    compare: bool = True
    """False for what is only known as of now."""
    only: str = ""
    """What it alone is narrowed to, in words."""
    ignored: tuple[str, ...] = ()
    """Dimensions by which everything around is narrowed and this figure cannot be; the card names them."""


@dataclass(frozen=True, slots=True)
class Chart:
    """One metric by one dimension. `code` names it in addresses of files; empty, "metric-by-dimension"."""

    metric: str
    by: str
    kind: Kind = Kind.BARS
    title: Any = ""
    note: Any = ""
    limit: int | None = 10
    span: int = 1
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    name: str = ""
    compare: bool = True
    """False where a comparison would tell little."""
    late: str = ""
    """Named where its figures take long in a large shop: there they follow the page, those of one name together."""
    only: str = ""
    """What it alone is narrowed to, in words."""
    ignored: tuple[str, ...] = ()
    """As with a tile."""
    without: str = ""
    """The key of a row that is left out, such as shipping among what sells best."""

    @property
    def most(self) -> int | None:
        """How many rows are asked for, so that enough are left."""
        return self.limit + 1 if self.limit is not None and self.without else self.limit

    def shown(self, figures: Figures) -> Figures:
        """The answer with the rows that this chart shows."""
        if not self.without:
            return figures
        rows = tuple(row for row in figures.rows if row.key != self.without)
        return replace(figures, rows=rows[: self.limit])

    @property
    def code(self) -> str:
        """What it is called in addresses."""
        return self.name or f"{self.metric}-by-{self.by}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a panel: its heading and what its numbers count."""

    label: Any
    unit: Unit = Unit.COUNT
    currency: str | None = None
    mark: str = ""
    """A shorter heading for the axis of a grid."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a panel: a stable key, its name, one value a column (None: nothing to show), where it leads."""

    key: str
    label: str
    values: tuple[Decimal | int | None, ...]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """Figures that are no metric by a dimension: cohorts, funnels, lists of things to do."""

    code: str
    title: Any
    columns: tuple[Column, ...]
    rows: tuple[Line, ...]
    kind: Kind = Kind.TABLE
    head: Any = ""
    """The heading of the first column."""
    note: Any = ""
    span: int = 1
    empty: Any = ""
    """What to say when there are no rows."""
    ignored: tuple[str, ...] = ()
    """Dimensions of the filters in force that these figures cannot follow; the card names them."""


@dataclass(frozen=True, slots=True)
class Later:
    """A panel whose figures take long in a large shop: there its frame comes with the page, and `make` is called by
    a request of its own, together with all that have the same `late`."""

    code: str
    title: Any
    late: str
    make: Callable[[], Panel]
    span: int = 1


@dataclass(frozen=True, slots=True)
class Frame:
    """The place of a card whose figures follow."""

    code: str
    title: Any
    late: str
    span: int = 1


@dataclass(frozen=True, slots=True)
class Content:
    """What a page shows, in order."""

    tiles: tuple[Tile, ...] = ()
    charts: tuple[Chart | Panel | Later, ...] = ()


Build = Callable[[Session, Asked], Content]


@dataclass(frozen=True, slots=True)
class Page:
    """A page below /admin/dashboards/; lower `position` comes first. "" is the overview."""

    code: str
    title: Any
    icon: str
    position: int
    build: Build
    lead: Any = ""
    roles: tuple[str, ...] = ()
    """Roles beside Admin and Manager that may see it from the start."""
