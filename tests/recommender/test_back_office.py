"""The screens: versions with figures and place, training, stopping, going back, the experiment; who may."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.core.jobs import JobRow
from recommender import publish, queries, rules
from recommender.models import Experiment, Model
from recommender.publish import Version
from tests.backoffice import own as own
from tests.backoffice import staff as staff
from tests.recommender import making
from tests.recommender.test_publish import version

LIST = "/admin/suggestion-model/list/"


def post(client: Any, path: str, **values: str) -> Any:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(LIST).text)
    return client.post(
        path, data={"csrf_token": found.group(1) if found else "", **values}, follow_redirects=True
    )


def day(at: datetime) -> str:
    """A day as an English page writes it."""
    return f"{at:%b} {at.day}, {at.year}"


def words(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def test_an_empty_shop_says_what_happens_meanwhile(staff: Callable[[str], Any]) -> None:
    page = staff("Manager").get(LIST)
    assert page.status_code == 200 and "Nothing was learnt yet." in page.text and "Learn now" in page.text
    assert "suggestion-model/back" not in page.text, "there is nothing to go back to"


def test_training_is_started_shown_and_stopped(own: Session, staff: Callable[[str], Any]) -> None:
    desk = staff("Manager")
    assert "The training is queued" in post(desk, "/admin/suggestion-model/train").text
    assert "A training is under way already." in post(desk, "/admin/suggestion-model/train").text
    assert own.scalar(select(func.count()).select_from(JobRow)) == 1
    own.execute(text("UPDATE core_job SET message = 'interrupted, retrying'"))
    own.commit()
    assert "Interrupted; it is tried again by itself." in desk.get(LIST).text
    stopped = post(desk, "/admin/suggestion-model/stop")
    assert "The last training was stopped" in words(stopped) and "Learn now" in stopped.text
    assert post(desk, "/admin/suggestion-model/stop").status_code == 200
    own.execute(text("UPDATE core_job SET state = 'failed', error = 'MemoryError: none left'"))
    own.commit()
    assert "A training failed" in words(desk.get(LIST)) and "MemoryError" in desk.get(LIST).text


def test_versions_with_figures_reasons_and_the_way_back(own: Session, staff: Callable[[str], Any]) -> None:
    goods = making.products(own, 4)
    making.without_shadow(own)
    figures = {"model": {"recall@20": 0.31, "ndcg@20": 0.2, "coverage": 0.5, "novelty": 7.0, "cases": 90},
               "popularity": {"recall@20": 0.1, "ndcg@20": 0.05, "coverage": 0.1, "novelty": 3.0, "cases": 90}}  # fmt: skip
    items = [(goods[0][0], 1, goods[1][0], 1.0, "bought")]
    card = {"recipe": {"kind": "graph", "params": {"alpha": 0.3}}, "weak_where": "New products."}
    first = publish.store(
        own,
        Version(
            "graph",
            "first",
            figures,
            {"choices": 12345, "first": "2026-03-01"},
            {"learn": 2.5},
            card,
            items=items,
        ),
        job_id=None,
        actor=SYSTEM,
    )
    desk = staff("Manager")
    assert "Back to version" not in words(desk.get(LIST)), "the first version has none before it"
    second = version(own, goods, "better")
    poor = {"model": {"recall@20": 0.11, "cases": 90}, "popularity": {"recall@20": 0.1}}
    refused = publish.store(
        own, Version("ease", "not_above_champion", poor, {}, {}, {}), job_id=None, actor=SYSTEM
    )
    listed = words(desk.get(LIST))
    for said in (
        f"Back to version {first.id} of {day(first.created_at)}",
        "In use",
        "Replaced",
        "Refused",
        "It is not better than the version in use.",
        "3.1 ×",
        "1.1 ×",
    ):
        assert said in listed, said
    page = words(desk.get(f"/admin/suggestion-model/show/{first.id}"))
    for said in (
        f"Version {first.id} of {day(first.created_at)}", "3.1 times as much as popularity", "0.3100", "New products.",
        "Put in use", "2.5", "12,345", "Mar 1, 2026",
    ):  # fmt: skip
        assert said in page, said
    weak = words(desk.get(f"/admin/suggestion-model/show/{refused.id}"))
    assert "twice as much is what it should reach" in weak and "Put in use" not in weak
    back = words(post(desk, "/admin/suggestion-model/back"))
    assert f"Version {first.id} is in use again." in back and "Back to version" not in back
    told = desk.get(f"/admin/suggestion-model/show/{first.id}").text.split("timeline", 1)[1]
    assert (
        "<strong>Came into use</strong>" in told and "Staff put it in use." in told and "Switch" not in told
    )
    assert "There is no earlier version" in post(desk, "/admin/suggestion-model/back").text
    post(desk, f"/admin/suggestion-model/action/promote/{second.id}")
    assert queries.serving(own).model_id == second.id  # type: ignore[union-attr]
    answer = post(desk, f"/admin/suggestion-model/action/promote/{refused.id}")
    assert "This version may not be put in use" in answer.text
    own.expire_all()
    assert own.get(Model, refused.id).state == "refused"  # type: ignore[union-attr]


def test_the_shadow_says_what_is_missing_and_what_it_found(own: Session, staff: Callable[[str], Any]) -> None:
    goods = making.products(own, 3)
    version(own, goods)
    made = version(own, goods, "better")
    made.shadow = {**made.shadow, "cases": 57}
    own.commit()
    desk = staff("Manager")
    listed = words(desk.get(LIST))
    name = f"Version {made.id} of {day(made.created_at)}"
    assert (
        f"{name} is in shadow: nobody sees it yet. 57 new choices were counted, 143 more are needed" in listed
    )
    assert "Learn now" not in listed and "It won on the held-out month." in listed
    page = desk.get(f"/admin/suggestion-model/show/{made.id}")
    assert "Take out of the shadow" in page.text and "Put in use" not in page.text
    assert "<strong>Judged</strong>" in page.text
    taken = post(desk, f"/admin/suggestion-model/action/withdraw/{made.id}")
    assert "The version is out of the shadow." in taken.text and "Learn now" in words(desk.get(LIST))
    found = {"cases": 1234, "people": 300, "own": 0.125, "other": 0.1, "low": -0.01, "high": 0.06}
    own.expire_all()
    own.get_one(Model, made.id).shadow = found
    own.commit()
    page = words(desk.get(f"/admin/suggestion-model/show/{made.id}"))
    for said in (
        "1,234",
        "300",
        "12.5%",
        "10.0%",
        "+2.5% (-1.0% … +6.0%)",
        "Staff took it out of the shadow.",
    ):
        assert said in page, said


def test_a_model_card_speaks_its_readers_language(own: Session, staff: Callable[[str], Any]) -> None:
    goods = making.products(own, 2)
    said = {"purpose": {}, "left_out": {"years": 3}, "weak_where": "New products."}
    items = [(goods[0][0], 1, goods[1][0], 1.0, "bought")]
    made = publish.store(
        own, Version("graph", "first", {}, {}, {}, said, items=items), job_id=None, actor=SYSTEM
    )
    page = staff("Manager").get(f"/admin/suggestion-model/show/{made.id}").text
    assert "what is older than 3 years." in page and "Suggests products beside a product" in page
    assert '<dd lang="en">New products.</dd>' in page, "versions of old keep the words they were made with"
    assert rules.card_words({"judged_by": {"places": 20}}, "judged_by").count("20") == 1
    assert rules.card_words({}, "purpose") == ""


def test_an_experiment_from_its_form_to_its_result(own: Session, staff: Callable[[str], Any]) -> None:
    desk = staff("Manager")
    wrong = post(desk, "/admin/suggestion-experiment/add", name="Bag", share="100")
    assert "1 to 99" in wrong.text and 'value="Bag"' in wrong.text
    post(desk, "/admin/suggestion-experiment/add", name="Bag", share="50")
    made = own.scalar(select(Experiment))
    assert made is not None and made.share == 50
    assert (
        "An experiment runs already"
        in post(desk, "/admin/suggestion-experiment/add", name="More", share="50").text
    )
    own.execute(
        text("""INSERT INTO recommender_exposure (experiment_id, unit, arm, clicked, bought_at)
                SELECT :e, n::text, CASE WHEN n % 2 = 0 THEN 'model' ELSE 'popularity' END,
                       CASE WHEN n % 2 = 0 AND n < 150 THEN 1 ELSE 0 END, CASE WHEN n % 10 = 0 THEN now() END
                  FROM generate_series(1, 400) n"""),
        {"e": made.id},
    )
    own.commit()
    page = words(desk.get(f"/admin/suggestion-experiment/show/{made.id}"))
    assert "Model (200)" in page and "74 (37.0%)" in page and "+37.0%" in page and "Newcombe" in page
    post(desk, f"/admin/suggestion-experiment/action/end/{made.id}")
    own.expire_all()
    assert own.scalar(select(Experiment.ended_at)) is not None


def test_who_may(own: Session, staff: Callable[[str], Any]) -> None:
    version(own, making.products(own, 3))
    for role in ("Support", "Seller"):
        desk = staff(role)
        assert desk.get(LIST).status_code in (302, 403)
        post(desk, "/admin/suggestion-model/train")
        post(desk, "/admin/suggestion-model/back")
    assert own.scalar(select(func.count()).select_from(JobRow)) == 0
    assert queries.serving(own) is not None
