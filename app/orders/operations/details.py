"""What can be put right or written beside an order without moving it to another state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, locks
from app.core.actor import SYSTEM, Actor
from app.core.errors import InvalidFields
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.customers.rules import validate_address
from app.events import orders as events
from app.orders import history, rules
from app.orders.errors import AddressesFixed, CountryFixed, NoteTooLong, NotThatMany
from app.orders.models import Order, OrderLine


def change_addresses(
    session: Session,
    *,
    order_id: int,
    actor: Actor,
    shipping: Mapping[str, Any] | None = None,
    billing: Mapping[str, Any] | None = None,
) -> None:
    """Put an address right while nothing is packed. The country stays: the amounts depend on it.

    Raises:
        InvalidFields: keyed `shipping.<field>` and `billing.<field>`.
        CountryFixed: when the goods would go to another country.
        AddressesFixed: when the order is packed or further.
    """
    given = {"shipping": shipping, "billing": billing}
    checked, errors = {}, {}
    for part, values in given.items():
        if values is not None:
            try:
                checked[part] = validate_address(values).as_dict()
            except InvalidFields as refusal:
                errors.update({f"{part}.{field}": text for field, text in refusal.errors.items()})
    if errors:
        raise InvalidFields(errors)
    with unit_of_work(session):
        order = locks.row(session, Order, order_id)
        if order.state not in rules.ADDRESSES_OPEN:
            raise AddressesFixed()
        if "shipping" in checked and checked["shipping"]["country"] != order.country:
            raise CountryFixed()
        before = {"shipping": order.shipping_address, "billing": order.billing_address}
        order.shipping_address = checked.get("shipping", order.shipping_address)
        order.billing_address = checked.get("billing", order.billing_address)
        after = {"shipping": order.shipping_address, "billing": order.billing_address}
        if before == after:
            return
        session.flush()
        history.write(session, order_id=order_id, kind="addresses", actor=actor)
        audit.record(
            session, actor=actor, action="order.addresses", entity="orders_order", entity_id=order_id,
            before=before, after=after,
        )  # fmt: skip
        publish(session, events.OrderAddressesChanged(order_id=order_id))


def take_from_lines(session: Session, *, order_id: int, pieces: Mapping[int, int]) -> bool:
    """Note that pieces of lines (by line id) have left; True when nothing of the order is left.

    Raises:
        NotThatMany: when a line has fewer left, is not of this order, or nothing was asked for.
    """
    with unit_of_work(session):
        locks.row(session, Order, order_id)
        query = select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.id)
        lines = {line.id: line for line in session.scalars(query)}
        if not pieces or set(pieces) - set(lines):
            raise NotThatMany(left=0, name="")
        for line_id, quantity in pieces.items():
            line = lines[line_id]
            if not 1 <= quantity <= line.left:
                raise NotThatMany(left=line.left, name=line.name, line_id=line_id)
            line.shipped += quantity
        session.flush()
        return not any(line.left for line in lines.values())


def add_note(session: Session, *, order_id: int, text: str, actor: Actor, is_public: bool = False) -> None:
    """Add a note of staff to the timeline; a public one is shown to the buyer.

    Raises:
        NoteTooLong: for an empty note or one of more than 2,000 characters.
    """
    words = text.strip()
    if not 1 <= len(words) <= rules.MAX_NOTE:
        raise NoteTooLong(most=rules.MAX_NOTE)
    with unit_of_work(session):
        locks.row(session, Order, order_id)
        history.write(
            session, order_id=order_id, kind="note", actor=actor, data={"text": words}, is_public=is_public
        )
        audit.record(
            session, actor=actor, action="order.note", entity="orders_order", entity_id=order_id,
            after={"text": words, "is_public": is_public},
        )  # fmt: skip


def remember(
    session: Session, *, order_id: int, kind: str, actor: Actor = SYSTEM, is_public: bool = True, **data: Any
) -> None:
    """Put something that happened around the order (a parcel, a refund, a mail) into its timeline."""
    with unit_of_work(session):
        history.write(session, order_id=order_id, kind=kind, actor=actor, data=data, is_public=is_public)
