"""The customer's own pages: addresses, profile, orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.customers import operations as customers
from app.customers import queries
from app.customers.models import Address
from app.customers.rules import PostalAddress
from app.identity.models import User
from tests.identity.people import PASSWORD, link_in, mails, person, sign_in
from tests.storefront.signed_in import anna as anna
from tests.storefront.signed_in import no_counters as no_counters
from tests.storefront.signed_in import session as session

GHENT = {
    "name": "Anna Janssens",
    "line1": "Veldstraat 1",
    "postcode": "9000",
    "city": "Gent",
    "country": "BE",
}


def book(session: Session, user: User) -> list[Address]:
    session.expire_all()
    return queries.addresses(session, user.id)


PAGES = ("", "/orders", "/addresses", "/addresses/new", "/profile", "/security", "/security/two-factor")


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_for_their_owner_and_kept_by_nobody(client: Any, anna: User, path: str) -> None:
    answer = client.get(f"/account{path}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'content="noindex"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", PAGES)
def test_strangers_are_led_to_the_door_and_back(session: Session, client: Any, path: str) -> None:
    answer = client.get(f"/fr/account{path}")
    assert answer.status_code == 303 and answer.headers["Location"].startswith(
        "/fr/login?next=%2Ffr%2Faccount"
    )
    person(session)
    assert sign_in(client, next=f"/fr/account{path}").headers["Location"] == f"/fr/account{path}"


# --- addresses -----------------------------------------------------------------------------------


def test_an_address_comes_and_goes(session: Session, client: Any, anna: User) -> None:
    assert client.post("/account/addresses/new", data=GHENT).headers["Location"] == "/account/addresses"
    row = book(session, anna)[0]
    here = f"/account/addresses/{row.public_id}"
    assert "Veldstraat 1" in client.get("/account").get_data(as_text=True), "the first one is the default"
    assert 'value="9000"' in client.get(here).get_data(as_text=True)
    client.post(here, data=GHENT | {"line1": "Kouter 5"})
    assert [r.line1 for r in book(session, anna)] == ["Kouter 5"]
    assert client.post(f"{here}/delete").status_code == 303
    assert client.post(f"{here}/delete").status_code == 303, "a second click is harmless"
    assert book(session, anna) == []


def test_another_address_becomes_the_first(session: Session, client: Any, anna: User) -> None:
    client.post("/account/addresses/new", data=GHENT)
    client.post("/account/addresses/new", data=GHENT | {"line1": "Kouter 5"})
    second = next(row for row in book(session, anna) if row.line1 == "Kouter 5")
    client.post(f"/account/addresses/{second.public_id}/default")
    rows = {row.line1: (row.is_default_shipping, row.is_default_billing) for row in book(session, anna)}
    assert rows == {"Kouter 5": (True, True), "Veldstraat 1": (False, False)}


def test_wrong_fields_keep_everything_typed(session: Session, client: Any, anna: User) -> None:
    answer = client.post("/account/addresses/new", data=GHENT | {"postcode": "12", "phone": "call me"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert page.count('aria-invalid="true"') == 2
    assert 'value="call me"' in page and 'value="Veldstraat 1"' in page
    assert 'href="#f-postcode"' in page, "the summary leads to the field"
    assert book(session, anna) == []


def test_a_region_that_is_asked_for_can_be_typed(client: Any, anna: User) -> None:
    hong_kong = GHENT | {"country": "HK", "postcode": "", "city": "Central"}
    page = client.post("/account/addresses/new", data=hong_kong).get_data(as_text=True)
    assert 'name="region"' in page


def test_addresses_of_others_do_not_exist(session: Session, client: Any, anna: User) -> None:
    bert = person(session, "bert@example.com")
    actor = Actor("customer", bert.id, bert.email)
    his = customers.save_address(
        session, user_id=bert.id, address=PostalAddress.from_dict(GHENT), actor=actor
    )
    for address_id in (his.public_id, uuid4()):
        here = f"/account/addresses/{address_id}"
        assert client.post(f"{here}/default").status_code == 404
        assert client.get(here).status_code == 404
        assert client.post(here, data=GHENT | {"line1": "Mine now"}).status_code == 404
        client.post(f"{here}/delete")
    assert [row.line1 for row in book(session, bert)] == ["Veldstraat 1"]


@pytest.mark.parametrize(
    "garbage", [b"\x00", b"\xed\xa0\x80", b"x" * 1_000_000, b"<img src=x onerror=alert(1)>"]
)
@pytest.mark.parametrize("field", ["name", "line1", "postcode", "country", "phone", "region"])
def test_hostile_addresses_are_refused_or_tamed(client: Any, anna: User, field: str, garbage: bytes) -> None:
    answer = client.post("/account/addresses/new", data={**GHENT, field: garbage})
    assert answer.status_code in (303, 422)
    assert "<img src=x" not in client.get("/account/addresses").get_data(as_text=True)


# --- profile -------------------------------------------------------------------------------------


def test_the_profile_keeps_language_and_currency(session: Session, client: Any, anna: User) -> None:
    form = {
        "first_name": "Anne",
        "last_name": "J",
        "phone": "0470 12 34 56",
        "language": "nl",
        "currency": "USD",
    }
    answer = client.post("/account/profile", data=form)
    assert answer.headers["Location"] == "/nl/account/profile"
    assert client.get_cookie("currency").value == "USD"
    session.expire_all()
    found = queries.profile(session, anna.id)
    assert found is not None
    assert (found.name, found.phone, found.language, found.currency) == (
        "Anne J", "+32470123456", "nl", "USD",
    )  # fmt: skip
    client.post("/logout")
    client.delete_cookie("currency")
    sign_in(client)
    assert client.get_cookie("currency").value == "USD", "it comes back at the next login"


def test_an_age_is_given_by_choice_and_taken_back(session: Session, client: Any, anna: User) -> None:
    form = {"first_name": "Anne", "language": "en"}
    page = client.get("/account/profile").get_data(as_text=True)
    assert "Rather not say" in page and "take it back" in page
    for given, kept in (("25_34", "25_34"), ("", None)):
        assert client.post("/account/profile", data=form | {"age_band": given}).status_code == 303
        session.expire_all()
        found = queries.profile(session, anna.id)
        assert found is not None and found.age_band == kept
    wrong = client.post("/account/profile", data=form | {"age_band": "1990", "first_name": "New"})
    assert wrong.status_code == 422 and 'value="New"' in wrong.get_data(as_text=True)
    assert "Please choose one of these." in wrong.get_data(as_text=True)


def test_tampered_preferences_are_ignored(session: Session, client: Any, anna: User) -> None:
    client.set_cookie("currency", "<b>")
    assert client.get("/account").status_code == 200
    answer = client.post("/account/profile", data={"first_name": "A", "language": "xx", "currency": "BTC"})
    assert answer.status_code == 303
    session.expire_all()
    found = queries.profile(session, anna.id)
    assert found is not None and (found.language, found.currency) == ("en", None)


def test_a_wrong_number_keeps_the_profile(session: Session, client: Any, anna: User) -> None:
    answer = client.post("/account/profile", data={"first_name": "New", "phone": "hello", "language": "en"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'value="hello"' in page and 'value="New"' in page
    session.expire_all()
    assert session.get_one(User, anna.id).first_name == "Anna"


# --- orders --------------------------------------------------------------------------------------


def test_orders_of_a_guest_wait_for_the_verified_address(
    session: Session, client: Any, deliver: Callable[[], int]
) -> None:
    from tests.orders import making

    variants = making.articles(session, 1)
    mine, other = (making.order(session, variants) for _ in range(2))
    mine.email, other.email = "Anna@Example.com", "somebody@example.com"
    session.commit()
    client.post("/register", data={"email": "anna@example.com", "password": PASSWORD})
    session.expire_all()
    assert session.get_one(type(mine), mine.id).user_id is None, "typing an address shows no orders"
    deliver()
    client.post(link_in(mails(session, "account-confirm")[0]))
    page = client.get("/account/orders").get_data(as_text=True)
    assert mine.number in page and other.number not in page
    assert f"/orders/{mine.token}" in page
    assert mine.number in client.get("/account").get_data(as_text=True)


@pytest.mark.parametrize("after", ["x", "\x00", "W10", "x" * 3000, "WyIyMDI2LTAxLTAxIiwgMV0"])
def test_a_made_up_page_of_orders_is_refused_plainly(client: Any, anna: User, after: str) -> None:
    assert client.get("/account/orders", query_string={"after": after}).status_code in (200, 400, 422)
