"""Manifest of identity."""

from __future__ import annotations

from typing import Any

from app.core.db import db
from app.core.feature import Admin, Every, Feature, Handler
from app.core.i18n import _l
from app.events import identity as events
from app.identity import admin, messages, models, operations, passwords, signing


def setup(app: Any) -> None:
    """Hand the secrets and the cost of password hashes to the modules that use them."""
    passwords.configure(app.config.get("FAB_PASSWORD_HASH_METHOD", "scrypt"))
    signing.configure(app.config["SECRET_KEY"], app.config.get("SITE_URL") or "comptoir")


def clean(progress: Any) -> dict[str, int]:
    """Forget logins, links and tokens that ended long ago."""
    return operations.clean(db.session)


FEATURE = Feature(
    name="identity",
    models=models,
    handlers=(
        Handler(events.UserRegistered, messages.confirm_address),
        Handler(events.RegistrationRepeated, messages.address_known),
        Handler(events.PasswordResetRequested, messages.password_link),
        Handler(events.StaffInvited, messages.invitation),
        Handler(events.PasswordChanged, messages.password_changed),
        Handler(events.EmailChangeRequested, messages.email_change),
        Handler(events.TwoFactorChanged, messages.two_factor_changed),
        Handler(events.UserSuspended, messages.suspended),
        Handler(events.TokenReused, messages.token_copied),
    ),
    admin=(
        Admin(admin.UserView, _l("Accounts"), category="System", icon="users", position=10),
        Admin(admin.RoleView, _l("Roles"), category="System", icon="shield", position=11),
        Admin(admin.LoginSessionView, _l("Sign-ins"), category="System", icon="key", position=12),
        Admin(admin.AuditView, _l("Audit log"), category="System", icon="history", position=13),
    ),
    jobs={"identity.clean": clean},
    schedules=(Every(seconds=86_400, job="identity.clean"),),
    setup=setup,
)
