"""The small shop of the tests of REST, for the tests of pages that ask for it by name."""

from __future__ import annotations

from tests.api.conftest import floor

__all__ = ["floor"]
