"""The verbs of feedback: take note of searches seen, of what was chosen, of what came of it; forget.

Nothing here is called while a page is made. Signs of opened pages wait in Redis with the visits, and the job that
writes those down calls `note`; what was put into bags and bought is handed over by a job of the visits.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.clock import utcnow
from app.core.unit_of_work import unit_of_work
from app.search.learning import rules
from app.search.learning.models import Showing


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody who agreed saw results: the words as they were typed, and the products in their order."""

    visit: uuid.UUID
    at: datetime
    lang: str
    query: str
    shown: Sequence[int]


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody who agreed opened a product out of results."""

    visit: uuid.UUID
    at: datetime
    product_id: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """A product was put into the bag in a visit, and perhaps bought."""

    visit: uuid.UUID
    product_id: int
    added_at: datetime
    bought_at: datetime | None = None


# ix uq_search_showing_visit; the last search of the visit that showed the product gets the click
_OPENED = text("""
    INSERT INTO search_choice (showing_id, product_id, place, clicked_at)
    SELECT s.id, r.product, array_position(s.shown, r.product), r.at
      FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(visit uuid, product bigint, at timestamptz)
      JOIN LATERAL (SELECT id, shown FROM search_showing
                     WHERE visit_id = r.visit AND at <= r.at AND at > r.at - CAST(:within AS interval)
                       AND shown @> ARRAY[r.product]
                     ORDER BY at DESC, id DESC LIMIT 1) s ON true
     ORDER BY s.id, r.product
    ON CONFLICT (showing_id, product_id) DO NOTHING""")
_OUTCOMES = text("""
    UPDATE search_choice c
       SET added_at = coalesce(c.added_at, r.added), bought_at = coalesce(c.bought_at, r.bought)
      FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(visit uuid, product bigint, added timestamptz, bought timestamptz),
           search_showing s
     WHERE s.visit_id = r.visit AND c.showing_id = s.id AND c.product_id = r.product AND c.clicked_at <= r.added
       AND (c.added_at IS NULL OR (c.bought_at IS NULL AND r.bought IS NOT NULL))""")


def note(session: Session, seen: Iterable[Seen], opened: Iterable[Opened] = ()) -> None:
    """Write down searches that were seen and products opened out of them, of people who agreed.

    Joins the unit of work in which their visits are written. Repeatable: words count once a visit, a product once a
    search. Words that could name somebody are left out, and so are clicks on what no search of the visit showed.
    """
    rows = [
        {"visit_id": one.visit, "at": one.at, "lang": one.lang, "query": words, "shown": shown}
        for one in seen
        if (words := rules.words(one.query)) and (shown := list(dict.fromkeys(one.shown))[: rules.MOST_SHOWN])
    ]
    clicks = [{"visit": one.visit.hex, "product": one.product_id, "at": one.at.isoformat()} for one in opened]
    with unit_of_work(session):
        if rows:
            rows.sort(key=lambda row: (row["visit_id"], row["lang"], row["query"]))
            session.execute(insert(Showing).on_conflict_do_nothing(), rows)
        if clicks:
            values = {"rows": orjson.dumps(clicks).decode(), "within": rules.CLICK_WITHIN}
            session.execute(_OPENED, values)


def note_outcomes(session: Session, outcomes: Iterable[Outcome]) -> int:
    """Write down what was put into bags and bought after it had been opened out of results.

    Repeatable: what is known stays. Returns how many choices have changed.
    """
    rows = [
        {
            "visit": one.visit.hex,
            "product": one.product_id,
            "added": one.added_at.isoformat(),
            "bought": one.bought_at.isoformat() if one.bought_at else None,
        }
        for one in outcomes
    ]
    if not rows:
        return 0
    with unit_of_work(session):
        done = session.execute(_OUTCOMES, {"rows": orjson.dumps(rows).decode()})
        return int(done.rowcount)  # type: ignore[attr-defined]


def forget_visits(session: Session, visits: Iterable[uuid.UUID]) -> int:
    """Delete the searches of visits that may not be learnt from any more, or are a robot's. Returns how many."""
    with unit_of_work(session):
        gone = delete(Showing).where(Showing.visit_id.in_(sorted(set(visits)))).returning(Showing.id)
        return len(session.scalars(gone).all())


def forget_old(session: Session, *, days: int = rules.LEARNS_FROM_DAYS) -> int:
    """Delete searches that are too old to be learnt from. Repeatable; returns how many."""
    with unit_of_work(session):
        old = delete(Showing).where(Showing.at < utcnow() - timedelta(days=days)).returning(Showing.id)
        return len(session.scalars(old).all())
