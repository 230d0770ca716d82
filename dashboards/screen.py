"""Dashboards as screens of the back office: one screen a page, so that each has its place in the menu and its rights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.analytics import queries
from app.analytics.rules import Figures
from app.core.admin.context import current_person, database
from app.core.admin.ownership import EXEMPT_ROLES
from app.core.feature import Admin
from app.core.i18n import current_language
from app.regions import queries as regions
from dashboards import asked as addresses
from dashboards import exports, waiting
from dashboards.asked import Asked
from dashboards.drawing import Drawn, draw, label_of
from dashboards.pages import Page
from dashboards.periods import COMPARISONS, OWN, PRESETS
from dashboards.wording import days_text

ROOT = "/admin/dashboards"
CATEGORY = "Dashboards"


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, in words."""

    dimension: str
    value: str
    remove_url: str


class DashboardView(BaseView):
    """A page of figures. `page` is its declaration; subclasses are made by `screen_of`."""

    page: Page
    default_view = "show"
    base_permissions = ("can_show",)

    @expose("")
    @has_access
    @permission_name("show")
    def show(self) -> ResponseReturnValue:
        """The page."""
        return self.shown()

    def shown(self) -> ResponseReturnValue:
        """The page under the state of its address."""
        session = database()
        asked = asked_here(session, self.route_base)
        tiles, charts = drawn(session, asked, self.page, request.args)
        if request.args.get(waiting.PART):
            return self.render_template("dashboards/part.html", asked=asked, charts=charts or abort(404))
        return self.render_template(
            "dashboards/page.html", title=self.page.title, page=self.page, asked=asked, tiles=tiles, charts=charts,
            **around(session, asked, [*tiles, *charts]),
        )  # fmt: skip

    @expose("/export.<string:kind>")
    @has_access
    @permission_name("show")
    def export(self, kind: str) -> Response:
        """The figures of the page as a file, or those of one card (`chart`); `kind` is csv or xlsx."""
        if kind not in exports.KINDS:
            abort(404)
        session = database()
        asked = asked_here(session, self.route_base)
        tiles, charts = drawn(session, asked, self.page, {waiting.WHOLE: "1"})
        cards, wanted = [*tiles, *charts], request.args.get("chart", "")
        if wanted:
            cards = [card for card in cards if card.code == wanted]
            if not cards:
                abort(404)
        around_them = around(session, asked, [*tiles, *charts])
        name = "-".join(part for part in (self.page.code or "overview", wanted) if part)
        return exports.answer(asked, cards, kind=kind, name=name, chips=around_them["chips"])


class OverviewView(DashboardView):
    """The first page: its address ends in a stroke, as that of a folder."""

    @expose("/")
    @has_access
    @permission_name("show")
    def show(self) -> ResponseReturnValue:
        """The page."""
        return self.shown()


def asked_here(session: Session, path: str) -> Asked:
    """What the address of this request asks for; a seller gets nothing but what is his."""
    return addresses.read(
        request.args, today=queries.today(session), currencies=regions.enabled_currencies(session),
        dimensions=dimensions(), path=f"{path}/" if path == ROOT else path, language=current_language(), seller=seller_here(),
    )  # fmt: skip


def dimensions() -> frozenset[str]:
    """Everything by which some figure can be filtered, moments apart: those are chosen as days."""
    every = frozenset().union(*(metric.dimensions for metric in queries.metrics()))
    return every - {"day", "week", "month"}


def seller_here() -> str:
    """The key of the person whose goods everything is narrowed to; "" for who sees everybody's."""
    person = current_person()
    if person is None:
        abort(403)
    sm = current_app.appbuilder.sm  # type: ignore[attr-defined]
    roles = {role.name for role in sm.get_user_roles(person)}
    return "" if roles & EXEMPT_ROLES else str(person.id)


