"""One way to open a door of the REST interface: route, shapes of question and answer, who may come in."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, jsonify, request
from marshmallow import EXCLUDE, INCLUDE, RAISE, Schema, ValidationError
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest

from app.api import rights
from app.api.fields import in_words
from app.core import idempotency, rate_limits
from app.core.actor import GUEST, Actor
from app.core.errors import Forbidden, Invalid, InvalidFields, ShopError, Unauthenticated
from app.core.i18n import _l, current_language
from app.core.security import csrf
from app.core.unit_of_work import unit_of_work
from app.core.web import shop_session
from app.identity.models import User
from app.identity.queries import role_names
from app.identity.sessions import api_identity
from app.regions.queries import enabled_currencies

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
csrf.exempt(blueprint)
WRITES = "15000/minute"


class BadJson(Invalid):
    """The body is not a JSON object."""

    status = 400
    code = "bad_json"
    message = _l("The body must be a JSON object.")


class NotJson(ShopError):
    """The body is announced as something else."""

    status = 415
    code = "unsupported_media_type"
    message = _l("Please send application/json.")


@dataclass(frozen=True, slots=True)
class Call:
    """What a door function gets: who asks, what was asked, already checked."""

    session: Session
    actor: Actor
    person: User | None
    query: Mapping[str, Any]
    body: Mapping[str, Any]
    key: str | None
    language: str
    currency: str


@dataclass(frozen=True, slots=True)
class Door:
    """One operation of the interface, as it is described to the outside."""

    method: str
    rule: str
    name: str
    summary: str
    tag: str
    answer: type[Schema] | None
    status: int
    body: type[Schema] | None = None
    query: type[Schema] | None = None
    who: str = "anybody"
    creates: bool = False
    path: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    description: str = ""


DOORS: list[Door] = []
STAFF = ("Admin", "Manager")


def door(
    method: str,
    rule: str,
    *,
    summary: str,
    tag: str,
    answer: type[Schema] | None,
    status: int = 200,
    body: type[Schema] | None = None,
    query: type[Schema] | None = None,
    who: str = "anybody",
    creates: bool = False,
    own_key: bool = False,
    file: str = "",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Open a door. `who` is anybody, customer (any account), staff, or a right of a screen ("OrderView.ship").

    `creates` honours `Idempotency-Key`; with `own_key` the operation behind the door keeps the key.
    The function gets a `Call` and the parts of the path, and gives a dictionary; where `file` names a
    content type it gives the whole answer instead.
    """

    def open_it(fn: Callable[..., Any]) -> Callable[..., Any]:
        words = (fn.__doc__ or "").strip()
        DOORS.append(Door(method, rule, fn.__name__, summary, tag, answer, status, body, query, who, creates,
                          description=words, file=file))  # fmt: skip

        @functools.wraps(fn)
        def answered(**path: str) -> Response:
            call = _call(body, query, who)
            if creates and call.key is not None and not own_key:
                made = _once(fn, call, path)
            else:
                made = fn(call, **path)
            if file:
                return made
            if answer is None:
                return Response(status=status)
            response = jsonify(made)
            response.status_code = status
            return response

        blueprint.add_url_rule(rule, fn.__name__, answered, methods=[method])
        return fn

    return open_it


def _call(body: type[Schema] | None, query: type[Schema] | None, who: str) -> Call:
    person = api_identity()
    session = shop_session()
    if who != "anybody" and person is None:
        raise Unauthenticated()
    if who == "staff" and not role_names(session, person.id) & set(STAFF):  # type: ignore[union-attr]
        raise Forbidden()
    if "." in who:
        rights.ask(person, who)
    if request.method not in ("GET", "HEAD"):
        rate_limits.hit(WRITES, f"api:{person.id if person else request.remote_addr}")
    actor = GUEST
    if person is not None:
        actor = Actor("staff" if person.is_staff else "customer", person.id, person.email)
    asked = _loaded(query, request.args.to_dict(), INCLUDE) if query else {}
    sent = _loaded(body, _json(), RAISE) if body else {}
    return Call(
        session=session,
        actor=actor,
        person=person,
        query=asked,
        body=sent,
        key=request.headers.get("Idempotency-Key"),
        language=current_language(),
        currency=currency_of(session, request.args.get("currency")),
    )


def currency_of(session: Session, wanted: str | None) -> str:
    """A currency that was asked for; the shop's own where none was.

    Raises:
        InvalidFields: for one the shop does not sell in.
    """
    known = enabled_currencies(session)
    if wanted is None:
        return known[0]
    if wanted not in known:
        raise InvalidFields({"currency": _l("The shop does not sell in this currency.")})
    return wanted


def _json() -> Any:
    if not request.get_data(cache=True):
        return {}
    if not request.is_json:
        raise NotJson()
    try:
        sent = request.get_json()
    except (BadRequest, RecursionError, UnicodeError) as wrong:
        raise BadJson() from wrong
    if not isinstance(sent, dict):
        raise BadJson()
    return sent


def _loaded(schema: type[Schema], given: Any, unknown: str) -> Mapping[str, Any]:
    try:
        return schema(unknown=unknown).load(given)
    except ValidationError as wrong:
        raise InvalidFields(dict(_flat(wrong.messages))) from wrong


def _flat(messages: Any, where: str = "") -> Any:
    """Nested messages of marshmallow as (path, first sentence) pairs."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            if name == "_schema":
                yield from _flat(inner, where)
            else:
                yield from _flat(inner, f"{where}.{name}" if where else str(name))
    elif isinstance(messages, list) and messages:
        yield where or "body", in_words(messages[0])


def _once(fn: Callable[..., Any], call: Call, path: Mapping[str, str]) -> Any:
    """Do it once a key: the answer is stored with the work, in one transaction."""
    scope = f"api:{request.method} {request.path}:{call.actor.user_id or ''}"
    with unit_of_work(call.session):
        sent = request.get_json(silent=True) or {}
        stored = idempotency.begin(call.session, scope=scope, key=call.key or "", body=sent)
        if stored is not None:
            return stored["answer"]
        made = fn(call, **path)
        plain = jsonify(made).get_json()
        idempotency.finish(call.session, scope=scope, key=call.key or "", answer={"answer": plain})
    return made


__all__ = ["DOORS", "EXCLUDE", "STAFF", "Call", "Door", "blueprint", "door"]
