"""What is kept of searches: of whom, how often, tied to what, and how it goes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from app.analytics.visits import jobs, operations, personal, queries
from app.core import rate_limits, redis_client
from app.core.clock import utcnow
from app.search.learning import operations as learning
from app.search.learning.models import Choice, Showing
from app.storefront import visits
from tests.api.conftest import floor as floor
from tests.api.shop import PASSWORD, Shop

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
HEADERS = {"User-Agent": FIREFOX, "Origin": "http://localhost"}
SHOWN = ["lamp-03", "lamp-01", "lamp-02"]


@pytest.fixture(autouse=True)
def nothing_kept(floor: Shop) -> Iterator[None]:
    """Each test begins and ends without visits."""
    rate_limits.forget()
    yield
    rate_limits.forget()
    redis_client.attempt(lambda client: client.delete(operations.KEY))
    with floor.maker() as session:
        session.execute(text("DELETE FROM analytics_visit"))
        session.commit()


def sign(client: Any, path: str, **more: Any) -> Any:
    return client.post("/visits", data=json.dumps({"path": path, "language": "en"} | more), headers=HEADERS)


def agreed(floor: Shop, **said: str) -> Any:
    client = floor.app.test_client()
    client.post("/consent", data=said or {"all": "yes"})
    return client


def looks(client: Any, q: str = "Lamp!", shown: list[str] | None = None) -> Any:
    """See results and open the second."""
    sign(client, "/search", search={"q": q, "shown": shown or SHOWN})
    return sign(client, "/p/lamp-01", found=True)


def kept(floor: Shop) -> list[tuple[str, str, list[int], list[tuple[int, int]]]]:
    with floor.maker() as session:
        operations.store_views(session)
        return [
            (row.lang, row.query, row.shown,
             [(c.product_id, c.place) for c in session.scalars(select(Choice).where(Choice.showing_id == row.id))])
            for row in session.scalars(select(Showing).order_by(Showing.id))
        ]  # fmt: skip


@pytest.fixture
def shown(floor: Shop) -> list[int]:
    """The products that are shown, by their numbers."""
    with floor.maker() as session:
        known = dict(
            session.execute(text("SELECT slug, target_id FROM catalog_slug WHERE kind = 'product'")).all()
        )
    return [known[slug] for slug in SHOWN]


def test_a_search_and_what_was_opened_are_kept_in_their_order(floor: Shop, shown: list[int]) -> None:
    client = agreed(floor)
    looks(client)
    assert kept(floor) == [("en", "lamp", shown, [(floor.ids["lamp-01"], 2)])]
    looks(client)
    assert len(kept(floor)) == 1, "the same words count once a visit"


@pytest.mark.parametrize("said", [{"all": "no"}, {"counted": "yes"}])
def test_who_did_not_agree_to_more_than_counting_leaves_nothing(floor: Shop, said: dict[str, str]) -> None:
    looks(agreed(floor, **said))
    assert kept(floor) == []
    assert redis_client.attempt(lambda client: client.llen(operations.KEY)) == 0


@pytest.mark.parametrize(
    "signal", [{"DNT": "1"}, {"Sec-GPC": "1"}, {"User-Agent": "Googlebot/2.1 (a robot of long name)"}]
)
def test_neither_robots_nor_who_says_no(floor: Shop, signal: dict[str, str]) -> None:
    client = agreed(floor)
    said = {"path": "/search", "search": {"q": "lamp", "shown": SHOWN}}
    assert client.post("/visits", data=json.dumps(said), headers=HEADERS | signal).status_code == 204
    assert kept(floor) == []


def test_a_robot_found_by_its_pace_is_forgotten(floor: Shop) -> None:
    client = agreed(floor)
    looks(client)
    assert len(kept(floor)) == 1
    for _ in range(61):
        sign(client, "/")
    looks(client, "shade")
    assert kept(floor) == []


@pytest.mark.parametrize("q", ["kim@example.org", "0032 475 12 34 56", "x", "…", "l" * 90])
def test_words_that_may_name_somebody_are_not_kept(floor: Shop, q: str) -> None:
    looks(agreed(floor), q)
    assert kept(floor) == []


def test_only_what_was_opened_out_of_results_counts(floor: Shop, shown: list[int]) -> None:
    client = agreed(floor)
    sign(client, "/p/lamp-01", found=True)
    sign(client, "/search", search={"q": "lamp", "shown": SHOWN})
    sign(client, "/p/lamp-01")
    sign(client, "/p/lamp-05", found=True)
    assert kept(floor) == [("en", "lamp", shown, [])]


@pytest.mark.parametrize(
    "search",
    [7, [], {"q": 1, "shown": []}, {"q": "a", "shown": "b"}, {"q": "a", "shown": [1]}, {"q": "a", "shown": ["../x"]},
     {"q": "a", "shown": ["a"] * 49}],
)  # fmt: skip
def test_what_no_page_sends_is_refused(floor: Shop, search: Any) -> None:
    assert sign(agreed(floor), "/search", search=search).status_code == 400


@pytest.mark.parametrize("how", ["consent", "untied", "erased"])
def test_it_goes_with_the_yes_and_with_the_account(floor: Shop, how: str) -> None:
    client = agreed(floor)
    client.post("/login", data={"email": floor.people["customer"], "password": PASSWORD})
    looks(client)
    looks(agreed(floor), "shade")
    assert len(kept(floor)) == 2
    with floor.maker() as session:
        told = personal.export(session, user_id=floor.ids["customer"])
        assert [row["looked_for"] for row in told if "looked_for" in row] == ["lamp"]
        if how == "erased":
            personal.erase(session, user_id=floor.ids["customer"])
    if how != "erased":
        client.post("/consent", data={"all": "no"} if how == "consent" else {"counted": "yes"})
    assert [row[1] for row in kept(floor)] == ["shade"]


def test_bags_and_orders_follow_by_a_job_that_may_run_twice(floor: Shop) -> None:
    client = agreed(floor)
    looks(client)
    kept(floor)
    client.post("/cart/lines", data={"sku": "LAMP-01"}, headers={"User-Agent": FIREFOX})
    client.post("/cart/lines", data={"sku": "LAMP-05"}, headers={"User-Agent": FIREFOX})
    with floor.maker() as session:
        visit = session.scalars(select(Showing.visit_id)).one()
        found = [(o.product_id, o.bought_at) for o in visit_outcomes(session)]
        assert (floor.ids["lamp-01"], None) in found
        with floor.app.app_context():
            assert jobs.hand_over(None) == {"changed": 1} and jobs.hand_over(None) == {"changed": 0}
        choice = session.scalars(select(Choice)).one()
        assert choice.added_at is not None and choice.bought_at is None
        bought = learning.Outcome(visit, floor.ids["lamp-01"], choice.added_at, choice.added_at)
        assert (
            learning.note_outcomes(session, [bought]) == 1 and learning.note_outcomes(session, [bought]) == 0
        )
        session.refresh(choice)
        assert choice.bought_at is not None


def visit_outcomes(session: Any) -> list[Any]:
    return queries.outcomes(session, utcnow() - timedelta(days=1))


def test_the_page_says_what_it_shows_only_in_the_order_by_words(floor: Shop) -> None:
    client = floor.app.test_client()
    page = client.get("/search?q=lamp").text
    assert 'data-looked-for="lamp"' in page
    assert len(re.findall(r'class="card-name"><a href="/p/', page)) >= 24
    for more in ("&page=2", "&sort=price", "&price_max=20"):
        assert "data-looked-for" not in client.get(f"/search?q=lamp{more}").text, more
    assert "data-looked-for" not in client.get("/search").text


def test_old_searches_go(floor: Shop) -> None:
    looks(agreed(floor))
    assert len(kept(floor)) == 1
    with floor.maker() as session:
        assert learning.forget_old(session) == 0
        session.execute(text("UPDATE search_showing SET at = now() - interval '181 days'"))
        assert learning.forget_old(session) == 1 and learning.forget_old(session) == 0


def test_views_from_before_an_update_are_still_written(floor: Shop) -> None:
    client = agreed(floor)
    sign(client, "/p/lamp-01")

    def shorten(redis: Any) -> None:
        view = json.loads(redis.lpop(operations.KEY))
        redis.rpush(operations.KEY, json.dumps(view[:11]))

    redis_client.attempt(shorten)
    with floor.maker() as session:
        assert operations.store_views(session) == 1
    assert visits.MOST_SHOWN == 48
