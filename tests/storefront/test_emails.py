"""The doors of topics: the footer's form, the account's page, links without a login, one click to stop."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.core import rate_limits
from app.core.unit_of_work import unit_of_work
from app.identity import throttle
from app.notifications import consents, queries, topics
from app.notifications.consent_models import ConsentRecord, Subscriber
from app.notifications.consents import Origin
from app.notifications.models import Message
from tests.identity.people import person, sign_in, sign_in_staff, staff

GUEST = "guest@example.com"


@pytest.fixture
def session(session_maker: Callable[[], Session]) -> Iterator[Session]:
    """A session without an application context: what requests keep in `g` must not outlive them."""
    throttle.forget()
    rate_limits.forget()
    with session_maker() as own:
        yield own


@pytest.fixture
def client(app: Any) -> Any:
    """A browser."""
    return app.test_client()


def words(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def held(session: Session, email: str = GUEST) -> dict[str, bool]:
    session.rollback()
    return queries.choices(session, email)


def stop_link(session: Session, topic: str = "promotions") -> str:
    """The link of a mail of a topic to the guest, who agreed to everything."""
    consents.choose(session, email=GUEST, wanted=dict.fromkeys(topics.ASKED, True), origin=Origin("test"))
    who = queries.subscriber_of(session, GUEST)
    assert who is not None
    link = f"/emails/off/{topics.link(who.id, topics.UNSUBSCRIBE, topic)}"
    session.rollback()
    return link


def test_from_the_footer_to_a_consent_and_out_again(
    session: Session, client: Any, deliver: Callable[[], int]
) -> None:
    assert 'action="/newsletter"' in words(client.get("/"))
    answer = client.post("/newsletter", data={"email": " Guest@Example.com "})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/newsletter/sent")
    assert "Guest@Example.com" in words(client.get("/newsletter/sent"))
    deliver()
    session.rollback()
    mail = session.scalars(select(Message)).one()
    link = re.search(r"/newsletter/confirm/\S+", mail.text)
    assert link is not None and mail.recipient == GUEST
    page = client.get(link[0])
    assert page.status_code == 200 and page.headers["Cache-Control"] == "no-store"
    assert not any(held(session).values()), "opening a page gives nothing: mail scanners do"
    choices = client.post(link[0])
    assert choices.status_code == 303 and held(session) == {
        "cart": False,
        "new_products": True,
        "promotions": True,
    }
    session.rollback()
    proof = session.scalars(select(ConsentRecord).where(ConsentRecord.state == "given")).all()
    assert {(row.source, row.wording, row.language) for row in proof} == {
        ("confirmation mail", "newsletter-1", "en")
    }
    own = choices.headers["Location"].split("?")[0]
    assert 'name="promotions"' in words(client.get(own)) and "checked" in words(client.get(own))
    client.post(own, data={"cart": "1"})
    assert held(session) == {"cart": True, "new_products": False, "promotions": False}


def test_the_answer_is_the_same_for_known_and_unknown_addresses(session: Session, app: Any) -> None:
    consents.choose(session, email=GUEST, wanted=dict.fromkeys(topics.ASKED, True), origin=Origin("test"))
    answers = []
    for email in (GUEST, "nobody@example.com"):
        browser = app.test_client()
        answer = browser.post("/newsletter", data={"email": email})
        page = words(browser.get("/newsletter/sent")).replace(email, "…")
        answers.append(
            (answer.status_code, answer.headers["Location"], re.sub(r'"[\w.@=/-]{20,}"', "", page))
        )
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    "bad", ["", "no address", "a@b\nBcc: x@example.com", "x" * 400 + "@example.com", "a\x00@b.c"]
)
def test_what_is_no_address_is_told_beside_its_field_and_stays_typed(
    session: Session, client: Any, bad: str
) -> None:
    answer = client.post("/newsletter", data={"email": bad})
    assert answer.status_code == 422 and 'id="f-email-error"' in words(answer)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Subscriber)) == 0


def test_asking_again_and_again_floods_nobody(
    session: Session, client: Any, deliver: Callable[[], int]
) -> None:
    got = []
    for _ in range(7):
        got.append(client.post("/newsletter", data={"email": GUEST}).status_code)
        deliver()
    assert got == [303] * 5 + [429] * 2
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Message)) == 1


def test_one_click_of_a_mail_reader_stops_without_cookie_or_csrf_token(session: Session, app: Any) -> None:
    link = stop_link(session)
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        for _ in range(2):
            answer = app.test_client().post(link, data={"List-Unsubscribe": "One-Click"})
            assert answer.status_code == 200
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert held(session) == {"cart": True, "new_products": True, "promotions": False}
    sources = session.scalars(select(ConsentRecord.source).where(ConsentRecord.state == "withdrawn")).all()
    assert sources == ["one click"]


def test_looking_at_the_link_stops_nothing_and_asks(session: Session, client: Any) -> None:
    link = stop_link(session)
    page = words(client.get("/fr" + link))
    assert f'action="/fr{link}"' in page and all(held(session).values())
    client.post(link)
    assert not held(session)["promotions"]


@pytest.mark.parametrize("secret", ["orders", "all", "made_up", ""])
def test_links_that_are_not_ours_lead_nowhere(session: Session, client: Any, secret: str) -> None:
    stop_link(session)
    who = queries.subscriber_of(session, GUEST)
    assert who is not None
    for path in (
        f"/emails/off/{topics.link(who.id, topics.UNSUBSCRIBE, secret)}", "/emails/off/made-up", "/emails/made-up",
        f"/emails/{topics.link(who.id, topics.UNSUBSCRIBE, 'all')}", "/newsletter/confirm/made-up",
        f"/emails/off/{topics.link(10**9, topics.UNSUBSCRIBE, 'promotions')}",
    ):  # fmt: skip
        assert client.get(path).status_code == client.post(path).status_code == 404, path
    assert all(held(session).values())


def test_the_account_chooses_for_its_own_address(session: Session, client: Any) -> None:
    anna = person(session)
    sign_in(client)
    page = words(client.get("/account/emails"))
    assert all(f'name="{code}"' in page for code in topics.ASKED) and 'name="orders"' not in page
    for _ in range(2):
        assert (
            client.post("/account/emails", data={"cart": "1", "promotions": "1", "made_up": "1"}).status_code
            == 303
        )
    assert held(session, anna.email) == {"cart": True, "new_products": False, "promotions": True}
    assert session.scalars(select(Subscriber.user_id)).one() == anna.id
    client.post("/account/emails")
    assert not any(held(session, anna.email).values())
    assert session.scalar(select(func.count()).select_from(ConsentRecord)) == 4, "a repeat leaves no record"


def test_an_account_whose_address_was_never_confirmed_is_asked_by_mail(session: Session, client: Any) -> None:
    anna = person(session)
    sign_in(client)
    with unit_of_work(session):
        session.execute(text("UPDATE ab_user SET email_verified_at = NULL WHERE id = :id"), {"id": anna.id})
    client.post("/account/emails", data={"cart": "1"})
    assert not any(held(session, anna.email).values())
    assert session.scalars(select(ConsentRecord.state)).all() == ["asked"]


def test_staff_see_consents_and_their_proof_beside_the_customer(
    session: Session, client: Any, app: Any
) -> None:
    anna = person(session)
    sign_in(client)
    client.post("/account/emails", data={"cart": "1"})
    staff(session)
    desk = app.test_client()
    sign_in_staff(desk)
    page = words(desk.get(f"/admin/customer/show/{anna.id}"))
    assert "Agreed to by e-mail" in page and "choices-1" in page and "Your bag" in page
