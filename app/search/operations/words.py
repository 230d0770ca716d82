"""The words the catalogue is written in, for spelling and completion; and what was looked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import orjson
from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core import redis_client
from app.core.clock import today
from app.core.unit_of_work import unit_of_work
from app.search import rules
from app.search.models import QueryCount, SearchWord
from app.search.queries.noting import KEY

BATCH = 2_000
KEPT_DAYS = 365

_LEARN = text(
    """INSERT INTO search_word (lang, word, frequency, deletions)
       SELECT lang, word, frequency, deletions FROM jsonb_to_recordset(CAST(:rows AS jsonb))
              AS r(lang text, word text, frequency int, deletions text[]) ORDER BY lang, word
       ON CONFLICT (lang, word) DO NOTHING"""
)
_KNOWN = text("SELECT word FROM search_word WHERE lang = :lang AND word = ANY(CAST(:words AS text[]))")


def learn_words(session: Session, words: Mapping[str, Mapping[str, int]]) -> None:
    """Add words that are new; how frequent each is becomes exact with the next `reindex`."""
    with unit_of_work(session):
        for lang, counts in sorted(words.items()):
            known = set(session.scalars(_KNOWN, {"lang": lang, "words": list(counts)}))
            _insert(session, lang, {word: n for word, n in counts.items() if word not in known})


def _insert(session: Session, lang: str, counts: Mapping[str, int]) -> None:
    rows = [
        {"lang": lang, "word": word, "frequency": counts[word], "deletions": rules.deletions(word)}
        for word in sorted(counts)
    ]
    for start in range(0, len(rows), BATCH):
        session.execute(_LEARN, {"rows": orjson.dumps(rows[start : start + BATCH]).decode()})


def replace_words(session: Session, words: Mapping[str, Counter[str]]) -> None:
    """Write the vocabulary anew."""
    with unit_of_work(session):
        session.execute(delete(SearchWord))
        for lang in sorted(words):
            _insert(session, lang, words[lang])


def write_down_queries(session: Session) -> int:
    """Move what was looked for from Redis into the table. Returns how many different queries.

    Counts are taken away from Redis before they are written: a crash in between loses a few, it never
    counts twice.
    """

    def take(client: object) -> tuple[dict[bytes, bytes], dict[bytes, bytes]]:
        pipe = client.pipeline(transaction=True)  # type: ignore[attr-defined]
        pipe.hgetall(KEY)
        pipe.hgetall(f"{KEY}:hits")
        pipe.delete(KEY, f"{KEY}:hits")
        times, hits, _deleted = pipe.execute()
        return times, hits

    taken = redis_client.attempt(take)
    if not taken or not taken[0]:
        return 0
    times, hits = taken
    rows = []
    for name, count in sorted(times.items()):
        lang, _, query = name.decode("utf-8", "replace").partition("\t")
        rows.append({"day": today(), "lang": lang, "query": query, "times": int(count),
                     "hits": int(hits.get(name, 0))})  # fmt: skip
    with unit_of_work(session):
        upsert = insert(QueryCount)
        more = {"times": QueryCount.times + upsert.excluded.times, "hits": upsert.excluded.hits}
        session.execute(
            upsert.on_conflict_do_update(index_elements=["day", "lang", "query"], set_=more), rows
        )
        session.execute(
            text("DELETE FROM search_query_count WHERE day < current_date - :days"), {"days": KEPT_DAYS}
        )
    return len(rows)
