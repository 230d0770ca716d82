"""Manifest of the messages' machinery."""

from __future__ import annotations

from typing import Any

from app.core.feature import Admin, Every, Feature, Handler
from app.core.i18n import _l
from app.events.notifications import MessageQueued
from app.identity.messages import use_courier
from app.notifications import admin, handlers, jobs, models, operations, rendering
from app.notifications.channels import smtp


def setup(app: Any) -> None:
    """Take the mail server and the templates from the application; become the courier of identity, below."""
    smtp.configure(app.config)
    rendering.setup(app)
    use_courier(operations.send_mail)


FEATURE = Feature(
    name="notifications",
    models=models,
    admin=(Admin(admin.MessageView, _l("Mails"), category="Customers", icon="mail", position=250),),
    handlers=(Handler(MessageQueued, handlers.deliver),),
    jobs={"notifications.deliver_due": jobs.deliver_due},
    schedules=(Every(seconds=30, job="notifications.deliver_due"),),
    permissions=("notifications.resend",),
    setup=setup,
)
