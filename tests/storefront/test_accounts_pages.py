"""The customer's own pages: addresses, profile, password, e-mail address, sessions, second step."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.customers import operations as customers
from app.customers import queries
from app.customers.models import Address
from app.customers.rules import PostalAddress
from app.identity import operations, rules, throttle
from app.identity.models import User
from tests.identity.people import (
    OTHER,
    PASSWORD,
    is_in,
    link_in,
    mails,
    now_step,
    person,
    sign_in,
    two_factor,
)

GHENT = {
    "name": "Anna Janssens",
    "line1": "Veldstraat 1",
    "postcode": "9000",
    "city": "Gent",
    "country": "BE",
}


@pytest.fixture
def session(session_maker: Callable[[], Session]) -> Iterator[Session]:
    """A session without an application context: what requests keep in `g` must not outlive them."""
    with session_maker() as own:
        yield own


@pytest.fixture(autouse=True)
def no_counters() -> Any:
    """Forget wrong attempts of earlier tests."""
    throttle.forget()
    yield
    throttle.forget()


@pytest.fixture
def anna(session: Session, client: Any) -> User:
    """Anna, signed in."""
    user = person(session)
    sign_in(client)
    return user


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


# --- password ------------------------------------------------------------------------------------


def new_password(client: Any, current: str = PASSWORD, password: str = OTHER) -> Any:
    form = {"password-form-current_password": current, "password-form-password": password}
    return client.post("/account/security/password", data=form)


def test_a_new_password_ends_every_other_session(
    session: Session, client: Any, app: Any, anna: User, deliver: Callable[[], int]
) -> None:
    elsewhere = app.test_client()
    sign_in(elsewhere)
    program = operations.token_for(session, email=anna.email, password=PASSWORD, ip="")
    assert new_password(client).status_code == 303
    assert is_in(client) and not is_in(elsewhere)
    from app.identity.errors import InvalidToken

    with pytest.raises(InvalidToken):
        operations.rotate_refresh(session, refresh_token=program.refresh_token)
    deliver()
    assert len(mails(session, "account-password-changed")) == 1


def test_the_current_password_is_asked_for(session: Session, client: Any, anna: User) -> None:
    answer = new_password(client, current="mistaken password")
    assert answer.status_code == 422 and "not your current password" in answer.get_data(as_text=True)
    assert new_password(client, password="short").status_code == 422
    client.post("/logout")
    assert sign_in(client).status_code == 303


def test_guessing_the_current_password_has_to_wait(client: Any, anna: User) -> None:
    answers = [new_password(client, current=f"mistaken {n}").status_code for n in range(6)]
    assert answers == [422] * 5 + [429]


# --- e-mail address ------------------------------------------------------------------------------


def move(client: Any, to: str, password: str = PASSWORD) -> Any:
    form = {"email-form-email": to, "email-form-password": password}
    return client.post("/account/security/email", data=form)


def test_the_account_moves_when_both_have_agreed(
    session: Session, client: Any, app: Any, anna: User, deliver: Callable[[], int]
) -> None:
    assert move(client, "new@example.com").status_code == 303
    deliver()
    links = {message.recipient: link_in(message) for message in mails(session)}
    assert set(links) == {"anna@example.com", "new@example.com"}
    browser = app.test_client()
    assert "new@example.com" in browser.get(links["new@example.com"]).get_data(as_text=True)
    assert "Half of it" in browser.post(links["new@example.com"]).get_data(as_text=True)
    assert is_in(client), "nothing has moved yet"
    assert "has moved" in browser.post(links["anna@example.com"]).get_data(as_text=True)
    assert not is_in(client)
    assert sign_in(client, "anna@example.com").status_code == 401
    assert sign_in(client, "new@example.com").status_code == 303


def test_a_taken_address_gets_the_same_answer(
    session: Session, client: Any, anna: User, deliver: Callable[[], int]
) -> None:
    person(session, "bert@example.com")
    free, taken = move(client, "free@example.com"), move(client, "bert@example.com")
    assert (free.status_code, free.headers["Location"]) == (taken.status_code, taken.headers["Location"])
    deliver()
    assert "bert@example.com" not in {message.recipient for message in mails(session)}


def test_moving_asks_for_the_password(
    session: Session, client: Any, anna: User, deliver: Callable[[], int]
) -> None:
    answer = move(client, "new@example.com", "mistaken password")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'value="new@example.com"' in page
    assert move(client, "no address").status_code == 422
    deliver()
    assert mails(session) == []


# --- sessions ------------------------------------------------------------------------------------


def handles(client: Any) -> list[str]:
    return re.findall(
        r'name="session" value="([0-9a-f]+)"', client.get("/account/security").get_data(as_text=True)
    )


def test_sessions_are_listed_and_ended(session: Session, client: Any, app: Any, anna: User) -> None:
    elsewhere = app.test_client()
    sign_in(elsewhere)
    own = re.search(
        r"this device.*?value=\"([0-9a-f]+)\"", client.get("/account/security").get_data(as_text=True), re.S
    )
    assert own and len(handles(client)) == 2
    other = next(handle for handle in handles(client) if handle != own[1])
    client.post("/account/security/sessions/end", data={"session": other})
    assert is_in(client) and not is_in(elsewhere)
    client.post("/account/security/sessions/end", data={"session": own[1]})
    assert not is_in(client)


def test_sign_out_everywhere_else(client: Any, app: Any, anna: User) -> None:
    others = [app.test_client() for _ in range(3)]
    for other in others:
        sign_in(other)
    client.post("/account/security/sessions/end-others")
    assert [is_in(other) for other in others] == [False] * 3 and is_in(client)


@pytest.mark.parametrize("handle", ["", "%", "x" * 24, "\x00" * 24, "0" * 24])
def test_sessions_of_others_cannot_be_ended(
    session: Session, client: Any, app: Any, anna: User, handle: str
) -> None:
    person(session, "bert@example.com")
    bert = app.test_client()
    sign_in(bert, "bert@example.com")
    for tried in (handle, *handles(bert)):
        assert client.post("/account/security/sessions/end", data={"session": tried}).status_code == 303
    assert is_in(bert) and is_in(client)


# --- the second step -----------------------------------------------------------------------------


def secret_on(page: str) -> str:
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert found
    return found[1].replace(" ", "")


def test_the_second_step_is_set_up_without_script(
    session: Session, client: Any, anna: User, deliver: Callable[[], int]
) -> None:
    here = "/account/security/two-factor"
    secret = secret_on(client.get(here).get_data(as_text=True))
    assert secret == secret_on(client.get(here).get_data(as_text=True)), "a reload does not change the key"
    wrong = client.post(here, data={"code": "000000", "password": PASSWORD})
    assert wrong.status_code == 401 and secret == secret_on(wrong.get_data(as_text=True))
    assert (
        client.post(
            here, data={"code": rules.totp_code(secret, now_step()), "password": "mistaken one"}
        ).status_code
        == 422
    )
    done = client.post(here, data={"code": rules.totp_code(secret, now_step()), "password": PASSWORD})
    codes = re.findall(r"<code>([a-z0-9-]{11})</code>", done.get_data(as_text=True))
    assert len(codes) == rules.RECOVERY_CODES and is_in(client)
    assert codes[0] not in client.get(here).get_data(as_text=True), "shown this once"
    deliver()
    assert len(mails(session, "account-two-factor")) == 1
    client.post("/logout")
    assert 'name="otp"' in sign_in(client).get_data(as_text=True)


def test_codes_are_renewed_and_the_step_is_switched_off(session: Session, client: Any, anna: User) -> None:
    _secret, old = two_factor(session, session.get_one(User, anna.id))
    sign_in(client)
    client.post("/login", data={"otp": old[0]})
    here = "/account/security/two-factor"
    assert client.post(f"{here}/codes", data={"renew-password": "mistaken one"}).status_code == 422
    page = client.post(f"{here}/codes", data={"renew-password": PASSWORD}).get_data(as_text=True)
    new = re.findall(r"<code>([a-z0-9-]{11})</code>", page)
    assert len(new) == rules.RECOVERY_CODES and not set(new) & set(old)
    assert client.post(f"{here}/off", data={"disable-password": "mistaken one"}).status_code == 422
    assert client.post(f"{here}/off", data={"disable-password": PASSWORD}).status_code == 303
    session.expire_all()
    assert not session.scalars(select(User)).one().has_two_factor


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
