"""Security headers, the nonce of the content security policy, CSRF, and the id of a request."""

from __future__ import annotations

import re
import secrets
from typing import Any

import structlog
from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect

csrf = CSRFProtect()
_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")

_COMMON = (
    "default-src 'self'; base-uri 'self'; object-src 'none'; frame-ancestors 'none'; "
    "form-action 'self'; img-src 'self' data: blob:{cdn}; font-src 'self'{cdn}; connect-src 'self'{connect}; "
    "script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self' 'nonce-{nonce}'{cdn}"
)
PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(self), usb=(), browsing-topics=()"


def csp_nonce() -> str:
    """The nonce of this answer; scripts without it do not run."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def content_security_policy(path: str, nonce: str, cdn: str, host: str) -> str:
    """The policy for a page. The back office may use style attributes (FAB's templates have some)."""
    cdn_source = f" {cdn}" if cdn else ""
    sockets = f" ws://{host} wss://{host}"
    policy = _COMMON.format(nonce=nonce, cdn=cdn_source, connect=sockets)
    if path.startswith("/admin"):
        policy += "; style-src-attr 'unsafe-inline'; frame-src 'self'"
    return policy


def request_id() -> str:
    """The id of this request: the proxy's if it is well formed, else a new one."""
    if "request_id" not in g:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if _ID.match(given) else secrets.token_hex(8)
    return str(g.request_id)


def _bind() -> None:
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id())


def _headers(app: Flask) -> Any:
    cdn = app.config.get("CDN_URL") or ""
    secure = bool(app.config.get("SESSION_COOKIE_SECURE"))

    def add(response: Response) -> Response:
        headers = response.headers
        headers["X-Request-ID"] = request_id()
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
        headers.setdefault("Permissions-Policy", PERMISSIONS)
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault(
            "Content-Security-Policy",
            content_security_policy(request.path, csp_nonce(), cdn, request.host),
        )
        if secure:
            headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
        if request.path.startswith(("/admin", "/account", "/checkout", "/api")):
            headers.setdefault("Cache-Control", "no-store")
        return response

    return add


def init_app(app: Flask) -> None:
    """Put ids, headers and CSRF protection on every answer of this application."""
    csrf.init_app(app)
    app.before_request(_bind)
    app.after_request(_headers(app))
    app.jinja_env.globals["csp_nonce"] = csp_nonce
