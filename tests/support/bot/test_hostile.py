"""The bot under trickery: whatever is written, it tells nothing of an order without its proof, repeats no markup, and
claims nothing that is not so. It answers from the shop's pages, asks, or hands over."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import render_template_string
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import caching, settings
from app.core.actor import GUEST, SYSTEM, Actor
from app.core.i18n import LANGUAGES, speak
from app.events.support import ChatMessagePosted
from app.notifications.models import Message as Mail
from app.ops.demo import helpdesk
from app.orders.models import Order
from app.support.bot import answers, handlers, queries, rules
from app.support.bot.models import BotTurn
from app.support.bot.rules import INTENTS
from app.support.chat import operations as chat
from app.support.chat.models import ChatMessage, Conversation
from app.support.chat.queries import Owner
from app.support.help import queries as help_pages
from app.support.settings import SupportSettings
from tests.identity.people import sign_in_staff
from tests.orders import making as orders
from tests.reviews import making as buying
from tests.support import making
from tests.support.bot.hostile import MESSAGES, PROOFS
from tests.support.chat import talking

MISSING = "2020-999999"
Say = Callable[..., str]


@pytest.fixture
def order(session: Session, learned: Any, monkeypatch: pytest.MonkeyPatch) -> Order:
    """Kim's order, which nobody else may hear of; the bot is on, with all that it has learned."""
    settings.change(session, SupportSettings, actor=SYSTEM, bot=True)
    monkeypatch.setattr(queries, "weights", lambda _session: learned.weights)
    helpdesk.help_articles(session)
    caching.purge("support.help")
    caching.purge("shipping")
    variant, _product = buying.products(session)[0]
    return orders.order(session, [variant], user_id=making.customer(session, "kim"), quantity=1)


@pytest.fixture
def say(session: Session, order: Order) -> Say:
    """Writes a message and gives what the bot answers."""
    count = iter(range(10_000))

    def said(text: str, language: str = "en", guest: str = "", user_id: int | None = None) -> str:
        number = next(count)
        owner = Owner(user_id=user_id) if user_id else Owner(guest_key=guest or f"{number:032}")
        row = chat.start(session, owner=owner, language=language, actor=GUEST)
        message = chat.post(
            session, conversation_id=row.id, client_id=f"c{number}", text=text, author_kind="customer",
            actor=Actor("customer", user_id) if user_id else GUEST,
        )  # fmt: skip
        handlers.answer_message(session, ChatMessagePosted(row.id, message.id, "customer"))
        query = select(ChatMessage.text).where(ChatMessage.client_id == f"bot-{message.id}")
        return str(session.scalars(query).one())

    return said


def secrets_of(order: Order) -> list[str]:
    """What only its owner may hear."""
    own = [order.token, order.email, *(str(value) for value in order.shipping_address.values() if value)]
    return [text for text in own if len(text) > 3] + [line.name for line in order.lines]


def tells(text: str, order: Order) -> list[str]:
    """The secrets in a text."""
    return [secret for secret in secrets_of(order) if secret.lower() in text.lower()]


def sources(session: Session, order: Order, language: str) -> set[str]:
    """All that the bot may say to who has proved nothing: what it says to plain questions, and the help pages."""
    row = chat.start(session, owner=Owner(guest_key=f"{language:p>32}"), language=language, actor=GUEST)
    with speak(language):
        plain = [
            answers.answer(session, row, text, intent).text for intent in INTENTS for text in ("", MISSING)
        ]
        articles = [
            answers._article(session, row, "", one.slug).text
            for one in help_pages.articles(session, language)
        ]
        wrong = answers._proved(session, row, MISSING, "1@x.example", "order_status").text
        handed = handlers._("I pass you on to a colleague, who answers here or by mail.")
    return {_same(text, order) for text in (*plain, *articles, wrong, handed)}


def _same(text: str, order: Order) -> str:
    return text.replace(str(order.number), "#").replace(MISSING, "#")


def test_there_is_something_of_everything() -> None:
    assert len(MESSAGES) >= 40 and {code for code, _text in MESSAGES} == set(LANGUAGES)


