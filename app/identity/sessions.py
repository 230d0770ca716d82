"""The door's view of who is there: cookie sessions, bearer tokens, roles and rights.

Only doors import this module (it knows the request). Business code receives an `Actor`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

import structlog
from flask import current_app, g, has_request_context, request
from flask import session as cookie
from flask_login import current_user, login_user, logout_user
from flask_login.utils import encode_cookie
from sqlalchemy.orm import Session

from app.core.actor import GUEST, SYSTEM, Actor
from app.core.clock import utcnow
from app.core.errors import Forbidden, ShopError, Unauthenticated
from app.core.web import shop_session
from app.identity import operations, queries, signing
from app.identity.errors import InvalidToken
from app.identity.models import User
from app.identity.operations.logins import SHOP, STAFF

log = structlog.get_logger("identity.sessions")
F = TypeVar("F", bound=Callable[..., Any])

after_login: list[Callable[[Session, int], None]] = []
"""Called with (session, user id) in the request of a shop login; the cart adds its merge here."""

_SECOND_STEP = "second_step"
SECOND_STEP_SECONDS = 300
REMEMBER = timedelta(days=30)

__all__ = [
    "act_as", "after_login", "api_identity", "authenticate_bearer", "current_access_token", "current_actor", "current_login_token", "current_person", "current_user_id",
    "encode_cookie", "finish_second_step", "is_staff_login", "load_login", "login", "logout",
    "park_second_step", "parked_second_step", "require_login", "require_permission", "require_roles", "safe_next", "still_holds", "user_of_token",
]  # fmt: skip


def client_ip() -> str:
    """The address of the caller, as far as the configured proxies are trusted."""
    return request.remote_addr or ""


def client_agent() -> str:
    """What the caller's program calls itself."""
    return request.headers.get("User-Agent", "")


# --- cookie sessions ---------------------------------------------------------------------------------


def login(user: User, *, staff: bool = False, remember: bool = False) -> None:
    """Log a person in who has proved who they are. The session's content starts anew (fixation).

    `staff` opens the back office as well; only the login page of the back office says so.
    """
    session = shop_session()
    kind = STAFF if staff else SHOP
    kept = {key: cookie[key] for key in ("locale",) if key in cookie}
    before = current_login_token()
    if before and not isinstance(current_user._get_current_object(), type(None)):
        _end_quietly(session, before)
    cookie.clear()
    cookie.update(kept)
    user.session_token = operations.open_login(
        session, user=user, kind=kind, ip=client_ip(), agent=client_agent()
    )
    g.login_kind = kind
    login_user(user, remember=remember and not staff, duration=REMEMBER)
    cookie.permanent = remember and not staff
    if not staff:
        for call in after_login:
            try:
                call(session, user.id)
            except ShopError as refusal:
                log.warning("after login", refused=refusal.code)


def _end_quietly(session: Session, token: str) -> None:
    held = queries.open_login(session, token)
    if held is not None:
        operations.end_login(session, token=token, user_id=held.user_id)


def logout() -> None:
    """End this login, on the server as well: a copy of the cookie is worth nothing afterwards."""
    token, user_id = current_login_token(), _cookie_user_id()
    if token and user_id:
        operations.end_login(shop_session(), token=token, user_id=user_id)
    logout_user()
    for key in [key for key in cookie if key != "_remember"]:
        cookie.pop(key)


def load_login(token: str) -> User | None:
    """The user behind a cookie's token; None once the login has ended. Used by Flask-Login.

    Inside the back office only logins made at its own door count.
    """
    if not isinstance(token, str) or not 20 <= len(token) <= 100:
        return None
    session = shop_session()
    held = queries.open_login(session, token)
    if held is None or not held.user.is_active or not operations.touch_login(session, held):
        return None
    if _in_back_office() and (held.kind != STAFF or not held.user.is_staff):
        return None
    held.user.session_token = token
    g.login_kind = held.kind
    return held.user


def _in_back_office() -> bool:
    return has_request_context() and (
        request.path == "/admin" or request.path.startswith(("/admin/", "/api/v1/admin/"))
    )


def current_login_token() -> str | None:
    """The secret of the login of this request; None for strangers and bearer tokens."""
    token = cookie.get("_user_id") if has_request_context() else None
    return token if isinstance(token, str) else None


def current_access_token() -> str | None:
    """The access token that this request brings along in its header."""
    header = request.headers.get("Authorization", "") if has_request_context() else ""
    return header[7:].strip() if header.lower().startswith("bearer ") else None


def is_staff_login() -> bool:
    """True when this request's cookie was made at the door of the back office."""
    return _cookie_user_id() is not None and g.get("login_kind") == STAFF


def _cookie_user_id() -> int | None:
    return current_user.id if current_user and current_user.is_authenticated else None


def safe_next(raw: Any, fallback: str, inside: str = "/") -> str:
    """An address of this very site to go back to, else the fallback (ASVS 3.7.2)."""
    text = raw if isinstance(raw, str) else ""
    if not text or len(text) > 1_000 or any(ord(char) < 33 for char in text) or "\\" in text:
        return fallback
    parts = urlsplit(text)
    if parts.scheme or parts.netloc:
        if parts.netloc != request.host or parts.scheme not in ("http", "https"):
            return fallback
        text = parts.path + (f"?{parts.query}" if parts.query else "")
    if not text.startswith(inside) or text.startswith("//"):
        return fallback
    return text


# --- the second step of a login ----------------------------------------------------------------------


def park_second_step(user: User, *, staff: bool, remember: bool, next_url: str) -> None:
    """Remember, signed in the cookie, who has given a right password and owes a code."""
    cookie[_SECOND_STEP] = {
        "user": user.id, "stamp": user.session_stamp, "staff": staff, "remember": remember, "next": next_url,
        "until": utcnow().timestamp() + SECOND_STEP_SECONDS,
    }  # fmt: skip


