"""Names and codes: the checks that brands, types and attributes share."""

from __future__ import annotations

from typing import Any

from app.catalog import rules
from app.catalog.rules import Errors
from app.core.i18n import _l


def code_problem(code: Any) -> Any:
    """What is wrong with a code, or None."""
    if not isinstance(code, str) or not rules.CODE.fullmatch(code):
        return _l("A code has small letters, digits and _, and starts with a letter.")
    return None


def name_errors(name: Any, errors: Errors, longest: int = rules.LONGEST_NAME) -> None:
    """Note what is wrong with a name."""
    if problem := rules.text_problem(name, longest, required=True):
        errors["name"] = problem
