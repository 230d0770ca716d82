"""WooCommerce's product CSV: variations name their product by SKU or id, and may stand anywhere.

Grouped and external products cannot be bought here and are reported. Categories are "A > B, C".
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from app.catalog.importing import values
from app.catalog.importing.files import Row, table_rows
from app.catalog.importing.records import Bad, Record, Value, VariantRecord
from app.core.i18n import _l

PLACES = range(1, 13)


def read(path: Path) -> Iterator[Record | Bad]:
    """Products of a file. Variations are gathered first: they may come before their product."""
    children: dict[str, list[Row]] = {}
    parents: set[str] = set()
    for row in table_rows(path):
        if isinstance(row, Bad):
            continue
        if row[1].get("Type", "").startswith("variation"):
            children.setdefault(_parent(row[1]), []).append(row)
        else:
            parents |= {row[1].get("SKU", "").strip(), row[1].get("ID", "").strip()}
    for row in table_rows(path):
        if isinstance(row, Bad):
            yield row
            continue
        line, cells = row
        kinds = {kind.strip() for kind in cells.get("Type", "simple").split(",")}
        key = cells.get("SKU", "").strip() or cells.get("ID", "").strip()
        if "variation" in kinds:
            if _parent(cells) not in parents:
                yield Bad(line, "Parent", str(_l("The product this belongs to is not in the file.")), key)
        elif kinds & {"grouped", "external"}:
            yield Bad(line, "Type", str(_l("Products of this kind cannot be sold here.")), key)
        elif not key:
            yield Bad(line, "SKU", str(_l("This record has no key of its own.")))
        else:
            mine = children.get(cells.get("SKU", "").strip(), []) or children.get(
                cells.get("ID", "").strip(), []
            )
            yield _record(line, key, cells, mine)


def _parent(cells: dict[str, str]) -> str:
    return cells.get("Parent", "").strip().removeprefix("id:")


def _attributes(cells: dict[str, str]) -> dict[str, str]:
    pairs = ((cells.get(f"Attribute {n} name", ""), cells.get(f"Attribute {n} value(s)", "")) for n in PLACES)
    return {name.strip(): value.strip() for name, value in pairs if name.strip() and value.strip()}


def _record(line: int, key: str, cells: dict[str, str], children: list[Row]) -> Record | Bad:
    variants: list[VariantRecord] = []
    for number, child in children or [(line, cells)]:
        options = _attributes(child) if children else {}
        made = _variant(number, child, options, key)
        if isinstance(made, Bad):
            return made
        variants.append(made)
    varied = {name for variant in variants for name in variant.options}
    attributes = {
        values.code(name): Value(name, value[:500], is_filter=True)
        for name, value in _attributes(cells).items()
        if name not in varied
    }
    paths = values.paths(cells.get("Categories", ""), between=",") or [["Shop"]]
    description = cells.get("Description", "") or cells.get("Short description", "")
    images = [url.strip() for url in cells.get("Images", "").split(",") if url.strip()]
    kind = values.clean(paths[0][0])
    return Record(
        line, key, values.shortened(cells.get("Name", "")), values.code(f"woo {kind}"), kind, paths, variants,
        values.from_html(description.replace("\\n", "\n")), "", attributes, {}, images,
        is_available=cells.get("In stock?", "1").strip() != "0",
        publish=cells.get("Published", "1").strip() == "1",
    )  # fmt: skip


def _variant(line: int, cells: dict[str, str], options: dict[str, str], key: str) -> VariantRecord | Bad:
    field = ""
    try:
        field = "Regular price"
        regular = values.amount(cells.get(field))
        field = "Sale price"
        sale = values.amount(cells.get(field))
        field = "Weight (kg)"
        weight = values.grams(cells.get(field), "kg")
        field = "Stock"
        stock = values.whole(cells.get(field))
    except ValueError as wrong:
        return Bad(line, field, str(_l("“%(text)s” is not a number that fits here.")) % {"text": wrong}, key)
    made = values.sku(cells.get("SKU")) or values.sku("-".join([key, *options.values()]))
    reduced = sale is not None and regular is not None and Decimal(sale) < Decimal(regular)
    return VariantRecord(
        made, options, values.clean(cells.get("GTIN, UPC, EAN, or ISBN")) or None, "", weight, True,
        sale if reduced else regular, regular if reduced else None,
        None if stock is None else max(0, stock), line,
    )  # fmt: skip
