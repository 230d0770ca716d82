"""The verbs that decide what serves: store a version, end its shadow, put it in use, go back.

One row says which one serves, one which waits. What is compared in shadow, and how, is `recommender.shadow`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session

from app.core import settings
from app.core.actor import Actor
from app.core.succession import Succession
from app.core.unit_of_work import unit_of_work
from recommender.errors import NotBetter, NoVersion
from recommender.models import ItemRow, Model, PersonRow
from recommender.queries import OWNER, earlier, in_shadow
from recommender.rules import GOES_LIVE, REASONS, gate
from recommender.settings import RecommenderSettings

VERSIONS = Succession(
    model=Model, lock_key=7_310_052, holdings=(ItemRow.model_id, PersonRow.model_id), keep=4, entity="recommender_model",
    verb="recommender", word="serves", caches=OWNER, missing=NoVersion, unproven=NotBetter, reasons=REASONS,
)  # fmt: skip
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
        VERSIONS.lock(session)
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
            VERSIONS.forget_old(session)
        else:
            VERSIONS.note(session, made, actor)
    return made


def settle(
    session: Session, *, model_id: int, compared_with: int | None, reason: str, figures: dict[str, Any], actor: Actor,
    opened_by: str = "shadow",
) -> Model | None:  # fmt: skip
    """End the shadow of a version: it serves, or is refused with this reason. None if somebody switched meanwhile.

    `compared_with` is the version that served while it was looked at; `opened_by` the gate it goes through.
    """
    with unit_of_work(session):
        VERSIONS.lock(session)
        held = VERSIONS.take(session, model_id)
        serves = session.scalar(select(Model.id).where(Model.state == "champion"))
        if held is None or held.state != "shadow" or serves != compared_with:
            return None
        held.shadow = {**held.shadow, **figures}
        if reason:
            VERSIONS.set_aside(session, held, reason, actor)
        else:
            won_as = "proven" if opened_by == "shadow" else held.shadow.get("won_as", "chosen")
            held.gate = opened_by
            VERSIONS.switch(session, held, won_as, actor)
            VERSIONS.forget_old(session)
        return held


def note_waiting(session: Session, *, model_id: int, cases: int) -> None:
    """Write down how many choices have come in the shadow of a version, for the page. Repeatable."""
    with unit_of_work(session):
        held = VERSIONS.take(session, model_id)
        if held is not None and held.state == "shadow" and held.shadow.get("cases") != cases:
            held.shadow = {**held.shadow, "cases": cases}


def withdraw(session: Session, *, model_id: int, actor: Actor) -> Model:
    """Take a version out of the shadow: it is refused. A repeat changes nothing.

    Raises:
        NoVersion: there is none, or it does not wait in shadow.
    """
    return cast(Model, VERSIONS.withdraw(session, model_id, actor=actor))


def promote(session: Session, *, model_id: int, actor: Actor) -> Model:
    """Put an earlier version in use that had passed. A repeat changes nothing.

    Raises:
        NoVersion: its lists are gone, or there is none. NotBetter: it was refused, or waits in shadow.
    """
    return cast(Model, VERSIONS.promote(session, model_id, actor=actor))


def rollback(session: Session, *, actor: Actor) -> Model:
    """Go back to the version that served before the one in use.

    Raises:
        NoVersion: nothing served before it.
    """
    with unit_of_work(session):
        VERSIONS.lock(session)
        before = earlier(session)
        if before is None:
            raise NoVersion()
        VERSIONS.switch(session, before, "chosen", actor, gone="rolled_back")
        return before


def _admit(session: Session, made: Model, actor: Actor) -> None:
    """Let a version that won on the held-out month serve, or wait in shadow where that is asked for."""
    own = settings.get(session, RecommenderSettings)
    serves = session.scalar(select(exists().where(Model.state == "champion")))
    opened_by = gate(serves=bool(serves), choices=own.shadow_choices, tries_first=own.tries_first)
    waiting = in_shadow(session)
    if waiting is not None:
        VERSIONS.set_aside(session, waiting, "superseded", actor)
        session.flush()
    if opened_by is not None:
        made.gate = opened_by
        VERSIONS.switch(session, made, made.reason, actor)
    else:
        made.shadow = {"won_as": made.reason, "cases": 0}
        made.state, made.reason = "shadow", "in_shadow"
        session.flush()
        VERSIONS.note(session, made, actor)


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
