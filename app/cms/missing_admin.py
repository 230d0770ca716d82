"""The back office's page of texts that a language lacks, and its figure on the first page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, current_app, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.cms import missing
from app.cms.missing import KINDS, OTHERS, START, Gap, Kind
from app.cms.models import Page
from app.core import caching
from app.core.admin import Interface, ReadOnlyView, Tile
from app.core.admin.context import database
from app.core.admin.export import csv_chunks, neutral
from app.core.clock import utcnow
from app.core.i18n import LANGUAGES, _l
from app.core.pagination import BadCursor, decode_cursor, encode_cursor

COLUMNS = {
    "name": _l("Name"), "slug": _l("Address name"), "description": _l("Description"), "label": _l("Label"),
    "title": _l("Title"), "summary": _l("Summary"), "body": _l("Text"), "text": _l("Text"),
    "eyebrow": _l("Line above"), "action": _l("Button"),
}  # fmt: skip
KEPT_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the page: where its form is, at the first text that is missing ("" for who may not edit)."""

    name: str
    language: str
    texts: str
    url: str


class MissingView(ReadOnlyView):
    """Texts that visitors of a language read in English, because nobody has translated them yet."""

    datamodel = Interface(Page)
    entity, title, singular, icon, rest = (
        "missing",
        _l("Missing translations"),
        _l("Missing translation"),
        "globe",
        False,
    )
    list_columns = ["title"]
    grants = {"Support": ("can_list",)}

    def closed_routes(self) -> set[str]:
        """Gaps are no rows of their own: nothing to open."""
        return super().closed_routes() | {"show", "related"}

    @expose("/list/")
    @has_access
    def list(self) -> ResponseReturnValue:
        """How many there are of each kind and language, and those of one kind, page by page."""
        session = database()
        table = [(kind, missing.counts(session, kind)) for kind in KINDS.values()]
        first = next((kind for kind, found in table if any(found.values())), KINDS["product"])
        kind, language = _asked(first)
        page = missing.gaps(session, kind, language, after=_position())
        return self.render_template(
            "cms/admin/missing.html", view=self, title=self.title, table=table, kind=kind, language=language,
            languages={code: LANGUAGES[code] for code in OTHERS}, lines=[_line(gap) for gap in page.items],
            following=encode_cursor([*page.after]) if page.after else "", is_first=_position() == START,
        )  # fmt: skip

    @expose("/export.<string:kind>")
    @has_access
    @permission_name("list")
    def export(self, kind: str) -> Response:
        """The gaps of a kind and language as CSV, for whoever translates them."""
        if kind != "csv":
            abort(404)
        wanted, language = _asked(KINDS["product"])
        titles = [_("Kind"), _("Number"), _("Name"), _("Language"), _("Missing")]
        rows = _rows(database(), wanted, language)
        response = Response(stream_with_context(csv_chunks(titles, rows)), mimetype="text/csv")
        name = f"missing-{wanted.code}-{language or 'all'}-{utcnow():%Y%m%d-%H%M}.csv"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["Cache-Control"] = "no-store"
        return response


def _asked(fallback: Kind) -> tuple[Kind, str]:
    """Kind and language of the address; what is not known is left out."""
    language = request.args.get("language", "")
    return KINDS.get(request.args.get("kind", ""), fallback), language if language in OTHERS else ""


def _position() -> tuple[int, str]:
    """The position of the address; the beginning for one that this shop has not made."""
    try:
        key, language = decode_cursor(request.args.get("cursor", "")[:200], 2)
    except BadCursor:
        return START
    is_ours = type(key) is int and 0 <= key < 2**63 and language in OTHERS
    return (key, language) if is_ours else START


def _line(gap: Gap) -> Line:
    screen = next(v for v in _screens() if type(v).__name__ == KINDS[gap.kind].screen)
    url = f"{screen.url('edit', pk=gap.id)}#{gap.columns[0]}_{gap.language}" if screen.can("edit") else ""
    return Line(gap.name, gap.language, ", ".join(str(COLUMNS[name]) for name in gap.columns), url)


def _screens() -> Any:
    return current_app.appbuilder.baseviews  # type: ignore[attr-defined]


def _rows(session: Session, kind: Kind, language: str) -> Iterator[list[Any]]:
    for gap in missing.every(session, kind, language):
        yield [kind.code, gap.id, neutral(gap.name), gap.language, " ".join(gap.columns)]


def tile(session: Session) -> Tile | None:
    """How many things lack a text in some language, counted every five minutes; nothing when none does."""
    count = caching.cached("cms.missing", "all", lambda: _worst(session), KEPT_SECONDS)
    if not count:
        return None
    return Tile(
        _("Missing translations"), count, url="/admin/missing/list/", icon="globe", view="MissingView",
        note=_("in the language with the most gaps"),
    )  # fmt: skip


def _worst(session: Session) -> int:
    """The gaps of the language that has the most."""
    found = [missing.counts(session, kind) for kind in KINDS.values()]
    return max(sum(counts[code] for counts in found) for code in OTHERS)
