"""Which mails one wants and what one wrote, over REST: only one's own, refused like the pages refuse."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import select, update

from app.api.mine_shapes import WORDING
from app.core.actor import SYSTEM
from app.identity.models import User
from app.notifications.consent_models import Consent, ConsentRecord, Subscriber
from app.notifications.models import Message
from app.notifications.topics import ASKED
from app.reviews import operations as reviews
from app.reviews.queries import rating_of
from tests.api.shop import Shop
from tests.reviews import making

TOPICS, REVIEWS = "/api/v1/me/topics", "/api/v1/me/reviews"


@pytest.fixture
def ask(client: Any, floor: Shop) -> Any:
    """Asks as somebody."""

    def call(method: str, path: str, body: Any = None, who: str = "customer") -> Any:
        return client.open(path, method=method, json=body, headers=floor.headers(who))

    return call


def wanted(answer: Any) -> dict[str, bool]:
    return {item["code"]: item["is_wanted"] for item in answer.json["items"]}


# --- mails ----------------------------------------------------------------------------------------


def test_topics_are_chosen_one_by_one_and_proved(ask: Any, floor: Shop) -> None:
    first = ask("GET", TOPICS)
    assert first.status_code == 200 and wanted(first) == dict.fromkeys(ASKED, False)
    assert first.json["email"] == floor.people["customer"] and first.json["wording"]["text"]
    done = ask("PATCH", TOPICS, {"new_products": True, "wording": first.json["wording"]["version"]})
    assert done.status_code == 200 and done.json["is_confirmation_sent"] is False
    assert wanted(done) == dict.fromkeys(ASKED, False) | {"new_products": True} == wanted(ask("GET", TOPICS))
    again = ask("PATCH", TOPICS, {"new_products": True, "wording": WORDING})
    assert wanted(again)["new_products"]
    assert wanted(ask("PATCH", TOPICS, {"promotions": True, "wording": WORDING}))["new_products"], (
        "it was not sent and stays"
    )
    off = ask("PATCH", TOPICS, {"new_products": False})
    assert (wanted(off)["new_products"], wanted(off)["promotions"]) == (False, True)
    with floor.maker() as session:
        who = session.scalars(select(Subscriber).where(Subscriber.email == floor.people["customer"])).one()
        assert who.user_id == floor.ids["customer"]
        rows = session.scalars(select(ConsentRecord).where(ConsentRecord.subscriber_id == who.id)).all()
        said = [(r.topic, r.state, r.source, r.wording) for r in sorted(rows, key=lambda row: row.id)]
        assert said == [
            ("new_products", "given", "api", WORDING), ("promotions", "given", "api", WORDING),
            ("new_products", "withdrawn", "api", ""),
        ]  # fmt: skip


def test_everybody_chooses_for_themselves(ask: Any, client: Any) -> None:
    ask("PATCH", TOPICS, {"cart": True, "wording": WORDING}, who="other")
    assert wanted(ask("GET", TOPICS, who="other"))["cart"] and not wanted(ask("GET", TOPICS))["cart"]
    for method in ("GET", "PATCH"):
        assert client.open(TOPICS, method=method, json={}).status_code == 401
    assert ask("GET", TOPICS, who="support").status_code == 200, "staff are people too"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"cart": True}, "wording"), ({"cart": True, "wording": ""}, "wording"),
        ({"cart": True, "wording": "newsletter-1"}, "wording"), ({"cart": True, "wording": "x" * 41}, "wording"),
        ({"cart": "yes", "wording": WORDING}, "cart"), ({"cart": 1, "wording": WORDING}, "cart"),
        ({"cart": None, "wording": WORDING}, "cart"), ({"orders": False}, "orders"), ({"email": "a@b.example"}, "email"),
        ({"cart": True, "wording": "\x00"}, "wording"), ({"cart": False, "wording": "never-shown"}, "wording"),
    ],
)  # fmt: skip
def test_a_consent_is_never_guessed(ask: Any, body: Any, field: str) -> None:
    before = wanted(ask("GET", TOPICS))
    answer = ask("PATCH", TOPICS, body)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)
    assert wanted(ask("GET", TOPICS)) == before


def test_an_unconfirmed_address_is_asked_by_mail_first(ask: Any, floor: Shop) -> None:
    with floor.maker() as session:
        moment = session.get_one(User, floor.ids["support"]).email_verified_at
        session.execute(update(User).where(User.id == floor.ids["support"]).values(email_verified_at=None))
        session.commit()
    try:
        answers = [
            ask("PATCH", TOPICS, {"promotions": True, "cart": False, "wording": WORDING}, who="support") for _ in range(2)
        ]  # fmt: skip
    finally:
        with floor.maker() as session:
            row = update(User).where(User.id == floor.ids["support"])
            session.execute(row.values(email_verified_at=moment))
            session.commit()
    assert [a.status_code for a in answers] == [200, 200] and answers[0].json["is_confirmation_sent"] is True
    assert wanted(answers[1])["promotions"] is False
    with floor.maker() as session:
        states = session.scalars(
            select(Consent.state).join(Subscriber).where(Subscriber.email == floor.people["support"])
        ).all()
        assert states == ["asked"]
        sent = select(Message).where(Message.recipient == floor.people["support"])
        assert len(session.scalars(sent).all()) <= 1, "a second wish within minutes sends no second mail"


# --- reviews --------------------------------------------------------------------------------------


@pytest.fixture
def mine(floor: Shop) -> Any:
    """An approved review of the customer on the coat, gone after the test."""
    floor.stock("COAT-RED", 50)
    with floor.maker() as session:
        making.bought(session, floor.ids["customer"], floor.ids["COAT-RED"])
        made = making.review(session, floor.ids["customer"], floor.ids["coat"], 4)
        where = f"{REVIEWS}/{made.public_id}"
    yield where
    with floor.maker() as session:
        reviews.forget_author(session, user_id=floor.ids["customer"], actor=SYSTEM)


def test_what_one_wrote(ask: Any, mine: str) -> None:
    answer = ask("GET", REVIEWS)
    (row,) = answer.json["items"]
    assert (answer.json["total"], answer.json["next"]) == (1, None)
    assert mine.endswith(row["id"]) and (row["product"], row["product_name"], row["status"]) == (
        "coat",
        "Coat",
        "approved",
    )
    assert ask("GET", REVIEWS, who="other").json["items"] == []
    assert ask("GET", f"{REVIEWS}?cursor=x").status_code == 422


def test_other_words_wait_to_be_read_again(ask: Any, floor: Shop, mine: str) -> None:
    said = {"rating": 2, "title": "Lovely", "body": "Lights the whole table."}
    changed = ask("PUT", mine, said)
    assert (changed.status_code, changed.json["status"], changed.json["rating"]) == (200, "approved", 2)
    changed = ask("PUT", mine, said | {"body": "It faded."})
    assert (changed.status_code, changed.json["status"], changed.json["body"]) == (
        200,
        "pending",
        "It faded.",
    )
    for wrong, field in (({"rating": 6}, "rating"), ({"body": " "}, "body"), ({"title": "x" * 121}, "title"), ({"stars": 5}, "stars")):  # fmt: skip
        refused = ask("PUT", mine, said | wrong)
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, field)


def test_a_review_is_taken_back_once_and_its_stars_no_longer_count(ask: Any, floor: Shop, mine: str) -> None:
    with floor.maker() as session:
        assert rating_of(session, floor.ids["coat"]).count == 1
    first = ask("DELETE", mine)
    assert (first.status_code, first.data) == (204, b"")
    second = ask("DELETE", mine)
    assert (second.status_code, second.json["code"]) == (404, "review_not_found")
    with floor.maker() as session:
        assert rating_of(session, floor.ids["coat"]).count == 0
    assert ask("GET", REVIEWS).json["items"] == []


@pytest.mark.parametrize("who", ["", "other", "support", "admin"])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_the_reviews_of_others_are_not_there(ask: Any, mine: str, method: str, who: str) -> None:
    body = {"rating": 1, "body": "Mine now."} if method == "PUT" else None
    assert ask(method, mine, body, who=who).status_code == (404 if who else 401)
    (kept,) = ask("GET", REVIEWS).json["items"]
    assert (kept["rating"], kept["body"]) == (4, "Lights the whole table.")


def test_an_id_of_somebody_else_does_not_stand_for_ones_own_review(ask: Any, floor: Shop, mine: str) -> None:
    """Both wrote about the coat: the other's id opens neither review."""
    with floor.maker() as session:
        making.bought(session, floor.ids["other"], floor.ids["COAT-RED"])
        making.review(session, floor.ids["other"], floor.ids["coat"], 3)
    assert ask("DELETE", mine, who="other").status_code == 404
    assert ask("PUT", mine, {"rating": 1, "body": "Mine now."}, who="other").status_code == 404
    (kept,) = ask("GET", REVIEWS, who="other").json["items"]
    with floor.maker() as session:
        reviews.forget_author(session, user_id=floor.ids["other"], actor=SYSTEM)
    assert (kept["rating"], ask("GET", REVIEWS).json["items"][0]["rating"]) == (3, 4)


def test_ids_that_are_none(ask: Any) -> None:
    for name in (uuid.uuid4(), "1", "x", "%00", "0" * 400):
        assert ask("DELETE", f"{REVIEWS}/{name}").status_code == 404
        assert ask("PUT", f"{REVIEWS}/{name}", {"rating": 1, "body": "x"}).status_code == 404
