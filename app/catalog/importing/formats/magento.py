"""Magento: the native export (sku, product_type, configurable_variations …) and the older sample files.

Simple products that a configurable one names are its variants; they stand before it in the file, so
they are gathered first. Bundles, grouped and downloadable products are reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from app.catalog.importing import values
from app.catalog.importing.files import Row, table_rows, unreadable
from app.catalog.importing.records import Bad, Record, Value, VariantRecord
from app.core.i18n import _l

NOT_SAID = frozenset({
    "has_options", "required_options", "erin_recommends", "new", "sale", "price", "special_price", "qty",
    "description", "category", "name", "sku", "attribute_set", "image", "url_key",
})  # fmt: skip
TAXES = {"none": "zero", "": "standard"}


def read(path: Path) -> Iterator[Record | Bad]:
    """Products of a file."""
    held: dict[str, Row] = {}
    used: set[str] = set()
    first: dict[str, str] | None = None
    for row in table_rows(path):
        if isinstance(row, Bad):
            continue
        first = first or row[1]
        if "sku" not in first:
            raise unreadable(_l("it has no column “sku”."))
        if row[1].get("product_type", "") in ("simple", "virtual"):
            held[row[1]["sku"].strip()] = row
        elif row[1].get("product_type") == "configurable":
            used |= {sku for sku, _options in _variations(row[1])}
    for row in table_rows(path):
        if isinstance(row, Bad):
            yield row
            continue
        line, cells = row
        kind, sku = cells.get("product_type", "simple"), cells.get("sku", "").strip()
        if not sku:
            yield Bad(line, "sku", str(_l("This record has no key of its own.")))
        elif kind in ("simple", "virtual", "") and sku in used:
            continue
        elif kind in ("simple", "virtual", ""):
            yield _record(line, cells, [(line, cells, {})])
        elif kind == "configurable":
            found = [(*held[s], options) for s, options in _variations(cells) if s in held]
            yield _record(line, cells, found)
        else:
            yield Bad(line, "product_type", str(_l("Products of this kind cannot be sold here.")), sku)


def _variations(cells: dict[str, str]) -> list[tuple[str, dict[str, str]]]:
    found = []
    for part in cells.get("configurable_variations", "").split("|"):
        pairs = dict(pair.split("=", 1) for pair in part.split(",") if "=" in pair)
        sku = pairs.pop("sku", "").strip()
        if sku:
            found.append((sku, {name.strip(): value.strip() for name, value in pairs.items()}))
    return found


def _properties(cells: dict[str, str]) -> dict[str, str]:
    said = cells.get("additional_attributes")
    if said is not None:
        pairs = dict(pair.split("=", 1) for pair in said.split(",") if "=" in pair)
    else:
        pairs = {name: ", ".join(value.split("\n")) for name, value in cells.items()}
    return {
        n.strip(): v.replace("|", ", ").strip()
        for n, v in pairs.items()
        if n.strip() not in NOT_SAID and v.strip()
    }


def _paths(cells: dict[str, str]) -> list[list[str]]:
    if "categories" in cells:
        found = values.paths(cells["categories"], between=",", level="/")
        found = [path[1:] if path[0] == "Default Category" else path for path in found]
        return [path for path in found if path] or [["Shop"]]
    parts = [part for part in cells.get("category", "").split("\n") if part.strip()]
    return [[values.shortened(part, 80) for part in parts[:2]]] if parts else [["Shop"]]


def _record(
    line: int, cells: dict[str, str], given: list[tuple[int, dict[str, str], dict[str, str]]]
) -> Record | Bad:
    variants: list[VariantRecord] = []
    key = cells["sku"].strip()
    for number, child, options in given:
        made = _variant(number, child, options, key)
        if isinstance(made, Bad):
            return made
        variants.append(made)
    kind = values.clean(cells.get("attribute_set_code") or cells.get("attribute_set")) or "Default"
    varied = {name for v in variants for name in v.options}
    attributes = {
        values.code(name): Value(name.replace("_", " ").capitalize(), value[:500], is_filter=len(value) <= 40)
        for name, value in _properties(cells).items()
        if name not in varied and len(name) <= 60
    } if "additional_attributes" in cells or "attribute_set" in cells else {}  # fmt: skip
    texts = cells.get("description", "") or cells.get("short_description", "")
    images = [cells[n].strip() for n in ("base_image", "image") if cells.get(n, "").strip()]
    return Record(
        line, key, values.shortened(cells.get("name", "")), values.code(f"magento {kind}"), kind, _paths(cells),
        variants, values.from_html(texts), "", attributes, {}, images,
        tax_class=TAXES.get(cells.get("tax_class_name", "").strip().lower(), "standard"),
        publish=cells.get("product_online", "1").strip() not in ("0", "2"),
    )  # fmt: skip


def _variant(line: int, cells: dict[str, str], options: dict[str, str], key: str) -> VariantRecord | Bad:
    field = ""
    try:
        field = "price"
        price = values.amount(cells.get(field))
        field = "special_price"
        special = values.amount(cells.get(field))
        field = "weight"
        weight = values.grams(cells.get(field), "kg")
        field = "qty"
        stock = values.whole(cells.get(field, "").split(".")[0])
    except ValueError as wrong:
        return Bad(line, field, str(_l("“%(text)s” is not a number that fits here.")) % {"text": wrong}, key)
    reduced = special is not None and price is not None and Decimal(special) < Decimal(price)
    labels = {name.replace("_", " ").capitalize(): value for name, value in options.items()}
    return VariantRecord(
        values.sku(cells["sku"]), labels, None, "", weight, True, special if reduced else price,
        price if reduced else None, None if stock is None else max(0, stock), line,
    )  # fmt: skip
