"""The description of what others open beside the doors: the back office's screens, webhooks, health.

A screen's part is made from the screen itself, from its columns and its forms, so that it cannot go stale.
"""

from __future__ import annotations

from typing import Any

from flask_appbuilder import AppBuilder
from wtforms import BooleanField, DateField, DateTimeField, DecimalField, IntegerField
from wtforms import validators as checks
from wtforms.fields.core import UnboundField

from app.api.fields import AMOUNT
from app.api.screens_own import OPEN_FORMS, OWN
from app.core.admin.api import MOST, AdminApi
from app.core.admin.fields import ChoiceField, JSONField, ListField, RelationField, RelationsField
from app.core.admin.writing import SECRET_WORDS

TAG = "back office"
PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
KEY = {"oneOf": [{"type": "string"}, {"type": "integer"}]}
"""A relation is written by the key of its row, which is text in answers."""
MONEY = {
    "type": "object", "required": ["amount", "currency"], "nullable": True,
    "properties": {"amount": {"type": "string", "example": "12.34", "pattern": f"^{AMOUNT}$"},
                   "currency": {"type": "string", "example": "EUR", "pattern": "^[A-Z]{3}$"}},
}  # fmt: skip
"""Money in an answer; in the ledger it is below zero as often as above."""
FIELD_TYPES: tuple[tuple[type[Any], dict[str, Any]], ...] = (
    (BooleanField, {"type": "boolean"}),
    (JSONField, {}),
    (RelationsField, {"type": "array", "items": KEY}),
    (ListField, {"type": "array", "items": {"oneOf": [{"type": "string"}, {"type": "number"}]}}),
    (RelationField, KEY),
    (ChoiceField, {"type": "string"}),
    (IntegerField, {"type": "integer"}),
    (DecimalField, {"type": "string", "format": "decimal"}),
    (DateTimeField, {"type": "string", "format": "date-time"}),
    (DateField, {"type": "string", "format": "date"}),
)
"""What a form's field takes as JSON; anything else is text."""


def _answers(done: str, schema: Any, *codes: str) -> dict[str, Any]:
    words = {
        "401": "A staff token is missing or no longer good",
        "403": "This role may not",
        "404": "No such row, or not one of yours",
        "409": "A rule keeps it, or somebody changed it meanwhile",
        "422": "Values that cannot be accepted, each with its reason",
    }
    said: dict[str, Any] = {"description": "Done"}
    if schema is not None:
        said["content"] = {"application/json": {"schema": schema}}
    refusals = {code: {"description": words[code], "content": PROBLEM} for code in ("401", "403", *codes)}
    return {done: said} | refusals


def _answer_type(view: Any, name: str) -> dict[str, Any]:
    datamodel = view.datamodel
    if name in view.money_columns:
        return MONEY
    if name not in datamodel.list_columns:
        return {}
    if datamodel.is_boolean(name):
        return {"type": "boolean", "nullable": True}
    if datamodel.is_integer(name):
        return {"type": "integer", "nullable": True}
    if datamodel.is_datetime(name):
        return {"type": "string", "format": "date-time", "nullable": True}
    if datamodel.is_json(name) or datamodel.is_array(name):
        return {}
    return {"type": "string", "nullable": True}


def _row(view: Any, columns: list[str]) -> dict[str, Any]:
    shown = [name for name in columns if not any(word in name for word in SECRET_WORDS)]
    types = {name: _answer_type(view, name) for name in shown if name != "id"}
    return {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}} | types}


def _form(form: type, *, needs_all: bool) -> dict[str, Any]:
    """What may be sent to a form; with `needs_all` its required fields are required. Null empties all others."""
    made: dict[str, Any] = {"type": "object", "properties": {}, "additionalProperties": False}
    needed = []
    for name in dir(form):
        field = getattr(form, name)
        if not isinstance(field, UnboundField):
            continue
        rules = field.kwargs.get("validators") or ()
        is_needed = any(isinstance(rule, checks.InputRequired | checks.DataRequired) for rule in rules)
        made["properties"][name] = _field(field) | ({} if is_needed else {"nullable": True})
        if needs_all and is_needed:
            needed.append(name)
    if needed:
        made["required"] = needed
    return made


