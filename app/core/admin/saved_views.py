"""Saved views: tabs above a list, one person's or everybody's, and one person's choice of columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from werkzeug.datastructures import MultiDict

from app.core.admin.context import database, person_id
from app.core.admin.listing import State, read_state
from app.core.admin.values import storable
from app.core.models_admin import SavedView
from app.core.unit_of_work import unit_of_work

MOST = 40
NAME_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Tab:
    """A saved view as a tab."""

    id: int | None
    name: str
    url: str
    is_active: bool
    is_shared: bool = False
    is_mine: bool = False


class SavedViewsMixin:
    """Routes and reading of saved views and chosen columns."""

    def saved(self) -> list[SavedView]:
        """What this person has saved for this list, and what others share; one query."""
        mine = SavedView.user_id == person_id()
        query = select(SavedView).where(
            SavedView.entity == self.entity, or_(mine, SavedView.is_shared & (SavedView.kind == "view"))
        )
        return list(database().scalars(query.order_by(SavedView.position, SavedView.id).limit(MOST * 3)))

    def tabs(self, rows: list[SavedView], state: State) -> list[Tab]:
        """The tabs of a list; "All" comes first."""
        here, mine = self.url("list"), person_id()
        found = [Tab(None, _("All"), here, is_active=state.view_id is None and not state.pairs())]
        for row in rows:
            if row.kind == "view":
                address = f"{here}?{row.query}&view={row.id}" if row.query else f"{here}?view={row.id}"
                found.append(
                    Tab(
                        row.id, row.name, address, row.id == state.view_id, row.is_shared, row.user_id == mine
                    )
                )
        return found

    def chosen_columns(self, rows: list[SavedView], state: State) -> list[str]:
        """The columns to show: the saved view's, else this person's choice, else the screen's own."""
        possible = self.possible_columns()
        candidates = [row.columns for row in rows if row.kind == "view" and row.id == state.view_id]
        candidates += [row.columns for row in rows if row.kind == "columns"]
        for names in candidates:
            known = [name for name in names or () if name in possible]
            if known:
                return known
        return list(self.list_columns)

    def possible_columns(self) -> list[str]:
        """Columns that may be chosen for the list: shown by default, or shown on the show page."""
        extra = [name for name in self.show_columns if name not in self.list_columns]
        return [*self.list_columns, *extra]

    def _clean_query(self) -> str:
        state = read_state(self, MultiDict(parse_qsl(request.form.get("query", "")[:8000])))
        return urlencode([(key, raw) for key, raw in state.pairs() if storable(raw)])

    @expose("/views/save", methods=["POST"])
    @has_access
    @permission_name("list")
    def save_view(self) -> ResponseReturnValue:
        """Keep the current search, filters, order and columns under a name."""
        user, name = person_id(), " ".join(request.form.get("name", "").split())[:NAME_LENGTH]
        query = self._clean_query()
        back = f"{self.url('list')}?{query}"
        if user is None or not name or not storable(name):
            flash(_("Give the view a name."), "warning")
            return redirect(back)
        session = database()
        columns = [c for c in request.form.getlist("columns") if c in self.possible_columns()] or None
        with unit_of_work(session):
            count = select(func.count()).where(SavedView.user_id == user, SavedView.entity == self.entity)
            if (session.scalar(count) or 0) >= MOST:
                flash(_("There are too many saved views. Delete one first."), "warning")
                return redirect(back)
            row = SavedView(
                entity=self.entity, user_id=user, name=name, query=query, columns=columns,
                is_shared=request.form.get("shared") == "1", kind="view",
            )  # fmt: skip
            session.add(row)
            session.flush()
            made = row.id
        return redirect(f"{back}&view={made}" if query else f"{back}view={made}")

    @expose("/views/delete/<int:view_id>", methods=["POST"])
    @has_access
    @permission_name("list")
    def delete_view(self, view_id: int) -> ResponseReturnValue:
        """Forget one of one's own saved views."""
        if view_id >= 2**63:
            abort(404)
        session = database()
        mine = (SavedView.id == view_id, SavedView.user_id == person_id(), SavedView.entity == self.entity)
        with unit_of_work(session):
            found = session.execute(
                delete(SavedView).where(*mine, SavedView.kind == "view").returning(SavedView.id)
            )
            if found.first() is None:
                abort(404)
        flash(_("The view was deleted."), "success")
        return redirect(self.url("list"))

    @expose("/columns", methods=["POST"])
    @has_access
    @permission_name("list")
    def choose_columns(self) -> ResponseReturnValue:
        """Keep this person's choice of columns; an empty choice brings the screen's own back."""
        posted: list[Any] = request.form.getlist("columns")
        names = [name for name in dict.fromkeys(posted) if name in self.possible_columns()]
        session, user = database(), person_id()
        with unit_of_work(session):
            if not names or request.form.get("reset"):
                session.execute(
                    delete(SavedView).where(
                        SavedView.kind == "columns",
                        SavedView.entity == self.entity,
                        SavedView.user_id == user,
                    )
                )
            else:
                statement = insert(SavedView).values(
                    kind="columns", entity=self.entity, user_id=user, columns=names
                )
                session.execute(
                    statement.on_conflict_do_update(
                        index_elements=[SavedView.entity, SavedView.user_id],
                        index_where=SavedView.kind == "columns",
                        set_={"columns": names},
                    )
                )
        return redirect(f"{self.url('list')}?{self._clean_query()}".rstrip("?"))
