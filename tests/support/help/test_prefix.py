"""Help is found while a word is still being typed: by its beginning, in five languages, whole words first."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.core import caching
from app.core.actor import SYSTEM
from app.ops.demo import helpdesk
from app.support.help import operations, queries, rules


@pytest.fixture
def demo(session: Session) -> Session:
    """The articles of the demo shop."""
    helpdesk.help_articles(session)
    caching.purge("support.help")
    return session


def slugs(session: Session, typed: str, language: str, **how: Any) -> list[str]:
    """What is found."""
    return [hit.slug for hit in queries.search(session, typed, language, **how)]


@pytest.mark.parametrize(
    ("language", "typed", "slug"),
    [("nl", "retour", "returns"), ("nl", "retourn", "returns"), ("nl", "waar is mijn bestel", "order-status"),
     ("de", "liefer", "delivery"), ("de", "rechnun", "invoice"), ("de", "Rückga", "returns"), ("de", "ruckga", "returns"),
     ("en", "deliv", "delivery"), ("en", "invoi", "invoice"), ("en", "how do I retu", "returns"), ("en", "cance", "cancel"),
     ("fr", "livrai", "delivery"), ("fr", "factu", "invoice"), ("fr", "rembou", "returns"), ("fr", "annul", "cancel"),
     ("es", "devolu", "returns"), ("es", "factu", "invoice"), ("es", "envi", "delivery"), ("es", "direcci", "change-address")],
)  # fmt: skip
def test_sup_05_a_word_that_is_only_begun_is_found(
    demo: Session, language: str, typed: str, slug: str
) -> None:
    assert slug in slugs(demo, typed, language)[:4]


def test_each_letter_more_still_finds_it(demo: Session) -> None:
    for language, word, slug in (("nl", "retourneren", "returns"), ("de", "lieferung", "delivery"), ("fr", "livraison", "delivery"),
                                 ("es", "devolución", "returns"), ("en", "delivery", "delivery")):  # fmt: skip
        for length in range(4, len(word) + 1):
            assert slug in slugs(demo, word[:length], language), (language, word[:length])


@pytest.fixture
def three(session: Session) -> Session:
    """One article with the word in its text, one with a longer word in its title, one with neither."""
    shelf = int(operations.save_category(session, slug="care", title="Care", actor=SYSTEM).id)
    for slug, title, body in (("long", "Lampshades and lampstands", "All of lampshades."), ("whole", "About things", "A lamp is a thing."),
                              ("none", "Chairs", "Four legs.")):  # fmt: skip
        operations.save_article(
            session, slug=slug, category_id=shelf, state="published", title=title, body=body, actor=SYSTEM
        )
    caching.purge("support.help")
    return session


def test_whole_words_come_before_beginnings(three: Session) -> None:
    assert slugs(three, "lamp", "en") == ["whole", "long"]
    assert slugs(three, "LAMPS", "en")[0] == "whole" and slugs(three, "lampsh", "en") == ["long"]
    assert slugs(three, "lampsh thing", "en") == ["whole"], "only the last word may be begun"
    assert slugs(three, "four lampsh", "en") == ["long", "none"], (
        "where nobody has it as a word, beginnings count"
    )
    assert (
        slugs(three, "lamp", "en", whole=True) == ["whole"] and slugs(three, "lampsh", "en", whole=True) == []
    )


def test_the_bot_does_not_answer_by_beginnings(three: Session) -> None:
    from app.core.actor import GUEST
    from app.support.bot import answers
    from app.support.chat import operations as chat
    from app.support.chat.queries import Owner

    talk = chat.start(three, owner=Owner(guest_key="g" * 32), language="en", actor=GUEST)
    assert answers._article(three, talk, "lampsh") is answers.HANDED


@pytest.mark.parametrize(
    "typed",
    [
        "'",
        "lamp'",
        "lamp':*",
        ":*",
        "lamp & !x",
        "\\'",
        "lamp:*A | x",
        "<->",
        "(",
        "lamp\x00",
        "lamp%",
        "'' | ''",
        "¡lamp",
        "‘lamp’",
    ],
)
def test_what_is_typed_is_never_an_operator(three: Session, typed: str) -> None:
    said: list[Any] = []

    def hear(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if "to_tsquery" in statement:
            said.append(values)

    event.listen(three.get_bind(), "before_cursor_execute", hear)
    try:
        found = slugs(three, typed, "en")
    finally:
        event.remove(three.get_bind(), "before_cursor_execute", hear)
    assert set(found) <= {"whole", "long"} and ("lamp" not in typed or "whole" in found)
    for values in said:
        texts = [
            value
            for value in (values.values() if isinstance(values, dict) else values)
            if isinstance(value, str) and "'" in value
        ]
        assert texts and not [text for text in texts if rules.re.sub(r"'\w+'(:\*)?( \| )?", "", text)], texts


def test_no_question_fails(three: Session) -> None:
    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(st.text(max_size=30), st.sampled_from(["en", "fr", "nl", "de", "es"]))
    def asks(typed: str, language: str) -> None:
        queries.search(three, typed, language)

    asks()
