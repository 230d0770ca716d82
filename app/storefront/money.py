"""How amounts look, in the reader's language."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from babel.numbers import format_currency

from app.core.i18n import current_language


@lru_cache(maxsize=50_000)
def _formatted(amount: Any, currency: str, language: str) -> str:
    return format_currency(amount, currency, locale=language)


def money(value: Any) -> str:
    """An amount with its currency's sign: `€12.50` in English, `12,50 €` in French."""
    return _formatted(value.amount, value.currency, current_language())
