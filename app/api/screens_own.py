"""The description of what single screens can beyond columns, forms and actions: settings, pictures and links of products."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.core.admin.settings_screen import form_of

TEXT = {"type": "string"}
NULLABLE = {"type": "string", "nullable": True}
TOKEN = {"type": "string", "description": "State of what is there; send it back with a change"}
Answers = Callable[..., dict[str, Any]]
"""How answers are described: status, schema, codes of refusals."""
Form = Callable[..., dict[str, Any]]
"""The schema of a form."""


def _object(needed: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties} | ({"required": list(needed)} if needed else {})


OPEN_FORMS: dict[str, dict[str, Any]] = {
    "product": {
        "type": {
            "oneOf": [TEXT, {"type": "integer"}],
            "description": "Key of the product type; it decides which fields there are",
        },
        "sku": {"type": "string", "description": "Of the first variant"},
        "ean": TEXT,
        "weight_g": {"type": "integer"},
    }
}
"""What adding takes beside the fields known at start; more follow from the row (`spec_<attribute>`, `option_<attribute>`)."""


def settings_paths(view: Any, base: str, answers: Answers, form: Form) -> dict[str, Any]:
    """Groups of settings: each has its own values."""
    groups = view.groups()
    row = _object(("id", "title", "help"), id=TEXT, title=TEXT, help=TEXT)
    page = _object(
        ("items", "next", "total"), items={"type": "array", "items": row}, next=NULLABLE, total={"type": "integer"}
    )  # fmt: skip
    forms = [
        form(form_of(group), needs_all=False) | {"title": str(key)} for key, group in sorted(groups.items())
    ]
    for one in forms:
        one["properties"] |= {"token": TOKEN}
    body = {"required": True, "content": {"application/json": {"schema": {"anyOf": forms}}}}
    held = _object(("id", "token"), id=TEXT, token=TOKEN) | {
        "description": "The values of the group beside `id` and `token`"
    }
    key = {"in": "path", "name": "pk", "required": True, "schema": {"type": "string", "enum": sorted(groups)}}
    told = {"tags": ["back office"], "description": "With the right of the screen; a group stands where others have a row."}  # fmt: skip
    return {
        base: {
            "get": told | {"operationId": "admin_list_settings", "summary": "List: groups of settings",
                           "responses": answers("200", page)},
        },
        f"{base}/{{pk}}": {
            "parameters": [key],
            "get": told | {"operationId": "admin_get_settings", "summary": "One: a group of settings",
                           "responses": answers("200", held, "404")},
            "patch": told | {"operationId": "admin_change_settings", "summary": "Change: a group of settings",
                             "description": "Values that are not sent stay. With `token` a change of somebody else is refused.",
                             "requestBody": body, "responses": answers("200", held, "404", "409", "422")},
        },
    }  # fmt: skip


def picture_paths(view: Any, base: str, answers: Answers, form: Form) -> dict[str, Any]:
    """The pictures of a product."""
    texts = {"type": "object", "additionalProperties": TEXT, "description": "By language: fr, nl, de, es"}
    said = {"alt": TEXT, "translations": texts, "sku": NULLABLE}
    size = {"type": "integer"}
    shown = _object(
        ("id", "src", "alt", "sku"), id=TEXT, src=TEXT, width=size, height=size, filename=TEXT, **said
    )
    page = _object(
        ("items", "total", "token"), items={"type": "array", "items": shown}, next=NULLABLE, total=size, token=TOKEN,
    )  # fmt: skip
    wish = _object(("id",), id={"oneOf": [TEXT, size]}, **said) | {"additionalProperties": False}
    order = _object(("items",), items={"type": "array", "maxItems": 100, "items": wish}, token=TOKEN)
    files = {"type": "array", "items": {"type": "string", "format": "binary"}}
    upload = {"multipart/form-data": {"schema": _object(("pictures",), pictures=files)}}
    part = {"in": "path", "required": True, "schema": TEXT}
    key = {"in": "header", "name": "Idempotency-Key", "schema": {"type": "string", "maxLength": 255}}
    told = {
        "tags": ["back office"],
        "description": "With the right to change the product; a seller only his own.",
    }
    return {
        f"{base}/{{pk}}/pictures": {
            "parameters": [part | {"name": "pk"}],
            "get": told | {"operationId": "admin_list_pictures", "summary": "List: pictures of a product",
                           "responses": answers("200", page, "404")},
            "post": told | {"operationId": "admin_add_pictures", "summary": "Add: pictures of a product",
                            "parameters": [key], "requestBody": {"required": True, "content": upload},
                            "responses": answers("201", page, "404", "409", "422")},
            "put": told | {"operationId": "admin_set_pictures", "summary": "Change: order and texts of pictures",
                           "requestBody": {"required": True, "content": {"application/json": {"schema": order}}},
                           "responses": answers("200", page, "404", "409", "422")},
        },
        f"{base}/{{pk}}/pictures/{{picture}}": {
            "parameters": [part | {"name": "pk"}, part | {"name": "picture"}],
            "delete": told | {"operationId": "admin_delete_picture", "summary": "Delete: a picture of a product",
                              "responses": answers("204", None, "404", "409")},
        },
    }  # fmt: skip


def link_paths(view: Any, base: str, answers: Answers, form: Form) -> dict[str, Any]:
    """The products beside a product."""
    kinds = ("related", "upsell", "cross_sell")
    shown = _object(("id", "slug", "name", "state"), id=TEXT, slug=TEXT, name=TEXT, state=TEXT)
    rows = {kind: {"type": "array", "items": shown} for kind in kinds}
    wish = {"type": "array", "maxItems": 24, "items": TEXT, "description": "Slugs of products in their order"}
    body = _object((), **dict.fromkeys(kinds, wish), token=TOKEN) | {"additionalProperties": False}
    page = _object((*kinds, "token"), **rows, token=TOKEN)
    told = {
        "tags": ["back office"],
        "description": "With the right to change the product; a seller only his own, and only beside his own.",
    }
    return {
        f"{base}/{{pk}}/links": {
            "parameters": [{"in": "path", "name": "pk", "required": True, "schema": TEXT}],
            "get": told | {"operationId": "admin_list_links", "summary": "List: products beside a product",
                           "responses": answers("200", page, "404")},
            "put": told | {"operationId": "admin_set_links", "summary": "Change: products beside a product",
                           "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
                           "responses": answers("200", page, "404", "409", "422")},
        },
    }  # fmt: skip


def product_paths(view: Any, base: str, answers: Answers, form: Form) -> dict[str, Any]:
    """The pictures of a product, and the products beside it."""
    return picture_paths(view, base, answers, form) | link_paths(view, base, answers, form)


NUMBER = {"type": "integer"}
PLACES = {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}}
TEXTS = {"type": "object", "additionalProperties": TEXT}
NAMES = {"type": "array", "items": TEXT}
JOB = _object(done=NUMBER, total=NUMBER, state=TEXT) | {"nullable": True}
REPORT = _object(
    ("id", "screen", "state", "job"), id=TEXT, screen=TEXT, filename=TEXT, state=TEXT, problem=NULLABLE, header=NAMES,
    mapping=PLACES, fixed=TEXTS, job=JOB, created=NUMBER, updated=NUMBER, same=NUMBER, wrong=NUMBER,
)  # fmt: skip
MEANT = _object(mapping=PLACES, fixed=TEXTS, encoding=TEXT, separator=TEXT) | {"additionalProperties": False}
TABLE = _object(("screen", "file"), screen=TEXT, file={"type": "string", "format": "binary"})
WRONG = _object(
    ("line", "cells", "problems"), line=NUMBER, cells=NAMES, problems={"type": "array", "items": TEXTS}
)
READING = [
    {"in": "query", "name": "limit", "schema": NUMBER},
    {"in": "query", "name": "cursor", "schema": TEXT},
]


def import_paths(view: Any, base: str, answers: Answers, form: Form) -> dict[str, Any]:
    """Tables taken into screens: sent, checked, taken, and what was wrong with them."""
    page = _object(
        ("items", "next", "total"), items={"type": "array", "items": WRONG}, next=NULLABLE, total=NUMBER
    )
    part = {"in": "path", "name": "pk", "required": True, "schema": TEXT}
    key = {"in": "header", "name": "Idempotency-Key", "schema": {"type": "string", "maxLength": 255}}
    told = {
        "tags": ["back office"],
        "description": "With the rights of imports and of the screen that is written to.",
    }

    def step(name: str, summary: str, **more: Any) -> dict[str, Any]:
        said = {"operationId": f"admin_{name}_import", "summary": summary}
        return {
            "parameters": [part],
            "post": told | said | {"responses": answers("202", REPORT, "404", "409", "422")} | more,
        }

    body = {"required": True, "content": {"application/json": {"schema": MEANT}}}
    return {
        base: {
            "get": told | {"operationId": "admin_list_tableimport", "summary": "List: imports of tables",
                           "parameters": READING, "responses": answers("200", _object(("items", "next", "total")), "422")},
            "post": told | {"operationId": "admin_add_tableimport", "summary": "Add: a table for a screen", "parameters": [key],
                            "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": TABLE}}},
                            "responses": answers("201", REPORT, "409", "422")},
        },
        f"{base}/{{pk}}": {
            "parameters": [part],
            "get": told | {"operationId": "admin_get_tableimport", "summary": "One: how an import stands",
                           "responses": answers("200", REPORT, "404")},
        },
        f"{base}/{{pk}}/check": step("check", "Check every row; nothing is taken", requestBody=body),
        f"{base}/{{pk}}/take": step("take", "Take what was checked"),
        f"{base}/{{pk}}/cancel": step("cancel", "Stop at the next row"),
        f"{base}/{{pk}}/wrong": {
            "parameters": [part],
            "get": told | {"operationId": "admin_wrong_rows", "summary": "The rows that were refused", "parameters": READING,
                           "responses": answers("200", page, "404", "422")},
        },
    }  # fmt: skip


OWN = {"settings": settings_paths, "product": product_paths, "tableimport": import_paths}
"""By entity: what takes the place of, or comes beside, the paths every screen has."""

__all__ = ["OWN"]
