"""The bot's ear: it answers what customers write while a conversation is its own."""

from __future__ import annotations

from decimal import Decimal

import structlog
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.core import locks, settings
from app.core.actor import SYSTEM
from app.core.i18n import speak
from app.core.unit_of_work import unit_of_work
from app.events.support import ChatMessagePosted
from app.support.bot import answers, queries
from app.support.bot.answers import HANDED, Answer
from app.support.bot.models import BotTurn
from app.support.bot.rules import Verdict
from app.support.chat import operations as chat
from app.support.chat.models import ChatMessage, Conversation
from app.support.settings import SupportSettings

log = structlog.get_logger("support.bot")


def answer_message(session: Session, event: ChatMessagePosted) -> None:
    """Answer a customer's message, or hand the conversation to people. Repeatable: a message is answered once.

    Silent where the bot is switched off, has learned nothing, or people have taken over.
    """
    if event.author != "customer":
        return
    message = session.get(ChatMessage, event.message_id)
    if message is None or message.conversation_id != event.conversation_id:
        return
    with unit_of_work(session):
        talk = locks.row(session, Conversation, event.conversation_id)
        if not talk.with_bot or talk.is_closed or queries.turn_of(session, message.id) is not None:
            return
        own, model = settings.get(session, SupportSettings), queries.weights(session)
        if not own.bot or model is None:
            chat.hand_over(session, conversation_id=talk.id, actor=SYSTEM)
            return
        before = queries.last_turn(session, talk.id)
        verdict = model.verdict(message.text)
        with speak(talk.language):
            said = _decided(session, talk, message, verdict, before, own.bot_confidence)
            _say(session, talk, message, verdict, said)


def _decided(
    session: Session, talk: Conversation, message: ChatMessage, verdict: Verdict, before: BotTurn | None, sure: int
) -> Answer:  # fmt: skip
    waits_for, facts = (before.waits_for, before.facts) if before is not None else ("", {})
    if waits_for:
        found = answers.answer(session, talk, message.text, "", waits_for, facts)
        if found is not HANDED:
            return found
    if verdict.intent in ("human", "other") or verdict.confidence * 100 < sure:
        return HANDED
    return answers.answer(session, talk, message.text, verdict.intent)


def _say(session: Session, talk: Conversation, message: ChatMessage, verdict: Verdict, said: Answer) -> None:
    """Write down the turn, post the words, and let people take over where the bot cannot go on.

    The bot has no name of its own: each page calls it what it is, in its reader's language.
    """
    session.add(
        BotTurn(
            message_id=message.id, conversation_id=talk.id, intent=verdict.intent, outcome=said.outcome,
            confidence=Decimal(str(round(verdict.confidence, 4))), waits_for=said.waits_for, facts=said.facts,
        )
    )  # fmt: skip
    session.flush()
    words = said.text
    if said.outcome == "handed" and not words:
        words = _("I pass you on to a colleague, who answers here or by mail.")
    chat.post(
        session, conversation_id=talk.id, client_id=f"bot-{message.id}", text=words, author_kind="bot", actor=SYSTEM,
    )  # fmt: skip
    if said.outcome == "handed":
        chat.hand_over(session, conversation_id=talk.id, actor=SYSTEM)
