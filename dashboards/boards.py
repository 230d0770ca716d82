"""From a board as it is kept to cards: its tiles as declarations, its days as an address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.analytics import queries
from app.regions import queries as regions
from dashboards import asked as addresses
from dashboards import waiting
from dashboards.asked import NOTHING, Asked
from dashboards.drawing import Drawn, draw
from dashboards.models import Board, BoardTile
from dashboards.pages import Chart, Kind, Tile


def specs(board: Board) -> list[Tile | Chart]:
    """The declarations of a board's tiles, in their order. One whose figure is gone says so in its card."""
    known = {metric.code: metric.dimensions for metric in queries.metrics()}
    return [_spec(tile, board.filters, known.get(tile.metric, frozenset())) for tile in board.tiles]


def _spec(tile: BoardTile, shared: Mapping[str, list[str]], dimensions: frozenset[str]) -> Tile | Chart:
    filters = {name: tuple(keys) for name, keys in tile.filters.items()}
    for name, keys in shared.items():
        if name in dimensions:
            own = filters.get(name)
            filters[name] = tuple(keys) if own is None else tuple(k for k in own if k in keys) or (NOTHING,)
    if not tile.dimension:
        return Tile(tile.metric, tile.title, filters=filters)
    return Chart(
        tile.metric, tile.dimension, Kind(tile.chart), tile.title, limit=tile.row_limit, span=tile.span, filters=filters,
        name=f"tile-{tile.id}", late=f"tile-{tile.id}",
    )  # fmt: skip


def asked_of(
    session: Session, board: Board, given: Mapping[str, Any], *, path: str, language: str, seller: str
) -> Asked:
    """What an address asks of a board; where it is silent, the board's own days, comparison and currency hold."""
    read = MultiDict(given)
    if not read.get("period") and not read.get("from"):
        read["period"] = board.period
    read.setdefault("compare", board.comparison)
    if "currency" not in read and board.currency in regions.enabled_currencies(session):
        read["currency"] = board.currency
    every = frozenset().union(*(metric.dimensions for metric in queries.metrics()))
    return addresses.read(
        read, today=queries.today(session), currencies=regions.enabled_currencies(session),
        dimensions=every - {"day", "week", "month"}, path=path, language=language, seller=seller, spells_out=True,
    )  # fmt: skip


def cards(session: Session, board: Board, asked: Asked, given: Mapping[str, str]) -> list[Drawn]:
    """The cards of a board for one reader: all that an address asks for."""
    return draw(session, asked, waiting.wanted(session, asked, specs(board), given))
