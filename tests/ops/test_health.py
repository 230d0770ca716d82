"""`/healthz`, `/readyz` and `/metrics` on good and bad days."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import create_engine

from app.core import redis_client
from app.core.db import db
from app.ops import health


def test_a_good_day(client: Any) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ready", "reasons": []})
    figures = client.get("/metrics")
    assert figures.status_code == 200 and "comptoir_http_requests_total" in figures.text


def test_without_redis(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_client, "is_up", lambda: False)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["reasons"]) == (503, ["redis: no answer"])
    assert client.get("/healthz").status_code == 200


def test_without_a_database(app: Any, client: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    away = create_engine(f"postgresql+psycopg://shop@/x?host={tmp_path}")
    with app.app_context():
        monkeypatch.setitem(db.engines, None, away)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["reasons"]) == (503, ["database: OperationalError"])
    assert str(tmp_path) not in answer.text
    assert client.get("/healthz").status_code == 200


def test_when_migrations_are_pending(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "heads", lambda: frozenset({"of_next_year"}))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["reasons"] == ["migrations: the database is not at this version"]


class Frozen:
    """A server that has taken the connection and says nothing until it is let go."""

    def __init__(self, engine: Any) -> None:
        self.engine, self.let_go, self.asked = engine, threading.Event(), 0

    @contextmanager
    def connect(self) -> Iterator[Any]:
        """Wait."""
        self.asked += 1
        self.let_go.wait(20)
        with self.engine.connect() as connection:
            yield connection


def test_a_frozen_database_is_said_in_time_and_asked_once(engine: Any) -> None:
    frozen = Frozen(engine)
    began = time.monotonic()
    try:
        for _ in range(3):
            assert health._database_reason(frozen, 0.1) == "database: no answer"  # type: ignore[arg-type]
        assert frozen.asked == 1 and time.monotonic() - began < 5
    finally:
        frozen.let_go.set()
    health._open[0].thread.join(10)
    assert health._database_reason(engine) is None


def test_figures_are_for_this_machine_or_with_the_token(app: Any, client: Any, monkeypatch: Any) -> None:
    far = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get("/metrics", environ_base=far).status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 403
    monkeypatch.setitem(app.config, "METRICS_TOKEN", "a long token")
    for said, status in (("Bearer a long token", 200), ("Bearer another", 403), ("a long token", 403)):
        assert client.get("/metrics", environ_base=far, headers={"Authorization": said}).status_code == status
