"""The bot learns by itself: once after each change of its sentences, in the worker. Can run twice in a row."""

from __future__ import annotations

from typing import Any

from app.core import settings
from app.core.db import db
from app.support.settings import SupportSettings

LEARN = "support.bot_learn"


def learn(progress: Any) -> dict[str, Any]:
    """Train on the shop's sentences where the bot is switched on and has not learned them yet."""
    if not settings.get(db.session, SupportSettings).bot:
        return {}
    from app.support.bot import operations  # brings scikit-learn: only where a model is made

    made = operations.learn(db.session)
    return {"model": made.id, "sentences": made.sentences, "accuracy": str(made.accuracy)}
