"""The first page of the back office, its search over everything, and its language switch."""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, current_app, jsonify, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import expose
from flask_appbuilder.views import IndexView
from flask_babel import format_date
from flask_babel import gettext as _

from app.core import slots
from app.core.admin import tiles
from app.core.admin.context import current_person, database
from app.core.admin.icons import icon
from app.core.admin.menu import sidebar
from app.core.admin.values import storable
from app.core.clock import utcnow
from app.core.i18n import is_language
from app.core.web import typed_before

PER_SCREEN = 5
MOST_SCREENS = 8
THEMES = ("light", "dark")


def theme() -> str:
    """The colours this browser asked for, or "" to follow the system."""
    chosen = request.cookies.get("admin_theme", "")
    return chosen if chosen in THEMES else ""


def install(app: Flask) -> None:
    """Make the sidebar and icons known to templates."""
    app.jinja_env.globals.update(
        admin_sidebar=sidebar, icon=icon, admin_theme=theme, icon_of=lambda view: view.icon or "inbox"
    )
    app.jinja_env.globals.setdefault("slot", slots.render)
    app.jinja_env.globals.setdefault("slot_is_filled", slots.is_filled)


class AdminIndex(IndexView):
    """`/admin/`: today's figures and what waits, filled by features through slots.

    Slots: `admin.home` (callables that return a `Tile`, see `tiles`), `admin.home.figures` and
    `admin.home.panels` (markup). Everybody who sees one entry of the sidebar may come here.
    """

    route_base = "/admin"
    default_view = "index"

    def create_blueprint(
        self, appbuilder: Any, endpoint: str | None = None, static_folder: str | None = None
    ) -> Any:
        """Register the page, and the template globals that every page of the back office needs."""
        install(current_app._get_current_object())  # type: ignore[attr-defined]
        return super().create_blueprint(appbuilder, endpoint, static_folder)

    def _refused(self) -> ResponseReturnValue | None:
        if current_person() is None:
            return redirect(self.appbuilder.get_url_for_login_with(request.path))
        if not sidebar():
            abort(403)
        return None

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Today's figures."""
        if (refused := self._refused()) is not None:
            return refused
        person = current_person()
        return self.render_template(
            "admin/home.html", title=_("Home"), person=person, tiles=tiles.collect(database()), steps=tiles.steps(),
            greeting=_("Good day, %(name)s", name=getattr(person, "first_name", "") or person.username),
            today=format_date(utcnow(), "full"),
        )  # fmt: skip

    @expose("/search")
    def search(self) -> ResponseReturnValue:
        """Rows of the screens that take part in the search over everything (`global_search`)."""
        if (refused := self._refused()) is not None:
            return refused
        words = request.args.get("q", "").strip()[:200]
        found: list[dict[str, str]] = [
            {"group": _("Go to"), "label": entry.label, "url": entry.url}
            for group in sidebar()
            for entry in group.entries
            if words.lower() in entry.label.lower()
        ][:PER_SCREEN]
        if len(words) >= 2 and storable(words):
            for view in self._searched():
                statement = view.visible().where(view.quick_search(words)).limit(PER_SCREEN)
                for row in database().scalars(statement).unique():
                    url = view.url("show", pk=view.key_text(row))
                    found.append({"group": str(view.title), "label": view.name_of(row), "url": url})
        return jsonify(results=found)

    def _searched(self) -> list[Any]:
        views = [v for v in self.appbuilder.baseviews if getattr(v, "global_search", False) and v.can("show")]
        return views[:MOST_SCREENS]

    @expose("/language", methods=["POST"])
    def language(self) -> ResponseReturnValue:
        """Speak another language in the back office from now on."""
        code = request.form.get("language", "")
        if is_language(code):
            session["locale"] = code
        back = request.form.get("next", "")
        own = back.startswith("/admin") and "\\" not in back and "//" not in back
        return redirect(back if own else self.appbuilder.get_url_for_index)


def error_page(error: Any) -> str:
    """A refusal as a page of the back office; without its frame for strangers and when things broke."""
    appbuilder = current_app.appbuilder
    titles = {
        403: _("This is not yours to open"),
        404: _("There is nothing here"),
        400: _("This form has expired"),
    }
    return render_template(
        "admin/error.html", appbuilder=appbuilder, is_bare=error.status >= 500 or current_person() is None, status=error.status, title=titles.get(error.status, _("This did not work")),
        message=error.text, again=typed_before() if error.code == "csrf" and current_person() else (),
    )  # fmt: skip
