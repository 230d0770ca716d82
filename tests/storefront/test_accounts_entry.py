"""Sign in and out through the shop's doors."""

from __future__ import annotations

from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import redis_client
from app.identity import operations, rules
from app.identity.models import LoginSession
from tests.counting import counted
from tests.identity.people import OTHER, PASSWORD, is_in, now_step, person, sign_in, staff, two_factor
from tests.storefront.signed_in import no_counters as no_counters
from tests.storefront.signed_in import session as session


def cookies_of(answer: Any) -> dict[str, Any]:
    """The cookies an answer sets, by name."""
    jar: SimpleCookie = SimpleCookie()
    for header in answer.headers.getlist("Set-Cookie"):
        jar.load(header)
    return dict(jar)


def test_in_and_out(session: Session, client: Any) -> None:
    person(session)
    assert client.get("/account").headers["Location"] == "/login?next=%2Faccount"
    answer = sign_in(client)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert is_in(client)
    assert client.post("/logout").status_code == 303
    assert not is_in(client)


def test_after_logout_a_copy_of_the_cookie_is_worth_nothing(session: Session, client: Any, app: Any) -> None:
    person(session)
    sign_in(client, remember="1")
    copy = {name: client.get_cookie(name).value for name in ("comptoir_session", "remember_token")}
    client.post("/logout")
    thief = app.test_client()
    for name, value in copy.items():
        thief.set_cookie(name, value)
    assert not is_in(thief)


def test_the_session_starts_anew_at_login(session: Session, client: Any, app: Any) -> None:
    person(session)
    client.get("/login")
    with client.session_transaction() as before:
        before["planted"] = "by somebody else"
    old = client.get_cookie("comptoir_session").value
    sign_in(client)
    with client.session_transaction() as after:
        assert "planted" not in after
    fixed = app.test_client()
    fixed.set_cookie("comptoir_session", old)
    assert not is_in(fixed)


def test_signing_in_again_ends_the_login_before(session: Session, client: Any) -> None:
    person(session)
    person(session, "bert@example.com")
    sign_in(client)
    client.post("/logout")
    sign_in(client, "bert@example.com")
    open_now = session.scalars(select(LoginSession).where(LoginSession.ended_at.is_(None))).all()
    assert [row.user.email for row in open_now] == ["bert@example.com"]


def test_cookies_are_closed_to_scripts_and_other_sites(session: Session, client: Any, app: Any) -> None:
    person(session)
    app.config.update(SESSION_COOKIE_SECURE=True, REMEMBER_COOKIE_SECURE=True)
    try:
        found = cookies_of(sign_in(client, remember="1"))
    finally:
        app.config.update(SESSION_COOKIE_SECURE=False, REMEMBER_COOKIE_SECURE=False)
    assert {"comptoir_session", "remember_token"} <= set(found)
    for name in ("comptoir_session", "remember_token"):
        cookie = found[name]
        assert (bool(cookie["httponly"]), bool(cookie["secure"]), cookie["samesite"]) == (
            True,
            True,
            "Lax",
        ), name


def test_keep_me_signed_in_only_when_asked(session: Session, client: Any) -> None:
    person(session)
    plain = cookies_of(sign_in(client))
    assert "remember_token" not in plain and not plain["comptoir_session"]["expires"]
    client.post("/logout")
    kept = cookies_of(sign_in(client, remember="1"))
    assert kept["comptoir_session"]["expires"] and kept["remember_token"].value


@pytest.mark.parametrize(
    ("asked", "goes_to"),
    [
        ("/checkout", "/checkout"),
        ("/fr/account/orders?after=x", "/fr/account/orders?after=x"),
        ("http://localhost/cart", "/cart"),
        ("https://evil.example/", "/account"),
        ("//evil.example", "/account"),
        ("/\\evil.example", "/account"),
        ("http://localhost//evil.example", "/account"),
        ("/\t/evil.example", "/account"),
        ("javascript:alert(1)", "/account"),
        ("/login", "/account"),
        ("/logout", "/account"),
        ("x" * 5000, "/account"),
        ("\x00", "/account"),
        ("", "/account"),
    ],
)
def test_next_stays_at_home(session: Session, client: Any, asked: str, goes_to: str) -> None:
    person(session)
    assert sign_in(client, next=asked).headers["Location"] == goes_to


def test_the_page_keeps_the_address_but_never_the_password(session: Session, client: Any) -> None:
    person(session)
    page = sign_in(client, password="mistaken password").get_data(as_text=True)
    assert 'value="anna@example.com"' in page and "mistaken password" not in page


@pytest.mark.parametrize(
    "email", ["anna@example.com", "nobody@example.com", "closed@example.com", "not an address"]
)
def test_every_wrong_login_reads_the_same(session: Session, client: Any, email: str) -> None:
    person(session)
    closed = person(session, "closed@example.com")
    operations.suspend_user(session, user_id=closed.id, actor=operations_actor())
    password = PASSWORD if email.startswith("closed") else "mistaken password"
    answer = sign_in(client, email, password)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 401
    assert text.count("do not go together") == 1
    assert "Suspended" not in text


