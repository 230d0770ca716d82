"""Reads of identity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_appbuilder.security.sqla import models as fab
from sqlalchemy import Subquery, func, or_, select, union
from sqlalchemy.orm import Session, joinedload

from app.core.clock import utcnow
from app.identity import rules
from app.identity.models import Link, LoginSession, Role, User
from app.identity.signing import link_token

RIGHTS_VIEW = "Shop"
"""The view name under which features' own permissions stand in FAB's tables."""


def user_by_email(session: Session, email: str) -> User | None:
    """The user with this address (ab_user.username is unique and equal to it)."""
    return session.scalar(select(User).where(User.username == email)) if email else None


def user_by_id(session: Session, user_id: int) -> User | None:
    """The user with this number."""
    return session.get(User, user_id) if 0 < user_id < 2**31 else None


def open_login(session: Session, token: str) -> LoginSession | None:
    """The login behind a cookie's token, with its user, in one query (unique token_hash)."""
    query = (
        select(LoginSession)
        .where(LoginSession.token_hash == rules.fingerprint(token), LoginSession.ended_at.is_(None))
        .options(joinedload(LoginSession.user, innerjoin=True))
        .execution_options(populate_existing=False)
    )
    return session.scalar(query)


@dataclass(frozen=True, slots=True)
class OpenLogin:
    """A device where somebody is logged in, as its owner sees it."""

    id: int
    handle: str
    device: str
    ip: str
    created_at: datetime
    last_seen_at: datetime
    is_current: bool
    is_staff: bool


def open_logins(session: Session, user_id: int, current: str = "") -> list[OpenLogin]:
    """Where this user is logged in, the latest first; `current` is the token of this very login."""
    mine = rules.fingerprint(current) if current else ""
    rows = session.scalars(
        select(LoginSession)
        .where(LoginSession.user_id == user_id, LoginSession.ended_at.is_(None))
        .order_by(LoginSession.last_seen_at.desc(), LoginSession.id.desc())
        .limit(50)
    )
    return [
        OpenLogin(
            id=row.id, handle=row.token_hash[: rules.HANDLE_LENGTH], device=rules.device_name(row.agent), ip=row.ip, created_at=row.created_at,
            last_seen_at=row.last_seen_at, is_current=row.token_hash == mine, is_staff=row.kind == "staff",
        )
        for row in rows
    ]  # fmt: skip


def link_secret(session: Session, token_id: int) -> str | None:
    """The secret part of a link for its mail; None when it was used or is too old."""
    link = session.get(Link, token_id)
    if link is None or link.used_at is not None or link.expires_at <= utcnow():
        return None
    return link_token(link_id=link.id, nonce=link.nonce, purpose=link.purpose)


def link_value(session: Session, token_id: int, key: str) -> str:
    """One value that a link will bring about, for its mail (the new address of a move)."""
    link = session.get(Link, token_id)
    return str((link.value if link else {}).get(key, ""))


def role_names(session: Session, user_id: int) -> frozenset[str]:
    """The names of a user's roles, own and through groups."""
    own = select(fab.assoc_user_role.c.role_id).where(fab.assoc_user_role.c.user_id == user_id)
    through = (
        select(fab.assoc_group_role.c.role_id)
        .join(fab.assoc_user_group, fab.assoc_user_group.c.group_id == fab.assoc_group_role.c.group_id)
        .where(fab.assoc_user_group.c.user_id == user_id)
    )
    query = select(Role.name).where(or_(Role.id.in_(own), Role.id.in_(through)))
    return frozenset(session.scalars(query))


@dataclass(frozen=True, slots=True)
class RightsRow:
    """What a role may do on one screen, for people: the screen's name and its rights."""

    view: str
    rights: tuple[str, ...]


def rights_of_role(session: Session, role_id: int) -> list[RightsRow]:
    """All rights of a role by screen, menu entries left out; features' own rights under "Shop"."""
    granted = fab.assoc_permissionview_role.c
    query = (
        select(fab.ViewMenu.name, fab.Permission.name)
        .join(fab.PermissionView, fab.PermissionView.view_menu_id == fab.ViewMenu.id)
        .join(fab.Permission, fab.Permission.id == fab.PermissionView.permission_id)
        .join(fab.assoc_permissionview_role, granted.permission_view_id == fab.PermissionView.id)
        .where(granted.role_id == role_id, fab.Permission.name != "menu_access")
        .order_by(fab.ViewMenu.name, fab.Permission.name)
    )
    found: dict[str, list[str]] = {}
    for view, permission in session.execute(query):
        found.setdefault(view, []).append(permission.removeprefix("can_").replace("_", " "))
    return [RightsRow(view, tuple(rights)) for view, rights in found.items()]


