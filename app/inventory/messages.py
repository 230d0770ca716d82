"""What the stock tells people of the shop by mail: an article runs low.

Inventory stands beside the package that sends mail and never calls it: it announces that a mail is wanted.
"""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy.orm import Session

from app.core.i18n import DEFAULT_LANGUAGE
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.inventory import StockLow
from app.events.notifications import MailAsked
from app.inventory import queries


def low_stock(session: Session, event: StockLow) -> None:
    """Tell those who look after the stock, once a crossing. Nothing when goods came in meanwhile.

    Repeatable: the mail's key is the alert's id.
    """
    alert = queries.open_alert(session, event.stock_id)
    if alert is None:
        return
    with unit_of_work(session):
        publish(
            session,
            *(
                MailAsked(
                    to=address, template="low_stock", language=DEFAULT_LANGUAGE,
                    dedupe_key=f"low-stock:{alert.alert_id}:{address}",
                    values={"alert": asdict(alert), "path": f"/admin/stock/show/{event.stock_id}"},
                )
                for address in queries.alert_addresses(session)
            ),
        )  # fmt: skip
