"""REST for every screen under /api/v1/admin/<entity>: same forms, operations, rights and ownership.

Made from the screen itself when it is registered, so that a screen without REST cannot be forgotten.
Only bearer tokens open it: a cookie alone could be used by another site's page.
"""

from __future__ import annotations

from typing import Any

from flask import Response, g, jsonify, request
from flask_appbuilder.api import BaseApi, expose
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.core import idempotency
from app.core.admin import conflicts, json_forms
from app.core.admin.context import bearer_provider, database
from app.core.admin.listing import cursor_of, narrowed, paged, read_state
from app.core.admin.writing import Stale, attempt
from app.core.errors import Forbidden, Invalid, InvalidFields, NotFound, ShopError, Unauthenticated
from app.core.unit_of_work import unit_of_work

MOST = 200


class AdminApi(BaseApi):
    """The REST door of one screen (`view`)."""

    view: Any = None
    base_permissions: list[str] = []  # the screen's own rights hold; this door adds none
    openapi_spec_tag = "Back office"

    # --- who, and what is theirs -------------------------------------------------------------------

    def _require(self, method: str) -> None:
        """Let only staff with the screen's right pass.

        Raises:
            Unauthenticated: no token, or one that is not good.
            Forbidden: the right is missing.
        """
        person = bearer_provider() if "Authorization" in request.headers else None
        if person is None:
            raise Unauthenticated()
        g.admin_person = person
        if not self.view.can(method):
            raise Forbidden()

    def _row(self, pk: str) -> Any:
        row = self.view.find_item(pk)
        if row is None:
            raise NotFound()
        return row

    def _columns(self) -> list[str]:
        return list(dict.fromkeys([*self.view.list_columns, *self.view.show_columns_of_api()]))

    def _json(self, row: Any) -> dict[str, Any]:
        return json_forms.row_json(self.view, row, self._columns()) | {"token": conflicts.token_of(row)}

    # --- reading -----------------------------------------------------------------------------------

    @expose("", methods=["GET"])
    def get_list(self) -> Response:
        """Rows that match `q` and the filters, in the order of `sort`, page by page.

        Raises:
            InvalidFields: a filter, order, limit or cursor that makes no sense.
        """
        self._require("list")
        view, state = self.view, self._state()
        columns = list(view.list_columns)
        statement = narrowed(view, view.visible(), state).options(*view.loading(columns))
        statement, _backwards = paged(view, statement, state)
        if state.problems:
            raise InvalidFields({"cursor": state.problems[0]})
        rows = list(database().scalars(statement).unique())
        total, is_about = view.datamodel.count(narrowed(view, view.visible(), state))
        more, rows = len(rows) > state.size, rows[: state.size]
        return jsonify(
            items=[json_forms.row_json(view, row, columns) for row in rows],
            next=cursor_of(view, state, rows[-1]) if more else None,
            total=max(total, len(rows)),
            total_is_estimate=is_about,
        )

    def _state(self) -> Any:
        limit = request.args.get("limit", "50")
        if not (limit.isascii() and limit.isdigit() and len(limit) < 5 and 1 <= int(limit) <= MOST):
            raise InvalidFields({"limit": _("A whole number from 1 to %(most)s.", most=MOST)})
        renamed = {
            "cursor": "after",
            "page": "_page",
            "limit": "_limit",
            "before": "_before",
            "after": "_after",
        }
        pairs = [(renamed.get(key, key), raw) for key, raw in request.args.items(multi=True)]
        state = read_state(self.view, MultiDict(pairs))
        state.size = int(limit)
        wrong: dict[str, Any] = {active.key: active.problem for active in state.filters if active.problem}
        if state.problems:
            wrong["query"] = " ".join(state.problems)
        if wrong:
            raise InvalidFields(wrong)
        return state

    @expose("/<pk>", methods=["GET"])
    def get(self, pk: str) -> Response:
        """One row, with the token that a later change should send."""
        self._require("show" if self.view.can_ever("show") else "list")
        return self._answer(self._row(pk))

    def _answer(self, row: Any, status: int = 200) -> Response:
        body = self._json(row)
        response = jsonify(body)
        response.status_code = status
        response.headers["ETag"] = f'"{body["token"]}"'
        return response

    # --- writing -----------------------------------------------------------------------------------

    @expose("", methods=["POST"])
    def post(self) -> Response:
        """Make a row. An `Idempotency-Key` makes a repeated request give the first one's answer.

        Raises:
            InvalidFields: values that the form or the operation refuses.
            IdempotencyMismatch: the key came with other values before.
        """
        self._require("add")
        body, session = json_forms.read_body(), database()
        key, scope = request.headers.get("Idempotency-Key"), f"admin.{self.view.entity}:{g.admin_person.id}"
        with unit_of_work(session):
            if key is not None:
                stored = idempotency.begin(session, scope=scope, key=key, body=body)
                if stored is not None:
                    return self._made(stored)
            made = self._create(body)
            answer = self._json(made) if made is not None else {}
            if key is not None:
                idempotency.finish(session, scope=scope, key=key, answer=answer)
        return self._made(answer)

    def _made(self, answer: dict[str, Any]) -> Response:
        response = jsonify(answer)
        response.status_code = 201
        if "id" in answer:
            response.headers["Location"] = f"{self.route_base}/{answer['id']}"
        return response

    def _create(self, body: dict[str, Any]) -> Any:
        view = self.view
        form = view.new_form(MultiDict())
        data = json_forms.current_data(view.add_form(None, meta={"csrf": False}))
        given = json_forms.form_data(form, body)
        for name in body:
            data.setlist(name, given.getlist(name))
        form = view.new_form(data)
        made = self._written(form, lambda: view.create(form))
        if isinstance(made, view.datamodel.obj):
            database().refresh(made)
            return made
        return view.find_item(str(made)) if isinstance(made, int | str) else None

    @expose("/<pk>", methods=["PATCH", "PUT"])
    def patch(self, pk: str) -> Response:
        """Change the fields that are sent; the others stay.

        Raises:
            Stale: `token` (or `If-Match`) is not that of the row as it is now.
            InvalidFields: values that the form or the operation refuses.
        """
        self._require("edit")
        view, body, row = self.view, json_forms.read_body(), self._row(pk)
        token = body.pop("token", None) or request.headers.get("If-Match", "").strip('"')
        if token and token != conflicts.token_of(row):
            raise Stale()
        form = view.form_of(row, None)
        data, given = json_forms.current_data(form), json_forms.form_data(form, body)
        for name in body:
            data.setlist(name, given.getlist(name))
        form = view.form_of(row, data)
        self._written(form, lambda: view.change(row, form))
        database().expire_all()
        return self._answer(self._row(pk))

    @expose("/<pk>", methods=["DELETE"])
    def delete(self, pk: str) -> Response:
        """Delete a row, unless a rule keeps it."""
        self._require("delete")
        row = self._row(pk)
        attempt(database(), lambda: self.view.remove(row), self.view.datamodel.obj)
        return Response(status=204)

    def _written(self, form: Any, write: Any) -> Any:
        """Check the form and write; refusals name the fields of the body."""
        if not form.validate():
            raise InvalidFields({f.name: " ".join(map(str, f.errors)) for f in form if f.errors})
        try:
            return attempt(database(), write, self.view.datamodel.obj)
        except Invalid as refusal:
            raise self._renamed(refusal, form) from refusal

    def _renamed(self, refusal: Invalid, form: Any) -> ShopError:
        """The refusal with the form's field names in place of the operation's arguments."""
        names = self.view.argument_fields()
        if isinstance(refusal, InvalidFields):
            return InvalidFields({names.get(n, n): m for n, m in refusal.errors.items()}, refusal.message)
        if refusal.field in names:
            refusal.field = names[refusal.field]
        return refusal


def api_for(view: Any) -> type[AdminApi]:
    """The REST door of a screen."""
    values = {
        "view": view, "route_base": f"/api/v1/admin/{view.entity}", "class_permission_name": type(view).__name__,
        "__doc__": f"REST door of {type(view).__name__}.",
    }  # fmt: skip
    from app.core.admin.api_actions import AdminApiWithActions  # it builds on this module

    kind = view.rest_class or (AdminApiWithActions if view.actions else AdminApi)
    return type(f"{type(view).__name__}Api", (kind,), values)


__all__ = ["AdminApi", "api_for"]
