"""The verbs that decide what serves: store a version, end its shadow, put it in use, go back.

One row says which one serves, one which waits. What is compared in shadow, and how, is `recommender.shadow`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, exists, select, text
from sqlalchemy.orm import Session

from app.core import audit, caching, settings
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.unit_of_work import after_commit, unit_of_work
from recommender.errors import NotBetter, NoVersion
from recommender.models import ItemRow, Model, PersonRow
from recommender.queries import OWNER, earlier, in_shadow
from recommender.rules import GOES_LIVE, REASONS, gate
from recommender.settings import RecommenderSettings

ENTITY = "recommender_model"
SWITCH_LOCK = 7_310_052
KEEP = 4
"""Versions whose lists are kept beside the one in use: so far one can go back."""
Item = tuple[int, int, int, float, str]
Person = tuple[int, int, int, int | None, float]


@dataclass(frozen=True, slots=True)
class Version:
    """What a training brings: figures and lists. `items` are (product, rank, other, score, reason).

    `people` are (account, rank, product, because of, score). `reason` is the verdict: with one of `rules.GOES_LIVE` it
    goes live or into shadow, with any other it is refused and keeps no lists.
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
    """Write a version with its lists and let it serve, or wait in shadow, if its verdict says so: one transaction.

    A version that waited in shadow until then is set aside: a newer one is there. A job that was interrupted and runs again replaces what it had written and finds what it had finished.
    """
    lives = version.reason in GOES_LIVE
    with unit_of_work(session):
        _lock(session)
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
            _admit(session, made, actor)
            _forget_old(session)
        else:
            _note(session, made, actor)
    return made


def settle(
    session: Session, *, model_id: int, compared_with: int | None, reason: str, figures: dict[str, Any], actor: Actor,
    opened_by: str = "shadow",
) -> Model | None:  # fmt: skip
    """End the shadow of a version: it serves, or is refused with this reason. None if somebody switched meanwhile.

    `compared_with` is the version that served while it was looked at; `opened_by` the gate it goes through.
    """
    with unit_of_work(session):
        _lock(session)
        held = session.get(Model, model_id, with_for_update=True, populate_existing=True)
        serves = session.scalar(select(Model.id).where(Model.state == "champion"))
        if held is None or held.state != "shadow" or serves != compared_with:
            return None
        held.shadow = {**held.shadow, **figures}
        if reason:
            _set_aside(session, held, reason, actor)
        else:
            _switch(
                session,
                held,
                "proven" if opened_by == "shadow" else held.shadow.get("won_as", "chosen"),
                actor,
                opened_by=opened_by,
            )
            _forget_old(session)
        return held


def note_waiting(session: Session, *, model_id: int, cases: int) -> None:
    """Write down how many choices have come in the shadow of a version, for the page. Repeatable."""
    with unit_of_work(session):
        held = session.get(Model, model_id, with_for_update=True, populate_existing=True)
        if held is not None and held.state == "shadow" and held.shadow.get("cases") != cases:
            held.shadow = {**held.shadow, "cases": cases}


def withdraw(session: Session, *, model_id: int, actor: Actor) -> Model:
    """Take a version out of the shadow: it is refused. A repeat changes nothing.

    Raises:
        NoVersion: there is none, or it does not wait in shadow.
    """
    with unit_of_work(session):
        _lock(session)
        held = session.get(Model, model_id, with_for_update=True, populate_existing=True)
        if held is not None and (held.state, held.reason) == ("refused", "withdrawn"):
            return held
        if held is None or held.state != "shadow":
            raise NoVersion()
        _set_aside(session, held, "withdrawn", actor)
        return held


def promote(session: Session, *, model_id: int, actor: Actor) -> Model:
    """Put an earlier version in use that had passed. A repeat changes nothing.

    Raises:
        NoVersion: its lists are gone, or there is none. NotBetter: it was refused, or waits in shadow.
    """
    with unit_of_work(session):
        _lock(session)
        model = session.get(Model, model_id, with_for_update=True, populate_existing=True)
        if model is None:
            raise NoVersion()
        if model.state in ("refused", "shadow"):
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
        _lock(session)
        before = earlier(session)
        if before is None:
            raise NoVersion()
        _switch(session, before, "chosen", actor, gone="rolled_back")
        return before


def has_lists(session: Session, model_id: int) -> bool:
    """Whether the lists of a version are still kept (primary key of recommender_item)."""
    return bool(session.scalar(select(exists().where(ItemRow.model_id == model_id))))


def _lock(session: Session) -> None:
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SWITCH_LOCK})


def _admit(session: Session, made: Model, actor: Actor) -> None:
    """Let a version that won on the held-out month serve, or wait in shadow where that is asked for."""
    own = settings.get(session, RecommenderSettings)
    serves = session.scalar(select(exists().where(Model.state == "champion")))
    opened_by = gate(serves=bool(serves), choices=own.shadow_choices, tries_first=own.tries_first)
    waiting = in_shadow(session)
    if waiting is not None:
        _set_aside(session, waiting, "superseded", actor)
        session.flush()
    if opened_by is not None:
        _switch(session, made, made.reason, actor, opened_by=opened_by)
    else:
        made.shadow = {"won_as": made.reason, "cases": 0}
        made.state, made.reason = "shadow", "in_shadow"
        session.flush()
        _note(session, made, actor)


def _set_aside(session: Session, model: Model, reason: str, actor: Actor) -> None:
    model.state, model.reason = "refused", reason
    for table in (ItemRow, PersonRow):
        session.execute(delete(table).where(table.model_id == model.id))
    _note(session, model, actor)


def _note(session: Session, model: Model, actor: Actor) -> None:
    audit.record(
        session, actor=actor, action="recommender.judge", entity=ENTITY, entity_id=model.id,
        after={"state": model.state, "reason": model.reason},
    )  # fmt: skip


def _switch(
    session: Session,
    model: Model,
    reason: str,
    actor: Actor,
    gone: str = "replaced",
    opened_by: str | None = None,
) -> None:
    """Let this version serve and the other rest: the unique index admits one, so the other goes first."""
    now = utcnow()
    before = session.scalar(select(Model).where(Model.state == "champion").with_for_update())
    if before is not None:
        before.state, before.reason, before.retired_at = "retired", gone, now
        session.flush()
    model.state, model.reason, model.promoted_at, model.retired_at = "champion", reason, now, None
    model.gate = opened_by or model.gate
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
    ids = [*session.scalars(kept), *session.scalars(select(Model.id).where(Model.state == "shadow"))]
    for table in (ItemRow, PersonRow):
        session.execute(delete(table).where(table.model_id.not_in(ids)))
