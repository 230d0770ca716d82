"""What the bot says in a conversation: from the shop's data, to whom it belongs, once; else people take over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import caching, settings
from app.core.actor import GUEST, SYSTEM, Actor
from app.events.support import ChatMessagePosted
from app.notifications.models import Message as Mail
from app.ops.demo import helpdesk
from app.support.bot import handlers, queries, rules
from app.support.bot.models import BotTurn
from app.support.bot.rules import Verdict
from app.support.chat import operations as chat
from app.support.chat.models import ChatMessage, Conversation
from app.support.chat.queries import Owner
from app.support.settings import SupportSettings
from tests.orders import making as orders
from tests.reviews import making as buying
from tests.support import making


class Known:
    """A model that understands by a table: what the bot says is tested here, not what it understands."""

    table = {
        "order": "order_status", "refund": "refund", "cancel": "cancel", "address": "change_address", "deliver": "delivery",
        "return": "returns", "human": "human", "lamp": "stock", "open": "hours", "hello": "greeting", "thank": "thanks",
    }  # fmt: skip

    def verdict(self, text: str) -> Verdict:
        found = next((intent for word, intent in self.table.items() if word in text.lower()), "")
        return Verdict(found, 0.95) if found else Verdict("other", 0.3)


@pytest.fixture
def bot(session: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    """The bot is switched on."""
    settings.change(session, SupportSettings, actor=SYSTEM, bot=True)
    monkeypatch.setattr(queries, "weights", lambda _session: Known())
    caching.purge("shipping")
    return session


@pytest.fixture
def talk(bot: Session) -> Callable[..., Any]:
    """Says something in a conversation and gives what the bot posts."""
    count = iter(range(1000))

    def say(text: str, user_id: int | None = None, guest: str = "g" * 32, language: str = "en") -> str:
        owner = Owner(user_id=user_id) if user_id else Owner(guest_key=guest)
        made = chat.start(bot, owner=owner, language=language, actor=GUEST)
        who = Actor("customer", user_id) if user_id else GUEST
        message = chat.post(
            bot,
            conversation_id=made.id,
            client_id=f"c{next(count)}",
            text=text,
            author_kind="customer",
            actor=who,
        )
        handlers.answer_message(bot, ChatMessagePosted(made.id, message.id, "customer"))
        handlers.answer_message(bot, ChatMessagePosted(made.id, message.id, "customer"))
        said = bot.scalars(select(ChatMessage).where(ChatMessage.client_id == f"bot-{message.id}")).all()
        assert len(said) <= 1, "answered once"
        return said[0].text if said else ""

    return say


def with_bot(session: Session) -> bool:
    session.expire_all()
    return session.scalars(select(Conversation).order_by(Conversation.id.desc())).first().with_bot  # type: ignore[union-attr]


def test_an_own_order_is_told_with_its_page_and_no_other(bot: Session, talk: Any) -> None:
    kim, lou = making.customer(bot, "kim"), making.customer(bot, "lou")
    variant, _product = buying.products(bot)[0]
    mine = orders.order(bot, [variant], user_id=kim, quantity=1)
    assert mine.number in talk("Where is my order?", user_id=kim) and f"/orders/{mine.token}" in talk(
        "My order?", user_id=kim
    )
    other = talk(f"Where is order {mine.number}?", user_id=lou)
    missing = talk("Where is order 2020-999999?", user_id=lou)
    assert mine.token not in other and other.replace(mine.number, "#") == missing.replace("2020-999999", "#")
    assert "no order in your account" in talk("my order please", user_id=making.customer(bot, "new"))


def test_a_guest_proves_an_order_and_wrong_proofs_tell_nothing(bot: Session, talk: Any) -> None:
    variant, _product = buying.products(bot)[0]
    made = orders.order(bot, [variant], quantity=1)
    assert "Which number" in talk("Where is my order?")
    asked = talk(made.number)
    assert "e-mail address or postcode" in asked
    told = talk(f"it is {made.email}")
    assert made.number in told and "on its way" in told and made.token not in told
    links = select(func.count()).where(Mail.template == "order_link", Mail.recipient == made.email)
    assert bot.scalar(links) == 1, "the link goes to the order's own address"
    wrong = [(talk(f"order {number}", guest=key), talk("1000", guest=key))
             for number, key in ((made.number, "a" * 32), ("2020-999999", "b" * 32))]  # fmt: skip
    assert wrong[0][0].replace(made.number, "#") == wrong[1][0].replace("2020-999999", "#")
    assert wrong[0][1] == wrong[1][1] and "I cannot find" in wrong[0][1]
    assert made.number in talk(f"order {made.number}", guest="c" * 32) and "Order" in talk(
        "9000", guest="c" * 32
    )


def test_guessing_proofs_ends_with_people(bot: Session, talk: Any) -> None:
    for number in range(6):
        key = str(number) * 32
        talk("order 2020-999999", guest=key)
        said = talk("1000", guest=key)
    assert "colleague" in said and not with_bot(bot)


def test_people_take_over_when_asked_or_not_understood(bot: Session, talk: Any) -> None:
    assert "colleague" in talk("A human please") and not with_bot(bot)
    assert talk("Where is my order?") == "", "people have it now"
    assert "colleague" in talk("Purple monkeys", guest="z" * 32) and not with_bot(bot)


def test_answers_come_from_settings_and_help_with_a_link(bot: Session, talk: Any) -> None:
    helpdesk.help_articles(bot)
    caching.purge("support.help")
    assert "/help/returns" in talk("I want to return it")
    assert "Mon–Fri 09:00–17:30 (Central European Time)" in talk("When are you open?")
    assert "/support" in talk("open?")
    assert "lun.–ven. 09:00–17:30 (heure d’Europe centrale)" in talk("open?", guest="o" * 32, language="fr")
    assert "/fr/help" in talk("hello", guest="f" * 32, language="fr")
    delivery = talk("What does delivery cost?")
    assert "€" in delivery and "/help/delivery" in delivery and "To Belgium" in delivery
    names = [line.partition(":")[0] for line in delivery.splitlines()[1:-1]]
    assert len(names) == len(set(names)) > 1, "each price says for what it is"
    assert any(name.endswith(" up to 5 kg") for name in names), names
    assert "Belgien" in talk("deliver?", guest="d" * 32, language="de")
    buying.products(bot, 1)
    assert talk("thank you") != ""


def test_it_is_silent_when_off_and_a_turn_is_kept(bot: Session, talk: Any) -> None:
    talk("hello")
    turn = bot.scalars(select(BotTurn)).one()
    assert (turn.intent, turn.outcome) == ("greeting", "answered")
    settings.change(bot, SupportSettings, actor=SYSTEM, bot=False)
    assert talk("hello", guest="q" * 32) == ""
    assert bot.scalar(select(func.count()).select_from(BotTurn)) == 1


def test_cancel_refund_and_address_speak_of_the_order(bot: Session, talk: Any) -> None:
    kim = making.customer(bot)
    variant, _product = buying.products(bot)[0]
    orders.order(bot, [variant], user_id=kim, quantity=1)
    assert "still cancel it yourself" in talk("cancel it", user_id=kim)
    assert "No refund is noted" in talk("refund?", user_id=kim)
    assert "colleague" in talk("wrong address", user_id=kim) and not with_bot(bot)


@pytest.mark.parametrize(
    ("text", "number", "proofs"),
    [("order 2026-000123 please", "2026-000123", ("", "")), ("#2026 000123", "2026-000123", ("", "")),
     ("kim@x.example.", None, ("kim@x.example", "")), ("1012 AB", None, ("", "1012AB")), ("B-9000", None, ("", "9000")),
     ("hello", None, ("", "")), ("", None, ("", ""))],
)  # fmt: skip
def test_what_is_read_in_a_sentence(text: str, number: str | None, proofs: tuple[str, str]) -> None:
    assert rules.number_in(text) == number and rules.proofs_in(text) == proofs
