"""REST of the shop's settings: `/api/v1/admin/settings/<group>`, with the forms and the right of the screen."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from flask import Response, jsonify, request
from flask_appbuilder.api import expose

from app.core import settings
from app.core.admin import json_forms
from app.core.admin.api import AdminApi
from app.core.admin.context import database
from app.core.admin.writing import Stale
from app.core.errors import Forbidden, NotFound
from app.core.unit_of_work import unit_of_work


class SettingsApi(AdminApi):
    """The REST door of the settings: a group stands where other screens have a row."""

    exclude_route_methods = {"post", "delete"}

    def _require(self, method: str) -> None:
        """Let only those pass who may see the settings; for a change, those who may change them.

        Raises:
            Unauthenticated: no token, or one that is not good.
            Forbidden: the right is missing, or settings cannot do this at all.
        """
        super()._require("list")
        known = method == "list" or (
            method == "edit" and self.appbuilder.sm.has_access("can_edit", self.view.class_permission_name)
        )
        if not known:
            raise Forbidden()

    def _group(self, pk: str) -> Any:
        group = self.view.groups().get(pk)
        if group is None:
            raise NotFound()
        return group

    @staticmethod
    def _values(group: Any, now: Any) -> dict[str, Any]:
        """What a group holds, with the token that a later change should send."""
        held = {f.name: json_forms.plain(getattr(now, f.name)) for f in group.fields}
        mark = hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()[:24]
        return {"id": group.key, **held, "token": f"h{mark}"}

    @expose("", methods=["GET"])
    def get_list(self) -> Response:
        """The groups, by the names that open them."""
        self._require("list")
        items = [
            {"id": group.key, "title": str(group.title), "help": str(group.help)}
            for group in self.view.groups().values()
        ]
        return jsonify(items=items, next=None, total=len(items), total_is_estimate=False)

    @expose("/<pk>", methods=["GET"])
    def get(self, pk: str) -> Response:
        """The values of one group, with the token that a later change should send."""
        self._require("list")
        group = self._group(pk)
        return jsonify(self._values(group, settings.get(database(), group.kind)))

    @expose("/<pk>", methods=["PATCH", "PUT"])
    def patch(self, pk: str) -> Response:
        """Change the values that are sent; the others stay.

        Raises:
            Stale: `token` (or `If-Match`) is not that of the group as it is now.
            InvalidFields: values that the form refuses, or that do not fit together.
        """
        self._require("edit")
        group, body, session = self._group(pk), json_forms.read_body(), database()
        token = body.pop("token", None) or request.headers.get("If-Match", "").strip('"')
        with unit_of_work(session):
            now = settings.held(session, group.kind)
            if token and token != self._values(group, now)["token"]:
                raise Stale()
            form = self.view.form_of_group(group, now)
            data, given = json_forms.current_data(form), json_forms.form_data(form, body)
            for name in body:
                data.setlist(name, given.getlist(name))
            form = self.view.form_of_group(group, now, data)
            self._written(form, lambda: self.view.save(group, form))
            after = self._values(group, settings.held(session, group.kind))
        return jsonify(after)
