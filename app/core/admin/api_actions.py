"""REST for the actions of every screen: `POST /api/v1/admin/<entity>/<pk>/actions/<name>`, or on many rows at once.

Made from the screen's own actions, with the same rights, forms and refusals as its buttons.
"""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from flask_appbuilder.api import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.core.admin import json_forms
from app.core.admin.api import AdminApi
from app.core.admin.context import database
from app.core.admin.writing import attempt
from app.core.errors import Forbidden, InvalidFields, NotFound

MOST = 200


class AdminApiWithActions(AdminApi):
    """The REST door of a screen that has actions."""

    @expose("/<pk>/actions/<name>", methods=["POST"])
    def act(self, pk: str, name: str) -> Response:
        """Use an action on one row. The body holds the values that its form asks for.

        Raises:
            InvalidFields: values that the form or the operation refuses.
        """
        self._may(name, "single")
        return self._use(name, [self._row(pk)], json_forms.read_body())

    @expose("/actions/<name>", methods=["POST"])
    def act_on_many(self, name: str) -> Response:
        """Use an action on the rows that `ids` names; the other values are those of its form.

        Raises:
            InvalidFields: `ids` that name no row of this person's, or more than fit.
        """
        self._may(name, "multiple")
        body = json_forms.read_body()
        ids = body.pop("ids", None)
        if not isinstance(ids, list) or not 1 <= len(ids) <= MOST:
            raise InvalidFields({"ids": _("A list of at most %(most)s keys.", most=MOST)})
        rows = [self.view.find_item(str(one)) for one in ids]
        if None in rows:
            raise InvalidFields({"ids": _("There is no row %(key)s.", key=str(ids[rows.index(None)])[:60])})
        return self._use(name, rows, body)

    def _may(self, name: str, where: str) -> None:
        self._require("list")
        item = self.view.actions.get(name)
        if item is None:
            raise NotFound()
        if not self.view.may_act(name):
            raise Forbidden()
        if not getattr(item, where):
            raise NotFound()

    def _use(self, name: str, rows: list[Any], body: dict[str, Any]) -> Response:
        view, session = self.view, database()
        manner = view._manner(name)
        given = rows if manner.takes == "items" else [view.key_of(row) for row in rows]
        values: dict[str, Any] = {}
        form = None
        if manner.form is not None:
            empty = manner.form(None, data=view.action_values(name, given))
            data = json_forms.current_data(empty)
            posted = json_forms.form_data(empty, body)
            for key in body:
                data.setlist(key, posted.getlist(key))
            form = manner.form(data, data=view.action_values(name, given))
            if not form.validate():
                raise InvalidFields({f.name: " ".join(map(str, f.errors)) for f in form if f.errors})
            values = {key: value for key, value in form.data.items() if key != "csrf_token"}
        elif manner.ask:
            values = {"answer": str(body.get("answer", ""))[:2000]}
        outcome = attempt(session, lambda: view.actions[name].func(given, **values), view.datamodel.obj)
        return self._told(outcome, len(rows))

    def _told(self, outcome: Any, count: int) -> Response:
        """What came of it: the words a person would read, or where the page would lead."""
        said: dict[str, Any] = {"done": count, "message": None, "location": None}
        if isinstance(outcome, AnyResponse):
            said["location"] = outcome.headers.get("Location")
        elif (
            isinstance(outcome, str)
            or hasattr(outcome, "__html__")
            or outcome.__class__.__name__ == "LazyString"
        ):
            said["message"] = str(outcome)
        return jsonify(said)


__all__ = ["AdminApiWithActions"]
