"""Screens of boards and of what is mailed: composed without a line of code, by forms that operations check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, abort, current_app, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_appbuilder.security.sqla.models import assoc_user_role
from flask_babel import gettext as _
from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from wtforms.validators import Optional

from app.analytics import queries
from app.analytics.families.dimensions import LABELS
from app.core.admin import Interface, OperationView, action, current_actor, related
from app.core.admin.context import current_person, database
from app.core.admin.fields import ListField, integer_field
from app.core.i18n import _l, current_language
from app.identity.models import Role, User
from dashboards import boards, choosing, exports, operations, waiting
from dashboards.asked import Asked
from dashboards.drawing import Drawn
from dashboards.fields import FiltersField, RolesField
from dashboards.models import Board, BoardTile, Mailing
from dashboards.periods import COMPARISONS, PRESETS
from dashboards.reach import leading
from dashboards.reports import TITLES
from dashboards.screen import Chip, around, seller_here

DAYS = [(code, label) for code, (label, _days) in PRESETS.items()]
FORMATS = [("csv", "CSV"), ("xlsx", _l("Excel (XLSX)")), ("pdf", "PDF")]
CHARTS = [
    ("number", _l("One number")), ("line", _l("Line over time")), ("columns", _l("Columns")), ("bars", _l("Bars, largest first")),
    ("table", _l("Table")),
]  # fmt: skip
READ = ("can_list", "can_show")
WRITE = ("can_list", "can_show", "can_add", "can_edit", "can_delete")


def _shared(model: type[Board], user_id: int) -> Any:
    """Boards of this person, and those shared with a role of theirs."""
    link = assoc_user_role.c
    held = (
        select(1).select_from(assoc_user_role).join(Role, Role.id == link.role_id)
        .where(link.user_id == user_id, model.roles.contains(func.to_jsonb(Role.name)))
    )  # fmt: skip
    return or_(model.owner_id == user_id, exists(held))


class BoardView(OperationView):
    """Boards: their list, their settings, and the board itself as the page of one."""

    datamodel = Interface(Board)
    imports = _l("Boards are put together by hand, one figure at a time.")
    entity, title, singular, icon = "board", _l("Boards"), _l("Board"), "layout-grid"
    add_operation = staticmethod(operations.save_board)
    edit_operation = staticmethod(operations.save_board)
    delete_operation = staticmethod(operations.remove_board)
    owner_filter = staticmethod(_shared)
    owner_exempt_roles = frozenset({"Admin"})
    grants = {"Seller": WRITE, "Support": READ}
    load_options = (joinedload(Board.owner), selectinload(Board.tiles))
    show_template = "dashboards/board.html"
    add_template, edit_template = "dashboards/compose_add.html", "dashboards/compose_edit.html"
    list_columns = ["title", "owner", "roles", "period", "updated_at"]
    show_columns = ["title", "owner", "roles", "period", "comparison", "currency", "filters", "updated_at"]
    search_columns = ["title", "owner", "updated_at"]
    quick_search_columns = ["title"]
    base_order = ("title", "asc")
    add_columns = edit_columns = ["title", "period", "comparison", "currency", "filters", "roles"]
    choices = {"period": DAYS, "comparison": [(value.value, label) for value, label in COMPARISONS]}
    label_columns = {
        "title": _l("Title"), "owner": _l("Owner"), "roles": _l("Shared with"), "period": _l("Days"),
        "comparison": _l("Compared with"), "currency": _l("Currency"), "filters": _l("Only"), "updated_at": _l("Changed"),
    }  # fmt: skip
    column_help = {
        "title": _l("What the board is called in the list and in mails."),
        "period": _l("The days it opens with; readers may choose others."),
        "comparison": _l("With what the figures are compared."),
        "currency": _l("Three letters, such as EUR: only orders in it. Empty: all orders, in the shop’s own currency."),
        "filters": _l("Narrows all figures of the board. Any of one kind, all kinds together. Nothing chosen: everything."),
        "roles": _l("Who else may look at it. Each person sees only figures that are theirs; a seller those of own goods."),
    }  # fmt: skip
    add_form_extra_fields = edit_form_extra_fields = {
        "filters": FiltersField(label_columns["filters"], description=column_help["filters"]),
        "roles": RolesField(
            label_columns["roles"], description=column_help["roles"], offered=operations.SHARED_WITH
        ),
    }
    list_help = _l("A board holds the figures that you look at together. Open one to see it.")
    empty_text = _l("No boards yet.")
    empty_help = _l("Make one, give it a name, and put figures on it.")

    def may_edit(self, item: Board) -> bool:
        """Only its owner and admins change a board."""
        actor = current_actor()
        return item.owner_id == actor.user_id or not seller_here() and _is_admin()

    def page_values(self, item: Board) -> dict[str, Any]:
        """The board itself: its cards for this reader."""
        session = database()
        asked, cards = self._drawn(item, request.args)
        may_change = self.can("edit") and self.may_edit(item)
        mailing = _screen("MailingView")
        return {
            "asked": asked, "tiles": [c for c in cards if c.is_tile], "charts": [c for c in cards if not c.is_tile],
            "may_change": may_change, "is_owner": item.owner_id == current_actor().user_id, "listed": _listed(item) if may_change else [],
            "tile_url": _screen("BoardTileView").url("add", board=item.id),
            "mailing_url": mailing.url("add", board=item.id) if mailing.can("add") else "", "only": "".join(boards.only(session, [item.filters], asked.language)),
            **around(session, asked, cards),
        }  # fmt: skip

    @expose("/show/<pk>")
    @has_access
    def show(self, pk: str) -> ResponseReturnValue:
        """The board; with `part` the cards whose figures follow it."""
        if not request.args.get(waiting.PART):
            return super().show(pk)
        asked, cards = self._drawn(self.item_or_404(pk), request.args)
        return self.render_template("dashboards/part.html", asked=asked, charts=cards or abort(404))

    @expose("/show/<pk>/export.<string:kind>")
    @has_access
    @permission_name("show")
    def figures(self, pk: str, kind: str) -> Response:
        """The figures of the board as a file, or those of one card (`chart`); `kind` is csv or xlsx."""
        item, wanted = self.item_or_404(pk), request.args.get("chart", "")
        if kind not in exports.KINDS:
            abort(404)
        asked, cards = self._drawn(item, {waiting.WHOLE: "1"})
        kept = [card for card in cards if card.code == wanted] if wanted else cards
        if wanted and not kept:
            abort(404)
        (said,) = boards.named(database(), [item.filters], asked.language)
        own = [Chip(name, keys, "") for name, keys in said]
        chips = [*own, *around(database(), asked, cards)["chips"]]
        return exports.answer(asked, kept, kind=kind, name=f"board-{item.id}", chips=chips)

    def _drawn(self, item: Board, given: Mapping[str, str]) -> tuple[Asked, list[Drawn]]:
        """The board under the state of its address, and its cards for this reader."""
        path, session = self.url("show", pk=item.id), database()
        asked = boards.asked_of(
            session, item, request.args, path=path, language=current_language(), seller=seller_here()
        )
        return asked, leading(boards.cards(session, item, asked, given))


def _is_admin() -> bool:
    person = current_person()
    return person is not None and any(role.name == "Admin" for role in person.roles)


def _screen(name: str) -> Any:
    views = current_app.appbuilder.baseviews  # type: ignore[attr-defined]
    return next(view for view in views if type(view).__name__ == name)


def _listed(board: Board) -> list[dict[str, Any]]:
    """The tiles of a board in words, for whoever changes it."""
    said = boards.only(database(), [tile.filters for tile in board.tiles], current_language())
    names, screen = {metric.code: metric.label for metric in queries.metrics()}, _screen("BoardTileView")
    return [
        {
            "title": tile.title or str(names.get(tile.metric, tile.metric)), "by": str(LABELS.get(tile.dimension, tile.dimension)),
            "only": said[place],
            "id": tile.id, "url": screen.url("edit", pk=tile.id), "is_first": place == 0, "is_last": place == len(board.tiles) - 1,
            "up_url": screen.url("action", name="up", pk=tile.id), "down_url": screen.url("action", name="down", pk=tile.id),
        }
        for place, tile in enumerate(board.tiles)
    ]  # fmt: skip


def _metrics() -> list[tuple[str, Any]]:
    return [(metric.code, metric.label) for metric in queries.metrics()]


def _dimensions() -> list[tuple[str, Any]]:
    every = frozenset().union(*(metric.dimensions for metric in queries.metrics()))
    return [("", _l("Nothing: one number")), *((name, LABELS.get(name, name)) for name in sorted(every))]


class BoardTileView(OperationView):
    """The figures of boards, one by one."""

    datamodel = Interface(BoardTile)
    imports = _l("Boards are put together by hand, one figure at a time.")
    entity, title, singular, icon = "boardtile", _l("Figures of boards"), _l("Figure"), "chart"
    id_argument = "tile_id"
    add_operation = staticmethod(operations.save_tile)
    edit_operation = staticmethod(operations.save_tile)
    delete_operation = staticmethod(operations.remove_tile)
    owner_filter = staticmethod(
        lambda model, user_id: model.board_id.in_(select(Board.id).where(_shared(Board, user_id)))
    )
    owner_exempt_roles = frozenset({"Admin"})
    grants = {"Seller": (*WRITE, "up", "down"), "Support": READ}
    load_options = (joinedload(BoardTile.board),)
    add_template, edit_template = "dashboards/compose_add.html", "dashboards/compose_edit.html"
    list_columns = ["board", "title", "metric", "dimension", "chart", "position"]
    show_columns = [*list_columns, "filters", "row_limit", "span"]
    search_columns = ["board", "title", "metric", "dimension", "chart"]
    quick_search_columns = ["title"]
    base_order = ("position", "asc")
    relations = {"board": related("title", order_by="title")}
    add_columns = [
        "board",
        "metric",
        "dimension",
        "chart",
        "title",
        "filters",
        "row_limit",
        "span",
        "position",
    ]
    edit_columns = add_columns[1:]
    choices = {"metric": _metrics(), "dimension": _dimensions(), "chart": CHARTS, "span": [("1", _l("Half the width")), ("2", _l("The whole width"))]}  # fmt: skip
    label_columns = {
        "board": _l("Board"), "metric": _l("Figure"), "dimension": _l("Split by"), "chart": _l("Shown as"), "title": _l("Title"),
        "filters": _l("Only"), "row_limit": _l("Rows"), "span": _l("Width"), "position": _l("Position"),
    }  # fmt: skip
    column_help = {
        "board": _l("The board it stands on."),
        "metric": _l("What is counted. Each figure is explained on the dashboards, behind its three dots."),
        "dimension": _l("What makes the bars, points or rows. Not every figure can be split by everything."),
        "chart": _l("A line needs days, weeks or months; a single number needs nothing to split by."),
        "title": _l("Your own words above it. Empty: the name of the figure."),
        "filters": _l(
            "Narrows this figure alone. Any of one kind, all kinds together. Nothing chosen: everything."
        ),
        "row_limit": _l("How many bars or rows at most, from 1 to 50."),
        "span": _l("How much room it takes on a wide screen."),
        "position": _l("Lower comes first. Empty: last."),
    }
    add_form_extra_fields = edit_form_extra_fields = {
        "filters": FiltersField(label_columns["filters"], description=column_help["filters"]),
        "position": integer_field(
            label_columns["position"], validators=[Optional()], description=column_help["position"]
        ),
    }

    def values_of(self, form: Any) -> dict[str, Any]:
        """The width is a number to the operation, a choice to people."""
        values = super().values_of(form)
        width = values.get("span")
        return values | ({"span": int(width)} if width in ("1", "2") else {})

    def after_add(self, made: Any) -> str:
        """Back to the board."""
        if request.form.get("_next") == "add":
            return self.url("add", board=made.board_id)
        return str(_screen("BoardView").url("show", pk=made.board_id))

    @expose("/choices")
    @has_access
    @permission_name("list")
    def choices_found(self) -> ResponseReturnValue:
        """Articles to narrow by, found by their words, for the search in the form of a figure."""
        found = choosing.found(database(), request.args.get("q", ""), current_language())
        return jsonify(results=[{"id": choice.value, "label": choice.text} for choice in found])

    @action("up", _l("Move up"), icon="up", multiple=False)
    def up(self, items: list[BoardTile]) -> ResponseReturnValue:
        """Move a figure one place up its board."""
        return self._moved(items[0], -1)

    @action("down", _l("Move down"), icon="down", multiple=False)
    def down(self, items: list[BoardTile]) -> ResponseReturnValue:
        """Move a figure one place down its board."""
        return self._moved(items[0], 1)

    def _moved(self, tile: BoardTile, steps: int) -> ResponseReturnValue:
        operations.move_tile(database(), tile_id=tile.id, steps=steps, actor=current_actor())
        board = _screen("BoardView").url("show", pk=tile.board_id)
        return redirect(f"{board}#tile-{tile.id}-{'up' if steps < 0 else 'down'}")


class MailingView(OperationView):
    """Boards and reports that are mailed by themselves."""

    datamodel = Interface(Mailing)
    imports = _l("Regular mails are few, and each is set up with its people in mind.")
    entity, title, singular, icon = "mailing", _l("Regular mails"), _l("Regular mail"), "send"
    add_operation = staticmethod(operations.save_mailing)
    edit_operation = staticmethod(operations.save_mailing)
    delete_operation = staticmethod(operations.remove_mailing)
    owner_filter = staticmethod(lambda model, user_id: model.owner_id == user_id)
    owner_exempt_roles = frozenset({"Admin"})
    load_options = (joinedload(Mailing.board), joinedload(Mailing.owner))
    list_columns = ["board", "report", "rhythm", "next_at", "sent_at", "owner", "is_active"]
    show_columns = [*list_columns, "format", "period", "currency", "day", "hour"]
    search_columns = ["report", "rhythm", "is_active", "next_at"]
    base_order = ("next_at", "asc")
    relations = {"board": related("title", order_by="title")}
    choices = {
        "report": list(TITLES.items()), "format": FORMATS, "period": DAYS,
        "rhythm": [("day", _l("Every day")), ("week", _l("Every week")), ("month", _l("Every month"))],
    }  # fmt: skip
    add_columns = edit_columns = [
        "board", "report", "format", "period", "currency", "rhythm", "day", "hour", "recipients", "is_active",
    ]  # fmt: skip
    label_columns = {
        "board": _l("Board"), "report": _l("Report"), "format": _l("File"), "period": _l("Days"), "currency": _l("Currency"),
        "rhythm": _l("How often"), "day": _l("Day"), "hour": _l("Hour"), "recipients": _l("Recipients"), "next_at": _l("Leaves next"),
        "sent_at": _l("Last sent"), "owner": _l("Owner"), "is_active": _l("Active"),
    }  # fmt: skip
    column_help = {
        "board": _l("Choose a board or a report, not both."),
        "report": _l("Choose a board or a report, not both."),
        "format": _l("Of a report. A board is always a PDF with its charts."),
        "period": _l("Which days it is about, as seen from the day it leaves."),
        "currency": _l("Three letters, such as EUR: only orders in it. Empty: all orders."),
        "rhythm": _l("How often it leaves."),
        "day": _l("Weekly: 0 is Monday, 6 is Sunday. Monthly: 1 to 28. Daily: any."),
        "hour": _l("From 0 to 23, in the time zone of the shop."),
        "recipients": _l("E-mail addresses of people of the shop, one a line. Each gets what they may see."),
        "is_active": _l("Switched off, it is kept and nothing leaves."),
    }
    add_form_extra_fields = edit_form_extra_fields = {
        "recipients": ListField(label_columns["recipients"], description=column_help["recipients"])
    }
    list_help = _l("A board or a report, in the mailbox by itself, every day, week or month.")
    empty_text = _l("Nothing is mailed by itself yet.")

    def edit_values(self, item: Mailing) -> dict[str, Any]:
        """People by their addresses."""
        query = select(User.email).where(User.id.in_(item.recipients)).order_by(User.email)
        return {"recipients": list(database().scalars(query))}

    def initial_values(self) -> dict[str, Any]:
        """The person who asks is the first to get it."""
        person = current_person()
        return {"recipients": [person.email] if person else [], **super().initial_values()}

    def cell(self, item: Mailing, name: str, short: bool = False) -> Any:
        """The report by its title."""
        if name == "report" and item.report is None:
            return ""
        if name == "currency" and not item.currency:
            return _("All")
        return super().cell(item, name, short)
