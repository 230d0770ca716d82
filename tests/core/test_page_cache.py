"""PRF-01: shared pages are made once, are purged at once, and never carry one visitor's secrets to another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, flash, render_template_string, request

from app.core import caching, page_cache, redis_client, security

PAGE = """<p>{{ made }}</p><script nonce="{{ csp_nonce() }}"></script>
<form method="post"><input name="csrf_token" value="{{ csrf_token() }}"></form>
{{ get_flashed_messages()|join }}"""


@pytest.fixture
def small(clean: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Flask, list[int]]]:
    app = Flask("small")
    app.config.update(SECRET_KEY="x" * 40, WTF_CSRF_ENABLED=True, SESSION_COOKIE_NAME="s")
    monkeypatch.setattr(security.csrf, "_exempt_views", set())
    security.init_app(app)
    page_cache.init_app(app)
    made: list[int] = []

    @app.get("/")
    def show() -> str:
        page_cache.shared("shop")
        made.append(1)
        return render_template_string(PAGE, made=len(made))

    @app.post("/")
    def send() -> str:
        return "accepted"

    @app.get("/flash")
    def leave_flash() -> str:
        flash("hello")
        return "ok"

    @app.get("/missing")
    def missing() -> Any:
        page_cache.shared("shop")
        made.append(1)
        return render_template_string(PAGE, made=request.path), 404

    yield app, made


def secrets_of(text: str) -> tuple[str, str]:
    return re.search(r'nonce="(.*?)"', text)[1], re.search(r'name="csrf_token" value="(.*?)"', text)[1]  # type: ignore[index]


def test_the_page_is_made_once_for_everyone(small: Any) -> None:
    app, made = small
    for _ in range(3):
        assert app.test_client().get("/").status_code == 200
    assert made == [1]


def test_nonce_and_token_differ_for_each_visitor_and_work(small: Any) -> None:
    app, _ = small
    seen = set()
    for _ in range(3):
        visitor = app.test_client()
        answer = visitor.get("/")
        nonce, token = secrets_of(answer.text)
        assert f"'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]
        assert visitor.post("/", data={"csrf_token": token}).text == "accepted"
        assert app.test_client().post("/", data={"csrf_token": token}).status_code == 400
        seen |= {nonce, token}
        again, token_again = secrets_of(visitor.get("/").text)
        assert again != nonce
        assert visitor.post("/", data={"csrf_token": token_again}).text == "accepted"
    assert len(seen) == 6
    assert page_cache.CSRF_MARK not in answer.text


def test_a_purge_is_seen_by_the_very_next_request(small: Any) -> None:
    app, made = small
    visitor = app.test_client()
    visitor.get("/")
    caching.purge("other")
    visitor.get("/")
    assert len(made) == 1
    caching.purge("shop")
    assert "<p>2</p>" in visitor.get("/").text


def test_pages_differ_by_query_and_currency(small: Any) -> None:
    app, made = small
    visitor = app.test_client()
    visitor.get("/?a=1")
    visitor.get("/?a=2")
    visitor.set_cookie("currency", "USD")
    visitor.get("/?a=2")
    assert len(made) == 3


def test_somebodys_message_is_shown_to_them_alone(small: Any) -> None:
    app, _ = small
    visitor = app.test_client()
    visitor.get("/")
    visitor.get("/flash")
    assert "hello" in visitor.get("/").text
    assert "hello" not in visitor.get("/").text
    assert "hello" not in app.test_client().get("/").text


def test_errors_are_not_kept(small: Any) -> None:
    app, made = small
    first = app.test_client().get("/missing")
    app.test_client().get("/missing")
    assert first.status_code == 404
    assert page_cache.CSRF_MARK not in first.text
    assert len(made) == 2


def test_a_tampered_session_cookie_is_a_newcomer(small: Any) -> None:
    app, _ = small
    visitor = app.test_client()
    visitor.get("/")
    visitor.set_cookie("s", "tampered.with.this")
    answer = visitor.get("/")
    assert answer.status_code == 200
    _, token = secrets_of(answer.text)
    assert visitor.post("/", data={"csrf_token": token}).text == "accepted"


def test_an_address_too_long_to_be_kept_leaves_the_visitor_as_they_were(small: Any) -> None:
    app, _ = small
    visitor = app.test_client()
    visitor.get("/")
    with visitor.session_transaction() as held:
        held["login"] = "of somebody"
    answer = visitor.get(f"/?utm={'x' * page_cache.MAX_QUERY}")
    assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
    with visitor.session_transaction() as held:
        assert held["login"] == "of somebody", "a long link must not sign anybody out"
    assert visitor.post("/", data={"csrf_token": secrets_of(answer.text)[1]}).text == "accepted"


def test_what_was_kept_before_redis_lost_its_memory_is_never_served(small: Any) -> None:
    app, made = small
    for purges in (0, 1):
        app.test_client().get("/")
        for _ in range(purges):
            caching.purge("shop")
            app.test_client().get("/")
        before = len(made)
        redis_client.client().flushdb()
        for _ in range(purges):
            caching.purge("shop")
        app.test_client().get("/")
        assert len(made) == before + 1, f"as many purges after it as before: {purges}"
