"""Whatever people do by form a program can do through a door, or the table says why not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.architecture import parity_table as table

FORMS = {"add": ("POST", ""), "edit": ("PATCH", "/<pk>"), "delete": ("DELETE", "/<pk>")}
ACTIONS = {"action": "/<pk>/actions/<name>", "action_post": "/actions/<name>"}
LAYOUT = {"choose_columns", "save_view", "delete_view"}
"""How one person wants to see a list; a program asks for the columns and the order that it wants."""
REASON = re.compile(r"not for programs: .{10,}")


def rows(text: str) -> dict[str, str]:
    """A table as a dictionary."""
    pairs = [line.partition("|") for line in text.strip().splitlines()]
    return {name.strip(): rest.strip() for name, _bar, rest in pairs}


def doors(app: Any) -> set[str]:
    """Every method of every REST route."""
    return {f"{method} {rule.rule}" for rule in app.url_map.iter_rules() for method in rule.methods or ()
            if rule.rule.startswith("/api/")}  # fmt: skip


def posted(app: Any) -> Iterator[tuple[str, Any, str]]:
    """Every form: its endpoint, its screen (None outside of screens) and the method of the screen."""
    views = {type(view).__name__: view for view in app.appbuilder.baseviews if hasattr(view, "datamodel")}
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and not rule.rule.startswith("/api/"):
            name, _dot, method = rule.endpoint.partition(".")
            yield rule.endpoint, views.get(name), method


def answer_of(app: Any, endpoint: str, view: Any, method: str) -> str:
    """The door or the reason for one form; empty when there is neither."""
    if view is None:
        return rows(table.SHOP).get(endpoint, "")
    if method in LAYOUT:
        return "not for programs: how one person wants to see a list"
    if method in ACTIONS and not view.actions:
        return "not for programs: there are no actions"
    if method not in FORMS and method not in ACTIONS:
        return rows(table.OWN_FORMS).get(endpoint, "")
    if not view.rest:
        return rows(table.CLOSED).get(type(view).__name__, "")
    door, rest = FORMS.get(method) or ("POST", ACTIONS[method])
    return f"{door} /api/v1/admin/{view.entity}{rest}"


def test_every_form_has_a_door_or_a_reason(app: Any) -> None:
    known = doors(app)
    found = {endpoint: answer_of(app, endpoint, view, method) for endpoint, view, method in posted(app)}
    without = sorted(e for e, said in found.items() if not (said in known or REASON.fullmatch(said)))
    assert without == [], "give each a row in tests/architecture/parity_table.py"


def test_the_table_speaks_of_what_there_is(app: Any) -> None:
    forms = list(posted(app))
    endpoints = {endpoint for endpoint, _view, _method in forms}
    screens = {
        type(view).__name__ for _endpoint, view, _method in forms if view is not None and not view.rest
    }
    gone = sorted({*rows(table.SHOP), *rows(table.OWN_FORMS)} - endpoints) + sorted(
        set(rows(table.CLOSED)) - screens
    )
    assert gone == []