def _field(field: UnboundField[Any]) -> dict[str, Any]:
    fitting = (kind for cls, kind in FIELD_TYPES if issubclass(field.field_class, cls))
    found = dict(next(fitting, {"type": "string"}))
    help_text = str(field.kwargs.get("description") or "")
    return found | ({"description": help_text} if help_text and "oneOf" not in found else {})


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _reading(view: Any) -> list[dict[str, Any]]:
    orders = [f"{sign}{name}" for name in view.order_columns for sign in ("", "-")]
    sort: dict[str, Any] = {"type": "string"} | ({"enum": orders} if orders else {})
    return [
        {"in": "query", "name": "q", "schema": {"type": "string"}, "description": "Words to look for"},
        {"in": "query", "name": "sort", "schema": sort},
        {"in": "query", "name": "limit", "schema": {"type": "integer", "minimum": 1, "maximum": MOST}},
        {"in": "query", "name": "cursor", "schema": {"type": "string"}, "description": "`next` of the page before"},
    ]  # fmt: skip


def _list_operations(view: Any, name: str) -> dict[str, Any]:
    page = {
        "type": "object",
        "required": ["items", "next", "total"],
        "properties": {
            "items": {"type": "array", "items": _row(view, list(view.list_columns))},
            "next": {"type": "string", "nullable": True},
            "total": {"type": "integer"},
            "total_is_estimate": {"type": "boolean"},
        },
    }
    made = {
        "get": {
            "operationId": f"admin_list_{name}", "summary": f"List: {view.title or view.entity}", "tags": [TAG],
            "description": f"Needs the right to read {type(view).__name__}. Filters as on the screen.",
            "parameters": _reading(view), "responses": _answers("200", page, "422"),
        }
    }  # fmt: skip
    if view.can_ever("add"):
        key = {"in": "header", "name": "Idempotency-Key", "schema": {"type": "string", "maxLength": 255}}
        form = _form(view.add_form, needs_all=True)
        if more := OPEN_FORMS.get(name):
            form |= {"properties": form["properties"] | more, "additionalProperties": True}
        made["post"] = {
            "operationId": f"admin_add_{name}", "summary": f"Add: {view.singular or view.entity}", "tags": [TAG],
            "parameters": [key], "requestBody": _body(form),
            "responses": _answers("201", _whole(view), "409", "422"),
        }  # fmt: skip
    return made


def _whole(view: Any) -> dict[str, Any]:
    columns = list(dict.fromkeys([*view.list_columns, *view.show_columns_of_api()]))
    row = _row(view, columns)
    token = {"type": "string", "description": "State of the row; send it back with a change"}
    return row | {"properties": row["properties"] | {"token": token}}


def _row_operations(view: Any, name: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "parameters": [{"in": "path", "name": "pk", "required": True, "schema": {"type": "string"}}],
        "get": {
            "operationId": f"admin_get_{name}", "summary": f"One: {view.singular or view.entity}", "tags": [TAG],
            "responses": _answers("200", _whole(view), "404"),
        },
    }  # fmt: skip
    if view.can_ever("edit"):
        form = _form(view.edit_form, needs_all=False)
        form["properties"]["token"] = {"type": "string"}
        made["patch"] = {
            "operationId": f"admin_change_{name}", "summary": f"Change: {view.singular or view.entity}", "tags": [TAG],
            "description": "Fields that are not sent stay. With `token` a change of somebody else is refused.",
            "requestBody": _body(form), "responses": _answers("200", _whole(view), "404", "409", "422"),
        }  # fmt: skip
    if view.can_ever("delete"):
        made["delete"] = {
            "operationId": f"admin_delete_{name}", "summary": f"Delete: {view.singular or view.entity}", "tags": [TAG],
            "responses": _answers("204", None, "404", "409", "422"),
        }  # fmt: skip
    return made


