"""Screens of the back office: accounts, roles, logins, audit log. For administrators only."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import audit
from app.core.admin import (
    Interface,
    OperationView,
    Panel,
    ReadOnlyView,
    action,
    badge,
    moment,
    panel,
    related,
)
from app.core.admin.context import current_actor, database
from app.core.admin.history import changes_of
from app.core.audit import AuditRow
from app.core.i18n import LANGUAGES
from app.identity import operations, queries, rules
from app.identity.models import LoginSession, Role, User

KINDS = [("shop", _l("Shop")), ("staff", _l("Back office"))]


class AccountActions:
    """What may be done with an account from its page or from the list; shared with the customers' screen."""

    @action(
        "suspend",
        _l("Suspend"),
        _l("Close these accounts? Their sessions end at once."),
        icon="ban",
        danger=True,
    )
    def suspend(self, items: list[User]) -> None:
        """Close accounts."""
        for user in items:
            operations.suspend_user(database(), user_id=user.id, actor=current_actor())

    @action("restore", _l("Restore"), icon="refresh")
    def restore(self, items: list[User]) -> None:
        """Open closed accounts again."""
        for user in items:
            operations.restore_user(database(), user_id=user.id, actor=current_actor())

    @action(
        "end_sessions", _l("Sign out everywhere"), _l("Sign these people out on all devices?"), icon="logout"
    )
    def end_sessions(self, items: list[User]) -> None:
        """End all logins and tokens."""
        for user in items:
            operations.end_sessions(database(), user_id=user.id, actor=current_actor())

    @action("send_reset_link", _l("Send a password link"), icon="mail", multiple=False)
    def send_reset_link(self, items: list[User]) -> str:
        """Send the mail with which a person chooses a new password."""
        for user in items:
            operations.send_reset_link(database(), user_id=user.id, actor=current_actor())
        return _("The mail is on its way.")

    @action(
        "reset_two_factor",
        _l("Remove the second step"),
        _l("Is it really this person who lost the device? All their logins end."),
        icon="lock",
        multiple=False,
        danger=True,
    )
    def reset_two_factor(self, items: list[User]) -> None:
        """Take the second step off."""
        for user in items:
            operations.reset_two_factor(database(), user_id=user.id, actor=current_actor())

    def shown_actions(self, item: User) -> list[dict[str, Any]]:
        """Only what this account's state allows."""
        without = {"restore" if item.suspended_at is None else "suspend"}
        if not item.has_two_factor:
            without.add("reset_two_factor")
        return [found for found in super().shown_actions(item) if found["name"] not in without]  # type: ignore[misc]

    def state_badge(self, item: User) -> Any:
        """Open, closed or waiting for its address."""
        if item.suspended_at is not None:
            return badge("suspended", _("Suspended"))
        return badge("active", _("Active")) if item.is_verified else badge("pending", _("Not confirmed"))

    def logins_panel(self, item: User) -> Panel:
        """Where the person is signed in."""
        logins = queries.open_logins(database(), item.id)
        return panel(_("Signed in"), "identity/admin/sessions.html", logins=logins, moment=moment)


class UserView(AccountActions, OperationView):
    """Everybody with an account; new people of the house are invited here."""

    datamodel = Interface(User)
    imports = _l("Rights are given to one person at a time, never by a file.")
    entity = "user"
    admin_only = True
    title, singular, icon = _l("Accounts"), _l("Account"), "users"
    list_help = _l("New people of the house get a mail in which they choose their password.")
    list_columns = [
        "email",
        "first_name",
        "last_name",
        "role_names",
        "is_staff",
        "suspended_at",
        "last_login",
    ]
    show_columns = [
        "email", "first_name", "last_name", "role_names", "language", "currency", "email_verified_at", "suspended_at",
        "registered_at", "password_changed_at", "two_factor_at", "last_login", "login_count",
    ]  # fmt: skip
    add_columns = ["email", "first_name", "last_name", "language", "roles"]
    edit_columns = ["email", "first_name", "last_name", "language", "roles"]
    search_columns = [
        "email",
        "first_name",
        "last_name",
        "is_staff",
        "roles",
        "suspended_at",
        "registered_at",
    ]
    quick_search_columns = ("email", "first_name", "last_name")
    base_order = ("id", "desc")
    choices = {"language": list(LANGUAGES.items())}
    relations = {"roles": related("name")}
    label_columns = {
        "email": _l("E-mail address"), "role_names": _l("Roles"), "is_staff": _l("Works here"), "suspended_at": _l("Suspended"),
        "last_login": _l("Last sign-in"), "two_factor_at": _l("Second step since"), "login_count": _l("Sign-ins"),
        "email_verified_at": _l("Address confirmed"), "registered_at": _l("Registered"),
        "password_changed_at": _l("Password changed"), "roles": _l("Roles"), "first_name": _l("First name"),
        "last_name": _l("Last name"), "language": _l("Language"), "currency": _l("Currency"),
    }  # fmt: skip
    column_help = {
        "first_name": _l("Colleagues see it in the history of what was done."),
        "last_name": _l("Stands behind the first name wherever people are named."),
        "language": _l("For this person’s screens and mails."),
        "email": _l("Another address signs the person out everywhere."),
        "roles": _l(
            "Rights change with the next click. Without a role of the house the back office stays closed."
        ),
    }
    id_argument = "user_id"
    add_operation = staticmethod(operations.invite_staff)
    edit_operation = staticmethod(operations.change_account)

    def values_of(self, form: Any) -> dict[str, Any]:
        """Roles by name, as the operations take them."""
        values = super().values_of(form)
        values["roles"] = queries.role_names_by_id(database(), values.get("roles") or [])
        return values

    def name_of(self, item: User) -> str:
        """The person's name."""
        return item.name

    def panels(self, item: User) -> list[Panel]:
        """Where the person is signed in."""
        return [self.logins_panel(item)]


