"""What the back office shows beside a customer that customers, far below, cannot know: the orders."""

from __future__ import annotations

from flask_babel import gettext as _

from app.core import slots
from app.core.admin import Panel, badge, moment, money, panel
from app.core.admin.context import database
from app.core.slots import Slot
from app.orders.queries import orders_of
from app.orders.states import STATE_LABELS

SHOWN = 10


def orders_panel(user_id: int) -> Panel:
    """The last orders of a customer and how many there are."""
    found = orders_of(database(), user_id, limit=SHOWN)
    title = _("Orders (%(count)s)", count=found.total)
    return panel(
        title, "shop/account/admin_orders.html", orders=found.items, labels=STATE_LABELS, badge=badge, money=money, moment=moment
    )  # fmt: skip


slots.register((Slot("admin.customer", orders_panel),))  # type: ignore[arg-type]
