"""The shop's environment of templates."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class ShopEnvironment(Environment):
    """Templates without names of their own read the names of all of them where they stand.

    Jinja puts a chain of two dictionaries before each template and walks it in Python for every import, include and
    page: a tenth of what a page costs, for a first dictionary that is always empty here.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What a template knows without being told."""
        return super().make_globals(d) if d else self.globals
