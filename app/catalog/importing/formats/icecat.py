"""Open Icecat as the querqy/chorus project ships it: JSON with sparse attr_t_, attr_n_ and attr_b_ keys.

There is no category in it: departments and categories are told from the title (table below, first
match wins). The first pass counts which properties each category uses; properties of fewer than three
products are left out, a category keeps at most forty, and the eight used most are filters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.catalog import rules
from app.catalog.importing import values
from app.catalog.importing.files import json_objects
from app.catalog.importing.formats.icecat_kinds import KINDS, OTHER
from app.catalog.importing.records import Bad, Record, Value, VariantRecord
from app.core.i18n import _l

FEWEST = 3
MOST_ATTRIBUTES = 40
MOST_FILTERS = 8
LONGEST_FILTER = 40
TYPES = {"t": "text", "n": "number", "b": "boolean"}
UNITS = {
    "weight": "g", "width": "mm", "height": "mm", "depth": "mm", "length": "m", "yield": "pages",
}  # fmt: skip
_PATTERNS = tuple((department, category, re.compile(pattern)) for department, category, pattern in KINDS)
Key = tuple[str, str]


@lru_cache(maxsize=50_000)
def kind_of(title: str) -> tuple[str, str]:
    """Department and category of a title."""
    low = title.lower()
    return next(((d, c) for d, c, pattern in _PATTERNS if pattern.search(low)), OTHER)


def _key(name: str) -> tuple[str, str] | None:
    match = re.fullmatch(r"attr_([tnb])_(\w+)", name)
    return (match.group(1), match.group(2)) if match else None


def _label(name: str) -> str:
    words = " ".join(re.sub(r"__[a-z]+_[a-z]+_?$|_+", " ", name).split())
    return (words[:1].upper() + words[1:])[:80]


class Survey:
    """Which properties each category uses, and how often."""

    def __init__(self, path: Path) -> None:
        self.used: dict[str, Counter[tuple[str, str]]] = {}
        self.long: Counter[tuple[str, str]] = Counter()
        kinds_of: dict[str, Counter[str]] = {}
        for _number, item in json_objects(path):
            if not isinstance(item, dict):
                continue
            counter = self.used.setdefault(kind_of(str(item.get("title") or ""))[1], Counter())
            for name, value in item.items():
                key = _key(name)
                if key is not None and value not in (None, ""):
                    counter[key] += 1
                    kinds_of.setdefault(key[1], Counter())[key[0]] += 1
                    if isinstance(value, str) and len(value) > LONGEST_FILTER:
                        self.long[key] += 1
        self.main = {name: counter.most_common(1)[0][0] for name, counter in kinds_of.items()}
        self.kept = {category: self._kept(counter) for category, counter in self.used.items()}
        self.filters = {category: self._filters(category) for category in self.used}

    def _kept(self, counter: Counter[tuple[str, str]]) -> set[tuple[str, str]]:
        ranked = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
        return {key for key, count in ranked[:MOST_ATTRIBUTES] if count >= FEWEST}

    def _filters(self, category: str) -> set[tuple[str, str]]:
        counter = self.used[category]
        fit = [
            key for key in self.kept[category]
            if self.long[key] * 5 < counter[key] and not re.search(r"pallet|package|master|dimension", key[1])
        ]  # fmt: skip
        return set(sorted(fit, key=lambda key: (-counter[key], key))[:MOST_FILTERS])

    def code(self, key: tuple[str, str]) -> str:
        """A code; two kinds of one name get different ones."""
        made = values.code(key[1])
        return made if self.main[key[1]] == key[0] else f"{made[:57]}_{key[0]}"


def read(path: Path) -> Iterator[Record | Bad]:
    """Products of a file, a zip or a folder of them."""
    survey = Survey(path)
    for number, item in json_objects(path):
        if not isinstance(item, dict) or not item.get("id"):
            yield Bad(number, "id", str(_l("This record has no key of its own.")))
            continue
        yield _record(number, item, survey)


def _record(number: int, item: dict[str, Any], survey: Survey) -> Record | Bad:
    key, title = values.clean(item["id"])[:60], values.clean(item.get("title") or item.get("name"))
    price = item.get("price")
    if price is not None and (isinstance(price, bool) or not isinstance(price, int) or price < 0):
        return Bad(number, "price", str(_l("The price is not a whole number of cents.")), key)
    department, category = kind_of(str(item.get("title") or ""))
    part_number = values.clean(item.get("name"))[:200]
    attributes = {}
    if part_number:
        attributes["part_number"] = Value("Part number", part_number)
    for name, value in item.items():
        found = _key(name)
        if found is None or found not in survey.kept.get(category, ()) or value in (None, ""):
            continue
        kind = TYPES[found[0]]
        shown = values.clean(value)[: rules.LONGEST_VALUE] if kind == "text" else value
        if kind == "number" and rules.decimal_text(value) is None:
            continue
        if kind == "text" and not shown:
            continue
        is_filter = found in survey.filters[category] and len(str(shown)) <= LONGEST_FILTER
        unit = next((u for word, u in UNITS.items() if kind == "number" and found[1].endswith(word)), "")
        attributes[survey.code(found)] = Value(_label(found[1]), shown, kind, unit, is_filter)
    eans = [str(code) for code in item.get("ean") or () if rules.valid_ean(str(code))]
    if len(eans) > 1:
        attributes["gtin"] = Value("Other EANs", ", ".join(eans[1:])[:450].rpartition(", ")[0] or eans[1])
    variant = VariantRecord(
        sku=values.sku(key, f"icecat-{number}"), ean=eans[0] if eans else None,
        price=None if price is None else f"{price // 100}.{price % 100:02d}",
        weight_g=_weight(item), line=number,
    )  # fmt: skip
    type_code = values.code(category)
    images = [item[name] for name in ("img_high", "img_500x500") if item.get(name)][:1]
    return Record(
        number, key, values.shortened(title), type_code, category, [[department, category]], [variant],
        values.from_html(values.clean(item.get("short_description"))), values.shortened(item.get("supplier") or "", 80),
        attributes, {}, images,
    )  # fmt: skip


def _weight(item: dict[str, Any]) -> int:
    weight = item.get("attr_n_weight") or item.get("attr_n_package_weight") or 0
    fits = isinstance(weight, int | float) and 0 < weight <= rules.HEAVIEST_G
    return round(weight) if fits else 0
