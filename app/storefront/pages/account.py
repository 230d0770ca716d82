"""Sign-in and the customer's own pages."""

from __future__ import annotations

from dataclasses import dataclass

from app.storefront.pages.catalog import Card
from app.storefront.pages.shell import Field, FieldError, ImageSet, Link, Meta, Money, Notice


@dataclass(frozen=True, slots=True)
class FormView:
    """A page that is one form: register, forgot, reset, profile, address, password.

    Posted to `action_url`; `hidden` carries e.g. `next` or `token`. `danger_url` adds a
    second form with one red button (delete this address).
    """

    meta: Meta
    title: str
    action_url: str
    submit: str
    fields: tuple[Field, ...]
    text: str = ""
    errors: tuple[FieldError, ...] = ()
    notices: tuple[Notice, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    links: tuple[Link, ...] = ()
    section: str = ""
    danger_url: str = ""
    danger_label: str = ""


@dataclass(frozen=True, slots=True)
class LoginView:
    """Sign in; `next` is where to go afterwards (already checked to be ours)."""

    meta: Meta
    fields: tuple[Field, ...]
    next: str = ""
    errors: tuple[FieldError, ...] = ()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in a list, with up to 4 pictures."""

    number: str
    url: str
    placed_text: str
    status: str
    status_label: str
    total: Money
    count: int
    images: tuple[ImageSet, ...] = ()


@dataclass(frozen=True, slots=True)
class OrdersView:
    """The customer's orders, newest first; `older_url` leads to the next page of them."""

    meta: Meta
    orders: tuple[OrderRow, ...]
    older_url: str = ""
    newest_url: str = ""
    notices: tuple[Notice, ...] = ()
    section: str = "orders"


@dataclass(frozen=True, slots=True)
class AccountView:
    """The account's home: the last orders, the default address, the profile in short."""

    meta: Meta
    name: str
    email: str
    orders: tuple[OrderRow, ...] = ()
    default_address: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    is_verified: bool = True
    recommended: tuple[Card, ...] = ()
    section: str = "home"


@dataclass(frozen=True, slots=True)
class AddressCard:
    """A saved address; `edit_url` opens its form, the others are posted to."""

    id: str
    label: str
    lines: tuple[str, ...]
    edit_url: str
    delete_url: str
    default_url: str
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class AddressesView:
    """The saved addresses."""

    meta: Meta
    addresses: tuple[AddressCard, ...]
    add_url: str
    notices: tuple[Notice, ...] = ()
    section: str = "addresses"


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A place where the customer is signed in; `handle` is what its form posts."""

    device: str
    text: str
    is_current: bool = False
    handle: str = ""


@dataclass(frozen=True, slots=True)
class SecurityView:
    """Password, e-mail, second step and open sessions; each form posts to its own address."""

    meta: Meta
    address: str
    password: FormView
    email: FormView
    two_factor_on: bool = False
    two_factor_url: str = ""
    codes_left: int = 0
    sessions: tuple[SessionRow, ...] = ()
    end_url: str = ""
    end_all_url: str = ""
    notices: tuple[Notice, ...] = ()
    section: str = "security"


@dataclass(frozen=True, slots=True)
class TwoFactorView:
    """The second step: to switch on (`secret`, `app_url`), or to renew and switch off.

    `codes` are recovery codes that were made just now; they are shown this once.
    """

    meta: Meta
    is_on: bool
    secret: str = ""
    app_url: str = ""
    enable: FormView | None = None
    renew: FormView | None = None
    disable: FormView | None = None
    codes: tuple[str, ...] = ()
    codes_left: int = 0
    notices: tuple[Notice, ...] = ()
    section: str = "security"


@dataclass(frozen=True, slots=True)
class MessageView:
    """A page that says one thing, with at most one button and some links."""

    meta: Meta
    title: str
    text: str
    detail: str = ""
    action_url: str = ""
    action_label: str = ""
    links: tuple[Link, ...] = ()
    icon: str = "info"
    tone: str = ""
