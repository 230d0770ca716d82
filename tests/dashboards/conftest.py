"""People at the desk and a count of statements, as the catalogue's tests have them."""

from __future__ import annotations

from tests.catalog.conftest import admin, staff, statements

__all__ = ["admin", "staff", "statements"]
