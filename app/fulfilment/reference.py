"""The carriers a new shop knows, with the addresses of their tracking pages."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.unit_of_work import unit_of_work
from app.fulfilment.models import Carrier

CARRIERS = (
    ("bpost", "bpost", "https://track.bpost.cloud/btr/web/#/search?itemCode={number}&postalCode={postcode}&lang={language}"),
    ("postnl", "PostNL", "https://jouw.postnl.nl/track-and-trace/{number}-BE-{postcode}"),
    ("dhl", "DHL", "https://www.dhl.com/be-{language}/home/tracking.html?tracking-id={number}"),
    ("dpd", "DPD", "https://tracking.dpd.de/status/{language}/parcel/{number}"),
    ("ups", "UPS", "https://www.ups.com/track?loc={language}_BE&tracknum={number}"),
    ("own", "Own delivery", ""),
)  # fmt: skip


def setup_data(session: Session) -> None:
    """Give a fresh shop its carriers. Does nothing when there is one: staff decide afterwards."""
    with unit_of_work(session):
        if session.scalar(select(Carrier.id).limit(1)) is not None:
            return
        rows = [
            {"code": code, "name": name, "tracking_url": address, "position": place * 10}
            for place, (code, name, address) in enumerate(CARRIERS, 1)
        ]
        session.execute(insert(Carrier).on_conflict_do_nothing(index_elements=["code"]), rows)
