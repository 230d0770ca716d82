"""What happens after the order: thank you, tracking by link, cancel, order again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_time
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.cart import operations as carts
from app.core.actor import GUEST
from app.core.errors import Conflict, ShopError
from app.core.i18n import current_language
from app.core.web import shop_session
from app.customers.rules import format_address
from app.fulfilment.queries import PARCEL_LABELS, Parcel, parcels
from app.identity.sessions import current_actor, current_person
from app.invoicing.queries import documents
from app.orders import operations as orders
from app.orders.queries import OrderPage, order_page
from app.orders.states import STATE_LABELS, CancelReason
from app.payments import queries as payments
from app.storefront import bag, pages
from app.storefront.cart_view import options_text, rate_text
from app.storefront.money import money
from app.storefront.shell import meta, page, root

blueprint = Blueprint("orders", __name__)


def _headline(order: OrderPage) -> str:
    return {
        "pending": _("We are waiting for your payment"),
        "confirmed": _("We are preparing your order"),
        "paid": _("We are preparing your order"),
        "packed": _("Your parcel is packed"),
        "shipped": _("Your parcel is on its way"),
        "delivered": _("Your parcel has arrived"),
        "cancelled": _("This order was cancelled"),
        "returned": _("This order came back to us"),
    }.get(order.state, _("Your order"))


def _moment(at: datetime | None) -> tuple[str, str]:
    return (at.isoformat(), f"{format_date(at, 'long')}, {format_time(at, 'short')}") if at else ("", "")


def _timeline(order: OrderPage) -> tuple[pages.TimelineEntry, ...]:
    made = []
    for step in order.steps:
        at, text = _moment(step.at)
        label = (
            _("Order placed")
            if step.state == "pending" and step.standing == "done"
            else STATE_LABELS[step.state]
        )
        made.append(pages.TimelineEntry(step.state, str(label), step.standing, at, text))
    return tuple(made)


def _notes(order: OrderPage) -> tuple[pages.OrderNote, ...]:
    """What staff wrote to the buyer, the latest first; notes for staff are not among them."""
    written = [entry for entry in order.public_entries if entry.kind == "note"]
    return tuple(pages.OrderNote(str(n.data["text"]), *_moment(n.at)) for n in reversed(written))


def order_totals(order: OrderPage) -> pages.Totals:
    """The sums of an order as they were when it was placed."""
    rows = [pages.TotalsRow(_("Subtotal"), order.subtotal)]
    rows += [pages.TotalsRow(d.name, -d.amount, kind="discount") for d in order.discounts if d.amount]
    label = _("Shipping (%(name)s)", name=order.shipping_name)
    rows.append(pages.TotalsRow(label, order.shipping if order.shipping else None, _("Free")))
    for band in order.taxes:
        if band.tax:
            words = _("VAT included (%(rate)s %%)", rate=rate_text(band.rate))
            rows.append(pages.TotalsRow(words, band.tax, kind="tax"))
    if order.refunded:
        rows.append(pages.TotalsRow(_("Refunded"), -order.refunded, kind="discount"))
    return pages.Totals(tuple(rows), order.total)


def _lines(order: OrderPage) -> tuple[pages.OrderLine, ...]:
    return tuple(
        pages.OrderLine(
            name=line.name,
            sku=line.sku,
            options=options_text(line.options),
            quantity=line.quantity,
            unit_price=line.unit_price,
            total=line.total,
            image=line.image,
            url=f"{root()}/p/{line.slug}" if line.slug else "",
        )
        for line in order.lines
    )


def parcel_view(parcel: Parcel, *, with_contents: bool = True) -> pages.Parcel:
    """A parcel with what its carrier told; without contents for people who only know its number."""
    told = []
    for event in parcel.events:
        at, words = _moment(event.at)
        told.append(pages.ParcelEvent(event.words, event.place, at, words))
    return pages.Parcel(
        carrier=parcel.carrier,
        number=parcel.number,
        url=parcel.url,
        shipped_text=_("Sent on %(day)s", day=format_date(parcel.shipped_at, "long")),
        contents=parcel.contents_text if with_contents else "",
        state_text="" if parcel.state == "shipped" else str(PARCEL_LABELS[parcel.state]),
        events=tuple(told),
    )


def _documents(session: Session, order: OrderPage, here: str) -> tuple[pages.Link, ...]:
    """The papers of an order: its confirmation, then invoices and credit notes."""
    papers = [(_("Order confirmation"), "confirmation.pdf")]
    papers += [(paper.label, f"documents/{paper.number}.pdf") for paper in documents(session, order.id)]
    return tuple(pages.Link(label, f"{here}/{path}") for label, path in papers)


def _pay_url(session: Session, order: OrderPage) -> str:
    if not order.is_payable or order.payment_method == "bank_transfer":
        return ""
    waiting = [p for p in payments.of_order(session, order.id) if p.is_payable]
    return f"{root()}/payments/{waiting[-1].public_id}/pay" if waiting else ""


def order_view(session: Session, order: OrderPage, **more: object) -> pages.OrderView:
    """One order as its buyer sees it."""
    language = current_language()
    shipping = tuple(format_address(order.shipping_address, language))
    billing = tuple(format_address(order.billing_address, language))
    blocks = [pages.AddressBlock(_("Delivery address"), shipping)]
    if billing != shipping:
        blocks.append(pages.AddressBlock(_("Billing address"), billing))
    here = f"{root()}/orders/{order.token}"
    return pages.OrderView(
        meta=meta(_("Order %(number)s", number=order.number), robots="noindex"),
        number=order.number,
        token=order.token,
        status=order.state,
        status_label=str(STATE_LABELS[order.state]),
        placed_text=format_date(order.placed_at, "long"),
        headline=_headline(order),
        lines=_lines(order),
        totals=order_totals(order),
        timeline=_timeline(order),
        live_url=here,
        parcels=tuple(parcel_view(parcel) for parcel in parcels(session, order.id)),
        notes=_notes(order),
        addresses=tuple(blocks),
        shipping_name=order.shipping_name,
        payment_name=str(payments.method_label(order.payment_method)),
        payment_text=str(order.payment_status.label),
        documents=_documents(session, order, here),
        cancel_url=f"{here}/cancel" if order.can_cancel else "",
        reorder_url=f"{here}/again",
        pay_url=_pay_url(session, order),
        instructions=instructions_of(session, order),
        **more,  # type: ignore[arg-type]
    )


def instructions_of(session: Session, order: OrderPage) -> tuple[pages.Instruction, ...]:
    """What to type into one's bank for a transfer; nothing for other ways to pay."""
    found = payments.transfer_instructions(session, order.id) if order.is_payable else None
    if found is None:
        return ()
    return (
        pages.Instruction(_("To"), found.beneficiary),
        pages.Instruction(_("IBAN"), found.iban),
        pages.Instruction(_("BIC"), found.bic),
        pages.Instruction(_("Amount"), money(found.amount), copy=False),
        pages.Instruction(_("Reference"), found.communication),
    )