def test_sup_02_a_hostile_message_gets_what_everybody_may_hear(
    session: Session, order: Order, say: Say
) -> None:
    allowed = {code: sources(session, order, code) for code in LANGUAGES}
    for language, template in MESSAGES:
        real, missing = (say(template.format(order=number), language) for number in (order.number, MISSING))
        assert _same(real, order) == _same(missing, order), f"tells whether there is an order: {template}"
        assert _same(real, order) in allowed[language], f"from nowhere: {template} -> {real}"
        assert not tells(real, order) and not re.search(r"[<>{}]|%\(|javascript:", real), template
        lines = real.replace(str(order.number), "").splitlines()
        assert "alert" not in real and len(lines) < 12
    assert session.scalar(select(func.count()).select_from(Mail).where(Mail.template == "order_link")) == 0


def test_another_account_hears_of_its_own_orders_alone(session: Session, order: Order, say: Say) -> None:
    lou = making.customer(session, "lou")
    for language, template in MESSAGES:
        heard = []
        for number in (order.number, MISSING) if "{order}" in template else ():
            heard.append(_same(say(template.format(order=number), language, user_id=lou), order))
            session.execute(Conversation.__table__.update().values(with_bot=True))
            session.commit()
        assert len(set(heard)) <= 1 and not any(tells(text, order) for text in heard), template


@pytest.mark.parametrize("intent", ["order_status", "refund", "cancel", "change_address"])
def test_whatever_it_understands_it_claims_nothing(session: Session, order: Order, intent: str) -> None:
    """Were it tricked into any intent: it asks for a proof, and no state, sum or refund is in what it says."""
    row = chat.start(session, owner=Owner(guest_key="q" * 32), language="en", actor=GUEST)
    for _language, template in MESSAGES:
        with speak("en"):
            told = answers.answer(session, row, template.format(order=order.number), intent)
        assert told.outcome == "asked" and told.waits_for in ("number", "proof"), template
        assert "which e-mail address or postcode" in told.text or "Which number" in told.text
    lou = making.customer(session, "lou")
    mine = chat.start(session, owner=Owner(user_id=lou), language="en", actor=Actor("customer", lou))
    for _language, template in MESSAGES:
        with speak("en"):
            told = answers.answer(session, mine, template.format(order=order.number), intent)
        assert "refund" not in told.text.lower() and str(order.state) not in told.text
        assert "no order" in told.text


def test_no_trick_is_a_proof(session: Session, order: Order, say: Say) -> None:
    refused = set()
    for place, proof in enumerate(PROOFS):
        guest, other = f"r{place:031}", f"s{place:031}"
        for key, number in ((guest, order.number), (other, MISSING)):
            assert "e-mail address or postcode" in say(f"Where is my order {number}?", guest=key)
        real, missing = say(proof, guest=guest), say(proof, guest=other)
        assert _same(real, order) == _same(missing, order) and not tells(real, order), proof
        refused.add(_same(real, order))
    turns = session.scalars(select(BotTurn.outcome)).all()
    assert set(turns) <= {"asked", "answered", "handed"} and len(refused) <= 3
    assert session.scalar(select(func.count()).select_from(Mail)) == 0


def test_markup_is_shown_as_words_at_the_desk(session: Session, client: Any, order: Order, say: Say) -> None:
    evil = [text.format(order=order.number) for _language, text in MESSAGES if "<" in text]
    for place, text in enumerate(evil):
        say(text, guest=f"e{place:031}")
    talking.agent(session)
    sign_in_staff(client, "anna@shop.example")
    for row in session.scalars(select(Conversation).where(Conversation.last_seq > 0)):
        shown = client.get(f"/admin/chat/?c={row.public_id}").text
        assert not any(text in shown for text in evil) and 'onerror="fetch' not in shown
        assert "&lt;" in shown or "\\u003c" in shown
    for text in evil:
        assert "<" not in render_template_string("{{ text }}", text=text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("2026\u200b-000123", "2026-000123"), ("２０２６-０００１２３", "2026-000123"), ("\u202e2026-000123", "2026-000123"),
     ("2026‐000123", "2026-000123"), ("٢٠٢٦-٠٠٠١٢٣", None), ("2026-0001234", None), ("12026-000123", None)],
)  # fmt: skip
def test_numbers_in_disguise(text: str, number: str | None) -> None:
    assert rules.number_in(f"order {text} please") == number


def test_invisible_letters_change_nothing() -> None:
    assert rules.words_of("wh\u200bere is\u00ad my \u2066or\u200dder") == ["where", "is", "my", "order"]
    assert rules.words_of("ｗｈｅｒｅ") == ["where"] and rules.words_of("оrdеr") == ["order"]
