"""Answer every permission question of a request from one set, read with one query.

Stock Flask-AppBuilder asks the database once for each menu entry and each button (97 statements for
a list page under 60 menu entries). Mix `RequestPermissions` into the security manager, first in line.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import has_request_context, request
from sqlalchemy import Select, bindparam, select, union
from sqlalchemy.orm import Session

from app.core.admin.context import current_person

_STORE = "comptoir.permissions"
Pair = tuple[str, str]
"""(permission name, view name), for example ("can_list", "ProductView")."""


@dataclass(frozen=True, slots=True)
class RoleRef:
    """A role as far as permission questions need it; survives commits and rollbacks of the request."""

    id: int
    name: str


def _store() -> dict[Any, Any]:
    """What this request has learned. It dies with the request, so a revoked right ends at once."""
    if has_request_context():
        return request.environ.setdefault(_STORE, {})
    return {}


def forget() -> None:
    """Drop what was learned, after rights were changed inside a request."""
    _store().clear()


class RequestPermissions:
    """Mix-in for a security manager: roles with one query, all pairs with one more."""

    session: Session
    role_model: Any
    permission_model: Any
    viewmenu_model: Any
    permissionview_model: Any

    def get_user_roles(self, user: Any = None) -> list[RoleRef]:
        """The roles of a user, own and through groups; a stranger has the public role."""
        if user is None or not user.is_authenticated:
            return self._known("public", self._public_roles)
        return self._known(("roles", user.id), lambda: self._roles_of(user.id))

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """True when the person of this request (by login or by token) may do this."""
        person = current_person()
        roles = self.get_user_roles(person)
        return bool(roles) and (permission_name, view_name) in self.pairs([role.id for role in roles])

    def views_with(self, permission_name: str) -> frozenset[str]:
        """Everything on which the person of this request may do this, for places that ask about many."""
        roles = self.get_user_roles(current_person())
        pairs = self.pairs([role.id for role in roles]) if roles else frozenset()
        return frozenset(view for permission, view in pairs if permission == permission_name)

    def _public_roles(self) -> list[RoleRef]:
        query = select(self.role_model.id, self.role_model.name)
        query = query.where(self.role_model.name == self.auth_role_public)  # type: ignore[attr-defined]
        return [RoleRef(*row) for row in self.session.execute(query)]

    def _roles_of(self, user_id: int) -> list[RoleRef]:
        return [RoleRef(*row) for row in self.session.execute(self._asks_roles, {"user_id": user_id})]

    @cached_property
    def _asks_roles(self) -> Select[Any]:
        """Built once: to build it costs more than to ask it."""
        from flask_appbuilder.security.sqla import models as fab

        own = select(fab.assoc_user_role.c.role_id).where(
            fab.assoc_user_role.c.user_id == bindparam("user_id")
        )
        through = (
            select(fab.assoc_group_role.c.role_id)
            .join(fab.assoc_user_group, fab.assoc_user_group.c.group_id == fab.assoc_group_role.c.group_id)
            .where(fab.assoc_user_group.c.user_id == bindparam("user_id"))
        )
        wanted = union(own, through).subquery()
        query = select(self.role_model.id, self.role_model.name)
        return query.where(self.role_model.id.in_(select(wanted.c.role_id))).order_by(self.role_model.id)

    def exist_permission_on_roles(self, view_name: str, permission_name: str, role_ids: list[int]) -> bool:
        """True when one of the roles may do this on this view."""
        return (permission_name, view_name) in self.pairs(role_ids)

    def pairs(self, role_ids: list[int]) -> frozenset[Pair]:
        """Everything these roles may do, in one query a request."""
        ids = tuple(sorted(role_ids))
        return self._known(("pairs", ids), lambda: self._pairs_of(ids))

    def _pairs_of(self, role_ids: tuple[int, ...]) -> frozenset[Pair]:
        found = self.session.execute(self._asks_pairs, {"role_ids": role_ids})
        return frozenset((permission, view) for permission, view in found)

    @cached_property
    def _asks_pairs(self) -> Select[Any]:
        from flask_appbuilder.security.sqla.models import assoc_permissionview_role as link

        pair = self.permissionview_model
        return (
            select(self.permission_model.name, self.viewmenu_model.name)
            .select_from(link)
            .join(pair, pair.id == link.c.permission_view_id)
            .join(self.permission_model, self.permission_model.id == pair.permission_id)
            .join(self.viewmenu_model, self.viewmenu_model.id == pair.view_menu_id)
            .where(link.c.role_id.in_(bindparam("role_ids", expanding=True)))
        )

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """True when a stranger may do this."""
        roles = self.get_user_roles(None)
        return bool(roles) and (permission_name, view_name) in self.pairs([role.id for role in roles])

    def _get_user_permission_view_menus(
        self, user: Any, permission_name: str, view_menus_name: list[str]
    ) -> set[str]:
        roles = self.get_user_roles(user)
        builtin = getattr(self, "builtin_roles", {})
        found = {
            name
            for role in roles
            if role.name in builtin
            for name in view_menus_name
            if self._has_access_builtin_roles(role, permission_name, name)  # type: ignore[attr-defined]
        }
        ids = [role.id for role in roles if role.name not in builtin]
        return found | {view for permission, view in self.pairs(ids) if permission == permission_name}

    @staticmethod
    def _known(key: Any, load: Any) -> Any:
        store = _store()
        if key not in store:
            store[key] = load()
        return store[key]
