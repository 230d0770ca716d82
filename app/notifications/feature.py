"""Manifest of the messages' machinery."""

from __future__ import annotations

from typing import Any

from app.core.feature import Admin, Every, Feature, Handler, Slot
from app.core.i18n import _l
from app.events.identity import EmailChanged
from app.events.notifications import ConsentAsked, MailAsked, MessageQueued, StaffMattersOver, StaffToldOf
from app.identity.messages import use_courier
from app.notifications import (
    admin,
    consent_admin,
    handlers,
    jobs,
    messages,
    models,
    operations,
    personal,
    rendering,
)
from app.notifications.channels import smtp
from app.notifications.onsite import models as _onsite_models  # noqa: F401 - its table
from app.notifications.onsite import personal as onsite_personal
from app.notifications.staff import admin as staff_admin
from app.notifications.staff import handlers as staff_handlers


def setup(app: Any) -> None:
    """Take the mail server and the templates from the application; become the courier of identity, below."""
    smtp.configure(app.config)
    rendering.setup(app)
    use_courier(operations.send_mail)


FEATURE = Feature(
    name="notifications",
    models=models,
    admin=(
        Admin(admin.MessageView, _l("Mails"), category="Customers", icon="mail", position=250),
        Admin(staff_admin.StaffNoticeView, _l("Notices"), category="Stock", icon="bell", position=350),
    ),
    handlers=(
        Handler(MessageQueued, handlers.deliver),
        Handler(ConsentAsked, messages.ask_owner),
        Handler(EmailChanged, messages.follow_address),
        Handler(MailAsked, staff_handlers.post),
        Handler(StaffToldOf, staff_handlers.ring),
        Handler(StaffMattersOver, staff_handlers.hush),
    ),
    slots=(
        Slot("admin.topbar", staff_admin.bell, position=10),
        Slot("admin.customer", consent_admin.panel_of, position=50),  # type: ignore[arg-type]
    ),
    jobs={
        "notifications.deliver_due": jobs.deliver_due,
        "notifications.forget_notices": jobs.forget_notices,
    },
    schedules=(
        Every(seconds=30, job="notifications.deliver_due"),
        Every(seconds=24 * 3600, job="notifications.forget_notices"),
    ),
    permissions=("notifications.resend",),
    personal_data=(personal, onsite_personal),
    setup=setup,
)
