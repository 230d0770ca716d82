"""The shop's own format, for carriers' middleware and own drivers: JSON with a list of events.

{"events": [{"id": "…", "tracking_number": "…", "status": "delivered", "at": "2026-11-21T10:00:00Z",
             "code": "…", "text": "…", "place": "…", "order_number": "…"}]}
"""

from __future__ import annotations

from typing import Any, ClassVar

from app.core.i18n import _l
from app.shipping.carriers import reading
from app.shipping.carriers.port import MOST_EVENTS, STEPS, ParcelNews, UnreadableNews


class PlainNews:
    """Events as this shop names them."""

    key: ClassVar[str] = "plain"
    label: ClassVar[Any] = _l("The shop's own format (JSON)")

    def read(self, body: bytes) -> list[ParcelNews]:
        """The events of the list.

        Raises:
            UnreadableNews: an event lacks its id, number, time, or has an unknown status.
        """
        events = reading.rows(reading.as_json(body).get("events"), MOST_EVENTS)
        return [self._event(one) for one in events]

    @staticmethod
    def _event(one: dict[str, Any]) -> ParcelNews:
        event_id, step = reading.text(one.get("id")), one.get("status")
        if not event_id:
            raise UnreadableNews("an event has no id")
        if step not in STEPS:
            raise UnreadableNews(f"a status is one of {', '.join(STEPS)}")
        return ParcelNews(
            event_id=event_id,
            tracking_number=reading.number(one.get("tracking_number")),
            step=step,
            at=reading.moment(one.get("at")),
            code=reading.text(one.get("code"), 40),
            text=reading.text(one.get("text")),
            place=reading.text(one.get("place")),
            order_number=reading.text(one.get("order_number"), 40),
        )
