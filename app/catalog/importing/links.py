"""Products beside products, as a table names them: by SKUs, said once everything else of the file is in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.catalog import operations
from app.catalog.importing.records import Bad, Record
from app.catalog.models import Variant
from app.catalog.operations.bulk import errors_of
from app.core.actor import Actor
from app.core.errors import ShopError
from app.core.i18n import _l

COLUMNS = {"related_skus": "related", "upsell_skus": "upsell", "cross_sell_skus": "cross_sell"}
"""Column of the table to kind of link."""
BATCH = 300
_NAMED = text(
    """SELECT l.product_id, l.kind, (SELECT v.sku FROM catalog_variant v WHERE v.product_id = l.target_id
                                     ORDER BY v.position, v.id LIMIT 1) AS sku
         FROM catalog_product_link l JOIN catalog_product p ON p.id = l.target_id AND p.state <> 'archived'
        WHERE l.product_id = ANY(CAST(:ids AS bigint[])) ORDER BY l.product_id, l.kind, l.position, l.target_id"""
)


def read(cells: Mapping[str, str]) -> dict[str, list[str]]:
    """SKUs by kind; a column that is there and empty says that nothing stands beside the product."""
    return {kind: cells[column].split() for column, kind in COLUMNS.items() if column in cells}


def cells_of(session: Session, product_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """The columns of these products for an export: one statement; the first SKU stands for a product."""
    columns = {kind: column for column, kind in COLUMNS.items()}
    found: dict[int, dict[str, str]] = {}
    for row in session.execute(_NAMED, {"ids": list(product_ids)}):
        if row.sku:
            cells = found.setdefault(row.product_id, {})
            column = columns[row.kind]
            cells[column] = f"{cells[column]} {row.sku}" if column in cells else row.sku
    return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a record says of links: the product by one of its SKUs."""

    line: int
    key: str
    sku: str
    links: Mapping[str, Sequence[str]]


def wanted(record: Record) -> Wanted | None:
    """What this record says of links; None when it says nothing."""
    sku = next((variant.sku for variant in record.variants if variant.sku), "")
    return Wanted(record.line, record.key, sku, record.links) if record.links and sku else None


def settle(session: Session, rows: Sequence[Wanted], actor: Actor, note: Callable[[Bad], None]) -> list[str]:
    """Link the products of these rows, each in a transaction of its own; returns the keys of those that changed.

    A row that names an unknown SKU, or what the catalogue refuses, is noted and leaves its product's links alone.
    """
    changed: list[str] = []
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        products = _products(session, batch)
        for row in batch:
            if row.sku not in products:
                continue  # refused before, and reported
            links, problem = _ids(row, products)
            if problem is not None:
                note(problem)
                continue
            try:
                is_new = operations.set_links(session, product_id=products[row.sku], links=links, actor=actor)
            except ShopError as refusal:
                name, reason = next(iter(errors_of(refusal).items()), ("", refusal.text))
                note(_bad(row, name.partition(".")[0], str(reason)))
            else:
                changed += [row.key] if is_new else []
    return changed


def unknown(session: Session, rows: Sequence[Wanted], coming: set[str]) -> list[Bad]:
    """Rows that name a SKU which neither the shop has nor the file brings: what a dry run can say of links."""
    found: list[Bad] = []
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        known = dict.fromkeys(coming, 0) | _products(session, batch)
        found += [problem for row in batch if (problem := _ids(row, known)[1]) is not None]
    return found


def _products(session: Session, rows: Sequence[Wanted]) -> dict[str, int]:
    named = {sku for row in rows for sku in (row.sku, *(s for skus in row.links.values() for s in skus))}
    skus = [sku for sku in named if "\x00" not in sku and len(sku) <= 200]
    query = select(Variant.sku, Variant.product_id).where(Variant.sku.in_(skus))
    return {row.sku: row.product_id for row in session.execute(query)}


def _ids(row: Wanted, products: Mapping[str, int]) -> tuple[dict[str, list[int]], Bad | None]:
    """Products by kind, each once: several variants of one are one product."""
    found: dict[str, list[int]] = {}
    for kind, skus in row.links.items():
        strangers = [sku for sku in skus if sku not in products]
        if strangers:
            reason = str(_l("There is no SKU “%(sku)s”.", sku=strangers[0][:80]))
            return {}, _bad(row, kind, reason)
        found[kind] = list(dict.fromkeys(products[sku] for sku in skus))
    return found, None


def _bad(row: Wanted, kind: str, problem: str) -> Bad:
    columns = {kind: column for column, kind in COLUMNS.items()}
    reason = str(_l("Taken, but without its links: %(reason)s")) % {"reason": problem}
    return Bad(row.line, columns.get(kind, kind), reason, row.key)
