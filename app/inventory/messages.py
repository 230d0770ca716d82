"""What the stock tells people of the shop by mail: an article runs low.

Inventory stands beside the package that sends mail, so the courier is handed in by one that stands
above both (`use_courier`). Without one the alert is only seen in the back office.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy.orm import Session

from app.core.i18n import DEFAULT_LANGUAGE
from app.events.inventory import StockLow
from app.inventory import queries

log = structlog.get_logger("inventory.alerts")
Courier = Callable[..., Any]
_couriers: list[Courier] = []


def use_courier(send: Courier) -> None:
    """Set who writes mails down: `notifications.operations.send_mail`, or the like of it."""
    _couriers[:] = [send]


def low_stock(session: Session, event: StockLow) -> None:
    """Tell those who look after the stock, once a crossing. Nothing when goods came in meanwhile.

    Repeatable: the mail's key is the alert's id.
    """
    alert = queries.open_alert(session, event.stock_id)
    if alert is None:
        return
    if not _couriers:
        log.warning("nobody was handed in who sends mail", sku=event.sku, available=alert.available)
        return
    for address in queries.alert_addresses(session):
        _couriers[0](
            session, to=address, template="low_stock", language=DEFAULT_LANGUAGE,
            values={"alert": alert, "path": f"/admin/stock/show/{event.stock_id}"},
            dedupe_key=f"low-stock:{alert.alert_id}:{address}",
        )  # fmt: skip
