"""What every source is read into: one record a product, or a row that could not be read and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Value:
    """A property as a source has it: `kind` as in `catalog.rules.KINDS`."""

    label: str
    value: Any
    kind: str = "text"
    unit: str = ""
    is_filter: bool = False


@dataclass(frozen=True, slots=True)
class VariantRecord:
    """One thing that can be bought. `options` is {label: value}; amounts are text as in the source."""

    sku: str
    options: Mapping[str, str] = field(default_factory=dict)
    ean: str | None = None
    name: str = ""
    weight_g: Any = 0
    is_active: bool = True
    price: str | None = None
    compare_at: str | None = None
    stock: int | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """A product as a source has it. `categories` are paths from the department down, the first is primary.

    `links` are SKUs of other products by kind of link; a kind that is not there is not spoken of.
    """

    line: int
    key: str
    name: str
    type_code: str
    type_name: str
    categories: Sequence[Sequence[str]]
    variants: Sequence[VariantRecord]
    description: str = ""
    brand: str = ""
    attributes: Mapping[str, Value] = field(default_factory=dict)
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    images: Sequence[str] = ()
    tax_class: str = "standard"
    is_available: bool = True
    publish: bool = True
    links: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bad:
    """A row that was not taken: where it stands, which field, why, and which product it was."""

    line: int
    field: str
    reason: str
    key: str = ""
