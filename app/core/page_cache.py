"""Whole pages, kept for everyone: the same bytes for every visitor of one language and currency.

A view that answers the same to everybody says so with `shared(owners)`. The middleware keeps the
answer in this process under the generation numbers of its owners, so that a purge by an event is
seen by the very next request. What must differ is cut out when the page is kept and put back for
each visitor: the nonce of the content security policy and the CSRF token (bound to the visitor's
own session, which is begun here for newcomers, so that forms work without JavaScript).
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import partial
from http.cookies import SimpleCookie
from typing import Any

from flask import Flask, g, has_request_context, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.core import caching, redis_client
from app.core.security import csp_nonce

CSRF_MARK = "@@csrf-token-of-the-visitor@@"
_NONCE_MARK = b"@@nonce-of-this-answer@@"
_SHARED = "X-Shared-Page"
_NOTED = "comptoir.noted"
"""A dictionary of one request. Middleware between here and the pages copies the environment (Socket.IO does)."""
LIFETIME = 300.0
MAX_PAGES = 2000
MAX_BYTES = 512_000
MAX_HELD = 12_000_000
"""Bytes of pages that one process keeps; the longest kept go first."""
MAX_QUERY = 300
VARIES_BY = ("currency", "theme")

StartResponse = Callable[..., Any]


def shared(*owners: str) -> None:
    """Say that the page being made is the same for everyone and belongs to these cache owners.

    Call it before reading anything: the owners' generations are noted now, so that a purge while
    the page is being made keeps it from being served later.
    """
    g.shared_page = owners or ("pages",)
    request.environ.setdefault(_NOTED, {})["generations"] = generations_of(g.shared_page)


def generations_of(owners: tuple[str, ...]) -> list[int] | None:
    """The owners' generation numbers as they are now; None while Redis is away."""
    found: list[int] | None = redis_client.attempt(partial(caching.generations, owners))
    return found


def csrf_token() -> str:
    """The CSRF token for a form: the visitor's own, or the mark on a page kept for everyone."""
    if has_request_context() and g.get("shared_page"):
        return CSRF_MARK
    return generate_csrf()


class _Page:
    __slots__ = ("born", "generations", "headers", "owners", "parts", "policy", "size")

    def __init__(
        self,
        owners: tuple[str, ...],
        generations: list[int],
        headers: Any,
        body: bytes,
        nonce: str,
    ):
        self.owners, self.generations, self.born = owners, generations, time.monotonic()
        self.policy, self.size = "", len(body)
        self.headers = []
        for name, value in headers:
            low = name.lower()
            if low == "content-security-policy":
                self.policy = value.replace(nonce, "\0")
            elif low not in (
                "content-length",
                "set-cookie",
                "x-request-id",
                _SHARED.lower(),
            ):
                self.headers.append((name, value))
        self.parts = [
            piece.split(_NONCE_MARK)
            for piece in body.replace(nonce.encode(), _NONCE_MARK).split(CSRF_MARK.encode())
        ]

    def body(self, nonce: bytes, token: bytes) -> bytes:
        """The page for one visitor."""
        return token.join(nonce.join(piece) for piece in self.parts)


