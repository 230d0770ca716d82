"""Carriers and the addresses of their tracking pages."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.core import audit
from app.core.actor import Actor
from app.core.unit_of_work import unit_of_work
from app.fulfilment import rules
from app.fulfilment.models import Carrier


def save_carrier(
    session: Session,
    *,
    name: str,
    tracking_url: str,
    actor: Actor,
    code: str = "",
    is_active: bool = True,
    position: int = 100,
    carrier_id: int | None = None,
) -> Carrier:
    """Add a carrier, or change one. Parcels on their way keep the address they were sent with.

    Raises:
        BadTemplate: the address is not https or has no `{number}`.
    """
    address = rules.check_template(tracking_url)
    with unit_of_work(session):
        carrier = session.get_one(Carrier, carrier_id) if carrier_id else Carrier(code=code.strip().lower())
        before = {"name": carrier.name, "tracking_url": carrier.tracking_url} if carrier_id else None
        carrier.name, carrier.tracking_url = name.strip(), address
        carrier.is_active, carrier.position = is_active, position
        session.add(carrier)
        session.flush()
        audit.record(
            session, actor=actor, action="carrier.save", entity="fulfilment_carrier", entity_id=carrier.id,
            before=before, after={"name": carrier.name, "tracking_url": address},
        )  # fmt: skip
    return carrier
