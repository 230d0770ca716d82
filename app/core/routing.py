"""Rules of addresses that learn to build an address when somebody first asks for it."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import Rule


class LazyRule(Rule):
    """A rule that matches at once and compiles its two builders on first use.

    Werkzeug compiles both for each of a thousand rules while the application is made: 0.3 s of every start of
    a worker, for addresses of which it builds a few dozen.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Any:
        make = super()._compile_builder
        made: list[Any] = []

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            if not made:
                made.append(make(append_unknown))
            return made[0](rule, **values)

        return build