class PageCache:
    """WSGI middleware around the application."""

    def __init__(self, app: Flask, inner: Callable[..., Iterable[bytes]]):
        self.inner = inner
        self.cookie = app.config["SESSION_COOKIE_NAME"]
        self.secure = bool(app.config.get("SESSION_COOKIE_SECURE"))
        self.enabled = bool(app.config.get("PAGE_CACHE", True))
        signer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert signer is not None
        self.sessions = signer
        self.tokens = URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token")
        self.pages: OrderedDict[tuple[str, ...], _Page] = OrderedDict()
        self.held = 0

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        cookies = self._cookies(environ.get("HTTP_COOKIE", ""))
        if (
            environ["REQUEST_METHOD"] not in ("GET", "HEAD")
            or len(environ.get("QUERY_STRING", "")) > MAX_QUERY
        ):
            return self._fresh(environ, start_response, None, cookies)
        key = (
            environ.get("HTTP_HOST", ""),
            environ.get("SCRIPT_NAME", ""),
            environ.get("PATH_INFO", ""),
            environ.get("QUERY_STRING", ""),
            *(cookies.get(name, "") for name in VARIES_BY),
        )
        page = self.pages.get(key) if self.enabled else None
        if page is not None and not self._visitor(cookies).get("_flashes") and self._stands(page):
            return self._send(environ, start_response, page, cookies, "200 OK")
        return self._fresh(environ, start_response, key, cookies)

    @staticmethod
    def _cookies(header: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for part in header.split(";"):
            name, _, value = part.strip().partition("=")
            if name and name not in found:
                found[name] = value[1:-1] if value[:1] == '"' == value[-1:] else value
        return found

    def _stands(self, page: _Page) -> bool:
        return time.monotonic() - page.born < LIFETIME and generations_of(page.owners) == page.generations

    def _visitor(self, cookies: dict[str, str]) -> dict[str, Any]:
        """What the visitor's session cookie holds; nothing when it is absent or was tampered with."""
        if not cookies.get(self.cookie):
            return {}
        try:
            return dict(self.sessions.loads(cookies[self.cookie]))
        except (BadSignature, ValueError, TypeError):
            return {}

    def _token(self, cookies: dict[str, str]) -> tuple[str, str | None]:
        """The visitor's CSRF token, and the session cookie to set when it was begun just now."""
        held = self._visitor(cookies)
        secret, begun = held.get("csrf_token"), None
        if not secret:
            secret = held["csrf_token"] = hashlib.sha256(os.urandom(32)).hexdigest()[:40]
            begun = self._set_cookie(self.sessions.dumps(held))
        token = self.tokens.dumps(secret)
        return (token.decode() if isinstance(token, bytes) else token), begun

    def _set_cookie(self, value: str | bytes) -> str:
        jar: SimpleCookie = SimpleCookie()
        jar[self.cookie] = value.decode() if isinstance(value, bytes) else value
        morsel = jar[self.cookie]
        morsel["path"], morsel["httponly"], morsel["samesite"] = "/", True, "Lax"
        morsel["secure"] = self.secure
        return morsel.OutputString()

    def _send(
        self,
        environ: dict[str, Any],
        start_response: StartResponse,
        page: _Page,
        cookies: dict[str, str],
        status: str,
    ) -> Iterable[bytes]:
        nonce = secrets.token_urlsafe(16)
        token, begun = self._token(cookies) if len(page.parts) > 1 else ("", None)
        body = page.body(nonce.encode(), token.encode())
        headers = [
            *page.headers,
            ("Content-Length", str(len(body))),
            ("X-Request-ID", secrets.token_hex(8)),
        ]
        headers.append(("Content-Security-Policy", page.policy.replace("\0", nonce)))
        headers += [("Set-Cookie", cookie) for cookie in ([begun] if begun else [])]
        start_response(status, headers)
        return [b""] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _fresh(
        self,
        environ: dict[str, Any],
        start_response: StartResponse,
        key: tuple[str, ...] | None,
        cookies: dict[str, str],
    ) -> Iterable[bytes]:
        """Let the application answer; keep the page when it is shared and nothing moved meanwhile."""
        seen: list[Any] = []
        noted: dict[str, Any] = {}
        environ[_NOTED] = noted

        def hold(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            mark = next((value for name, value in headers if name == _SHARED), None)
            if mark is None:
                return (
                    start_response(status, headers, exc_info) if exc_info else start_response(status, headers)
                )
            seen[:] = [mark, status, headers]
            return None

        answer = self.inner(environ, hold)
        if not seen:
            return answer
        try:
            body = b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()
        mark, status, headers = seen
        names, _, nonce = mark.partition("|")
        generations = noted.get("generations")
        page = _Page(tuple(names.split(",")), generations or [], headers, body, nonce)
        if self.enabled and key and generations is not None and len(body) <= MAX_BYTES:
            self._keep(key, page)
        return self._send(environ, start_response, page, cookies, status)

    def _keep(self, key: tuple[str, ...], page: _Page) -> None:
        before = self.pages.pop(key, None)
        self.held += page.size - (before.size if before else 0)
        self.pages[key] = page
        while self.held > MAX_HELD or len(self.pages) > MAX_PAGES:
            _key, gone = self.pages.popitem(last=False)
            self.held -= gone.size


def init_app(app: Flask) -> None:
    """Put the cache around the application and its CSRF token into templates."""
    app.jinja_env.globals["csrf_token"] = csrf_token
    app.context_processor(lambda: {"csrf_token": csrf_token})  # Flask-WTF sets both, so both are ours

    def mark(response: Any) -> Any:
        owners = g.get("shared_page")
        if not owners:
            return response
        if response.status_code == 200 and not session.modified:
            response.headers[_SHARED] = f"{','.join(owners)}|{csp_nonce()}"
            response.headers["Cache-Control"] = "private, no-cache"
        else:
            own = generate_csrf().encode()
            response.set_data(response.get_data().replace(CSRF_MARK.encode(), own))
        return response

    app.after_request(mark)
    app.wsgi_app = PageCache(app, app.wsgi_app)  # type: ignore[method-assign]
