"""Carriers, the addresses of their tracking pages and the secrets that sign what they tell."""

from __future__ import annotations

import secrets

from sqlalchemy.orm import Session

from app.core import audit, locks
from app.core.actor import Actor
from app.core.unit_of_work import unit_of_work
from app.fulfilment import rules
from app.fulfilment.errors import ShortSecret, UnknownFormat
from app.fulfilment.models import Carrier
from app.shipping.carriers import news_format


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
    notice_format: str = "",
) -> Carrier:
    """Add a carrier, or change one. Parcels on their way keep the address they were sent with.

    Raises:
        BadTemplate: the address is not https or has no `{number}`.
        UnknownFormat: nobody knows how to read what it tells.
    """
    address = rules.check_template(tracking_url)
    if notice_format and news_format(notice_format) is None:
        raise UnknownFormat()
    with unit_of_work(session):
        carrier = session.get_one(Carrier, carrier_id) if carrier_id else Carrier(code=code.strip().lower())
        before = {"name": carrier.name, "tracking_url": carrier.tracking_url} if carrier_id else None
        carrier.name, carrier.tracking_url = name.strip(), address
        carrier.is_active, carrier.position, carrier.notice_format = is_active, position, notice_format
        session.add(carrier)
        session.flush()
        audit.record(
            session, actor=actor, action="carrier.save", entity="fulfilment_carrier", entity_id=carrier.id,
            before=before, after={"name": carrier.name, "tracking_url": address, "notice_format": notice_format},
        )  # fmt: skip
    return carrier


LEAST_SECRET = 16


def set_carrier_secret(session: Session, *, carrier_id: int, actor: Actor, secret: str = "") -> str:
    """Set the secret that signs a carrier's notices, or make one; returns it, for this one time.

    Raises:
        NotFound: there is no such carrier. ShortSecret: it could be guessed.
    """
    chosen = secret.strip() or secrets.token_urlsafe(32)
    if not LEAST_SECRET <= len(chosen) <= 200 or not chosen.isascii() or not chosen.isprintable():
        raise ShortSecret()
    with unit_of_work(session):
        carrier = locks.row(session, Carrier, carrier_id)
        carrier.notice_secret = chosen
        audit.record(
            session, actor=actor, action="carrier.secret", entity="fulfilment_carrier", entity_id=carrier.id
        )
    return chosen
