"""The customer's own pages: overview, orders, addresses, profile."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, make_response, redirect, request
from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from app.core.errors import InvalidFields, ShopError
from app.core.i18n import current_language, is_language, localized_path
from app.core.web import shop_session
from app.customers import operations, queries
from app.customers.errors import NoSuchAddress
from app.customers.models import Address
from app.customers.rules import format_address, format_phone, validate_address
from app.orders.queries import OrderSummary, orders_of
from app.orders.states import STATE_LABELS
from app.storefront.accounts_forms import AddressForm, ProfileForm
from app.storefront.accounts_gate import (
    actor,
    customer,
    form_view,
    go,
    notices_of,
    refuse,
    show,
    shown_fields,
    signed_in,
    with_currency,
)
from app.storefront.address_form import address_fields
from app.storefront.pages import (
    AccountView,
    AddressCard,
    AddressesView,
    Field,
    FieldError,
    FormView,
    OrderRow,
    OrdersView,
)
from app.storefront.shell import currency_codes, meta, root

ORDERS_A_PAGE = 20


def _order_row(order: OrderSummary) -> OrderRow:
    return OrderRow(
        number=order.number,
        url=f"{root()}/orders/{order.token}",
        placed_text=format_date(order.placed_at, "long"),
        status=order.state,
        status_label=str(STATE_LABELS[order.state]),
        total=order.total,
        count=order.count,
        images=order.images,
    )


@signed_in
def overview() -> Any:
    """The account's home: the last orders, the default address."""
    session, person = shop_session(), customer()
    address = queries.default_address(session, person.id)
    lines = tuple(format_address(address.as_dict(), current_language())) if address else ()
    view = AccountView(
        meta=meta(_("My account"), robots="noindex"),
        name=person.first_name or person.name,
        email=person.email,
        orders=tuple(_order_row(order) for order in orders_of(session, person.id, limit=3).items),
        default_address=lines,
        is_verified=person.is_verified,
    )
    return show("account/home", view)


@signed_in
def orders() -> Any:
    """All orders, newest first."""
    cursor = request.args.get("after")
    found = orders_of(shop_session(), customer().id, limit=ORDERS_A_PAGE, cursor=cursor)
    here = f"{root()}/account/orders"
    view = OrdersView(
        meta=meta(_("My orders"), robots="noindex"),
        orders=tuple(_order_row(order) for order in found.items),
        older_url=f"{here}?after={found.next}" if found.next else "",
        newest_url=here if cursor else "",
    )
    return show("account/orders", view)


# --- addresses -----------------------------------------------------------------------------------


@signed_in
def addresses() -> Any:
    """The address book."""
    rows = queries.addresses(shop_session(), customer().id)
    view = AddressesView(
        meta=meta(_("My addresses"), robots="noindex"),
        addresses=tuple(_card(row) for row in rows),
        add_url=f"{root()}/account/addresses/new",
    )
    return show("account/addresses", view)


def _card(row: Address) -> AddressCard:
    here = f"{root()}/account/addresses/{row.public_id}"
    labels = [
        label
        for label, holds in (
            (_("Delivery"), row.is_default_shipping),
            (_("Billing"), row.is_default_billing),
        )
        if holds
    ]
    phone = (format_phone(row.phone),) if row.phone else ()
    return AddressCard(
        id=str(row.public_id),
        label=" · ".join(labels),
        lines=(*format_address(row.as_dict(), current_language()), *phone),
        edit_url=here,
        delete_url=f"{here}/delete",
        default_url=f"{here}/default",
        is_default=row.is_default_shipping and row.is_default_billing,
    )


@signed_in
def new_address() -> Any:
    """Add an address."""
    person = customer()
    start = {"name": f"{person.first_name or ''} {person.last_name or ''}".strip(), "country": "BE"}
    return _address_door(None, start, path="/account/addresses/new", title=_("New address"))


@signed_in
def edit_address(address_id: UUID) -> Any:
    """Change an address."""
    row = queries.address(shop_session(), customer().id, address_id)
    if row is None:
        raise NoSuchAddress()
    return _address_door(
        row, row.as_dict(), path=f"/account/addresses/{address_id}", title=_("Change address")
    )


