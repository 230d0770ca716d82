"""From a board as it is kept to cards: its tiles as declarations, its days as an address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.analytics import queries
from app.analytics.families.dimensions import NONE, SHIPPING
from app.analytics.families.naming import NONE_WORD, SHIPPING_WORD
from app.regions import queries as regions
from dashboards import asked as addresses
from dashboards import choosing, waiting
from dashboards.asked import NOTHING, Asked
from dashboards.drawing import Drawn, draw, label_of
from dashboards.models import Board, BoardTile
from dashboards.pages import Chart, Kind, Tile

Filters = Mapping[str, list[str]]
"""Keys by dimension, as boards keep them."""
NOWHERE = {SHIPPING: SHIPPING_WORD, NONE: NONE_WORD}
"""Keys of what is no thing at all, such as no brand."""


def specs(session: Session, board: Board, language: str) -> list[Tile | Chart]:
    """The declarations of a board's tiles, in their order. One whose figure is gone says so in its card."""
    known = {metric.code: metric.dimensions for metric in queries.metrics()}
    said = only(session, [tile.filters for tile in board.tiles], language)
    return [
        _spec(tile, board.filters, known.get(tile.metric), words)
        for tile, words in zip(board.tiles, said, strict=True)
    ]


def only(session: Session, several: Sequence[Filters], language: str) -> list[str]:
    """Filters in words, each of several: "Country: Belgium, France; Brand: Lumen"."""
    return [
        "; ".join(f"{name}: {keys}" for name, keys in found) for found in named(session, several, language)
    ]


def named(session: Session, several: Sequence[Filters], language: str) -> list[list[tuple[str, str]]]:
    """Dimensions and values of filters in words; a key that has no words of its own stays."""
    titles = choosing.titles(session, several, language)

    def word(name: str, key: str) -> str:
        return (
            titles.get((name, key)) or str(NOWHERE.get(key, "")) or queries.word(name, key, language) or key
        )

    return [
        [(label_of(name), ", ".join(word(name, key) for key in keys)) for name, keys in filters.items()]
        for filters in several
    ]


def _spec(tile: BoardTile, shared: Filters, known: frozenset[str] | None, words: str) -> Tile | Chart:
    dimensions = known or frozenset()
    filters = {name: tuple(keys) for name, keys in tile.filters.items()}
    for name, keys in shared.items():
        if name in dimensions:
            own = filters.get(name)
            filters[name] = tuple(keys) if own is None else tuple(k for k in own if k in keys) or (NOTHING,)
    said: Any = {"only": words, "ignored": tuple(name for name in shared if name not in dimensions)}
    if not tile.dimension:
        return Tile(tile.metric, tile.title, filters=filters, **said)
    return Chart(
        tile.metric, tile.dimension, Kind(tile.chart), tile.title, limit=tile.row_limit, span=tile.span, filters=filters,
        name=f"tile-{tile.id}", late=f"tile-{tile.id}", **said,
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
    return draw(session, asked, waiting.wanted(session, asked, specs(session, board, asked.language), given))