def drawn(
    session: Session, asked: Asked, page: Page, given: Mapping[str, str]
) -> tuple[list[Drawn], list[Drawn]]:
    """The tiles and the charts of a page that an address asks for, all asked together."""
    content = page.build(session, asked)
    cards = draw(session, asked, waiting.wanted(session, asked, [*content.tiles, *content.charts], given))
    return [c for c in cards if c.is_tile], [c for c in cards if not c.is_tile]


def around(session: Session, asked: Asked, cards: Sequence[Drawn]) -> dict[str, Any]:
    """What surrounds the cards: choices of the form, chips, and how fresh and in what the figures are."""
    known = [card.as_of for card in cards if card.as_of is not None]
    base = regions.base_currency(session)
    return {
        "presets": [*((code, label) for code, (label, _days) in PRESETS.items()), (OWN, _("Own dates"))],
        "comparisons": COMPARISONS,
        "currencies": [("", _("All, in %(currency)s", currency=base)), *((c, _("Only %(currency)s", currency=c)) for c in regions.enabled_currencies(session))],
        "chips": chips(session, asked, cards), "as_of": min(known) if known else None, "timezone": next((card.timezone for card in cards if card.timezone), "") or queries.timezone(session).key,
        "currency_shown": _currency(asked.currency, base, cards), "days": days_text(asked.period),
        "against": days_text(asked.against) if asked.against is not None else "",
    }  # fmt: skip


def _currency(chosen: str | None, base: str, cards: Sequence[Drawn]) -> str:
    """What amounts are in: the currency that was chosen, unless no figure of the page can follow it (stock)."""
    known = {card.currency for card in cards if card.currency}
    return chosen if chosen and (chosen in known or not known) else base


def chips(session: Session, asked: Asked, cards: Iterable[Drawn]) -> list[Chip]:
    """The filters in force, named as the figures name them."""
    names = {(card.head, row.key): row.label for card in cards for row in card.rows}
    heads = {dimension: label_of(dimension) for dimension in asked.filters}
    for dimension, keys in asked.filters.items():
        known = {key: queries.word(dimension, key, asked.language) for key in keys}
        names |= {(heads[dimension], key): name for key, name in known.items() if name}
    missing = [d for d, keys in asked.filters.items() if any((heads[d], key) not in names for key in keys)]
    for dimension, answer in zip(missing, _named(session, asked, missing), strict=False):
        names |= {(heads[dimension], row.key): row.label for row in answer.rows}
    return [
        Chip(heads[dimension], names.get((heads[dimension], key), key), asked.turned(dimension, key).url())
        for dimension, keys in asked.filters.items()
        for key in keys
    ]


def _named(session: Session, asked: Asked, missing: Sequence[str]) -> list[Figures]:
    """Figures that name keys which no card of the page shows: the filtered rows of each dimension."""
    metrics = [next(m for m in queries.metrics() if dimension in m.dimensions) for dimension in missing]
    if not all(asked.may_ask(metric) for metric in metrics):
        return []
    questions = [
        asked.question(metric, dimension, filters={dimension: asked.filters[dimension]})
        for dimension, metric in zip(missing, metrics, strict=True)
    ]
    return queries.ask(session, questions, language=asked.language) if questions else []


def screen_of(page: Page) -> type[DashboardView]:
    """The screen of a page: `SalesDashboard` at /admin/dashboards/sales."""
    name = f"{(page.code or 'overview').capitalize()}Dashboard"
    address = f"{ROOT}/{page.code}".rstrip("/")
    grants = dict.fromkeys(page.roles, ("can_show",))
    base = DashboardView if page.code else OverviewView
    return type(
        name, (base,), {"__doc__": str(base.__doc__), "page": page, "route_base": address, "grants": grants}
    )


def screens(pages: Iterable[Page]) -> tuple[Admin, ...]:
    """The screens of all pages, for the manifest, in the order of their positions."""
    return tuple(
        Admin(screen_of(page), page.title, category=CATEGORY, icon=page.icon, position=page.position)
        for page in sorted(pages, key=lambda page: page.position)
    )
