"""Is the process alive, can it serve, and what has it done: `/healthz`, `/readyz`, `/metrics`."""

from __future__ import annotations

import ipaddress
import os
import threading
import time

from flask import Blueprint, Flask, Response, abort, current_app, g, jsonify, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client import REGISTRY as SINGLE
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from app.core import redis_client
from app.core.db import db
from app.ops.preparing import heads

blueprint = Blueprint("ops", __name__)
LONGEST_SILENCE = 3.0  # seconds; balancers ask every five or ten

REQUESTS = Counter(
    "comptoir_http_requests_total",
    "HTTP requests answered.",
    ["method", "route", "status"],
)
SECONDS = Histogram(
    "comptoir_http_request_seconds", "Time to answer, by route.", ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)  # fmt: skip


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process lives. Says nothing about what it leans on."""
    return jsonify(status="ok")


class _Question:
    """Asks the database which migrations it has, beside the request: a frozen server never answers.

    One question at a time; while one is open, everybody else is told that there is no answer.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.reason: str | None = "database: no answer"
        self.thread = threading.Thread(target=self._ask, name="readiness", daemon=True)
        self.thread.start()

    def _ask(self) -> None:
        try:
            with self.engine.connect() as connection:
                applied = set(connection.scalars(text("SELECT version_num FROM alembic_version")))
        except SQLAlchemyError as problem:
            self.reason = f"database: {type(problem).__name__}"
            return
        known = applied == heads()
        self.reason = None if known else "migrations: the database is not at this version"

    def answer(self, seconds: float) -> str | None:
        """What is wrong, if anything, within the time given."""
        self.thread.join(seconds)
        return "database: no answer" if self.thread.is_alive() else self.reason


_open: list[_Question] = []


def _database_reason(engine: Engine, seconds: float = LONGEST_SILENCE) -> str | None:
    if _open and _open[0].thread.is_alive():
        return "database: no answer"
    _open[:] = [_Question(engine)]
    return _open[0].answer(seconds)


def reasons_against() -> list[str]:
    """Why this process cannot serve now: database, migrations, Redis. Empty when it can."""
    reasons = []
    if reason := _database_reason(db.engine):
        reasons.append(reason)
    if not redis_client.is_up():
        reasons.append("redis: no answer")
    return reasons


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """200 when this process can serve, else 503 with the reasons."""
    reasons = reasons_against()
    return jsonify(status="unavailable" if reasons else "ready", reasons=reasons), 503 if reasons else 200


def _may_read_metrics() -> bool:
    token = current_app.config.get("METRICS_TOKEN")
    if token and request.headers.get("Authorization") == f"Bearer {token}":
        return True
    try:
        return (
            ipaddress.ip_address(request.remote_addr or "").is_loopback
            and "X-Forwarded-For" not in request.headers
        )
    except ValueError:
        return False


@blueprint.get("/metrics")
def metrics() -> Response:
    """Prometheus figures of all web processes; for loopback or with the token."""
    if not _may_read_metrics():
        abort(403)
    registry = SINGLE
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def init_app(app: Flask) -> None:
    """Count and time every answer by its route (never by its address: addresses are endless)."""

    def begin() -> None:
        g.began = time.perf_counter()
        if request.headers.get("X-Refused-With") == "413":
            abort(413)  # the proxy has refused a body; the shop says so in the reader's language

    def end(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        REQUESTS.labels(request.method, route, str(response.status_code)).inc()
        if "began" in g:
            SECONDS.labels(route).observe(time.perf_counter() - g.began)
        return response

    app.before_request(begin)
    app.after_request(end)
