"""Visits at the door: nothing without a yes, cookies as the law wants them, no robots, nobody else's pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from app.analytics.visits import jobs, operations, personal, queries
from app.analytics.visits.models import Visit, VisitEvent
from app.core import rate_limits, redis_client
from app.storefront import visits
from tests.api.shop import PASSWORD, Shop

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E148 Safari/604.1"
HERE = "http://localhost"


@pytest.fixture(autouse=True)
def nothing_counted(floor: Shop) -> Iterator[None]:
    """Each test begins and ends without visits, and with nothing tried."""
    rate_limits.forget()
    yield
    rate_limits.forget()
    redis_client.attempt(lambda client: client.delete(operations.KEY))
    with floor.maker() as session:
        session.execute(text("DELETE FROM analytics_visit"))
        session.execute(text("DELETE FROM analytics_visit_day"))
        session.commit()


def sign(client: Any, path: str = "/", agent: str = FIREFOX, origin: str = HERE, **more: Any) -> Any:
    """What a page sends when it is opened."""
    headers = {"User-Agent": agent, "Origin": origin, **more.pop("headers", {})}
    return client.post("/visits", data=json.dumps({"path": path} | more), headers=headers)


def agrees(client: Any, **said: str) -> Any:
    """Answer the question."""
    assert client.post("/consent", data=said or {"all": "yes"}).status_code == 303
    return client


def rows(floor: Shop) -> list[Visit]:
    with floor.maker() as session:
        operations.store_views(session)
        return list(session.scalars(select(Visit).order_by(Visit.started_at)))


def cookies(client: Any) -> set[str]:
    return {cookie.key for cookie in client._cookies.values()} & {
        visits.VISITOR,
        visits.VISIT,
        visits.CONSENT,
    }


@pytest.mark.parametrize("answer", [None, {"all": "no"}, {"counted": ""}, {"profiled": "yes"}])
def test_without_a_yes_no_cookie_and_no_row(floor: Shop, answer: dict[str, str] | None) -> None:
    client = floor.app.test_client()
    if answer is not None:
        agrees(client, **answer)
    sent = sign(client, "/p/lamp-01")
    client.post("/cart/lines", data={"sku": "LAMP-01"}, headers={"User-Agent": FIREFOX})
    client.get("/checkout", headers={"User-Agent": FIREFOX})
    assert sent.status_code == 204 and "Set-Cookie" not in sent.headers
    assert cookies(client) <= {visits.CONSENT}
    assert rows(floor) == []


@pytest.mark.parametrize("signal", [{"DNT": "1"}, {"Sec-GPC": "1"}])
def test_a_browser_that_says_no_is_heard(floor: Shop, signal: dict[str, str]) -> None:
    client = agrees(floor.app.test_client())
    assert "Set-Cookie" not in sign(client, headers=signal).headers
    assert rows(floor) == []


def test_with_a_yes_a_visit_and_two_cookies_no_script_can_read(floor: Shop) -> None:
    client = agrees(floor.app.test_client())
    sent = sign(client, "/fr/p/lamp-01", PHONE, referrer="https://www.google.be/", language="fr")
    sign(client, "/c/home", PHONE, referrer=HERE)
    set_now = sent.headers.getlist("Set-Cookie")
    assert len(set_now) == 2
    for cookie in set_now:
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    (number,) = [cookie for cookie in set_now if cookie.startswith("visitor=")]
    assert "Max-Age=33696000" in number, "390 days: 13 months at most"
    (visit,) = rows(floor)
    assert (visit.language, visit.device, visit.referrer) == ("fr", "phone", "search")
    assert (visit.page_views, visit.product_views, visit.user_id, visit.is_profiled) == (2, 1, None, True)
    with floor.maker() as session:
        seen = session.execute(select(VisitEvent.page, VisitEvent.product_id).order_by(VisitEvent.id))
        assert [tuple(row) for row in seen] == [("product", floor.ids["lamp-01"]), ("category", None)]


def test_the_number_is_not_renewed_and_half_an_hour_ends_a_visit(
    floor: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = agrees(floor.app.test_client())
    start = datetime(2026, 11, 20, 9, tzinfo=UTC)
    for minutes in (0, 29, 58, 58 + 30):
        monkeypatch.setattr(visits, "utcnow", lambda at=start + timedelta(minutes=minutes): at)
        sent = sign(client)
        renewed = any(cookie.startswith("visitor=") for cookie in sent.headers.getlist("Set-Cookie"))
        assert renewed is (minutes == 0)
    first, second = rows(floor)
    assert first.visitor == second.visitor
    assert (first.page_views, first.last_at - first.started_at) == (3, timedelta(minutes=58))
    assert second.page_views == 1


@pytest.mark.parametrize(
    "agent", ["", "curl/8.5", "Googlebot/2.1 (+http://www.google.com/bot.html)", FIREFOX + " HeadlessChrome/130"]
)  # fmt: skip
def test_robots_are_left_out(floor: Shop, agent: str) -> None:
    client = agrees(floor.app.test_client())
    assert sign(client, agent=agent).status_code == 204
    assert rows(floor) == []


def test_a_pace_no_person_has_sets_a_visit_apart(floor: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    monkeypatch.setattr(visits, "utcnow", lambda: noon)
    fast, person = agrees(floor.app.test_client()), agrees(floor.app.test_client())
    for _ in range(61):
        sign(fast)
    for _ in range(60):
        sign(person)
    assert sorted((row.page_views, row.is_robot) for row in rows(floor)) == [(60, False), (61, True)]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ('{"path": "/"}', {"Origin": "https://elsewhere.example"}),
        ('{"path": "/"}', {}),
        ('{"path": "/"}', {"Origin": HERE, "Sec-Fetch-Site": "cross-site"}),
        ("not json", {"Origin": HERE}),
        ("[]", {"Origin": HERE}),
        ('{"path": 7}', {"Origin": HERE}),
        ('{"path": "p"}', {"Origin": HERE}),
        ('{"path": "/\\u0000"}', {"Origin": HERE}),
        (json.dumps({"path": "/" + "x" * 2_000}), {"Origin": HERE}),
    ],
)
def test_what_no_page_of_ours_sends_is_refused(floor: Shop, body: str, headers: dict[str, str]) -> None:
    client = agrees(floor.app.test_client())
    answer = client.post("/visits", data=body, headers={"User-Agent": FIREFOX, **headers})
    assert answer.status_code == 400
    assert cookies(client) == {visits.CONSENT} and rows(floor) == []


def test_too_many_signs_are_refused(floor: Shop) -> None:
    client = floor.app.test_client()
    answers = [sign(client).status_code for _ in range(301)]
    assert answers.count(429) == 1


def test_forged_cookies_begin_anew(floor: Shop) -> None:
    client = agrees(floor.app.test_client())
    client.set_cookie(visits.VISITOR, "'; DROP TABLE x;--")
    client.set_cookie(visits.VISIT, "1.2")
    assert len(sign(client).headers.getlist("Set-Cookie")) == 2
    assert len(rows(floor)) == 1


def test_a_no_afterwards_deletes_everything(floor: Shop) -> None:
    client, other = agrees(floor.app.test_client()), agrees(floor.app.test_client())
    for one in (client, other):
        sign(one, "/p/lamp-01")
    assert len(rows(floor)) == 2
    sign(client, "/p/lamp-02")  # still waits to be written down
    agrees(client, all="no")
    assert cookies(client) == {visits.CONSENT}
    assert len(rows(floor)) == 1, "the other's stays"


def test_suggestions_see_only_who_agreed_to_them(floor: Shop) -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    counted, profiled = floor.app.test_client(), floor.browser("customer")
    agrees(counted, counted="yes")
    agrees(profiled, counted="yes", profiled="yes")
    for client in (counted, profiled):
        sign(client, "/p/lamp-01")
    rows(floor)
    with floor.maker() as session:
        (view,) = queries.product_views(session, long_ago)
        mine = floor.ids["customer"]
        assert (view.who, view.user_id, view.product_id) == (f"u:{mine}", mine, floor.ids["lamp-01"])
        assert len(personal.export(session, user_id=mine)) == 1
    agrees(profiled, counted="yes")
    with floor.maker() as session:
        assert queries.product_views(session, long_ago) == []
        assert personal.export(session, user_id=mine) == []
    assert len(rows(floor)) == 2, "they are still counted"


def test_erasure_takes_all_visits_of_the_same_number(floor: Shop) -> None:
    client = agrees(floor.app.test_client())
    sign(client)
    client.post("/login", data={"email": floor.people["customer"], "password": PASSWORD})
    client.delete_cookie(visits.VISIT)
    sign(client)
    assert len(rows(floor)) == 2
    with floor.maker() as session:
        assert personal.erase(session, user_id=floor.ids["customer"]) == 2
        assert personal.erase(session, user_id=floor.ids["customer"]) == 0
    assert rows(floor) == []


def test_jobs_can_run_twice(floor: Shop) -> None:
    client = agrees(floor.app.test_client())
    sign(client)
    with floor.app.app_context():
        assert [jobs.store(None)["views"], jobs.store(None)["views"]] == [1, 0]
        assert jobs.close_days(None) == jobs.close_days(None)
    assert len(rows(floor)) == 1


def test_a_sign_costs_no_statement(floor: Shop) -> None:
    client = agrees(floor.app.test_client())
    sign(client)
    with floor.statements() as seen:
        sign(client, "/p/lamp-01")
    assert seen == []


def test_the_choice_works_without_script_and_goes_nowhere_else(floor: Shop) -> None:
    client = floor.app.test_client()
    for back, wanted in (("/c/home", "/c/home"), ("https://elsewhere.example/", "/"), ("//x.example", "/")):
        answer = client.post("/consent", data={"all": "yes", "next": back})
        assert (answer.status_code, answer.headers["Location"]) == (303, wanted)
    page = client.get("/").text
    assert 'action="/consent"' in page and "data-consent-card" in page
