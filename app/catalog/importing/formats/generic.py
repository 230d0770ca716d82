"""Our own table, CSV or XLSX: one row a variant, rows of a product share the column `product`.

The columns are described in docs/import.md; `flask catalog export` writes them. Columns that are not
known are reported once, so that a misspelt one is not lost in silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.catalog import rules
from app.catalog.importing import links, values
from app.catalog.importing.files import Row, table_rows, unreadable
from app.catalog.importing.records import Bad, Record, Value, VariantRecord
from app.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, _l

COLUMNS = (
    "product", "sku", "name", "brand", "categories", "type", "description", "tax_class", "published", "available",
    "ean", "variant_name", "weight_g", "active", "price", "compare_at", "stock", "images",
    *links.COLUMNS,
)  # fmt: skip
NEEDED = ("sku", "name", "categories")
RISKY = ("=", "+", "-", "@", "\t", "\r")


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(RISKY) else text


def plain(text: str) -> str:
    """The inverse of `safe`."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(RISKY) else text


def read(path: Path) -> Iterator[Record | Bad]:
    """Products of a file, in the order of their first row."""
    group: list[Row] = []
    checked = False
    for row in table_rows(path):
        if isinstance(row, Bad):
            yield row
            continue
        line, cells = row[0], {name.strip().lower(): plain(text.strip()) for name, text in row[1].items()}
        if not checked:
            yield from _check_columns(cells)
            checked = True
        key = cells.get("product") or cells.get("sku", "")
        if not key:
            yield Bad(line, "product", str(_l("This row does not say which product it belongs to.")))
            continue
        cells["product"] = key
        if group and group[0][1]["product"] != key:
            yield record_of(group)
            group = []
        group.append((line, cells))
    if group:
        yield record_of(group)


def _check_columns(cells: dict[str, str]) -> Iterator[Bad]:
    missing = [name for name in NEEDED if name not in cells]
    if missing:
        raise unreadable(str(_l("these columns are missing: %s")) % ", ".join(missing))
    for name in cells:
        start, _, rest = name.partition(":")
        texts = start in ("name", "description") and rest in LANGUAGES and rest != DEFAULT_LANGUAGE
        if name not in COLUMNS and not texts and not (start in ("option", "attribute") and rest):
            yield Bad(1, name[:80], str(_l("There is no such column.")))


def _truth(cells: dict[str, str], name: str) -> bool:
    answer = rules.boolean(cells.get(name) or "yes")
    if answer is None:
        raise ValueError(cells[name])
    return answer


def record_of(group: list[Row]) -> Record | Bad:
    """One product from its rows."""
    line, first = group[0]
    key = first["product"][:200]
    variants: list[VariantRecord] = []
    for number, cells in group:
        made = _variant(number, cells, key)
        if isinstance(made, Bad):
            return made
        variants.append(made)
    try:
        published, available = _truth(first, "published"), _truth(first, "available")
    except ValueError as wrong:
        return Bad(line, "published", str(_l("“%(text)s” is neither yes nor no.")) % {"text": wrong}, key)
    named = ((name.partition(":"), text) for name, text in first.items() if text)
    attributes = {
        values.code(rest): Value(rest, text) for (start, _, rest), text in named if start == "attribute"
    }
    translations: dict[str, dict[str, str]] = {}
    for name, text in first.items():
        start, _, lang = name.partition(":")
        if text and start in ("name", "description") and lang:
            translations.setdefault(lang, {})[start] = text
    kind = first.get("type") or "general"
    return Record(
        line, key, first.get("name", ""), values.code(kind), kind, values.paths(first.get("categories", "")),
        variants, first.get("description", ""), first.get("brand", ""), attributes, translations,
        first.get("images", "").split(), first.get("tax_class") or "standard", available, published,
        links.read(first),
    )  # fmt: skip


def _variant(line: int, cells: dict[str, str], key: str) -> VariantRecord | Bad:
    named = ((name.partition(":"), text) for name, text in cells.items() if text)
    options = {rest: text for (start, _, rest), text in named if start == "option"}
    field = ""
    try:
        field = "price"
        price = values.amount(cells.get(field))
        field = "compare_at"
        compare = values.amount(cells.get(field))
        field = "weight_g"
        weight = values.grams(cells.get(field))
        field = "stock"
        stock = values.whole(cells.get(field))
        field = "active"
        active = _truth(cells, field)
    except ValueError as wrong:
        reason = str(_l("“%(text)s” is not a value that fits here."))
        return Bad(line, field, reason % {"text": wrong}, key)
    return VariantRecord(
        cells.get("sku", ""), options, cells.get("ean") or None, cells.get("variant_name", ""), weight, active,
        price, compare, stock, line,
    )  # fmt: skip
