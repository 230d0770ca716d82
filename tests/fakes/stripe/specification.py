"""Stripe's OpenAPI specification as a judge over every request and every answer."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

ROOT = Path(__file__).resolve().parents[3]
_WORDS = ("nullable", "description", "title", "example", "discriminator")
FORM = "application/x-www-form-urlencoded"


def place() -> Path:
    """Where the specification lies, if it is there: beside the repository, or where STRIPE_SPEC says."""
    named = os.environ.get("STRIPE_SPEC")
    return Path(named) if named else ROOT.parent / "shared/specs/api-stripe/openapi/spec3.yaml"


@cache
def _document() -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(place().read_text(encoding="utf-8"), loader)


@cache
def _schemas() -> dict[str, Any]:
    return {name: _modern(schema) for name, schema in _document()["components"]["schemas"].items()}


def _modern(schema: Any) -> Any:
    """OpenAPI 3.0's `nullable` as JSON Schema has it; vendor extensions left out."""
    if isinstance(schema, list):
        return [_modern(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {}
    for name, value in schema.items():
        if name == "properties":
            found[name] = {column: _modern(inner) for column, inner in value.items()}
        elif name not in _WORDS and not name.startswith("x-"):
            found[name] = _modern(value)
    return {"anyOf": [found, {"type": "null"}]} if schema.get("nullable") is True else found


class Specification:
    """Checks against the specification; `version` is the API version it describes."""

    def __init__(self) -> None:
        document = _document()
        self.version = str(document["info"]["version"])
        self._paths = {
            re.compile("^" + re.sub(r"\{[^}]+\}", "[^/]+", path) + "$"): item
            for path, item in sorted(document["paths"].items(), key=lambda p: p[0].count("{"))
            if path.startswith(("/v1/payment_intents", "/v1/refunds"))
        }

    @staticmethod
    def is_there() -> bool:
        """True where the specification lies beside the repository."""
        return place().is_file()

    def _operation(self, method: str, path: str) -> dict[str, Any]:
        for pattern, item in self._paths.items():
            if pattern.match(path) and method.lower() in item:
                return item[method.lower()]
        raise AssertionError(f"Stripe has no {method} {path}")

    def check_request(self, method: str, path: str, params: dict[str, Any]) -> list[str]:
        """What is wrong with a request's parameters."""
        operation = self._operation(method, path)
        if method == "GET":
            known = {p["name"]: p.get("schema", {}) for p in operation.get("parameters", ())}
            required = {
                p["name"] for p in operation["parameters"] if p.get("required") and p["in"] == "query"
            }
            schema: dict[str, Any] = {
                "type": "object", "properties": known, "required": sorted(required),
                "additionalProperties": False,
            }  # fmt: skip
        else:
            schema = operation["requestBody"]["content"][FORM]["schema"]
        schema = _modern(schema)
        return _wrong(schema, typed(params, schema), f"{method} {path}")

    def check_answer(self, method: str, path: str, status: int, body: Any) -> list[str]:
        """What is wrong with an answer."""
        answers = self._operation(method, path)["responses"]
        answer = answers.get(str(status)) or answers["default"]
        schema = _modern(answer["content"]["application/json"]["schema"])
        return _wrong(schema, body, f"{method} {path} -> {status}")

    def check_event(self, event: dict[str, Any]) -> list[str]:
        """What is wrong with a notice, and with the object in it."""
        kind = event["data"]["object"]["object"]
        return [
            *_wrong({"$ref": "#/components/schemas/event"}, event, "event"),
            *_wrong({"$ref": f"#/components/schemas/{kind}"}, event["data"]["object"], f"event {kind}"),
        ]


def _wrong(schema: dict[str, Any], value: Any, where: str) -> list[str]:
    whole = {**schema, "components": {"schemas": _schemas()}}
    found = []
    for error in Draft202012Validator(whole).iter_errors(value):
        deepest = min(error.context, key=lambda e: -len(e.absolute_path)) if error.context else error
        found.append(f"{where}: {'/'.join(map(str, deepest.absolute_path))}: {deepest.message[:200]}")
    return found


def typed(value: Any, schema: dict[str, Any]) -> Any:
    """Form fields are texts: give numbers and truths the type the schema wants."""
    options = [schema, *schema.get("anyOf", ())]
    if isinstance(value, dict):
        properties: dict[str, Any] = {}
        for option in options:
            properties |= option.get("properties", {})
            extra = option.get("additionalProperties")
        fallback = extra if isinstance(extra, dict) else {}
        return {name: typed(item, properties.get(name, fallback)) for name, item in value.items()}
    if isinstance(value, list):
        items = next((o["items"] for o in options if "items" in o), {})
        return [typed(item, items) for item in value]
    kinds = {o.get("type") for o in options}
    if "integer" in kinds and re.fullmatch(r"-?\d+", value):
        return int(value)
    if "boolean" in kinds and value in ("true", "false"):
        return value == "true"
    return value
