"""Help pages: saved clean, found by their words in each language, judged once a day, shown to search engines."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.core.clock import utcnow
from app.core.errors import Conflict, InvalidFields
from app.core.i18n import LANGUAGES
from app.identity.models import User
from app.ops.demo import helpdesk
from app.ops.demo.content.help import ARTICLES
from app.support.help import operations, queries, rules
from app.support.help.models import HelpArticle, HelpVote
from app.support.tickets.models import Ticket
from tests.support import making

EVIL = '<p onclick="x()">Words</p><script>alert(1)</script><a href="javascript:alert(2)">a</a><img src=x onerror=y>'


@pytest.fixture
def own(client: Any, session_maker: Callable[[], Session]) -> Iterator[Session]:
    with session_maker() as session:
        yield session


def shelf(session: Session) -> int:
    return int(operations.save_category(session, slug="care", title="Care", actor=SYSTEM).id)


def article(session: Session, **values: Any) -> HelpArticle:
    given_ = {
        "slug": "lamps",
        "category_id": shelf(session),
        "state": "published",
        "title": "Cleaning lamps",
        "body": "Use a cloth.",
    }
    return operations.save_article(session, actor=SYSTEM, **(given_ | values))


def test_bodies_are_cleaned_and_bad_values_named(session: Session) -> None:
    made = article(session, body=EVIL, translations={"fr": {"title": "Nettoyer", "body": EVIL}})
    for body in (made.body, made.translations["fr"]["body"]):
        assert "Words" in body and not re.search("script|onclick|onerror|javascript", body)
    for values in ({"slug": "Bad Slug"}, {"slug": "lamps"}, {"title": ""}, {"state": "gone"}, {"category_id": 99},
                   {"body": "x" * 30_001}, {"title": "a\x00"}, {"translations": {"xx": {}}}):  # fmt: skip
        with pytest.raises(InvalidFields) as refused:
            operations.save_article(
                session,
                actor=SYSTEM,
                **({"slug": "new", "category_id": made.category_id, "title": "T"} | values),
            )
        assert set(refused.value.errors) == set(values)
    with pytest.raises(Conflict):
        operations.remove_category(session, category_id=made.category_id, actor=SYSTEM)


def test_sup_05_every_article_of_the_demo_is_found_in_each_language(session: Session) -> None:
    helpdesk.help_articles(session)
    helpdesk.help_articles(session)
    assert len(queries.articles(session, "en")) == len(ARTICLES) >= 10
    for slug, _shelf, texts in ARTICLES:
        assert set(texts) == set(LANGUAGES)
        for language, (title, _summary, _body) in texts.items():
            found = [hit.slug for hit in queries.search(session, title, language)]
            assert slug in found[:3], f"{language}: {title} gives {found}"


@pytest.mark.parametrize(
    ("language", "typed", "slug"),
    [("en", "parcels damaged", "damaged"), ("fr", "etiquette adresse", "change-address"), ("nl", "facturen", "invoice"),
     ("de", "stornieren", "cancel"), ("es", "devoluciones articulo", "returns"), ("fr", "mot de passe oublié", "account")],
)  # fmt: skip
def test_other_forms_of_a_word_and_missing_accents(
    session: Session, language: str, typed: str, slug: str
) -> None:
    helpdesk.help_articles(session)
    assert slug in [hit.slug for hit in queries.search(session, typed, language)][:3]


def test_a_language_without_text_reads_and_finds_the_english_one(session: Session) -> None:
    article(session)
    (hit,) = queries.search(session, "cleaning", "de")
    assert (hit.title, hit.language) == ("Cleaning lamps", "en")
    made = session.scalars(select(HelpArticle)).one()
    operations.save_article(session, article_id=made.id, state="draft", actor=SYSTEM)
    assert queries.search(session, "cleaning", "en") == []


@given(st.text(max_size=60))
def test_no_question_breaks_the_words(typed: str) -> None:
    assert all(re.fullmatch(r"\w+", word) for word in rules.question_words(typed))


@pytest.mark.parametrize(
    "typed", ["'", "a' | 'b", ":*", "& | !", "\\", "lamp:*A", "<->", "x" * 5000, "日本語", "%"]
)
def test_hostile_questions(client: Any, own: Session, typed: str) -> None:
    article(own)
    page = client.get("/help", query_string={"q": typed})
    assert page.status_code == 200 and "<script>alert" not in page.text


def test_a_reader_counts_once(client: Any, own: Session) -> None:
    made = article(own)
    page = client.get("/help/lamps")
    fields = {
        name: re.search(rf'name="{name}" value="([^"]+)"', page.text)[1] for name in ("csrf_token", "token")
    }  # type: ignore[index]
    for word in ("yes", "yes", "no"):
        answer = client.post("/help/lamps/vote", data={**fields, "helpful": word})
        assert answer.status_code == 303
    own.expire_all()
    assert (made.helpful, made.unhelpful) == (0, 1) and own.scalar(
        select(func.count()).select_from(HelpVote)
    ) == 1
    other = client.post(
        "/help/lamps/vote", data={**fields, "helpful": "yes"}, headers={"User-Agent": "another"}
    )
    assert other.status_code == 303
    own.expire_all()
    assert (made.helpful, made.unhelpful) == (1, 1)
    for bad in ({"token": "x"}, {"helpful": "perhaps"}, {"token": ""}):
        assert client.post("/help/lamps/vote", data={**fields, "helpful": "yes", **bad}).status_code == 422
    assert client.post("/help/nothing/vote", data={**fields, "helpful": "yes"}).status_code == 404


def test_votes_are_forgotten_and_counts_stay(session: Session) -> None:
    made = article(session)
    operations.vote(session, article_id=made.id, voter="v", is_helpful=True)
    assert operations.forget_votes(session) == 0
    session.execute(update(HelpVote).values(created_at=utcnow().replace(year=2020)))
    session.commit()
    assert operations.forget_votes(session) == 1 and operations.forget_votes(session) == 0
    session.expire_all()
    assert made.helpful == 1


def test_pages_markup_sitemap_and_drafts(client: Any, own: Session) -> None:
    helpdesk.help_articles(own)
    page = client.get("/nl/help")
    assert (
        page.status_code == 200
        and "Waar is mijn bestelling?" in page.text
        and "/nl/help/order-status" in page.text
    )
    shown = client.get("/de/help/returns")
    found = re.search(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', shown.text, re.S)
    data = json.loads(found[1])  # type: ignore[index]
    assert data["@type"] == "FAQPage" and data["mainEntity"][0]["name"] == "Wie schicke ich etwas zurück?"
    sitemap = client.get("/sitemap.xml").text
    assert "/help/returns<" in sitemap and "/fr/help/returns" in sitemap
    made = own.scalars(select(HelpArticle).where(HelpArticle.slug == "cancel")).one()
    operations.save_article(own, article_id=made.id, state="draft", actor=SYSTEM)
    assert client.get("/help/cancel").status_code == 404 and client.get("/help/%00").status_code == 404


def test_tickets_of_the_demo(session: Session) -> None:
    making.customer(session)
    making.agent(session, "x")
    session.execute(update(User).where(User.is_staff).values(username="support@comptoir.example"))
    session.commit()
    for _time in range(2):
        helpdesk.tickets(session)
    states = set(session.scalars(select(Ticket.state)))
    assert states == {"new", "open", "waiting", "solved"}
    assert session.scalar(select(func.count()).select_from(Ticket)) == len(helpdesk.TICKETS)