def _next_steps(order: OrderPage) -> tuple[str, ...]:
    first = {
        "bank_transfer": _("We start as soon as your transfer has arrived, usually within two working days."),
        "cod": _("Please have the amount ready when the courier rings."),
    }.get(order.payment_method, _("We hand your parcel to the carrier within one working day."))
    return (
        first,
        _("You receive an e-mail with the number of your parcel as soon as it leaves."),
        _("The page of your order always shows where it is."),
    )


@blueprint.get("/checkout/done/<token>")
def done(token: str) -> ResponseReturnValue:
    """Thank you, with what happens next."""
    session = shop_session()
    order = order_page(session, token)
    if order.state in ("cancelled", "returned"):  # an old tab: nothing to thank for any more
        return redirect(f"{root()}/orders/{token}", 303)
    shown = order_view(session, order)
    waits = order.is_payable and order.payment_method not in ("bank_transfer", "cod")
    refused = waits and [p.state for p in payments.of_order(session, order.id)][-1:] == ["failed"]
    title, text = _how_it_stands(refused)
    password = pages.Field(
        "password", _("Choose a password"), kind="password", autocomplete="new-password", maxlength=128
    )
    view = pages.DoneView(
        meta=meta(_("Thank you"), robots="noindex"),
        order=_under(shown, _("We are waiting for your payment") if waits else _("Thank you")),
        email=order.email,
        next_steps=() if waits else _next_steps(order),
        instructions=shown.instructions,
        register=(password,) if current_person() is None and not waits else None,
        pay_again_url=shown.pay_url if waits else "",
        pay_title=title,
        pay_text=text,
        is_refused=refused,
    )
    return page("done", view)


def _how_it_stands(is_refused: bool) -> tuple[str, str]:
    """What is said of money that is waited for: only a refusal is certain to have charged nothing."""
    if is_refused:
        return _("The payment did not go through"), _("Your order is kept. Nothing has been charged.")
    return (
        _("We have not received your payment yet"),
        _(
            "Have you just paid? Then wait a moment and do not pay twice: this page says so as soon as we know."
        ),
    )


def _under(view: pages.OrderView, headline: str) -> pages.OrderView:
    """The same order under another title."""
    return replace(view, headline=headline)


@blueprint.get("/orders/<token>")
def follow(token: str) -> ResponseReturnValue:
    """The page a guest follows the order on; the link stands in every mail."""
    session = shop_session()
    return page("order", order_view(session, order_page(session, token)))


@blueprint.post("/orders/<token>/cancel")
def cancel(token: str) -> ResponseReturnValue:
    """Call the order off while nothing has left; whoever holds the link may."""
    session = shop_session()
    order = order_page(session, token)
    person = current_person()
    actor = current_actor() if person is not None else GUEST
    try:
        if not order.can_cancel:
            orders.note_if_illegal(session, order_id=order.id, step="cancel", actor=actor)
            raise Conflict(_("This order can no longer be cancelled. You may send it back when it arrives."))
        orders.cancel_order(session, order_id=order.id, reason=CancelReason.CUSTOMER, actor=actor)
        back = _("Your order is cancelled. What you paid goes back the same way.")
        flash(back if order.captured else _("Your order is cancelled."), "success")
    except ShopError as refused:
        session.rollback()
        flash(refused.text, "error")
    return redirect(f"{root()}/orders/{token}", 303)


@blueprint.post("/orders/<token>/again")
def again(token: str) -> ResponseReturnValue:
    """Put everything of an order into the bag once more, as far as it can still be bought."""
    session = shop_session()
    order = order_page(session, token)
    cart = bag.cart_for_change(session)
    bag.remember_new()
    for line in order.lines:
        try:
            carts.add_line(
                session, cart_id=cart.id, sku=line.sku, quantity=line.quantity, actor=current_actor()
            )
        except ShopError as refused:
            session.rollback()
            flash(f"{line.name}: {refused.text}", "warning")
    return redirect(f"{root()}/cart", 303)