def _action_operations(view: Any, name: str, where: str) -> dict[str, Any]:
    """What the buttons of a screen do: on the row of the path, or on those that `ids` names."""
    names = sorted(item.name for item in view.actions.values() if getattr(item, where))
    one = where == "single"
    parts = [{"in": "path", "name": "name", "required": True, "schema": {"type": "string", "enum": names}}]
    parts += [{"in": "path", "name": "pk", "required": True, "schema": {"type": "string"}}] if one else []
    body: dict[str, Any] = {
        "type": "object",
        "description": "The values that the form of the action asks for",
    }
    if not one:
        body |= {"required": ["ids"], "properties": {"ids": {"type": "array", "minItems": 1, "items": KEY}}}
    said = {
        "type": "object", "required": ["done", "message", "location"],
        "properties": {"done": {"type": "integer"}, "message": {"type": "string", "nullable": True},
                       "location": {"type": "string", "nullable": True}},
    }  # fmt: skip
    verb = "act" if one else "act_on_many"
    return {
        "parameters": parts,
        "post": {
            "operationId": f"admin_{verb}_{name}", "summary": f"Act: {view.title or view.entity}", "tags": [TAG],
            "description": f"Each action needs a right of its own on {type(view).__name__}.",
            "requestBody": _body(body), "responses": _answers("200", said, "404", "409", "422"),
        },
    }  # fmt: skip


def screen_paths(builder: AppBuilder) -> dict[str, Any]:
    """The paths of every screen of the back office that REST opens."""
    made: dict[str, Any] = {}
    for door in builder.baseviews:
        if not isinstance(door, AdminApi):
            continue
        view, name = door.view, str(door.view.entity).replace("-", "_")
        made[door.route_base] = _list_operations(view, name)
        made[f"{door.route_base}/{{pk}}"] = _row_operations(view, name)
        if any(item.single for item in view.actions.values()):
            made[f"{door.route_base}/{{pk}}/actions/{{name}}"] = _action_operations(view, name, "single")
        if any(item.multiple for item in view.actions.values()):
            made[f"{door.route_base}/actions/{{name}}"] = _action_operations(view, name, "multiple")
        if own := OWN.get(name):
            made |= own(view, door.route_base, _answers, _form)
    for path in made.values():
        for method, operation in path.items():
            if method != "parameters":
                operation["security"] = [{"bearer": []}]
    return made


def _plain(name: str, tag: str, summary: str, answers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "operationId": name,
        "tags": [tag],
        "summary": summary,
        "responses": answers,
        "security": [{}],
    } | more


def _json_answer(words: str, **properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "required": list(properties), "properties": properties}
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def fixed_paths() -> dict[str, Any]:
    """Webhooks of providers, and what the people who run the shop ask for."""
    text, reasons = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
    refused = {
        code: {"description": words, "content": PROBLEM}
        for code, words in (
            ("400", "Not a genuine notice"), ("404", "No such provider"), ("413", "Too large"), ("422", "Not readable"),
        )
    }  # fmt: skip
    notice = {"required": True, "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
    provider = {"in": "path", "name": "provider", "required": True, "schema": {"type": "string"}}
    return {
        "/api/v1/webhooks/{provider}": {
            "parameters": [provider],
            "post": _plain(
                "receive_webhook", "webhooks", "A provider's notice", requestBody=notice,
                answers={"200": _json_answer("Written down", received={"type": "boolean"})} | refused,
                description="The provider signs the raw body. The same notice twice counts once.",
            ),
        },
        "/healthz": {"get": _plain("healthz", "running", "The process lives", {"200": _json_answer("Alive", status=text)})},
        "/readyz": {
            "get": _plain("readyz", "running", "The process can serve", {
                "200": _json_answer("Ready", status=text, reasons=reasons),
                "503": _json_answer("Not ready, with the reasons", status=text, reasons=reasons),
            }),
        },
        "/metrics": {
            "get": _plain("metrics", "running", "Figures for Prometheus", {
                "200": {"description": "Prometheus text", "content": {"text/plain": {"schema": text}}},
                "403": {"description": "Only from loopback, or with the token of the figures"},
            }),
        },
    }  # fmt: skip
