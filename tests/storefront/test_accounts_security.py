"""The customer's own pages about getting in: password, e-mail address, sessions, second step."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.identity import operations, rules
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
from tests.storefront.signed_in import anna as anna
from tests.storefront.signed_in import no_counters as no_counters
from tests.storefront.signed_in import session as session


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
