"""Register with a verified address, and recover a password, through the shop's doors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core import rate_limits
from app.core.actor import SYSTEM
from app.core.clock import utcnow
from app.customers.models import Profile
from app.identity import operations, queries, rules
from app.identity.models import Link, User
from tests.identity.people import OTHER, PASSWORD, is_in, link_in, mails, person, sign_in, staff
from tests.storefront.signed_in import no_counters as no_counters
from tests.storefront.signed_in import session as session

NEW = {"first_name": "Anna", "last_name": "Janssens", "email": "Anna@Example.com", "password": PASSWORD}


def register(client: Any, **changes: str) -> Any:
    return client.post("/register", data=NEW | changes)


def accounts(session: Session) -> list[User]:
    session.expire_all()
    return list(session.scalars(select(User).order_by(User.id)))


def test_from_the_form_to_the_account(session: Session, client: Any, deliver: Callable[[], int]) -> None:
    answer = register(client)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/register/sent")
    assert "anna@example.com" in client.get("/register/sent").get_data(as_text=True)
    assert sign_in(client).status_code == 403, "not before the address is confirmed"
    deliver()
    first = mails(session, "account-confirm")
    assert {message.recipient for message in first} == {"anna@example.com"}
    path = link_in(first[0])
    assert client.get(path).status_code == 200
    assert not accounts(session)[0].is_verified, "looking confirms nothing: mail scanners look"
    assert client.post(path).headers["Location"] == "/account"
    assert is_in(client), "who registered in this browser is in"
    deliver()
    assert session.scalar(select(Profile.user_id)) == accounts(session)[0].id
    assert client.post(path).status_code == 410, "a link works once"


def test_in_another_browser_the_password_is_asked_for(
    session: Session, client: Any, app: Any, deliver: Callable[[], int]
) -> None:
    register(client)
    deliver()
    other = app.test_client()
    assert other.post(link_in(mails(session)[0])).headers["Location"] == "/login"
    assert "confirmed" in other.get("/login").get_data(as_text=True)
    assert not is_in(other)
    assert sign_in(other).status_code == 303


def test_a_known_address_gets_the_same_answer_and_its_owner_a_mail(
    session: Session, client: Any, app: Any, deliver: Callable[[], int]
) -> None:
    person(session)
    answers = []
    for email in ("anna@example.com", "unknown@example.com"):
        browser = app.test_client()
        answer = register(browser, email=email, password=OTHER)
        page = browser.get("/register/sent").get_data(as_text=True).replace(email, "")
        answers.append((answer.status_code, answer.headers["Location"], len(page)))
    assert answers[0] == answers[1]
    deliver()
    assert [m.recipient for m in mails(session, "account-exists")] == ["anna@example.com"]
    assert [m.recipient for m in mails(session, "account-confirm")] == ["unknown@example.com"]
    assert sign_in(client, password=OTHER).status_code == 401, "the password of the account is untouched"
    assert sign_in(client).status_code == 303


def test_nobody_prepares_an_account_for_somebody_else(
    session: Session, client: Any, app: Any, deliver: Callable[[], int]
) -> None:
    register(client, password=OTHER)
    register(client)
    deliver()
    second = mails(session, "account-confirm")[-1]
    app.test_client().post(link_in(second))
    assert sign_in(client, password=OTHER).status_code == 401
    assert sign_in(client).status_code == 303


def test_send_it_again(session: Session, client: Any, deliver: Callable[[], int]) -> None:
    assert client.post("/register/resend").status_code == 303
    register(client)
    client.post("/register/resend")
    deliver()
    assert len(mails(session, "account-confirm")) == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", ""),
        ("email", "no address"),
        ("email", "a@b\x00.com"),
        ("email", "x" * 300 + "@example.com"),
        ("email", "anna@example.com\nBcc: x@example.com"),
        ("password", ""),
        ("password", "short"),
        ("password", "password123"),
        ("password", "aaaaaaaaaaaa"),
        ("password", "anna@example.com"),
        ("password", "x" * 300),
        ("password", "a\x00bcdefghijk"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    session: Session, client: Any, field: str, value: str
) -> None:
    answer = register(client, **{field: value})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="f-{field}-error">' in page.replace(" hidden", ""), "the error stands beside the field"
    assert 'aria-invalid="true"' in page and 'value="Janssens"' in page, "nothing typed is lost"
    assert accounts(session) == []


@pytest.mark.parametrize(
    "garbage", ["\x00", "\ud800", "x" * 1_000_000, "<script>alert(1)</script>", "' OR 1=1 --", "{{7*7}}"]
)
def test_hostile_names_are_names_or_nothing(
    session: Session, client: Any, garbage: str, deliver: Callable[[], int]
) -> None:
    text = garbage.encode("utf-8", "surrogatepass")
    answer = client.post("/register", data={**NEW, "first_name": text, "last_name": text})
    assert answer.status_code == 303
    deliver()
    client.post(link_in(mails(session)[0]))
    page = client.get("/account").get_data(as_text=True)
    assert "<script>alert" not in page and "Hello, 49" not in page
    assert len(accounts(session)[0].first_name) <= 64


def test_mails_cannot_be_asked_for_without_end(session: Session, client: Any) -> None:
    answers = [register(client).status_code for _ in range(6)]
    assert answers == [303] * 5 + [429]
    rate_limits.forget()
    answers = [
        client.post("/password/forgot", data={"email": "nobody@example.com"}).status_code for _ in range(6)
    ]
    assert answers == [303] * 5 + [429], "the same for unknown addresses"


# --- a new password ------------------------------------------------------------------------------


def ask(client: Any, deliver: Callable[[], int], email: str = "anna@example.com") -> Any:
    answer = client.post("/password/forgot", data={"email": email})
    deliver()
    return answer


def test_a_new_password_by_mail(session: Session, client: Any, app: Any, deliver: Callable[[], int]) -> None:
    person(session)
    elsewhere = app.test_client()
    sign_in(elsewhere)
    assert ask(client, deliver).headers["Location"] == "/password/sent"
    path = link_in(mails(session, "account-password-link")[0])
    assert client.get(path).status_code == 200
    assert client.post(path, data={"password": "short"}).status_code == 422, "the link stays good"
    assert client.post(path, data={"password": OTHER}).headers["Location"] == "/login"
    assert client.post(path, data={"password": PASSWORD}).status_code == 410, "once"
    assert not is_in(elsewhere), "all sessions end"
    assert sign_in(client).status_code == 401
    assert sign_in(client, password=OTHER).status_code == 303
    deliver()
    assert len(mails(session, "account-password-changed")) == 1


def test_the_answer_and_the_work_are_the_same_for_every_address(
    session: Session, client: Any, app: Any, deliver: Callable[[], int]
) -> None:
    from sqlalchemy import event

    person(session)
    work, engine = [], session.get_bind()
    for email in ("anna@example.com", "nobody@example.com"):
        statements: list[str] = []

        def note(conn: Any, cursor: Any, statement: str, *rest: Any, into: list[str] = statements) -> None:
            into.append(statement)

        browser = app.test_client()
        event.listen(engine, "before_cursor_execute", note)
        answer = browser.post("/password/forgot", data={"email": email})
        event.remove(engine, "before_cursor_execute", note)
        page = browser.get("/password/sent").get_data(as_text=True).replace(email, "")
        work.append((answer.status_code, len(page), statements))
    assert work[0] == work[1]
    deliver()
    assert [message.recipient for message in mails(session)] == ["anna@example.com"]


def test_a_newer_link_replaces_the_older(session: Session, client: Any, deliver: Callable[[], int]) -> None:
    person(session)
    ask(client, deliver)
    ask(client, deliver)
    old, new = (link_in(message) for message in mails(session, "account-password-link"))
    assert (client.get(old).status_code, client.get(new).status_code) == (410, 200)


def test_after_thirty_minutes_it_is_too_late(
    session: Session, client: Any, deliver: Callable[[], int]
) -> None:
    person(session)
    ask(client, deliver)
    path = link_in(mails(session)[0])
    link = session.scalars(select(Link).where(Link.purpose == "reset")).one()
    assert link.expires_at - link.created_at == timedelta(minutes=30)
    session.execute(update(Link).values(expires_at=utcnow() - timedelta(seconds=1)))
    session.commit()
    assert client.get(path).status_code == 410
    assert client.post(path, data={"password": OTHER}).status_code == 410
    assert sign_in(client).status_code == 303


def test_a_suspended_account_gets_no_link(session: Session, client: Any, deliver: Callable[[], int]) -> None:
    user = person(session)
    ask(client, deliver)
    path = link_in(mails(session)[0])
    operations.suspend_user(session, user_id=user.id, actor=SYSTEM)
    assert client.post(path, data={"password": OTHER}).status_code == 410
    before = len(mails(session, "account-password-link"))
    ask(client, deliver)
    assert len(mails(session, "account-password-link")) == before


def test_the_second_step_survives_a_new_password(
    session: Session, client: Any, deliver: Callable[[], int]
) -> None:
    from tests.identity.people import two_factor

    two_factor(session, person(session))
    ask(client, deliver)
    client.post(link_in(mails(session, "account-password-link")[0]), data={"password": OTHER})
    assert 'name="otp"' in sign_in(client, password=OTHER).get_data(as_text=True)


def test_staff_are_sent_to_their_own_door(session: Session, client: Any, deliver: Callable[[], int]) -> None:
    staff(session, rules.SUPPORT)
    ask(client, deliver, "boss@example.com")
    answer = client.post(link_in(mails(session)[0]), data={"password": OTHER})
    assert answer.headers["Location"] == "/admin/login/"


@pytest.mark.parametrize("token", ["x", "x" * 5000, "%00", "Ï€", "..%2f..", "WzEsIngiXQ.AAAA"])
@pytest.mark.parametrize("path", ["/verify/{}", "/password/reset/{}", "/account/email/confirm/{}"])
def test_made_up_links_are_refused_plainly(session: Session, client: Any, path: str, token: str) -> None:
    for method in (client.get, client.post):
        assert method(path.format(token), data=None).status_code in (404, 410)


def test_a_link_for_one_thing_does_no_other(
    session: Session, client: Any, deliver: Callable[[], int]
) -> None:
    person(session)
    ask(client, deliver)
    secret = link_in(mails(session)[0]).rsplit("/", 1)[-1]
    assert client.post(f"/verify/{secret}").status_code == 410
    assert client.post(f"/account/email/confirm/{secret}").status_code == 410


@pytest.mark.parametrize("language", ["en", "fr", "nl", "de", "es"])
def test_the_mail_speaks_the_language_of_the_page(
    session: Session, client: Any, deliver: Callable[[], int], language: str
) -> None:
    person(session)
    prefix = "" if language == "en" else f"/{language}"
    client.post(f"{prefix}/password/forgot", data={"email": "anna@example.com"})
    deliver()
    message = mails(session)[0]
    assert message.language == language
    assert link_in(message).startswith(f"{prefix}/password/reset/")
    assert client.get(link_in(message)).status_code == 200
    assert queries.user_by_email(session, "anna@example.com") is not None
