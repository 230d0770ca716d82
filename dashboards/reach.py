"""Where a reader may go from a figure: what leads to a closed door does not lead there at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import current_app

from dashboards.drawing import Drawn


def may(view: str, right: str = "can_show") -> bool:
    """True when the person of this request has a right on a screen."""
    return bool(current_app.appbuilder.sm.has_access(right, view))  # type: ignore[attr-defined]


def leading(cards: Sequence[Drawn]) -> list[Drawn]:
    """The cards without links to where this reader may not go: the orders behind, the form of a board."""
    if not may("RowsDashboard"):
        for card in cards:
            card.url, card.rows = "", tuple(replace(row, url="") for row in card.rows)
    if not may("BoardTileView", "can_add"):
        for card in cards:
            card.pin_url = ""
    return list(cards)
