"""Roles and rights from what features and screens declare; doing it again changes nothing.

Screens say in a class attribute what other roles than Admin and Manager may do with them:
`grants = {"Support": ("can_list", "can_show"), "Seller": ("*",)}`; `admin_only = True` keeps a
screen from managers. Features declare rights of their own in their manifest (`rules.Permission`).
Defaults are given once, when a right first appears: what an admin changes afterwards stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask_appbuilder.security.sqla import models as fab
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.feature import collected
from app.core.unit_of_work import unit_of_work
from app.identity import rules
from app.identity.queries import RIGHTS_VIEW

ROLES_LOCK = 7_310_022
MENU_ACCESS = "menu_access"
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Synced:
    """How many rights there are now, and how many of them are new or gone."""

    pairs: int
    added: int
    removed: int


def sync_roles(session: Session) -> None:
    """Create the roles of the shop that are missing."""
    with unit_of_work(session):
        session.execute(select(func.pg_advisory_xact_lock(ROLES_LOCK)))
        known = set(session.scalars(select(fab.Role.name)))
        session.add_all(fab.Role(name=name) for name in (*rules.ROLES, rules.PUBLIC) if name not in known)


def sync_permissions(app: Any) -> Synced:
    """Bring FAB's tables in line with the screens, menus and features of this application.

    Raises:
        RuntimeError: the tables do not hold what was declared (FAB itself swallows such errors).
    """
    session = app.appbuilder.session
    wanted = dict(declared(app))
    with unit_of_work(session):
        session.execute(select(func.pg_advisory_xact_lock(ROLES_LOCK)))
        ids = _ids(session)
        new = {pair: roles for pair, roles in wanted.items() if pair not in ids}
        gone = [ids[pair] for pair in ids if pair not in wanted]
        if gone:
            session.execute(delete(fab.PermissionView).where(fab.PermissionView.id.in_(gone)))
        _add_pairs(session, new)
        ids = _ids(session)
        _grant(session, ids, new)
        if set(ids) != set(wanted):
            raise RuntimeError(f"rights missing after sync: {sorted(set(wanted) ^ set(ids))[:5]}")
        session.expire_all()
    return Synced(pairs=len(wanted), added=len(new), removed=len(gone))


def declared(app: Any) -> Iterator[tuple[Pair, frozenset[str]]]:
    """Every (permission, view) pair of the application with the roles that have it from the start."""
    builder = app.appbuilder
    for view in builder.baseviews:
        for permission in view.base_permissions or ():
            yield (permission, view.class_permission_name), roles_for(view, permission)
    for top in builder.menu.get_list():
        children = [item for item in top.childs if item.name != "-"]
        inside = [roles_of_menu(item) for item in children]
        yield (MENU_ACCESS, top.name), frozenset().union(*inside) if children else roles_of_menu(top)
        for item, roles in zip(children, inside, strict=True):
            yield (MENU_ACCESS, item.name), roles
    for feature in collected():
        for name in feature.permissions:
            yield (str(name), RIGHTS_VIEW), frozenset({rules.MANAGER, *getattr(name, "roles", ())})


def roles_for(view: Any, permission: str) -> frozenset[str]:
    """The roles besides Admin that may do this on a screen, as the screen itself declares."""
    module = type(view).__module__
    if getattr(view, "admin_only", False) or module.startswith("flask_appbuilder.security"):
        return frozenset()
    if not hasattr(view, "datamodel") and module.startswith(("app.core.admin", "flask_appbuilder.")):
        return rules.STAFF_ROLES - {rules.ADMIN}
    grants = getattr(view, "grants", {})
    named = {role for role, allowed in grants.items() if permission in allowed or "*" in allowed}
    return frozenset({rules.MANAGER, *named})


def roles_of_menu(item: Any) -> frozenset[str]:
    """Who sees a menu entry: who may open its screen."""
    view = item.baseview
    if view is None:
        return frozenset({rules.MANAGER})
    opens = "can_" + _opening(view)
    return roles_for(view, opens if opens in (view.base_permissions or ()) else "can_list")


def _opening(view: Any) -> str:
    method = getattr(view, view.default_view, None) if getattr(view, "default_view", None) else None
    return getattr(method, "_permission_name", None) or getattr(view, "default_view", None) or "list"


def _ids(session: Session) -> dict[Pair, int]:
    query = (
        select(fab.Permission.name, fab.ViewMenu.name, fab.PermissionView.id)
        .join(fab.PermissionView, fab.PermissionView.permission_id == fab.Permission.id)
        .join(fab.ViewMenu, fab.ViewMenu.id == fab.PermissionView.view_menu_id)
    )
    return {(permission, view): pair_id for permission, view, pair_id in session.execute(query)}


def _names(session: Session, table: Any, names: Iterable[str]) -> dict[str, int]:
    """Row ids by name, missing rows added."""
    rows = [{"name": name} for name in sorted(set(names))]
    if rows:
        session.execute(insert(table).on_conflict_do_nothing(), rows)
    return dict(session.execute(select(table.name, table.id)).all())


def _add_pairs(session: Session, pairs: Iterable[Pair]) -> None:
    pairs = list(pairs)
    permissions = _names(session, fab.Permission, (permission for permission, _ in pairs))
    views = _names(session, fab.ViewMenu, (view for _, view in pairs))
    rows = [
        {"permission_id": permissions[permission], "view_menu_id": views[view]} for permission, view in pairs
    ]
    if rows:
        session.execute(insert(fab.PermissionView).on_conflict_do_nothing(), rows)


def _grant(session: Session, ids: dict[Pair, int], new: dict[Pair, frozenset[str]]) -> None:
    """Give new rights to the roles they declare; Admin has all of them, always."""
    roles: dict[str, int] = dict(session.execute(select(fab.Role.name, fab.Role.id)).all())
    link = fab.assoc_permissionview_role
    rows = [{"permission_view_id": pair_id, "role_id": roles[rules.ADMIN]} for pair_id in ids.values()]
    rows += [
        {"permission_view_id": ids[pair], "role_id": roles[name]}
        for pair, names in new.items()
        for name in names
        if name in roles
    ]
    if rows:
        session.execute(insert(link).on_conflict_do_nothing(), rows)