class RoleView(ReadOnlyView):
    """The roles and what each may do."""

    datamodel = Interface(Role)
    entity = "role"
    admin_only = True
    rest = False
    title, singular, icon = _l("Roles"), _l("Role"), "shield"
    list_columns = ["name"]
    show_columns = ["name"]
    search_columns = ["name"]
    base_order = ("name", "asc")
    label_columns = {"name": _l("Name")}

    def name_of(self, item: Role) -> str:
        """The role's name."""
        return str(item.name)

    def panels(self, item: Role) -> list[Panel]:
        """Every right, screen by screen."""
        titles = {type(view).__name__: getattr(view, "title", "") for view in self.appbuilder.baseviews}
        found = queries.rights_of_role(database(), item.id)
        rows = [(titles.get(row.view) or row.view, row.rights) for row in found]
        is_admin = item.name == rules.ADMIN
        return [panel(_("Rights"), "identity/admin/rights.html", rows=rows, is_admin=is_admin)]


class LoginSessionView(ReadOnlyView):
    """Who is signed in where."""

    datamodel = Interface(LoginSession)
    entity = "login-session"
    admin_only = True
    rest = False
    title, singular, icon = _l("Sign-ins"), _l("Sign-in"), "key"
    list_columns = ["user.email", "kind", "ip", "agent", "created_at", "last_seen_at", "ended_at"]
    show_columns = ["user.email", "kind", "ip", "agent", "created_at", "last_seen_at", "ended_at"]
    search_columns = ["user.email", "kind", "ip", "created_at", "last_seen_at", "ended_at"]
    quick_search_columns = ("user.email", "ip")
    base_order = ("id", "desc")
    choices = {"kind": KINDS}
    label_columns = {
        "user.email": _l("Person"), "kind": _l("Door"), "ip": _l("Network address"), "agent": _l("Program"),
        "created_at": _l("Signed in"), "last_seen_at": _l("Last used"), "ended_at": _l("Ended"),
    }  # fmt: skip

    @action("end", _l("End"), _l("End these sign-ins?"), icon="logout")
    def end(self, items: list[LoginSession]) -> None:
        """End single logins."""
        for row in items:
            operations.end_login(database(), login_id=row.id, user_id=row.user_id)

    def name_of(self, item: LoginSession) -> str:
        """Who and on what."""
        return f"{item.user.email} · {rules.device_name(item.agent) or _('Unknown device')}"


class AuditView(ReadOnlyView):
    """Who changed what, before and after; the chain of hashes shows any later tampering."""

    datamodel = Interface(AuditRow)
    entity = "audit"
    admin_only = True
    title, singular, icon = _l("Audit log"), _l("Entry"), "history"
    list_template = "identity/admin/audit_list.html"
    list_columns = ["at", "actor_label", "actor_kind", "action", "entity", "entity_id"]
    show_columns = [
        "at",
        "actor_label",
        "actor_kind",
        "action",
        "entity",
        "entity_id",
        "chain",
        "hash",
        "previous_hash",
    ]
    search_columns = ["at", "actor_label", "actor_kind", "actor_user_id", "action", "entity", "entity_id"]
    quick_search_columns = ("actor_label", "action", "entity", "entity_id")
    base_order = ("id", "desc")
    label_columns = {
        "at": _l("When"), "actor_label": _l("Who"), "actor_kind": _l("As"), "action": _l("What"), "entity": _l("Table"),
        "entity_id": _l("Row"), "chain": _l("Link of the chain"), "hash": _l("Hash"), "previous_hash": _l("Previous hash"),
        "actor_user_id": _l("Number of the account"),
    }  # fmt: skip

    def name_of(self, item: AuditRow) -> str:
        """What happened to what."""
        return f"{item.action} · {item.entity} {item.entity_id}"

    def panels(self, item: AuditRow) -> list[Panel]:
        """Each value before and after."""
        return [panel(_("Values"), "identity/admin/changes.html", change=changes_of(item, {}))]

    def history(self, item: AuditRow, limit: int = 0) -> list[Any]:
        """An entry has no history of its own: it never changes."""
        return []

    @expose("/check")
    @has_access
    def check(self) -> ResponseReturnValue:
        """Recompute the chain of hashes and say whether it holds."""
        broken = audit.broken_links(database())
        if broken:
            text = ", ".join(f"#{row_id}" for row_id in broken[:10])
            flash(_("The chain is broken at %(rows)s. Somebody changed the log.", rows=text), "danger")
        else:
            flash(_("The chain holds: nothing was changed or removed."), "success")
        return redirect(self.url("list"))
