"""UPS: the body is a TrackApiResponse, as its Tracking API publishes it (UPS-API/api-documentation, Tracking.yaml).

Each activity of each package is an event. UPS gives activities no id: number, time and status make one.
Status types: D delivered, I in transit, M label made, P picked up, X exception, RS back to the shipper.
Times: `gmtDate` and `gmtTime` where given, else local ones, taken as UTC when no offset stands beside them.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, ClassVar

from app.core.i18n import _l
from app.shipping.carriers import reading
from app.shipping.carriers.port import MOST_EVENTS, ParcelNews, Step, UnreadableNews

STEP_OF_TYPE: dict[str, Step] = {
    "D": "delivered", "I": "moving", "M": "announced", "MV": "announced", "P": "moving", "X": "trouble",
    "RS": "returned", "O": "out",
}  # fmt: skip
OUT_FOR_DELIVERY = "021"
"""Activity status code of a parcel in the van."""


class UpsNews:
    """Activities of UPS packages."""

    key: ClassVar[str] = "ups"
    label: ClassVar[Any] = _l("UPS (tracking response)")

    def read(self, body: bytes) -> list[ParcelNews]:
        """The activities of all packages, oldest first.

        Raises:
            UnreadableNews: no shipments, a package without number, an activity without time or status.
        """
        response = reading.as_json(body).get("trackResponse")
        if not isinstance(response, dict):
            raise UnreadableNews("trackResponse is missing")
        found: list[ParcelNews] = []
        for shipment in reading.rows(response.get("shipment"), MOST_EVENTS):
            for package in reading.rows(shipment.get("package", []), MOST_EVENTS):
                found += self._package(package)
        if len(found) > MOST_EVENTS:
            raise UnreadableNews("too many activities")
        return sorted(found, key=lambda event: event.at)

    def _package(self, package: dict[str, Any]) -> list[ParcelNews]:
        number = reading.number(package.get("trackingNumber"))
        references = reading.rows(package.get("referenceNumber") or [], MOST_EVENTS)
        order = next((reading.text(one.get("number"), 40) for one in references if one.get("number")), "")
        activities = reading.rows(package.get("activity") or [], MOST_EVENTS)
        return [self._activity(number, order, one) for one in activities]

    @staticmethod
    def _activity(number: str, order: str, one: dict[str, Any]) -> ParcelNews:
        status = one.get("status")
        if not isinstance(status, dict):
            raise UnreadableNews("an activity has no status")
        kind, code = reading.text(status.get("type"), 4), reading.text(status.get("statusCode"), 8)
        at = _time(one)
        mark = "|".join((number, at.isoformat(), kind, code, reading.text(status.get("code"), 8)))
        step: Step = "out" if code == OUT_FOR_DELIVERY and kind == "I" else STEP_OF_TYPE.get(kind, "moving")
        return ParcelNews(
            event_id=hashlib.sha256(mark.encode()).hexdigest()[:40], tracking_number=number, step=step, at=at,
            code=code or reading.text(status.get("code"), 8), text=reading.text(status.get("description")),
            place=_place(one), order_number=order,
        )  # fmt: skip


def _time(one: dict[str, Any]) -> datetime:
    if one.get("gmtDate"):
        return _parsed(one.get("gmtDate"), one.get("gmtTime"), UTC)
    return _parsed(one.get("date"), one.get("time"), _zone(reading.text(one.get("gmtOffset"), 6)))


def _zone(offset: str) -> timezone:
    """A zone from "-05:00"; UTC for anything else."""
    sign, hours, minutes = offset[:1], offset[1:3], offset[4:6]
    if (
        sign not in ("+", "-")
        or not (hours + minutes).isdecimal()
        or int(hours) > 14
        or int(minutes or 0) > 59
    ):
        return UTC
    length = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(-length if sign == "-" else length)


def _parsed(day: Any, time: Any, zone: timezone) -> datetime:
    raw = reading.text(day, 8) + reading.text(time, 8).replace(":", "").rjust(6, "0")
    try:
        return datetime.strptime(raw, "%Y%m%d%H%M%S").replace(tzinfo=zone).astimezone(UTC)
    except ValueError as wrong:
        raise UnreadableNews("an activity has no time") from wrong


def _place(one: dict[str, Any]) -> str:
    location = one.get("location")
    address = location.get("address") if isinstance(location, dict) else None
    if not isinstance(address, dict):
        return ""
    parts = (reading.text(address.get("city")).title(), reading.text(address.get("countryCode"), 3))
    return ", ".join(part for part in parts if part)