def role_names_by_id(session: Session, role_ids: Iterable[int]) -> list[str]:
    """The names of some roles."""
    return list(session.scalars(select(Role.name).where(Role.id.in_(list(role_ids))).order_by(Role.name)))


def may(session: Session, user_id: int | None, permission: str) -> bool:
    """True when this active user has a right such as "orders.cancel" by one of their roles."""
    return permission in rights(session, user_id, (permission,))


def rights(session: Session, user_id: int | None, wanted: Iterable[str]) -> frozenset[str]:
    """Those of the wanted rights that this active user has, in one query."""
    if user_id is None:
        return frozenset()
    link, groups, of_group = fab.assoc_user_role.c, fab.assoc_user_group.c, fab.assoc_group_role.c
    own = select(link.role_id).where(link.user_id == user_id)
    through = (
        select(of_group.role_id).join(fab.assoc_user_group, groups.group_id == of_group.group_id)
        .where(groups.user_id == user_id)
    )  # fmt: skip
    granted = fab.assoc_permissionview_role.c
    query = (
        select(fab.Permission.name)
        .join(fab.PermissionView, fab.PermissionView.permission_id == fab.Permission.id)
        .join(fab.ViewMenu, fab.ViewMenu.id == fab.PermissionView.view_menu_id)
        .join(fab.assoc_permissionview_role, granted.permission_view_id == fab.PermissionView.id)
        .join(User, User.id == user_id)
        .where(
            fab.ViewMenu.name == RIGHTS_VIEW, fab.Permission.name.in_(list(wanted)),
            or_(granted.role_id.in_(own), granted.role_id.in_(through)),
            User.active.is_(True), User.suspended_at.is_(None),
        )
    )  # fmt: skip
    return frozenset(session.scalars(query))


def lists_of(session: Session, user_id: int, views: Iterable[str]) -> frozenset[str]:
    """Those of these screens whose lists this active user may open, in one query."""
    granted = fab.assoc_permissionview_role.c
    has = _roles_of_people()
    query = (
        select(fab.ViewMenu.name)
        .join(fab.PermissionView, fab.PermissionView.view_menu_id == fab.ViewMenu.id)
        .join(fab.Permission, fab.Permission.id == fab.PermissionView.permission_id)
        .join(fab.assoc_permissionview_role, granted.permission_view_id == fab.PermissionView.id)
        .join(has, has.c.role_id == granted.role_id)
        .join(User, User.id == has.c.user_id)
        .where(fab.ViewMenu.name.in_(sorted(set(views))), fab.Permission.name == "can_list", User.id == user_id,
               User.active.is_(True), User.suspended_at.is_(None))
    )  # fmt: skip
    return frozenset(session.scalars(query))


def _roles_of_people() -> Subquery:
    """SQL: everybody with each of their roles, own and through groups."""
    through = select(fab.assoc_user_group.c.user_id, fab.assoc_group_role.c.role_id).join(
        fab.assoc_group_role, fab.assoc_group_role.c.group_id == fab.assoc_user_group.c.group_id
    )
    return union(select(fab.assoc_user_role.c.user_id, fab.assoc_user_role.c.role_id), through).subquery()


def staff_with_list(session: Session, views: Iterable[str]) -> list[tuple[int, str]]:
    """People who may open the lists of all these screens, with their language: one query."""
    wanted = sorted(set(views))
    granted = fab.assoc_permissionview_role.c
    has = _roles_of_people()
    query = (
        select(User.id, User.language)
        .join(has, has.c.user_id == User.id)
        .join(fab.assoc_permissionview_role, granted.role_id == has.c.role_id)
        .join(fab.PermissionView, fab.PermissionView.id == granted.permission_view_id)
        .join(fab.ViewMenu, fab.ViewMenu.id == fab.PermissionView.view_menu_id)
        .join(fab.Permission, fab.Permission.id == fab.PermissionView.permission_id)
        .where(fab.ViewMenu.name.in_(wanted), fab.Permission.name == "can_list", User.active.is_(True), User.suspended_at.is_(None))
        .group_by(User.id, User.language)
        .having(func.count(func.distinct(fab.ViewMenu.name)) == len(wanted))
        .order_by(User.id)
    )  # fmt: skip
    return [(row.id, row.language or "en") for row in session.execute(query)]


def working_admins(session: Session, *, besides: int | None = None) -> int:
    """How many people can administer the shop now, not counting `besides`."""
    query = (
        select(func.count(func.distinct(User.id)))
        .join(fab.assoc_user_role, fab.assoc_user_role.c.user_id == User.id)
        .join(Role, Role.id == fab.assoc_user_role.c.role_id)
        .where(Role.name == rules.ADMIN, User.active.is_(True), User.suspended_at.is_(None))
    )
    if besides is not None:
        query = query.where(User.id != besides)
    return int(session.scalar(query) or 0)
