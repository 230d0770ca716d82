"""Rules of addresses that cost little until somebody first asks for one: a thousand and a half of them are made at start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule
from werkzeug.routing.rules import RulePart

_PARTS: dict[tuple[Any, ...], RulePart] = {}


class LazyRule(Rule):
    """A rule that matches at once, compiles its two builders on first use and shares its parts with other rules.

    Werkzeug compiles both for each of a thousand rules while the application is made: 0.3 s of every start of
    a worker, for addresses of which it builds a few dozen. And each rule has a part `api` of its own: 3 MB.
    """

    def compile(self) -> None:
        super().compile()
        self._parts = [_PARTS.setdefault(_key(part), part) for part in self._parts]

    def _compile_builder(self, append_unknown: bool = True) -> Any:
        return _FIRST[append_unknown]

    def _compile_now(self, append_unknown: bool) -> Any:
        made = super()._compile_builder(append_unknown).__get__(self, None)
        setattr(self, "_build_unknown" if append_unknown else "_build", made)
        return made


def _first(append_unknown: bool) -> Callable[..., tuple[str, str]]:
    def build(rule: LazyRule, /, **values: Any) -> tuple[str, str]:
        return rule._compile_now(append_unknown)(**values)

    return build


_FIRST = {append_unknown: _first(append_unknown) for append_unknown in (False, True)}


def _key(part: RulePart) -> tuple[Any, ...]:
    return part.content, part.final, part.static, part.suffixed, repr(part.weight)
