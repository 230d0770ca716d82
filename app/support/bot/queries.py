"""Reads of the bot: the model in force, and what it said last in a conversation."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import caching
from app.support.bot.models import BotModel, BotTurn
from app.support.bot.rules import Weights

OWNER = "support.bot"
_held: dict[int, Weights] = {}


def weights(session: Session) -> Weights | None:
    """The model in force, unpacked once a process; None while nothing was learned."""
    model_id = caching.cached(
        OWNER, "in-force", lambda: session.scalar(select(BotModel.id).where(BotModel.is_in_force)) or 0, 60.0
    )
    if not model_id:
        return None
    if model_id not in _held:
        data = session.scalar(select(BotModel.weights).where(BotModel.id == model_id))
        if data is None:
            return None
        _held.clear()
        _held[model_id] = Weights.unpack(data)
    return _held[model_id]


def turn_of(session: Session, message_id: int) -> BotTurn | None:
    """What the bot made of a message."""
    return session.scalar(select(BotTurn).where(BotTurn.message_id == message_id))


def last_turn(session: Session, conversation_id: int) -> BotTurn | None:
    """Its last turn in a conversation (ix_support_bot_turn_conversation)."""
    query = select(BotTurn).where(BotTurn.conversation_id == conversation_id)
    return session.scalar(query.order_by(BotTurn.id.desc()).limit(1))
