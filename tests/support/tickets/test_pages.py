"""The contact form, a guest's ticket, a customer's tickets: who gets in, what survives, what is kept out."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from altcha import v1 as altcha
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.identity import operations as identity
from app.notifications.models import Message
from app.support.tickets import operations
from app.support.tickets.models import Ticket
from tests.support import making
from tests.support.chat import talking
from tests.support.making import PDF

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
GOOD = {"name": "Gwen", "email": "gwen@people.example", "subject": "A question", "body": "Does it dim?"}
PASSWORD = "a-long-demo-password-7"


@pytest.fixture
def own(client: Any, session_maker: Callable[[], Session]) -> Iterator[Session]:
    """A session apart from those of the requests."""
    with session_maker() as session:
        yield session


def form_of(page: Any) -> dict[str, str]:
    """The hidden fields of the form, and a proof as a browser finds it."""
    challenge = json.loads(re.search(r"data-challenge='([^']+)'", page.text)[1].replace("&#34;", '"'))  # type: ignore[index]
    found = altcha.solve_challenge(
        challenge=challenge["challenge"], salt=challenge["salt"], algorithm="SHA-256", max_number=challenge["maxNumber"], start=0
    )  # fmt: skip
    assert found is not None
    kept = {name: challenge[name] for name in ("algorithm", "challenge", "salt", "signature")}
    proof = base64.b64encode(json.dumps({**kept, "number": found.number}).encode()).decode()
    return {"csrf_token": token_of(page), "proof": proof, "question": hidden(page, "question")}


def token_of(page: Any) -> str:
    return hidden(page, "csrf_token")


def hidden(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    return found[1] if found else ""


def test_the_support_page_says_who_is_there_not_who_could_be(client: Any, own: Session) -> None:
    talking.hours(own)
    assert "Nobody is here just now" in client.get("/support").text, "open, and nobody at the desk"
    talking.agent(own)
    own.commit()
    assert "We are here now" in client.get("/support").text


def count(own: Session) -> int:
    own.rollback()
    return own.scalar(select(func.count()).select_from(Ticket)) or 0


def test_sup_04_the_form_opens_a_ticket_and_confirms_by_mail(client: Any, own: Session, deliver: Any) -> None:
    values = form_of(client.get("/nl/contact"))
    answer = client.post("/nl/contact", data={**values, **GOOD, "files": (BytesIO(PDF), "bill.pdf")})
    assert answer.status_code == 303 and "/nl/support/" in answer.location
    page = client.get(answer.location)
    assert (
        "Does it dim?" in page.text
        and "bill.pdf" in page.text
        and page.headers["Cache-Control"] == "no-store"
    )
    deliver()
    (mail,) = own.scalars(select(Message)).all()
    made = own.scalars(select(Ticket)).one()
    assert (mail.recipient, mail.language) == ("gwen@people.example", "nl") and made.number in mail.subject
    assert f"/nl/support/{made.token}" in mail.text and f"<ticket.{made.mail_key}@" in mail.thread


def test_a_proof_works_once(client: Any, own: Session) -> None:
    values = form_of(client.get("/contact"))
    assert client.post("/contact", data={**values, **GOOD}).status_code == 303
    again = client.post("/contact", data={**values, **GOOD})
    assert again.status_code == 422 and "Does it dim?" in again.text and count(own) == 1


@pytest.mark.parametrize(
    "proof", ["", "x", "e30=", base64.b64encode(b'{"challenge": 1}').decode(), "[" * 500, "é"]
)
def test_without_a_proof_the_question_has_to_be_answered(client: Any, own: Session, proof: str) -> None:
    page = client.get("/contact")
    values = {"csrf_token": token_of(page), "question": hidden(page, "question"), "proof": proof}
    refused = client.post("/contact", data={**values, **GOOD, "answer": "99"})
    assert refused.status_code == 422 and "A question" in refused.text and count(own) == 0
    first, second = map(int, re.search(r"What is (\d+) plus (\d+)\?", page.text).groups())  # type: ignore[union-attr]
    if proof:
        return
    assert client.post("/contact", data={**values, **GOOD, "answer": str(first + second)}).status_code == 303
    assert client.post("/contact", data={**values, **GOOD, "answer": str(first + second)}).status_code == 422
    assert count(own) == 1


def test_typed_text_survives_and_hostile_words_stay_words(client: Any, own: Session) -> None:
    values = form_of(client.get("/contact"))
    refused = client.post(
        "/contact", data={**values, "name": EVIL, "email": "nobody", "subject": EVIL, "body": "kept words"}
    )
    assert refused.status_code == 422 and "kept words" in refused.text and EVIL not in refused.text
    assert "Please enter your e-mail address" in refused.text and count(own) == 0
    made = client.post("/contact", data={**values, **GOOD, "subject": EVIL, "body": EVIL, "name": EVIL[:90]})
    assert made.status_code == 303 and EVIL not in client.get(made.location).text


def test_what_fills_in_the_trap_gets_thanks_and_nothing_else(client: Any, own: Session) -> None:
    values = form_of(client.get("/contact"))
    answer = client.post("/contact", data={**values, **GOOD, "website": "https://spam.example"})
    assert answer.location.endswith("/contact/sent") and client.get(answer.location).status_code == 200
    assert count(own) == 0


def test_too_many_from_one_place_are_refused(client: Any, own: Session) -> None:
    answers = [
        client.post("/contact", data={**form_of(client.get("/contact")), **GOOD}).status_code
        for _ in range(6)
    ]
    assert answers == [303] * 5 + [429] and count(own) == 5


def test_a_guest_goes_on_by_the_token_alone(client: Any, own: Session) -> None:
    made = making.ticket(own)
    path = f"/support/{made.token}"
    page = client.get(path)
    assert client.post(path, data={"csrf_token": token_of(page), "body": "More words"}).status_code == 303
    assert "More words" in client.get(path).text
    for wrong in (
        "/support/x",
        f"/support/{made.number}",
        f"/support/{made.token}x",
        "/support/%00",
        "/support/é",
    ):
        assert client.get(wrong).status_code == 404
    empty = client.post(path, data={"csrf_token": token_of(page), "body": " "})
    assert empty.status_code == 422
    own.expire_all()
    operations.move(own, ticket_id=made.id, state="closed", actor=SYSTEM)
    closed = client.post(path, data={"csrf_token": token_of(page), "body": "Too late"})
    assert (
        closed.status_code == 409
        and "This ticket is closed" in closed.text
        and 'name="body"' not in client.get(path).text
    )


def test_sup_03_customers_see_their_own_tickets_and_no_notes(app: Any, client: Any, own: Session) -> None:
    ids = {}
    for name in ("kim", "lou"):
        user = identity.create_user(
            own, email=f"{name}@people.example", password=PASSWORD, first_name=name, actor=SYSTEM
        )
        ids[name] = user.id
    own.commit()
    mine = making.ticket(own, email="kim@people.example", user_id=ids["kim"], files=[])
    theirs = making.ticket(own, email="lou@people.example", user_id=ids["lou"], subject="Not yours")
    operations.note(own, ticket_id=mine.id, body="Between us", actor=making.agent(own))
    page = client.get("/login")
    logged = client.post(
        "/login", data={"csrf_token": token_of(page), "email": "kim@people.example", "password": PASSWORD}
    )
    assert logged.status_code in (302, 303)
    listed = client.get("/account/tickets")
    assert mine.number in listed.text and "Not yours" not in listed.text
    shown = client.get(f"/account/tickets/{mine.number}")
    assert shown.status_code == 200 and "Between us" not in shown.text
    assert client.get(f"/account/tickets/{theirs.number}").status_code == 404
    assert client.get("/account/tickets/%00").status_code == 404
    sent = client.post(
        f"/account/tickets/{mine.number}", data={"csrf_token": token_of(shown), "body": "And?"}
    )
    assert sent.status_code == 303
    stranger = app.test_client()
    assert stranger.get("/account/tickets").status_code == 303


def test_the_page_of_ways_and_the_footer_lead_there(client: Any, own: Session) -> None:
    page = client.get("/support")
    assert page.status_code == 200 and 'href="/help"' in page.text and 'href="/contact"' in page.text
    home = client.get("/fr/").text
    assert 'href="/fr/help"' in home and 'href="/fr/contact"' in home


def test_hours_are_written_in_the_language_of_the_page(client: Any, own: Session) -> None:
    assert "Mon–Fri 09:00–17:30" in client.get("/support").text
    assert "lun.–ven. 09:00–17:30" in client.get("/fr/support").text
