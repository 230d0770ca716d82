"""Manifest of customers."""

from __future__ import annotations

from app.core.feature import Admin, Feature, Handler
from app.core.i18n import _l
from app.customers import admin, handlers, models, personal
from app.events.identity import EmailVerified

FEATURE = Feature(
    name="customers",
    models=models,
    admin=(
        Admin(admin.CustomerView, _l("Customers"), category="Customers", icon="users", position=10),
        Admin(admin.GroupView, _l("Groups"), category="Customers", icon="tag", position=40),
    ),
    handlers=(Handler(EmailVerified, handlers.open_profile),),
    personal_data=(personal,),
)