def operations_actor() -> Any:
    from app.core.actor import SYSTEM

    return SYSTEM


@pytest.mark.parametrize("with_redis", [True, False])
def test_the_sixth_wrong_login_has_to_wait(
    session: Session, client: Any, with_redis: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    person(session)
    if not with_redis:
        monkeypatch.setattr(redis_client, "attempt", lambda call, default=None: default)
    answers = [sign_in(client, password="mistaken password").status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]
    last = sign_in(client)
    assert last.status_code == 429, "the right one waits too, or it could be told from the others"
    assert 1 <= int(last.headers["Retry-After"]) <= 60


def test_an_address_of_the_network_waits_whatever_it_tries(session: Session, client: Any) -> None:
    for number in range(5):
        sign_in(client, f"guess{number}@example.com", "mistaken password")
    assert sign_in(client, "guess9@example.com", "mistaken password").status_code == 429


def test_wrong_attempts_of_one_account_do_not_close_the_others(
    session: Session, client: Any, app: Any
) -> None:
    person(session, "bert@example.com")
    for _ in range(5):
        sign_in(client, "anna@example.com", "mistaken password")
    elsewhere = app.test_client()
    answer = elsewhere.post(
        "/login",
        data={"email": "bert@example.com", "password": PASSWORD},
        environ_overrides={"REMOTE_ADDR": "198.51.100.7"},
    )
    assert answer.status_code == 303


def test_known_and_unknown_addresses_cost_the_same_work(
    session: Session, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:

    from app.identity import passwords

    person(session)
    hashes: list[str] = []
    genuine = passwords.check_password_hash
    monkeypatch.setattr(
        passwords, "check_password_hash", lambda stored, given: hashes.append(stored[:16]) or genuine(stored, given)
    )  # fmt: skip
    work = []
    for email in ("anna@example.com", "nobody@example.com"):
        hashes.clear()
        with counted(session.get_bind()) as statements:
            sign_in(client, email, "mistaken password")
        verbs = [statement.split()[0] for statement in statements]
        work.append((tuple(hashes), [verb for verb in verbs if verb in ("INSERT", "UPDATE", "DELETE")]))
    assert work[0] == work[1]
    assert len(work[0][0]) == 1, "one hash each"


# --- the second step -----------------------------------------------------------------------------


def test_the_second_step(session: Session, client: Any) -> None:
    secret, codes = two_factor(session, person(session))
    answer = sign_in(client, next="/checkout")
    assert answer.status_code == 200 and 'name="otp"' in answer.get_data(as_text=True)
    assert not is_in(client), "the password alone opens nothing"
    assert client.post("/login", data={"otp": "000000"}).status_code == 401
    code = rules.totp_code(secret, now_step())
    passed = client.post("/login", data={"otp": code})
    assert passed.headers["Location"] == "/checkout"
    client.post("/logout")
    sign_in(client)
    assert client.post("/login", data={"otp": code}).status_code == 401, "a code works once"
    assert client.post("/login", data={"otp": codes[0].upper()}).status_code == 303
    client.post("/logout")
    sign_in(client)
    assert client.post("/login", data={"otp": codes[0]}).status_code == 401, "and so does a recovery code"


def test_a_code_without_a_password_before_it_is_worth_nothing(session: Session, client: Any) -> None:
    secret, _codes = two_factor(session, person(session))
    assert client.post("/login", data={"otp": rules.totp_code(secret, now_step())}).status_code == 401
    assert not is_in(client)


def test_a_new_password_ends_a_half_finished_login(session: Session, client: Any) -> None:
    user = person(session)
    secret, _codes = two_factor(session, user)
    sign_in(client)
    operations.set_password(session, user_id=user.id, password=OTHER, actor=operations_actor())
    assert client.post("/login", data={"otp": rules.totp_code(secret, now_step())}).status_code == 401


def test_guessing_codes_has_to_wait(session: Session, client: Any) -> None:
    two_factor(session, person(session))
    sign_in(client)
    answers = [client.post("/login", data={"otp": f"00000{n}"}).status_code for n in range(6)]
    assert answers == [401] * 5 + [429]


def test_the_shops_door_does_not_open_the_back_office(session: Session, client: Any) -> None:
    staff(session, rules.ADMIN)
    sign_in(client, "boss@example.com")
    assert is_in(client)
    assert "/admin/login" in client.get("/admin/").headers.get("Location", "")


def test_hooks_run_at_login_and_their_refusal_stops_nothing(
    session: Session, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.core.errors import Conflict
    from app.identity import sessions

    user, called = person(session), []

    def refuse(own: Session, user_id: int) -> None:
        called.append(user_id)
        raise Conflict()

    hooks: list[Callable[[Session, int], None]] = [refuse]
    monkeypatch.setattr(sessions, "after_login", hooks)
    assert sign_in(client).status_code == 303
    assert called == [user.id] and is_in(client)
