"""Values of the catalogue and what may stand in them: pure functions, no session, no request."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

from babel.numbers import format_decimal
from slugify import slugify
from stdnum import ean as ean_number

from app.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, _l

TAX_CLASSES = ("standard", "reduced", "intermediate", "zero")
KINDS = ("text", "number", "boolean", "option")
LINK_KINDS = ("related", "upsell", "cross_sell")
"""What products that are linked by hand are to each other: go with it, better than it, offered beside it in the bag."""
MOST_LINKS = 24
"""Products in a row of one kind; more than that nobody looks at."""
CODE = re.compile(r"[a-z][a-z0-9_]{0,62}")
SKU = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/+-]{0,63}")
COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}")
LONGEST_NAME = 200
LONGEST_TEXT = 50_000
LONGEST_VALUE = 500
HEAVIEST_G = 2_000_000
SIDES = ("length_mm", "width_mm", "height_mm")
LONGEST_MM = 20_000
MOST_VARIANTS = 5_000
GROUPED_FROM = 10_000
LONGEST_NUMBER = 20
"""Numbers of more places than this are nobody's measure: they are shown as they were given."""
TRUE_WORDS = frozenset({"true", "yes", "y", "1", "on"})
FALSE_WORDS = frozenset({"false", "no", "n", "0", "off"})

Errors = dict[str, Any]
"""Field name to message."""


@dataclass(frozen=True, slots=True)
class NewImage:
    """A stored picture at its place; `sku` binds it to one variant."""

    image_id: int
    alt: str = ""
    translations: Mapping[str, Any] = field(default_factory=dict)
    sku: str | None = None


@dataclass(frozen=True, slots=True)
class NewVariant:
    """What is needed to make a variant. `options` is {attribute code: option value}."""

    sku: str
    options: Mapping[str, str] = field(default_factory=dict)
    ean: str | None = None
    name: str = ""
    weight_g: Any = 0
    is_active: bool = True
    length_mm: Any = 0
    width_mm: Any = 0
    height_mm: Any = 0


@dataclass(frozen=True, slots=True)
class NewProduct:
    """What is needed to make a product. One of `type_id` and `type_code` is enough.

    `parts` carries what features above the catalogue keep per SKU, for example
    {"prices": {sku: {"EUR": "12.34"}}, "stock": {sku: 5}}.
    """

    name: str
    category_id: int | None
    type_id: int | None = None
    type_code: str | None = None
    category_ids: Sequence[int] = ()
    brand_id: int | None = None
    seller_id: int | None = None
    slug: str | None = None
    description: str = ""
    translations: Mapping[str, Any] = field(default_factory=dict)
    tax_class: str = "standard"
    is_available: bool = True
    published_from: datetime | None = None
    published_until: datetime | None = None
    specifications: Mapping[str, Any] = field(default_factory=dict)
    variants: Sequence[NewVariant] = ()
    images: Sequence[NewImage] = ()
    parts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    popularity: int = 0
    publish: bool = False


def storable(text: Any) -> bool:
    """True when PostgreSQL can keep this text: no NUL, no half of a surrogate pair."""
    if not isinstance(text, str) or "\x00" in text:
        return False
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


def text_problem(text: Any, longest: int, required: bool = False) -> Any:
    """What is wrong with a text, or None."""
    if not isinstance(text, str):
        return _l("This must be text.")
    if not storable(text):
        return _l("This contains characters that cannot be stored.")
    if required and not text.strip():
        return _l("Please fill this in.")
    if len(text) > longest:
        return _l("This is too long.")
    return None


def option_key(options: Mapping[str, str]) -> str:
    """The canonical text of a combination: same options, same key, in whatever order they came."""
    return "&".join(f"{quote(code, safe='')}={quote(options[code], safe='')}" for code in sorted(options))


def make_slug(text: str, fallback: str) -> str:
    """An address from a name; a name without any Latin letter gets the fallback."""
    return slugify(text[:400], max_length=80, word_boundary=True) or fallback


def decimal_text(value: Any) -> str | None:
    """A number as plain decimal text ("16", "1.5"), or None when it is not one."""
    if isinstance(value, bool) or value is None:
        return None
    raw = str(value).strip()
    if len(raw) > 40:
        return None
    try:
        number = Decimal(raw)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) >= Decimal("1e15") or abs(number.as_tuple().exponent) > 15:  # type: ignore[arg-type]
        return None
    plain = format(number.normalize(), "f")
    return "0" if plain in ("-0", "0") else plain


def number_in(value: Any, language: str) -> str:
    """A plain decimal text as readers of a language write it: "1.5" is "1,5" in French; no idle zeros.

    Thousands are set apart from 10,000 on, so that a year or 1500 W stays as it is. What is no number stays too.
    """
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not number.is_finite() or abs(number.adjusted()) > LONGEST_NUMBER:
        return str(value)
    return str(
        format_decimal(
            number, locale=language, decimal_quantization=False, group_separator=abs(number) >= GROUPED_FROM
        )
    )


def boolean(value: Any) -> bool | None:
    """Yes or no, or None when it is neither."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()[:10]
    return True if word in TRUE_WORDS else False if word in FALSE_WORDS else None


def valid_ean(text: str) -> bool:
    """True for 8, 12, 13 or 14 digits with the right check digit."""
    return ean_number.is_valid(text)


def translation_problems(translations: Any) -> Errors:
    """What is wrong with texts in other languages, by "translations.<language>.<column>"."""
    if not isinstance(translations, Mapping):
        return {"translations": _l("This must be a table of languages.")}
    errors: Errors = {}
    for language, texts in translations.items():
        where = f"translations.{language}"
        if language not in LANGUAGES or language == DEFAULT_LANGUAGE or not isinstance(texts, Mapping):
            errors[where[:80]] = _l("The shop does not speak this language.")
            continue
        for column, text in texts.items():
            longest = LONGEST_TEXT if column == "description" else LONGEST_NAME
            problem = text_problem(text, longest)
            if problem:
                errors[f"{where}.{str(column)[:40]}"] = problem
    return errors


def clean_translations(translations: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Only filled-in texts, without white space around them."""
    cleaned = {
        language: {column: text.strip() for column, text in texts.items() if text and text.strip()}
        for language, texts in translations.items()
    }
    return {language: texts for language, texts in cleaned.items() if texts}
