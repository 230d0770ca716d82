"""The shapes of the demo content; plain values without behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app.ops.demo.art.spec import PictureSpec
from app.ops.demo.content.language import Text

Value = str | int | Decimal | bool


@dataclass(frozen=True, slots=True)
class OptionSpec:
    """One value an option attribute can take; ``swatch`` is ``#rrggbb`` for colours, else empty."""

    value: str
    labels: Text
    swatch: str = ""


@dataclass(frozen=True, slots=True)
class AttributeSpec:
    """A typed attribute: ``kind`` is text, number, boolean or option."""

    code: str
    kind: str
    names: Text
    unit: str = ""
    is_filter: bool = False
    is_variant: bool = False
    options: tuple[OptionSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class TypeSpec:
    """A product type and the attributes its products have, in display order."""

    code: str
    names: Text
    attributes: tuple[str, ...]
    variant_attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CategorySpec:
    """A node of the tree: ``path`` is made of codes, "home/lighting/table-lamps"; parents come first."""

    path: str
    names: Text
    descriptions: Text
    picture: PictureSpec
    is_leaf: bool

    @property
    def code(self) -> str:
        """The last part of the path, unique in the tree."""
        return self.path.rsplit("/", 1)[-1]

    @property
    def parent(self) -> str | None:
        """The path of the node above, or None for a department."""
        return self.path.rpartition("/")[0] or None


@dataclass(frozen=True, slots=True)
class BrandSpec:
    """An invented maker."""

    slug: str
    name: str
    departments: tuple[str, ...]
    story: Text


@dataclass(frozen=True, slots=True)
class VariantSpec:
    """One thing that can be put in a cart."""

    sku: str
    options: dict[str, str]
    price_delta: Decimal
    stock: int
    weight_g: int
    ean: str


@dataclass(frozen=True, slots=True)
class ProductPicture:
    """A picture to draw; ``options`` names the variants it shows (empty: all of them)."""

    spec: PictureSpec
    alts: Text
    options: dict[str, str]


@dataclass(frozen=True, slots=True)
class ProductSpec:
    """Everything the catalogue needs to create one product."""

    code: str
    type_code: str
    category: str
    brand: str
    names: Text
    descriptions: Text
    price: Decimal
    compare_at: Decimal | None
    specifications: dict[str, Value]
    variants: tuple[VariantSpec, ...]
    pictures: tuple[ProductPicture, ...]
    tax_class: str
    published: bool
    days_old: int
    popularity: int


@dataclass(frozen=True, slots=True)
class CustomerSpec:
    """An invented customer with an address of the right form for the country."""

    email: str
    first_name: str
    last_name: str
    language: str
    currency: str
    company: str
    line1: str
    line2: str
    postcode: str
    city: str
    country: str
    phone: str


@dataclass(frozen=True, slots=True)
class ReviewSpec:
    """A review text with the stars it goes with."""

    stars: int
    language: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class FaqSpec:
    """A question and its answer."""

    topic: str
    questions: Text
    answers: Text


@dataclass(frozen=True, slots=True)
class OrderMoment:
    """When an order is placed, how many lines it has and who (index into customers) places it."""

    placed_at: datetime
    lines: int
    customer: int
