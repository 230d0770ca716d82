"""The verbs of the bot: learn anew, and put what was learned in force."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.core import caching, locks
from app.core.unit_of_work import after_commit, unit_of_work
from app.support.bot import queries
from app.support.bot.models import BotModel
from app.support.bot.training import mark_of, own_sentences, train

KEPT = 5
"""Models that are kept beside the one in force."""


def learn(session: Session, *, anew: bool = False) -> BotModel:
    """Train on the shop's own sentences and put the result in force; nothing where it has learned these already.

    Takes seconds of a processor: for workers and commands.
    """
    pairs = own_sentences()
    mark = mark_of(pairs)
    known = session.scalar(select(BotModel).where(BotModel.is_in_force))
    if known is not None and known.data_mark == mark and not anew:
        return known
    made = train(pairs)
    with unit_of_work(session):
        locks.advisory(session, "support.bot")
        session.execute(update(BotModel).where(BotModel.is_in_force).values(is_in_force=False))
        row = BotModel(
            weights=made.weights.pack(), labels=list(made.weights.labels), sentences=made.sentences,
            accuracy=Decimal(str(round(made.accuracy, 4))), data_mark=made.mark, is_in_force=True,
        )  # fmt: skip
        session.add(row)
        session.flush()
        old = (
            select(BotModel.id)
            .where(BotModel.is_in_force.is_(False))
            .order_by(BotModel.id.desc())
            .offset(KEPT)
        )
        session.execute(delete(BotModel).where(BotModel.id.in_(old.scalar_subquery())))
        after_commit(session, lambda: caching.purge(queries.OWNER))
    return row
