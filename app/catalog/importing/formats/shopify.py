"""Shopify's product CSV: one row a variant, rows of a product follow each other under one Handle.

Empty cells of later rows inherit from the first. Rows without variant and SKU only carry a picture.
Any number of columns; unknown ones are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from app.catalog.importing import values
from app.catalog.importing.files import Row, table_rows
from app.catalog.importing.records import Bad, Record, Value, VariantRecord
from app.core.i18n import _l

PLACES = (1, 2, 3)


def read(path: Path) -> Iterator[Record | Bad]:
    """Products of a file."""
    group: list[Row] = []
    for row in table_rows(path):
        if isinstance(row, Bad):
            yield row
            continue
        handle = row[1].get("Handle", "").strip()
        if not handle:
            yield Bad(row[0], "Handle", str(_l("This row does not say which product it belongs to.")))
            continue
        if group and group[0][1]["Handle"].strip() != handle:
            yield _record(group)
            group = []
        group.append(row)
    if group:
        yield _record(group)


def _record(group: list[Row]) -> Record | Bad:
    line, first = group[0]
    handle = first["Handle"].strip()
    names = [first.get(f"Option{place} Name", "").strip() for place in PLACES]
    variants: list[VariantRecord] = []
    for number, row in group:
        has_variant = row.get("Option1 Value", "").strip() or row.get("Variant Price", "").strip()
        if not has_variant:
            continue
        made = _variant(number, row, names, handle)
        if isinstance(made, Bad):
            return made
        variants.append(made)
    department = first.get("Type", "").strip() or "Shop"
    tags = [tag.strip() for tag in first.get("Tags", "").split(",") if tag.strip()]
    path = [department, values.shortened(tags[0].title(), 60)] if tags else [department]
    images = [row["Image Src"].strip() for _line, row in group if row.get("Image Src", "").strip()]
    return Record(
        line, handle, values.shortened(first.get("Title", "")), values.code(f"shopify {department}"),
        department, [path], variants, values.from_html(first.get("Body (HTML)", "")),
        values.shortened(first.get("Vendor", ""), 80),
        {"tags": Value("Tags", ", ".join(tags)[:500])} if tags else {}, {}, list(dict.fromkeys(images)),
        publish=first.get("Published", "true").strip().lower() != "false",
    )  # fmt: skip


def _variant(line: int, row: dict[str, str], names: list[str], handle: str) -> VariantRecord | Bad:
    options = {
        name: row.get(f"Option{place} Value", "").strip()
        for place, name in zip(PLACES, names, strict=True)
        if name and row.get(f"Option{place} Value", "").strip()
    }
    if list(options.items()) == [("Title", "Default Title")]:
        options = {}
    made = "-".join([handle, *options.values()])
    field = ""
    try:
        field = "Variant Price"
        price = values.amount(row.get(field))
        field = "Variant Compare At Price"
        compare = values.amount(row.get(field))
        field = "Variant Grams"
        weight = values.grams(row.get(field))
        field = "Variant Inventory Qty"
        stock = values.whole(row.get(field))
    except ValueError as wrong:
        return Bad(
            line, field, str(_l("“%(text)s” is not a number that fits here.")) % {"text": wrong}, handle
        )
    return VariantRecord(
        values.sku(row.get("Variant SKU"), values.sku(made)), options,
        values.clean(row.get("Variant Barcode", "")).lstrip("'") or None, "", weight, True, price,
        compare if compare and price and Decimal(compare) > Decimal(price) else None,
        None if stock is None else max(0, stock), line,
    )  # fmt: skip
