"""The verbs that decide what serves: store a version, put it in use, go back. One row says which one serves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, exists, select, text
from sqlalchemy.orm import Session

from app.core import audit, caching
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.unit_of_work import after_commit, unit_of_work
from recommender.errors import NotBetter, NoVersion
from recommender.models import ItemRow, Model, PersonRow
from recommender.queries import OWNER
from recommender.rules import GOES_LIVE, REASONS

ENTITY = "recommender_model"
SWITCH_LOCK = 7_310_052
KEEP = 4
"""Versions whose lists are kept beside the one in use: so far one can go back."""
Item = tuple[int, int, int, float, str]
Person = tuple[int, int, int, int | None, float]


@dataclass(frozen=True, slots=True)
class Version:
    """What a training brings: figures and lists. `items` are (product, rank, other, score, reason).

    `people` are (account, rank, product, because of, score). `reason` is the verdict: it goes live with one of
    `rules.GOES_LIVE`, with any other it is refused and keeps no lists.
    """

    kind: str
    reason: str
    metrics: dict[str, Any]
    data: dict[str, Any]
    timings: dict[str, Any]
    card: dict[str, Any]
    popular: list[int] = field(default_factory=list)
    items: Iterable[Item] = ()
    people: Iterable[Person] = ()


def store(session: Session, version: Version, *, job_id: int | None, actor: Actor) -> Model:
    """Write a version with its lists and let it serve if its verdict says so; all in one transaction.

    A job that was interrupted and runs again replaces what it had written and finds what it had finished.
    """
    lives = version.reason in GOES_LIVE
    with unit_of_work(session):
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SWITCH_LOCK})
        done = session.scalar(select(Model).where(Model.job_id == job_id)) if job_id is not None else None
        if done is not None:
            return done
        made = Model(
            kind=version.kind, state="candidate" if lives else "refused", reason=version.reason,
            metrics=version.metrics, data=version.data, timings=version.timings, card=version.card,
            popular=version.popular, job_id=job_id,
        )  # fmt: skip
        session.add(made)
        session.flush()
        if lives:
            _copy(
                session,
                "recommender_item (model_id, product_id, rank, other_id, score, reason)",
                made.id,
                version.items,
            )
            _copy(
                session, "recommender_person (model_id, user_id, rank, product_id, because_of, score)", made.id,
                _still_there(session, version.people),
            )  # fmt: skip
            _switch(session, made, version.reason, actor)
            _forget_old(session)
    return made


def promote(session: Session, *, model_id: int, actor: Actor) -> Model:
    """Put an earlier version in use that had passed. A repeat changes nothing.

    Raises:
        NoVersion: its lists are gone, or there is none. NotBetter: it was refused when it was judged.
    """
    with unit_of_work(session):
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SWITCH_LOCK})
        model = session.get(Model, model_id, with_for_update=True, populate_existing=True)
        if model is None:
            raise NoVersion()
        if model.state == "refused":
            raise NotBetter(reason=str(REASONS.get(model.reason, model.reason)))
        if model.state != "champion":
            if not has_lists(session, model_id):
                raise NoVersion()
            _switch(session, model, "chosen", actor)
        return model


def rollback(session: Session, *, actor: Actor) -> Model:
    """Go back to the version that served before the one in use.

    Raises:
        NoVersion: nothing served before it.
    """
    with unit_of_work(session):
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SWITCH_LOCK})
        query = (
            select(Model)
            .where(
                Model.state == "retired",
                Model.reason != "rolled_back",
                exists().where(ItemRow.model_id == Model.id),
            )
            .order_by(Model.retired_at.desc(), Model.id.desc())
            .limit(1)
        )
        earlier = session.scalar(query)
        if earlier is None:
            raise NoVersion()
        _switch(session, earlier, "chosen", actor, gone="rolled_back")
        return earlier


def has_lists(session: Session, model_id: int) -> bool:
    """Whether the lists of a version are still kept (primary key of recommender_item)."""
    return bool(session.scalar(select(exists().where(ItemRow.model_id == model_id))))


def _switch(session: Session, model: Model, reason: str, actor: Actor, gone: str = "replaced") -> None:
    """Let this version serve and the other rest: the unique index admits one, so the other goes first."""
    now = utcnow()
    before = session.scalar(select(Model).where(Model.state == "champion").with_for_update())
    if before is not None:
        before.state, before.reason, before.retired_at = "retired", gone, now
        session.flush()
    model.state, model.reason, model.promoted_at, model.retired_at = "champion", reason, now, None
    session.flush()
    audit.record(
        session, actor=actor, action="recommender.switch", entity=ENTITY, entity_id=model.id,
        before={"serves": before.id if before is not None else None}, after={"serves": model.id, "reason": reason},
    )  # fmt: skip
    after_commit(session, lambda: caching.purge(OWNER, "pages"))


def _copy(session: Session, into: str, model_id: int, rows: Iterable[tuple[Any, ...]]) -> None:
    connection = session.connection().connection.driver_connection
    assert connection is not None
    with connection.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for row in rows:
            copy.write_row((model_id, *row))


def _still_there(session: Session, people: Iterable[Person]) -> list[Person]:
    """Without accounts that went, or refused, while the training ran."""
    rows = list(people)
    ids = sorted({row[0] for row in rows})
    query = text("""
        SELECT u.id FROM ab_user u WHERE u.id = ANY(CAST(:ids AS integer[]))
           AND NOT EXISTS (SELECT 1 FROM recommender_choice c WHERE c.user_id = u.id AND c.refused)
           FOR KEY SHARE OF u""")
    there = set(session.scalars(query, {"ids": ids}))
    return [row for row in rows if row[0] in there]


def _forget_old(session: Session) -> None:
    """Drop the lists of old versions; their figures stay."""
    kept = (
        select(Model.id)
        .where(Model.promoted_at.is_not(None))
        .order_by(Model.promoted_at.desc())
        .limit(KEEP + 1)
    )
    ids = list(session.scalars(kept))
    for table in (ItemRow, PersonRow):
        session.execute(delete(table).where(table.model_id.not_in(ids)))
