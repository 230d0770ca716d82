"""The edge: how a refusal becomes an answer, and what every page of the shop and back office shares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, current_app, g, jsonify, make_response, message_flashed, request, session
from flask.json.provider import DefaultJSONProvider
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, InternalError, OperationalError, ProgrammingError, StatementError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, InternalServerError

from app.core.db import db
from app.core.errors import (
    Conflict,
    Invalid,
    InvalidFields,
    ShopError,
    TooMany,
    Unavailable,
)

log = structlog.get_logger("core.web")
PROBLEM = "application/problem+json"
_pages: dict[str, Callable[[ShopError], Any]] = {}


class SentJson(DefaultJSONProvider):
    """JSON as it is sent and answered; brackets nested without end are no JSON, like any other broken text."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Read JSON.

        Raises:
            ValueError: it is none, or nested deeper than anybody means.
        """
        try:
            return super().loads(s, **kwargs)
        except RecursionError as wrong:
            raise ValueError("nested too deep") from wrong


class HttpRefusal(ShopError):
    """A plain HTTP status (no such page, wrong method) in the clothes of a refusal."""

    def __init__(self, status: int, message: str, code: str):
        super().__init__(message, code=code)
        self.status = status


def shop_session() -> Session:
    """The database session of this request."""
    return db.session


_SECRET = ("csrf_token", "password", "otp")


def absolute(path: str) -> str:
    """An address with the shop's own host in front."""
    return f"{current_app.config['SITE_URL']}{path}"


def typed_before() -> tuple[tuple[str, str], ...]:
    """What an expired form of this very shop held, so that its sender need not type it again; no passwords.

    Nothing where the form may come from elsewhere: nobody else's page may have a form sent on by a click here.
    """
    if request.method != "POST" or urlsplit(request.headers.get("Origin", "")).netloc != request.host:
        return ()
    pairs = request.form.items(multi=True)
    return tuple((name, value) for name, value in pairs if not any(word in name for word in _SECRET))


def set_error_page(render: Callable[[ShopError], Any], prefix: str = "") -> None:
    """Set who renders a refusal as a page: of the shop, or of the addresses that begin with `prefix`."""
    _pages[prefix] = render


def _page_for(path: str) -> Callable[[ShopError], Any] | None:
    fitting = [prefix for prefix in _pages if path.startswith(prefix)]
    return _pages[max(fitting, key=len)] if fitting else None


def problem(error: ShopError) -> Response:
    """A refusal as an RFC 9457 problem document."""
    body: dict[str, Any] = {
        "type": f"/api/docs#{error.code}",
        "title": error.text,
        "status": error.status,
        "detail": error.text,
        "code": error.code,
        "instance": request.path,
    }
    if isinstance(error, InvalidFields):
        body["errors"] = [
            {
                "field": field,
                "code": getattr(message, "code", "invalid"),
                "message": str(message),
            }
            for field, message in error.errors.items()
        ]
    elif error.field:
        body["errors"] = [{"field": error.field, "code": error.code, "message": error.text}]
    body |= dict(getattr(error, "extra", {}))
    response = jsonify(body)
    response.status_code = error.status
    response.content_type = PROBLEM
    _retry(response, error)
    return response


def _retry(response: Response, error: ShopError) -> None:
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    elif isinstance(error, Unavailable):
        response.headers["Retry-After"] = "5"


def wants_problem() -> bool:
    """True where the caller is a program: the REST API, JSON requests, scripts that ask for a part of a page."""
    if request.path == "/api" or request.headers.get("X-Fragment"):
        return True
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def answer(error: ShopError) -> Response:
    """A refusal in the form the caller understands."""
    render = None if wants_problem() else _page_for(request.path)
    if render is None:
        return problem(error)
    response = make_response(render(error), error.status)
    _retry(response, error)
    return response


def _http_error(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    response = answer(
        HttpRefusal(
            error.code,
            _words(error.code),
            (error.name or "error").lower().replace(" ", "_"),
        )
    )
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after", "www-authenticate"):
            response.headers[name] = value
    return response


def _words(code: int) -> str:
    return {
        400: _("The request could not be understood."),
        401: _("Please log in first."),
        403: _("You are not allowed to do this."),
        404: _("Nothing was found here."),
        405: _("This method is not possible here."),
        410: _("This is no longer available."),
        413: _("This is too large."),
        415: _("This content type is not supported."),
        429: _("Too many attempts. Please wait a moment and try again."),
        503: _("This is not available for the moment. Please try again."),
    }.get(code, _("Something went wrong on our side. It has been noted."))


def _database_error(error: Exception) -> Response:
    """Values the database cannot hold are bad input; a wrong statement or a missing table is our fault."""
    db.session.rollback()
    if isinstance(error, ProgrammingError | InternalError):
        if current_app.config.get("PROPAGATE_UNEXPECTED"):
            raise error
        return _unexpected(error)
    log.warning("database refused", problem=repr(error)[:500])
    return answer(Unavailable() if isinstance(error, OperationalError | NoConnection) else Invalid())


def _unexpected(error: Exception) -> Response:
    db.session.rollback()
    log.exception("unexpected error", path=request.path, method=request.method)
    return _http_error(InternalServerError())


def init_app(app: Flask) -> None:
    """Register one translation for every kind of refusal."""
    app.register_error_handler(ShopError, lambda e: (db.session.rollback(), answer(e))[1])
    app.register_error_handler(CSRFError, lambda e: answer(_csrf_refusal()))
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(StaleDataError, lambda e: (db.session.rollback(), answer(Conflict()))[1])
    # what PostgreSQL cannot hold (NUL, lone surrogates, overflow) is bad input, whoever let it through
    app.register_error_handler(DataError, _database_error)
    app.register_error_handler(StatementError, _database_error)
    app.register_error_handler(UnicodeEncodeError, _database_error)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(NoConnection, _database_error)  # all connections of the pool are in use
    if not app.config.get("PROPAGATE_UNEXPECTED"):
        app.register_error_handler(Exception, _unexpected)
    app.teardown_request(lambda _: g.pop("language", None))
    message_flashed.connect(_say_once, app)


def _say_once(_app: Flask, **_said: Any) -> None:
    """Let a notice that waits already not wait twice: it would be read twice, and the cookie would grow each time."""
    *before, last = session["_flashes"]
    session["_flashes"] = before if last in before else [*before, last]


def _csrf_refusal() -> ShopError:
    return HttpRefusal(400, _("This form has expired. Please send it again."), "csrf")


__all__ = [
    "answer",
    "init_app",
    "problem",
    "set_error_page",
    "shop_session",
    "wants_problem",
]