def parked_second_step(*, staff: bool) -> tuple[User, dict[str, Any]] | None:
    """Who owes a code at this door, for five minutes; None when nobody does."""
    parked = cookie.get(_SECOND_STEP)
    if (
        not isinstance(parked, dict)
        or parked.get("staff") is not staff
        or parked.get("until", 0) < utcnow().timestamp()
    ):
        return None
    user = queries.user_by_id(shop_session(), int(parked["user"]))
    if user is None or not user.is_active or user.session_stamp != parked.get("stamp"):
        return None
    return user, parked


def finish_second_step() -> None:
    """Forget who owed a code."""
    cookie.pop(_SECOND_STEP, None)


# --- bearer tokens -----------------------------------------------------------------------------------


def api_identity() -> User | None:
    """The user of `Authorization: Bearer …`; None without that header.

    Raises:
        InvalidToken: the token is not ours, expired, or its user's sessions have ended.
    """
    token = current_access_token()
    if token is None:
        return None
    if "api_identity" not in g:
        g.api_identity = user_of_token(token)
    if g.api_identity is None:
        raise InvalidToken()
    return g.api_identity


def authenticate_bearer(header: str | None) -> User:
    """The user of an Authorization header, for doors that demand one.

    Raises:
        Unauthenticated: there is no bearer token.
        InvalidToken: the token is not ours, expired, or its user's sessions have ended.
    """
    scheme, _space, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated()
    user = user_of_token(token.strip())
    if user is None:
        raise InvalidToken()
    return user


def bearer_user() -> User | None:
    """As `api_identity`, but None for a bad token: for doors that refuse in their own way."""
    try:
        return api_identity()
    except InvalidToken:
        return None


def user_of_token(token: str) -> User | None:
    """The user of an access token; None when it is not ours, expired, or ended with its sessions."""
    claims = signing.read_access(token)
    user = queries.user_by_id(shop_session(), claims.user_id) if claims else None
    if user is None or not user.is_active or claims is None or user.session_stamp != claims.stamp:
        return None
    return user


def still_holds(user_id: int, *, login: str | None, stamp: str | None, staff: bool) -> bool:
    """Whether somebody who came with the secret of a login, or with a token of this stamp, is let in still, to the
    same door. For those who are asked nothing while they listen (sockets): it notes no use and needs no request.
    """
    session = shop_session()
    held = queries.open_login(session, login) if login else None
    by_login = held.user if held is not None and (held.kind == STAFF or not staff) else None
    by_token = queries.user_by_id(session, user_id) if stamp else None
    if by_token is not None and by_token.session_stamp != stamp:
        by_token = None
    return any(
        user is not None and user.id == user_id and user.is_active and (user.is_staff or not staff)
        for user in (by_login, by_token)
    )


# --- who is it ---------------------------------------------------------------------------------------


def current_person() -> User | None:
    """The user of this request, by bearer token or by cookie; None for a stranger.

    Raises:
        InvalidToken: a bearer token is there and is not good.
    """
    if not has_request_context():
        return None
    person = api_identity()
    if person is None and current_user and current_user.is_authenticated:
        person = current_user._get_current_object()
    return person


def act_as(user_id: int) -> User | None:
    """Let a context without a visitor be this person's, for work they asked for; None for a closed account.

    Rights are asked anew by every screen, as they are at this moment.
    """
    session = shop_session()
    person = queries.user_by_id(session, user_id)
    if person is None or not person.is_active:
        return None
    session.expunge(person)
    g._login_user, g.login_kind = person, STAFF
    return person


def current_user_id() -> int | None:
    """The number of the user of this request; None for a stranger."""
    person = current_person()
    return person.id if person is not None else None


def current_actor() -> Actor:
    """The actor to hand to operations: staff only through a staff login or a token of staff."""
    if not has_request_context():
        return SYSTEM
    person = current_person()
    if person is None:
        return GUEST
    by_token = "api_identity" in g
    staff = person.is_staff and (by_token or g.get("login_kind") == STAFF)
    return Actor("staff" if staff else "customer", person.id, person.email)


# --- decorators for doors ----------------------------------------------------------------------------


def require_login(view: F) -> F:
    """Only for people who are logged in.

    Raises:
        Unauthenticated: a stranger asks.
    """

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if current_person() is None:
            raise Unauthenticated()
        return view(*args, **kwargs)

    return guarded  # type: ignore[return-value]


def require_roles(*names: str) -> Callable[[F], F]:
    """Only for people with one of these roles, by a staff login or a token.

    Raises:
        Unauthenticated: a stranger asks.
        Forbidden: somebody without the role asks.
    """
    return _guard(lambda user: bool(queries.role_names(shop_session(), user.id) & set(names)))


def require_permission(permission: str) -> Callable[[F], F]:
    """Only for people with this right ("orders.cancel"), by a staff login or a token.

    Raises:
        Unauthenticated: a stranger asks.
        Forbidden: somebody without the right asks.
    """
    return _guard(lambda user: queries.may(shop_session(), user.id, permission))


def _guard(allows: Callable[[User], bool]) -> Callable[[F], F]:
    def decorate(view: F) -> F:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            person = current_person()
            if person is None:
                raise Unauthenticated()
            if current_actor().kind != "staff" or not allows(person):
                raise Forbidden()
            return view(*args, **kwargs)

        return guarded  # type: ignore[return-value]

    return decorate


def site_name() -> str:
    """The name that authenticator apps show."""
    return str(current_app.config.get("APP_NAME", "Comptoir"))
