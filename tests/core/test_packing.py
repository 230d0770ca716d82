"""Pages travel in gzip to whoever reads it, whole and with the right marks; everything else passes untouched."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, Response

from app.core.packing import LEAST, Packing, gzipped

TEXT = "Words of a page, again and again. " * 100
GZIP = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture
def ask() -> Callable[..., Any]:
    app = Flask("packed")
    answers: dict[str, Callable[[], Any]] = {
        "page": lambda: TEXT,
        "short": lambda: "x" * (LEAST - 1),
        "picture": lambda: Response(TEXT, mimetype="image/webp"),
        "stream": lambda: Response((TEXT for _ in range(3)), mimetype="text/html"),
        "packed": lambda: Response(TEXT, headers={"Content-Encoding": "br"}),
        "fixed": lambda: Response(TEXT, headers={"Cache-Control": "no-transform"}),
        "marked": lambda: Response(TEXT, headers={"ETag": '"abc"', "Vary": "Cookie"}),
        "gone": lambda: (Response(TEXT), 404),
    }
    for name, make in answers.items():
        app.add_url_rule(f"/{name}", name, make)
    app.wsgi_app = Packing(app.wsgi_app)  # type: ignore[method-assign]
    return lambda path, **headers: app.test_client().get(path, headers=headers.get("headers", GZIP))


def test_a_page_arrives_smaller_and_whole(ask: Callable[..., Any]) -> None:
    for path in ("/page", "/gone"):
        packed = ask(path)
        assert packed.headers["Content-Encoding"] == "gzip" and len(packed.data) < len(TEXT) / 10
        assert gzip.decompress(packed.data).decode() == TEXT
        assert packed.headers["Content-Length"] == str(len(packed.data))


@pytest.mark.parametrize("said", ["", "br", "gzip;q=0", "identity, gzip; q=0.0"])
def test_who_does_not_read_gzip_gets_it_plain(ask: Callable[..., Any], said: str) -> None:
    plain = ask("/page", headers={"Accept-Encoding": said})
    assert plain.text == TEXT and "Content-Encoding" not in plain.headers
    assert plain.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["/short", "/picture", "/stream", "/packed", "/fixed"])
def test_other_answers_pass_untouched(ask: Callable[..., Any], path: str) -> None:
    assert ask(path).headers.get("Content-Encoding") == ("br" if path == "/packed" else None)


def test_marks_say_that_the_bytes_are_others(ask: Callable[..., Any]) -> None:
    packed = ask("/marked")
    assert packed.headers["ETag"] == 'W/"abc"' and packed.headers["Vary"] == "Cookie, Accept-Encoding"
    assert ask("/marked", headers={}).headers["ETag"] == '"abc"'


def test_the_size_does_not_tell_what_is_inside(ask: Callable[..., Any]) -> None:
    assert len({len(gzipped(TEXT.encode())) for _ in range(60)}) > 10


def test_the_shop_packs_its_kept_pages_with_the_visitors_own_token(client: Any) -> None:
    first, second = (client.get("/login", headers=GZIP) for _ in range(2))
    assert first.headers["Content-Encoding"] == "gzip"
    assert b'name="csrf_token"' in gzip.decompress(second.data)
