"""The screen of the learnt order and its commands: versions, reasons, learning now, going back; who may."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.core.clock import utcnow
from app.identity import operations as identity
from app.search.learning import queries, training
from app.search.learning.models import Boost, Ranking
from tests.backoffice import PASSWORD
from tests.backoffice import own as own
from tests.backoffice import staff as staff
from tests.catalog.conftest import make, shop
from tests.search.conftest import sell

__all__ = ["make", "sell", "shop"]
SCREEN = "/admin/search-ranking/"
FIGURES = {
    "sessions": 412,
    "visits": 398,
    "own": 0.412,
    "other": 0.33,
    "low": 0.05,
    "high": 0.11,
    "gain": 0.248,
}


def post(client: Any, path: str) -> Any:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(f"{SCREEN}list/").text)
    return client.post(path, data={"csrf_token": found[1] if found else ""}, follow_redirects=True)


def day(at: datetime) -> str:
    """A day as an English page writes it."""
    return f"{at:%b} {at.day}, {at.year}"


def words(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def made(own: Session, state: str, reason: str, product: int = 0, **values: Any) -> Ranking:
    now = utcnow()
    row = Ranking(
        state=state, reason=reason, passed_at=now, proven_at=None if state == "shadow" else now, **values
    )
    own.add(row)
    own.flush()
    if product:
        own.add(Boost(ranking_id=row.id, lang="en", query="desk lamp", product_id=product, boost=1.25, shown=90, clicked=41, added=12, bought=5))  # fmt: skip
    own.commit()
    return row


def test_an_empty_shop_says_what_happens_meanwhile(staff: Callable[[str], Any]) -> None:
    page = staff("Manager").get(f"{SCREEN}list/")
    assert "Nothing was learnt yet." in words(page) and "Learn now" in words(page)
    assert f"{SCREEN}back" not in page.text, "there is nothing to go back to"


def test_learning_is_started_shown_and_stopped(own: Session, staff: Callable[[str], Any]) -> None:
    desk = staff("Manager")
    assert "The training is queued" in post(desk, f"{SCREEN}train").text
    assert "The search is learning already." in post(desk, f"{SCREEN}train").text
    own.execute(
        text("UPDATE core_job SET message = 'judging', state = 'running' WHERE name = 'search.learn'")
    )
    own.commit()
    assert "Comparing orders on the searches held back" in words(desk.get(f"{SCREEN}list/"))
    assert "The training stops at its next step." in post(desk, f"{SCREEN}stop").text
    own.execute(text("UPDATE core_job SET state = 'failed', error = 'MemoryError: none left'"))
    own.commit()
    assert "MemoryError" in words(desk.get(f"{SCREEN}list/"))
    assert post(desk, f"{SCREEN}stop").status_code == 200, "with nothing to stop"


def test_versions_with_figures_reasons_and_the_way_back(
    own: Session, staff: Callable[[str], Any], sell: Callable[..., Any]
) -> None:
    lamp = sell("Walnut lamp")
    both = {
        "offline": {"plain": FIGURES},
        "shadow": {"plain": FIGURES | {"gain": 0.03}, "live": FIGURES | {"gain": -0.01}},
    }
    first = made(own, "retired", "replaced", lamp.id, **both, retired_at=utcnow())
    used = made(
        own,
        "champion",
        "proven",
        lamp.id,
        **both,
        data={"searches": 1234, "first": "2026-03-01"},
        recipe={"strength": 1.0},
    )
    refused = Ranking(state="refused", reason="not_above_plain", offline={"plain": FIGURES | {"gain": -0.2}})
    own.add(refused)
    own.commit()
    desk = staff("Manager")
    listed = words(desk.get(f"{SCREEN}list/"))
    for said in (
        "In use", "Refused", "Replaced", "+24.8%", "-20.0%", "not surely better than the order by words",
        f"Back to version {first.id} of {day(first.created_at)}",
    ):  # fmt: skip
        assert said in listed, said
    page = words(desk.get(f"{SCREEN}show/{used.id}"))
    for said in (
        f"Version {used.id} of {day(used.created_at)}", "Mar 1, 2026", "0.412", "0.330", "412", "0.050 … 0.110", "+3.0%",
        "desk lamp", "Walnut lamp", "▲ 1.25", "41", "1,234", "Take out of use",
    ):  # fmt: skip
        assert said in page, said
    assert "Put in use" not in words(desk.get(f"{SCREEN}show/{refused.id}"))
    assert "This version may not be put in use" in post(desk, f"{SCREEN}action/promote/{refused.id}").text
    back = words(post(desk, f"{SCREEN}back"))
    assert f"Version {first.id} is in use again." in back and "Back to the order by words" in back
    told = desk.get(f"{SCREEN}show/{first.id}").text.split("timeline", 1)[1]
    assert "<strong>Order of results changed</strong>" in told and "Staff put it in use." in told
    plain = words(post(desk, f"{SCREEN}back"))
    assert "ordered by their words alone again" in plain and "Back to the order" not in plain
    assert "There is no version to go back from" in post(desk, f"{SCREEN}back").text
    post(desk, f"{SCREEN}action/promote/{used.id}")
    own.expire_all()
    assert queries.live(own).id == used.id  # type: ignore[union-attr]
    post(desk, f"{SCREEN}action/rollback/{used.id}")
    own.expire_all()
    assert (row := queries.live(own)) is None or row.id == first.id


def test_the_shadow_says_how_far_it_is_and_may_be_ended(own: Session, staff: Callable[[str], Any]) -> None:
    waiting = made(own, "shadow", "in_shadow", offline={"plain": FIGURES})
    desk = staff("Manager")
    page = words(desk.get(f"{SCREEN}list/"))
    assert (
        f"Version {waiting.id} of {day(waiting.created_at)} is in shadow: 0 of 200" in page
        and "Learn now" not in page
    )
    assert "is in shadow. Wait for its result" in words(post(desk, f"{SCREEN}train"))
    assert "out of the shadow" in post(desk, f"{SCREEN}action/withdraw/{waiting.id}").text
    assert "Staff took it out of the shadow." in words(desk.get(f"{SCREEN}show/{waiting.id}"))


@pytest.mark.parametrize("role", ["Support", "Seller"])
def test_only_managers_may(own: Session, staff: Callable[[str], Any], role: str) -> None:
    used = made(own, "champion", "proven", 1)
    desk = staff(role)
    assert desk.get(f"{SCREEN}list/").status_code in (302, 403)
    for path in ("train", "stop", "back", f"action/rollback/{used.id}"):
        desk.post(f"{SCREEN}{path}")
    own.expire_all()
    assert queries.live(own) is not None


def test_the_rest_door_goes_back(app: Any, own: Session) -> None:
    used = made(own, "champion", "proven", 1)
    boss = identity.create_staff(
        own, email="boss@desk.example", password=PASSWORD, roles=("Manager",), first_name="B", last_name="D", actor=SYSTEM
    )  # fmt: skip
    own.commit()
    token = identity.issue_tokens(own, user=boss).access_token
    own.commit()
    client, headers = app.test_client(), {"Authorization": f"Bearer {token}"}
    listed = client.get("/api/v1/admin/search-ranking", headers=headers)
    assert listed.status_code == 200 and listed.json["total"] == 1, listed.text
    answer = client.post(f"/api/v1/admin/search-ranking/{used.id}/actions/rollback", headers=headers, json={})
    assert answer.status_code in (200, 204), answer.text
    own.expire_all()
    assert queries.live(own) is None


def test_the_commands_answer_with_json(app: Any, own: Session) -> None:
    runner = app.test_cli_runner()
    told = json.loads(runner.invoke(args=["search", "evaluate"]).output)
    assert told == {"version": None, "sessions": 0}
    told = json.loads(runner.invoke(args=["search", "learn"]).output)
    assert (told["state"], told["reason"]) == ("refused", "few_sessions")
    made(own, "champion", "proven", 1, data={"looks": [1.0] * 48})
    told = json.loads(runner.invoke(args=["search", "evaluate", "--days", "7"]).output)
    assert told["sessions"] == 0 and told["version"]


def test_a_shop_without_searches_learns_nothing(own: Session) -> None:
    refused = training.learn(own, actor=SYSTEM)
    assert (refused.state, refused.reason) == ("refused", "few_sessions")


def test_a_search_of_a_day_opens_from_its_list(own: Session, staff: Callable[..., Any]) -> None:
    own.execute(text("INSERT INTO search_query_count VALUES ('2026-11-22', 'en', 'brass lamp', 5, 30)"))
    own.commit()
    client = staff("Admin")
    (link,) = set(
        re.findall(r'href="(/admin/search_query/show/[^"]+)"', client.get("/admin/search_query/list/").text)
    )
    assert "brass lamp" in words(client.get(html.unescape(link)))
    for key in ('["2026-13-22", "en", "brass lamp"]', '["x", "en", "brass lamp"]', "[null, 1, 2]", "[]", "x"):
        assert client.get(f"/admin/search_query/show/{quote(key)}").status_code == 404
