"""The verbs beside training: a customer's choice, an experiment and what is counted for it, forgetting a person."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.catalog.rules import storable
from app.core import audit
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.errors import InvalidFields
from app.core.i18n import _l
from app.core.unit_of_work import unit_of_work
from recommender import rules
from recommender.errors import ExperimentRuns
from recommender.models import Choice, Experiment, Exposure, PersonRow
from recommender.queries import running_experiment

WITHIN = timedelta(days=7)
"""A purchase counts for an experiment when it comes within this time after the first list was shown."""
MOST = 10_000


def choose_profile(session: Session, *, user_id: int, refused: bool, actor: Actor) -> None:
    """Take over whether a customer wants suggestions of their own. A no drops their lists at once.

    Repeatable; the next training leaves out who refused.
    """
    with unit_of_work(session):
        values = {"user_id": user_id, "refused": refused}
        upsert = insert(Choice).values(**values)
        session.execute(
            upsert.on_conflict_do_update(
                index_elements=["user_id"], set_={"refused": refused, "changed_at": func.now()}
            )
        )
        if refused:
            session.execute(delete(PersonRow).where(PersonRow.user_id == user_id))
        audit.record(
            session, actor=actor, action="recommender.choice", entity="ab_user", entity_id=user_id,
            after={"suggestions": not refused},
        )  # fmt: skip


def start_experiment(session: Session, *, name: str, share: int, actor: Actor) -> Experiment:
    """Begin an experiment: `share` percent of those who agreed get the model, the others popularity.

    Raises:
        InvalidFields: an empty or long name, a share that is not 1 to 99. ExperimentRuns: one runs, or had the name.
    """
    wrong = {}
    name = name.strip()
    if not name or len(name) > 80 or not storable(name):
        wrong["name"] = _l("Please give a name of at most 80 letters.")
    if not isinstance(share, int) or not 1 <= share <= 99:
        wrong["share"] = _l("Please give a whole number from 1 to 99.")
    if wrong:
        raise InvalidFields(wrong)
    try:
        with unit_of_work(session):
            made = Experiment(name=name, share=share)
            session.add(made)
            session.flush()
            audit.record(
                session, actor=actor, action="recommender.experiment", entity="recommender_experiment",
                entity_id=made.id, after={"name": name, "share": share},
            )  # fmt: skip
            return made
    except IntegrityError as clash:
        raise ExperimentRuns() from clash


def end_experiment(session: Session, *, experiment_id: int, actor: Actor) -> None:
    """End an experiment; its figures stay. A repeat changes nothing."""
    with unit_of_work(session):
        ended = session.scalar(
            update(Experiment)
            .where(Experiment.id == experiment_id, Experiment.ended_at.is_(None))
            .values(ended_at=utcnow())
            .returning(Experiment.id)
        )
        if ended is not None:
            audit.record(
                session, actor=actor, action="recommender.experiment", entity="recommender_experiment",
                entity_id=experiment_id, after={"ended": True},
            )  # fmt: skip


def note(session: Session, *, unit: str, clicked: bool = False, cart_id: int | None = None) -> bool:
    """Count that a list was shown to a visitor, or that something in it was opened. False without an experiment."""
    with unit_of_work(session):
        experiment = running_experiment(session)
        if experiment is None:
            return False
        row = insert(Exposure).values(
            experiment_id=experiment.id, unit=unit, arm=rules.arm_of(experiment.id, unit, experiment.share),
            cart_id=cart_id, shown=0 if clicked else 1, clicked=1 if clicked else 0,
        )  # fmt: skip
        column = Exposure.clicked if clicked else Exposure.shown
        session.execute(
            row.on_conflict_do_update(
                index_elements=["experiment_id", "unit"],
                set_={
                    column.key: func.least(column + 1, MOST),
                    "cart_id": func.coalesce(row.excluded.cart_id, Exposure.cart_id),
                },
            )
        )
        return True


def note_order(session: Session, *, cart_id: int | None, unit: str | None, at: datetime) -> int:
    """Count an order for the visitor who made it: by account, or by the bag. Repeatable. Returns how many."""
    who = [Exposure.cart_id == cart_id] if cart_id is not None else []
    who += [Exposure.unit == unit] if unit is not None else []
    if not who:
        return 0
    condition = who[0] if len(who) == 1 else who[0] | who[1]
    with unit_of_work(session):
        done = session.execute(
            update(Exposure)
            .where(
                condition, Exposure.bought_at.is_(None), Exposure.first_at <= at, Exposure.first_at > at - WITHIN,
                Exposure.experiment_id.in_(select(Experiment.id).where(Experiment.started_at <= at)),
            )
            .values(bought_at=at)
        )  # fmt: skip
        return int(done.rowcount)  # type: ignore[attr-defined]


def forget_person(session: Session, *, user_id: int, unit: str) -> int:
    """Drop a customer's lists, choice and counts. Returns how many rows."""
    with unit_of_work(session):
        gone = 0
        for statement in (
            delete(PersonRow).where(PersonRow.user_id == user_id),
            delete(Choice).where(Choice.user_id == user_id),
            delete(Exposure).where(Exposure.unit == unit),
        ):
            gone += int(session.execute(statement).rowcount)  # type: ignore[attr-defined]
        return gone
