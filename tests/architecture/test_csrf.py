"""Every route that changes something refuses a form without its token; programs come with tokens of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.architecture.test_permissions import Route, routes

WITHOUT_COOKIES = ("/api/v1/", "/socket.io")
"""Doors of programs: a cookie opens none of them, so no page of another site can use one."""


SIGNED = ("/emails/off/",)
"""Doors of mail readers (RFC 8058): no cookie is looked at, the signed token says whose mails end."""


@pytest.fixture
def strict(app: Any) -> Iterator[Any]:
    """The application with its protection on, as in production."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield app
    app.config["WTF_CSRF_ENABLED"] = False


def changing(app: Any) -> list[Route]:
    return [
        route
        for route in routes(app)
        if route.method != "GET" and not route.rule.startswith(WITHOUT_COOKIES + SIGNED)
    ]


def test_no_form_goes_through_without_its_token(strict: Any, clean: None) -> None:
    client = strict.test_client()
    client.get("/login")
    through = []
    for route in changing(strict):
        answer = client.open(route.path, method=route.method, data={"csrf_token": "made-up"})
        if answer.status_code != 400:
            through.append(f"{route}: {answer.status_code}")
    assert through == []
    assert len(changing(strict)) > 40


def test_with_its_token_a_form_goes_through(strict: Any, clean: None) -> None:
    import re

    client = strict.test_client()
    page = client.get("/password/forgot").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    form = {"email": "anna@example.com", "csrf_token": token[1]}
    assert client.post("/password/forgot", data=form).status_code == 303
    stranger = strict.test_client()
    assert stranger.post("/password/forgot", data=form).status_code == 400, "a token is its visitor's own"


def test_a_cookie_opens_no_door_of_programs(strict: Any, clean: None, session_maker: Any) -> None:
    from tests.identity.people import PASSWORD, staff

    with session_maker() as session:
        staff(session)
    client = strict.test_client()
    strict.config["WTF_CSRF_ENABLED"] = False
    client.post("/admin/login/", data={"email": "boss@example.com", "password": PASSWORD})
    strict.config["WTF_CSRF_ENABLED"] = True
    assert client.get("/admin/").status_code == 200
    let_in = [
        str(route)
        for route in routes(strict)
        if route.rule.startswith("/api/v1/admin/")
        and client.open(route.path, method=route.method).status_code != 401
    ]
    assert let_in == []
