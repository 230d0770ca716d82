"""The description of the interface, made from the doors themselves, and the page that shows it."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Blueprint, Flask, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from app.api.door import DOORS, Door
from app.api.screens import fixed_paths, screen_paths
from app.api.shapes import Problem

docs = Blueprint("api_docs", __name__)
VERSION = "1.0"
_PART = re.compile(r"<(?:[a-z]+:)?([a-z_]+)>")
REFUSALS = {
    "400": "The body is not a JSON object",
    "401": "A token is missing or no longer good",
    "403": "This account may not",
    "404": "No such thing",
    "409": "The state of the shop does not allow it now",
    "410": "Gone for good",
    "413": "Too large",
    "415": "Not JSON",
    "422": "Values that cannot be accepted, each with its reason",
    "429": "Too many calls; see Retry-After",
    "503": "Please try again",
}
PATHS: dict[str, dict[str, Any]] = {
    "cart_id": {"type": "string", "format": "uuid"},
    "line_id": {"type": "string", "format": "uuid"},
}
"""Parts of paths that are more than a text."""
READS_CURRENCY = ("list_products", "get_product", "create_cart")
OF_A_CART = ("get_cart", "add_line", "add_coupon", "set_addresses", "shipping_methods", "payment_methods")
OF_A_LINE = ("change_line", "remove_line")
LANGUAGE = {
    "in": "query", "name": "lang", "schema": {"type": "string", "example": "fr"},
    "description": "en, fr, nl, de or es; otherwise `Accept-Language` decides",
}  # fmt: skip
CURRENCY = {
    "in": "query", "name": "currency", "schema": {"type": "string", "example": "EUR"},
    "description": "A currency the shop sells in; its own without it",
}  # fmt: skip
KEY = {
    "in": "header", "name": "Idempotency-Key",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": "Printable. The same key and body give the stored answer; another body is refused",
}  # fmt: skip


def path_of(door: Door) -> str:
    """A door's address as OpenAPI writes it: `/api/v1/carts/{cart_id}`."""
    return "/api/v1" + _PART.sub(r"{\1}", door.rule)


def _parameters(door: Door) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"in": "path", "name": name, "required": True, "schema": PATHS.get(name, {"type": "string"})}
        for name in _PART.findall(door.rule)
    ]
    found.append(LANGUAGE)
    if door.name in READS_CURRENCY:
        found.append(CURRENCY)
    if door.creates:
        found.append(KEY)
    if door.query is not None:
        found.append({"in": "query", "schema": door.query})
    return found


def _links(door: Door) -> dict[str, Any]:
    """Where the answer of a door leads: from a new cart to everything that is done with it."""
    cart = {"cart_id": "$response.body#/id"}
    if door.name == "create_cart":
        return {name: {"operationId": name, "parameters": cart} for name in OF_A_CART}
    if door.name == "add_line":
        line = cart | {"line_id": "$response.body#/lines/0/id"}
        return {name: {"operationId": name, "parameters": line} for name in OF_A_LINE}
    return {}


def _refusals(door: Door) -> list[str]:
    """The codes with which a door may refuse."""
    codes = ["401", "404", "422", "503"]
    codes += ["403"] if door.who != "anybody" or door.tag == "auth" else []
    codes += ["410"] if door.rule.startswith("/products/<slug>") else []
    codes += ["400", "413", "415"] if door.body is not None else []
    codes += ["409", "429"] if door.method != "GET" else []
    return sorted(codes)


def _operation(door: Door) -> dict[str, Any]:
    answers: dict[str, Any] = {
        str(door.status): {"description": door.summary}
        | ({"content": {"application/json": {"schema": door.answer}}} if door.answer else {})
    }
    if door.file:
        schema = {"type": "string", "format": "binary"}
        answers[str(door.status)]["content"] = {door.file: {"schema": schema}}
    if links := _links(door):
        answers[str(door.status)]["links"] = links
    for code in _refusals(door):
        content = {"application/problem+json": {"schema": Problem}}
        answers[code] = {"description": REFUSALS[code], "content": content}
    made: dict[str, Any] = {
        "operationId": door.name,
        "summary": door.summary,
        "description": door.description,
        "tags": [door.tag],
        "parameters": _parameters(door),
        "responses": answers,
        "security": [{}, {"bearer": []}] if door.who == "anybody" else [{"bearer": []}],
    }
    if door.body is not None:
        needed = any(field.required for field in door.body().fields.values())
        made["requestBody"] = {"required": needed, "content": {"application/json": {"schema": door.body}}}
    return made


def description(app: Flask) -> dict[str, Any]:
    """The OpenAPI 3.0 document: the doors, the screens of the back office, webhooks, health."""
    spec = APISpec(
        title="Comptoir",
        version=VERSION,
        openapi_version="3.0.3",
        plugins=[MarshmallowPlugin()],
        info={"description": "The shop for programs. Errors are RFC 9457 problem documents."},
    )
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    for door in DOORS:
        spec.path(path=path_of(door), operations={door.method.lower(): _operation(door)})
    made = spec.to_dict()
    made["paths"] |= screen_paths(app.appbuilder) | fixed_paths()  # type: ignore[attr-defined]
    return made


def _document() -> tuple[bytes, str]:
    """The document as it is sent, and its mark; made once a process, when first asked for."""
    app: Any = current_app
    if "api_document" not in app.extensions:
        text = app.json.dumps(description(app)).encode()
        app.extensions["api_document"] = text, hashlib.sha256(text).hexdigest()[:20]
    return app.extensions["api_document"]


@docs.get("/api/openapi.json")
def openapi() -> ResponseReturnValue:
    """The description, for programs."""
    text, mark = _document()
    answer = Response(text, content_type="application/json")
    answer.headers["Cache-Control"] = "public, max-age=300"
    answer.set_etag(mark)
    return answer.make_conditional(request)


@docs.get("/api/docs")
def page() -> ResponseReturnValue:
    """The description, for people."""
    return render_template("api/docs.html")
