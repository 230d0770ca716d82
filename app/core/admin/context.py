"""Who is at the desk: hooks that the start-up code fills, because core knows no users."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app, g, has_request_context
from flask_login import current_user
from sqlalchemy.orm import Session

from app.core.actor import Actor


class Hook:
    """A function that start-up code replaces: `hook.set(function)`."""

    def __init__(self, default: Callable[..., Any]):
        self._call = default

    def set(self, call: Callable[..., Any]) -> None:
        """Use this function from now on."""
        self._call = call

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(*args, **kwargs)


def _actor_of_login() -> Actor:
    user = current_person()
    if user is None:
        return Actor("guest", label="guest")
    return Actor("staff", user.id, getattr(user, "email", "") or getattr(user, "username", ""))


def _bearer_of_fab() -> Any | None:
    """The user of a bearer token, checked by Flask-AppBuilder's JWT manager; None when it is refused."""
    from flask_jwt_extended import get_current_user, verify_jwt_in_request
    from flask_jwt_extended.exceptions import JWTExtendedException
    from jwt.exceptions import PyJWTError

    try:
        verify_jwt_in_request()
    except (JWTExtendedException, PyJWTError, ValueError):
        return None
    return get_current_user()


def _account_of_fab(user_id: int) -> Any | None:
    """The account with this number, free of the session, unless it is closed."""
    person = current_app.appbuilder.sm.get_user_by_id(user_id)
    if person is None or not person.is_active:
        return None
    database().expunge(person)
    return person


def current_person() -> Any | None:
    """The user row of this request (by session or by token), or None for strangers."""
    if not has_request_context():
        return None
    known = g.get("admin_person")
    if known is not None:
        return known
    user = current_user._get_current_object()  # asked once: the stand-in looks itself up for each attribute
    return user if user is not None and user.is_authenticated and user.is_active else None


def person_id() -> int | None:
    """The id of the user of this request."""
    person = current_person()
    return person.id if person is not None else None


def current_actor() -> Actor:
    """The actor to hand to operations."""
    return actor_provider()


def database() -> Session:
    """The session of this request."""
    return current_app.appbuilder.session


actor_provider = Hook(_actor_of_login)
"""() -> Actor. Set by bootstrap to identity's `current_actor`."""
bearer_provider = Hook(_bearer_of_fab)
"""() -> user row | None, for `Authorization: Bearer …`. Set by bootstrap when identity has its own tokens."""
acting_provider = Hook(_account_of_fab)
"""(user id) -> user row | None: lets a context without a request be this person's. Set by bootstrap."""


def set_actor_provider(call: Callable[[], Actor]) -> None:
    """Tell the base layer who acts; start-up code hands over identity's `current_actor`."""
    actor_provider.set(call)