def _address_door(row: Address | None, start: dict[str, str], *, path: str, title: str) -> Any:
    session = shop_session()
    form = AddressForm(
        is_default_shipping=bool(row and row.is_default_shipping),
        is_default_billing=bool(row and row.is_default_billing),
    )
    if not form.is_submitted():
        return _address_page(session, form, start, {}, path=path, title=title, row=row)
    given = {name: request.form.get(name, "") for name in start.keys() | _TYPED}
    errors: dict[str, Any] = {}
    refusal: ShopError | None = None
    try:
        form.validate()
        operations.save_address(
            session,
            user_id=customer().id,
            address=validate_address(given),
            address_id=row.public_id if row else None,
            is_default_shipping=bool(form.is_default_shipping.data),
            is_default_billing=bool(form.is_default_billing.data),
            actor=actor(),
        )
    except InvalidFields as wrong:
        errors, refusal = wrong.errors, wrong
    except ShopError as wrong:
        refuse(form, wrong)
        refusal = wrong
    if refusal is None:
        flash(_("The address is saved."), "success")
        return go("/account/addresses")
    return _address_page(session, form, given, errors, path=path, title=title, row=row, refusal=refusal)


_TYPED = frozenset({"name", "company", "line1", "line2", "postcode", "city", "region", "country", "phone"})


def _address_page(
    session: Session,
    form: AddressForm,
    values: dict[str, str],
    errors: dict[str, Any],
    *,
    path: str,
    title: str,
    row: Address | None,
    refusal: ShopError | None = None,
) -> Any:
    fields = address_fields(session, "", values, errors, kind="")
    missing = set(errors) - {field.name for field in fields}
    if "region" in missing:
        region = Field("region", _("Region"), values.get("region", ""), str(errors["region"]))
        fields = (*fields, region)
    choices = shown_fields(form) if row is None or not _is_only_default(row) else ()
    view = FormView(
        meta=meta(title, robots="noindex"),
        title=title,
        action_url=f"{root()}{path}",
        submit=_("Save address"),
        fields=(*fields, *choices),
        errors=tuple(FieldError(field.id, field.error) for field in fields if field.error),
        notices=notices_of(form),
        section="addresses",
        danger_url=f"{root()}{path}/delete" if row else "",
        danger_label=_("Delete this address") if row else "",
    )
    return show("account/form", view, refusal)


def _is_only_default(row: Address) -> bool:
    return row.is_default_shipping and row.is_default_billing


@signed_in
def delete_address(address_id: UUID) -> Any:
    """Take an address out of the book; a second click is harmless."""
    try:
        operations.remove_address(shop_session(), user_id=customer().id, address_id=address_id, actor=actor())
        flash(_("The address is gone from your book. Orders keep theirs."), "success")
    except NoSuchAddress:
        flash(_("This address was gone already."), "info")
    return go("/account/addresses")


@signed_in
def default_address(address_id: UUID) -> Any:
    """Fill this address in first from now on."""
    operations.make_default(shop_session(), user_id=customer().id, address_id=address_id, actor=actor())
    flash(_("This address comes first from now on."), "success")
    return go("/account/addresses")


# --- profile -------------------------------------------------------------------------------------


@signed_in
def profile() -> Any:
    """Name, telephone, language, currency, and the age of those who give it."""
    session, person = shop_session(), customer()
    known = queries.profile(session, person.id)
    assert known is not None
    form = ProfileForm(
        first_name=known.first_name, last_name=known.last_name, phone=format_phone(known.phone),
        language=known.language, currency=known.currency or "",
        age_band=known.age_band or "",
    )  # fmt: skip
    form.currency.choices = [
        SelectChoice(value="", label=_("No preference")),
        *(SelectChoice(value=code) for code in currency_codes(session)),
    ]
    if not form.validate_on_submit():
        return _profile_page(form)
    try:
        return _save_profile(session, form)
    except ShopError as refusal:
        refuse(form, refusal)
        return _profile_page(form, refusal)


def _save_profile(session: Session, form: ProfileForm) -> Any:
    person, language, currency = customer(), form.language.data or "", form.currency.data or ""
    operations.save_profile(
        session,
        user_id=person.id,
        first_name=form.first_name.data or "",
        last_name=form.last_name.data or "",
        phone=form.phone.data or "",
        language=language,
        currency=currency if currency in currency_codes(session) else "",
        age_band=form.age_band.data or "",
        actor=actor(),
    )
    flash(_("Your profile is saved."), "success")
    spoken = language if is_language(language) else current_language()
    target = redirect(localized_path(spoken, "/account/profile"), 303)
    return with_currency(make_response(target), currency)


def _profile_page(form: ProfileForm, refusal: ShopError | None = None) -> Any:
    view = form_view(
        form, title=_("My profile"), action="/account/profile", submit=_("Save profile"), section="profile",
    )  # fmt: skip
    return show("account/form", view, refusal)
