"""What the back office shows beside a customer: the topics they agreed to, and the proof."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.admin import Panel, badge, moment, panel
from app.core.admin.context import database
from app.identity import queries as identity
from app.notifications import queries
from app.notifications.topics import TOPICS, WORDINGS

STATE_LABELS = {"asked": _l("Asked"), "given": _l("Agreed"), "withdrawn": _l("Taken back")}
SHOWN = 10


def panel_of(user_id: int) -> Panel | None:
    """Consents of a customer's address, newest proof first."""
    user = identity.user_by_id(database(), user_id)
    if user is None:
        return None
    return panel(
        _("Agreed to by e-mail"), "notifications/admin/consents.html", "side",
        choices=queries.choices(database(), user.email), records=queries.records(database(), user.email)[:SHOWN],
        topics=TOPICS, wordings=WORDINGS, states=STATE_LABELS, badge=badge, moment=moment,
    )  # fmt: skip
