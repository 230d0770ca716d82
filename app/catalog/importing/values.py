"""Small readings of cells: amounts, weights, codes, category paths, names."""

from __future__ import annotations

import hashlib
import html
import re
from decimal import Decimal, InvalidOperation

from app.catalog import rules

_TAG = re.compile(r"<[^<>]*>")
_BREAK = re.compile(r"<\s*(?:br|/p|/li|/h\d|/div)[^<>]*>", re.I)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
GRAMS = {"g": Decimal(1), "kg": Decimal(1000), "lb": Decimal("453.59237"), "oz": Decimal("28.349523125")}
CHEAPEST, DEAREST = 495, 39_995


def clean(text: object) -> str:
    """Text without control characters, white space around it taken away."""
    return _CONTROL.sub("", str(text)).strip() if text is not None else ""


def from_html(text: str) -> str:
    """A description as plain text with its paragraphs kept."""
    if "<" not in text and "&" not in text:
        return clean(text)
    lines = _TAG.sub("", _BREAK.sub("\n", text)).splitlines()
    return clean("\n".join(filter(None, (" ".join(html.unescape(line).split()) for line in lines))))


def shortened(text: str, longest: int = rules.LONGEST_NAME) -> str:
    """A name that fits, cut between words."""
    text = " ".join(clean(text).split())
    if len(text) <= longest:
        return text
    return text[: longest - 1].rsplit(" ", 1)[0] + "…"


def amount(text: object) -> str | None:
    """An amount as plain decimal text: "1.234,50" and "1,234.50" are both 1234.50. Empty is None.

    Raises:
        ValueError: for anything else.
    """
    raw = clean(text).replace(" ", "").replace("\u00a0", "").strip("€$£")
    if not raw:
        return None
    comma, point = raw.rfind(","), raw.rfind(".")
    if comma > point:
        raw = raw.replace(".", "").replace(",", ".") if len(raw) - comma <= 3 else raw.replace(",", "")
    else:
        raw = raw.replace(",", "")
    try:
        value = Decimal(raw)
    except InvalidOperation as wrong:
        raise ValueError(raw) from wrong
    if not value.is_finite() or value < 0 or value > Decimal(10) ** 12:
        raise ValueError(raw)
    return f"{value.quantize(Decimal('0.01')):f}"


def grams(text: object, unit: str = "g") -> int:
    """A weight in whole grams; empty is 0.

    Raises:
        ValueError: for what is not a weight.
    """
    raw = clean(text).replace(",", ".")
    if not raw:
        return 0
    try:
        value = Decimal(raw) * GRAMS.get(unit.strip().lower() or "g", Decimal(1))
    except InvalidOperation as wrong:
        raise ValueError(raw) from wrong
    if not value.is_finite() or not 0 <= value <= rules.HEAVIEST_G:
        raise ValueError(raw)
    return int(value.to_integral_value())


def whole(text: object) -> int | None:
    """A whole number, None when empty.

    Raises:
        ValueError: for anything else.
    """
    raw = clean(text)
    if not raw:
        return None
    value = Decimal(raw) if re.fullmatch(r"-?\d{1,12}(\.0+)?", raw) else None
    if value is None:
        raise ValueError(raw)
    return int(value)


def code(label: str, fallback: str = "attribute") -> str:
    """A code from a label: "Operating temperature (T-T)" becomes operating_temperature_t_t."""
    made = re.sub(r"[^a-z0-9]+", "_", rules.make_slug(label, fallback).lower()).strip("_")[:60]
    return made if made[:1].isalpha() else f"a_{made}"[:60]


def sku(text: object, fallback: str = "") -> str:
    """An SKU from an article number: what may not stand in one becomes a hyphen."""
    made = re.sub(r"[^A-Za-z0-9._/+-]+", "-", clean(text))[:64].strip("-")
    made = made if made[:1].isalnum() else made.lstrip("._/+-")
    return made or fallback


def paths(text: str, between: str = "|", level: str = ">") -> list[list[str]]:
    """Category paths: "Clothing > Shirts | Sale"."""
    found = [
        [shortened(part, 80) for part in path.split(level) if part.strip()] for path in text.split(between)
    ]
    return [path[:8] for path in found if path]


def likely_price(key: str) -> str:
    """A price for a product whose source has none: always the same for the same key, 4.95 to 399.95."""
    number = int.from_bytes(hashlib.sha256(f"price:{key}".encode("utf-8", "replace")).digest()[:8], "big")
    cents = CHEAPEST + number % ((DEAREST - CHEAPEST) // 100 + 1) * 100
    return f"{Decimal(cents) / 100:f}"


def likely_stock(key: str, most: int) -> int:
    """A stock for showing a shop with real products: 0 for one in twelve, else up to `most`."""
    number = int.from_bytes(hashlib.sha256(f"stock:{key}".encode("utf-8", "replace")).digest()[:8], "big")
    return 0 if number % 12 == 0 else 1 + number % max(1, most)
