"""What every page shares: the shop, links, pictures, notices and form fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, Protocol


class Money(Protocol):
    """An amount with its currency; `app.core.money.Money` is one."""

    @property
    def amount(self) -> Decimal:
        """Return the amount in the currency's main unit."""
        ...

    @property
    def currency(self) -> str:
        """Return the ISO 4217 code."""
        ...


class ImageSet(Protocol):
    """A picture in several widths; `app.media.rules.ImageSet` plus its alt text.

    `webp` and `avif` are ready `srcset` values ("… 320w, … 640w") or "".
    `width` and `height` are those of the original, so that the page reserves the place.
    Frames are square: a picture wider than that is shown whole on a tinted ground, any other fills its frame.
    """

    @property
    def src(self) -> str: ...
    @property
    def webp(self) -> str: ...
    @property
    def avif(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def alt(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Link:
    """A labelled address. One that is for guests is hidden by script from who is signed in: pages are kept for all."""

    label: str
    url: str
    is_for_guests: bool = False


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """A titled list of links, one column of the footer."""

    title: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the breadcrumb; `url` is "" for the page itself."""

    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class NavCategory:
    """A category in the menu: departments at the top, two levels below each.

    `image` is shown in the open panel of a department on wide screens.
    """

    name: str
    url: str
    children: tuple[NavCategory, ...] = ()
    image: ImageSet | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a select, a switch or a radio group."""

    value: str
    label: str
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Meta:
    """The head of the page. `canonical` is absolute; `robots` "" means index."""

    title: str
    description: str = ""
    canonical: str = ""
    robots: str = ""
    image_url: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message on the page. `undo` is a ready form: posted to `undo_url` with `undo_values`."""

    text: str
    tone: Literal["info", "success", "warning", "error"] = "info"
    undo_url: str = ""
    undo_values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FieldError:
    """A refusal for the summary on top of a form; `field_id` is the id of the input."""

    field_id: str
    message: str


@dataclass(frozen=True, slots=True)
class Field:
    """One input of a form, with what was typed and what was refused.

    `kind` is an input type, or "select", "textarea", "checkbox". `width` "half" puts two
    on a line where there is room. A `folded` field hides behind a "+ label" line until
    it has a value or an error. `autocomplete` and `inputmode` are the HTML values.
    """

    name: str
    label: str
    value: str = ""
    error: str = ""
    kind: str = "text"
    autocomplete: str = ""
    inputmode: str = ""
    hint: str = ""
    required: bool = True
    width: Literal["full", "half", "third", "two-thirds"] = "full"
    options: tuple[Choice, ...] = ()
    maxlength: int = 200
    folded: bool = False
    checked: bool = False

    @property
    def id(self) -> str:
        """Return the id of the input, stable across answers."""
        return "f-" + self.name.replace(".", "-").replace("_", "-")


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether something can be bought now, in words a shopper understands.

    `state`: in (stock), low, backorder, out (sold out), off (not sold). `text` is e.g.
    "In stock", "Only 3 left", "Sold out". `left` is the most that can be ordered.
    """

    state: Literal["in", "low", "backorder", "out", "off"]
    text: str
    left: int = 99

    @property
    def is_buyable(self) -> bool:
        """Say whether the buy button is offered."""
        return self.state in ("in", "low", "backorder")


@dataclass(frozen=True, slots=True)
class Pagination:
    """Numbered pages; "" where there is no previous or next page.

    `pages` holds (number, url); a number 0 stands for a gap.
    """

    page: int
    pages: tuple[tuple[int, str], ...]
    previous_url: str = ""
    next_url: str = ""


@dataclass(frozen=True, slots=True)
class Shop:
    """The shop around every page, the same for every visitor of one language and currency.

    `root` is the language prefix ("" or "/fr") put before fixed addresses.
    `here` is the address of this page with its query, for "come back here" forms.
    `notice` is the line above the header ("" hides it).
    `is_demo` shows that nothing is really sold.
    """

    name: str
    root: str = ""
    here: str = "/"
    language: str = "en"
    direction: Literal["ltr", "rtl"] = "ltr"
    currency: str = "EUR"
    tagline: str = ""
    notice: str = ""
    departments: tuple[NavCategory, ...] = ()
    languages: tuple[Choice, ...] = ()
    currencies: tuple[Choice, ...] = ()
    footer: tuple[LinkGroup, ...] = ()
    legal: tuple[Link, ...] = ()
    email: str = ""
    phone: str = ""
    address: str = ""
    payment_names: tuple[str, ...] = field(default=())
    is_demo: bool = False
