"""One's own account over REST: only one's own, refused like the pages refuse."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.api.shop import PASSWORD, Shop

GHENT = {"name": "Kim Peeters", "line1": "Korenlei 12", "postcode": "9000", "city": "Gent", "country": "BE"}


@pytest.fixture
def mine(client: Any, floor: Shop) -> Any:
    """Asks as the customer."""
    headers = floor.headers("customer")

    def ask(method: str, path: str, body: Any = None, **more: Any) -> Any:
        return client.open(f"/api/v1{path}", method=method, json=body, headers={**headers, **more})

    return ask


def test_a_profile_changes_in_parts(mine: Any) -> None:
    before = mine("GET", "/me").json
    after = mine("PATCH", "/me", {"first_name": "Kim", "phone": "0470 12 34 56"})
    assert (
        after.status_code == 200
        and after.json["first_name"] == "Kim"
        and after.json["phone"] == "+32470123456"
    )
    assert {k: v for k, v in mine("GET", "/me").json.items() if k not in ("first_name", "phone")} == {
        k: v for k, v in before.items() if k not in ("first_name", "phone")
    }
    wrong = mine("PATCH", "/me", {"phone": "none"})
    assert wrong.status_code == 422 and wrong.json["errors"][0]["field"] == "phone"
    assert mine("PATCH", "/me", {"email": "other@example.org"}).status_code == 422


def test_a_language_or_currency_the_shop_has_not_is_refused(mine: Any) -> None:
    before = mine("GET", "/me").json
    for wrong in ({"language": "xx"}, {"language": "french"}, {"currency": "ZZZ"}, {"currency": "eur"}):
        answer = mine("PATCH", "/me", wrong)
        assert (answer.status_code, [e["field"] for e in answer.json["errors"]]) == (422, list(wrong))
    assert mine("GET", "/me").json == before
    after = mine("PATCH", "/me", {"language": "fr", "currency": "EUR"}).json
    assert (after["language"], after["currency"]) == ("fr", "EUR")


def test_an_age_is_given_by_choice_and_taken_back(mine: Any) -> None:
    assert mine("GET", "/me").json["age_band"] is None
    assert mine("PATCH", "/me", {"age_band": "25_34"}).json["age_band"] == "25_34"
    assert mine("PATCH", "/me", {"first_name": "Kim"}).json["age_band"] == "25_34", "what is not sent stays"
    wrong = mine("PATCH", "/me", {"age_band": "1990-01-01"})
    assert wrong.status_code == 422 and wrong.json["errors"][0]["field"] == "age_band"
    assert mine("PATCH", "/me", {"age_band": None}).json["age_band"] is None


def test_the_address_book(mine: Any, client: Any, floor: Shop) -> None:
    key = {"Idempotency-Key": uuid.uuid4().hex}
    made = mine("POST", "/me/addresses", {**GHENT, "is_default_shipping": True}, **key)
    again = mine("POST", "/me/addresses", {**GHENT, "is_default_shipping": True}, **key)
    assert (made.status_code, again.status_code) == (201, 201) and made.json == again.json
    where = f"/me/addresses/{made.json['id']}"
    assert mine("PUT", where, {**GHENT, "line1": "Veldstraat 1"}).json["line1"] == "Veldstraat 1"
    book = mine("GET", "/me/addresses").json
    assert made.json["id"] in [row["id"] for row in book["items"]] and book["total"] == len(book["items"])
    wrong = mine("PUT", where, {**GHENT, "postcode": "x"})
    assert wrong.status_code == 422 and wrong.json["errors"][0]["field"] == "postcode"
    for who in ("", "admin"):
        answer = client.put(f"/api/v1{where}", json=GHENT, headers=floor.headers(who))
        assert answer.status_code == (404 if who else 401)
    assert [mine("DELETE", where).status_code for _ in range(2)] == [204, 404]
    assert mine("DELETE", "/me/addresses/none").status_code == 404


def test_a_wrong_password_changes_nothing(mine: Any) -> None:
    answer = mine("POST", "/me/password", {"current_password": "not this", "password": "a new long phrase"})
    assert answer.status_code == 422 and mine("GET", "/me").status_code == 200


def test_a_revoked_token_is_worth_nothing(client: Any, floor: Shop) -> None:
    given = {"email": floor.people["customer"], "password": PASSWORD}
    held = client.post("/api/v1/auth/token", json=given).json["refresh_token"]
    for token in (held, held, "unknown"):
        assert client.post("/api/v1/auth/token/revoke", json={"refresh_token": token}).status_code == 204
    assert client.post("/api/v1/auth/token/refresh", json={"refresh_token": held}).status_code == 401


def test_forgetting_tells_nobody_who_has_an_account(client: Any, floor: Shop) -> None:
    for email in ("nobody@people.example", floor.people["customer"]):
        answer = client.post("/api/v1/auth/password/forgot", json={"email": email})
        assert (answer.status_code, answer.data) == (204, b"")
    wrong = client.post("/api/v1/auth/password/forgot", json={"email": "useratexample.com"})
    assert wrong.status_code == 422 and wrong.json["errors"][0]["field"] == "email"
