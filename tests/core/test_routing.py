"""Addresses are built as Werkzeug's own rules build them, only later."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import BuildError, Map, Rule

from app.core.routing import LazyRule

RULES = ("/", "/p/<slug>", "/c/<path:path>", "/a/<int:n>/<uuid:u>", "/q")
VALUES: tuple[dict[str, Any], ...] = (
    {}, {"slug": "é lamp"}, {"path": "a/b c"}, {"n": 7, "u": "00000000-0000-0000-0000-000000000007"}, {"x": "1 2", "y": None},
    {"rule": "r", "values": "v"},
)  # fmt: skip


def built(kind: type[Rule]) -> list[str]:
    made = Map([kind(rule, endpoint=rule, defaults={"page": 1} if rule == "/q" else None) for rule in RULES])
    adapter = made.bind("shop.example")
    found = []
    for rule in RULES:
        for values in VALUES:
            for more in (True, False):
                try:
                    found.append(adapter.build(rule, dict(values), append_unknown=more))
                except BuildError as refusal:
                    found.append(type(refusal).__name__)
    return found


def test_addresses_are_the_same() -> None:
    assert built(LazyRule) == built(Rule)
    assert any("%" in address for address in built(LazyRule))


def test_the_application_uses_them(app: Any) -> None:
    assert all(isinstance(rule, LazyRule) for rule in app.url_map.iter_rules())
