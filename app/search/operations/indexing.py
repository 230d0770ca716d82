"""Keeps the index in line with the catalogue: a few products at once, or all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import caching
from app.core.i18n import LANGUAGES
from app.core.outbox import publish
from app.core.unit_of_work import after_commit, unit_of_work
from app.events.search import IndexRebuilt
from app.search import rules
from app.search.operations.documents import Surroundings, index_fields, make_rows, price_text
from app.search.operations.words import learn_words, replace_words
from app.search.queries.matching import OWNER

BATCH = 500
WEIGHTS = "abcd"

_DOCUMENTS = text(
    """INSERT INTO search_document AS d
              (product_id, categories, facets, price, available, popularity, published_at)
       SELECT product_id, categories, facets, price, available, popularity, published_at
         FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(product_id bigint, categories bigint[],
              facets text[], price numeric, available boolean, popularity int, published_at timestamptz)
        ORDER BY product_id
       ON CONFLICT (product_id) DO UPDATE SET categories = excluded.categories, facets = excluded.facets,
              price = excluded.price, available = excluded.available, popularity = excluded.popularity,
              published_at = excluded.published_at
        WHERE (d.categories, d.facets, d.price, d.available, d.popularity, d.published_at) IS DISTINCT FROM
              (excluded.categories, excluded.facets, excluded.price, excluded.available,
               excluded.popularity, excluded.published_at)"""
)


def _vector(lang: str) -> str:
    config = rules.LANGUAGE_CONFIGS[lang]
    parts = (
        f"setweight(to_tsvector('{config}', coalesce(r.{lang}_{w}, '')), '{w.upper()}')" for w in WEIGHTS
    )
    # Unstemmed words of the name too: "readi" begins "reading", but not its stem "read".
    whole = f"setweight(to_tsvector('simple', coalesce(r.{lang}_a, '')), 'D')"
    return f"CASE WHEN r.{lang}_a IS NOT NULL THEN {' || '.join(parts)} || {whole} END"


_COLUMNS = ", ".join(LANGUAGES)
_TEXTS = text(
    f"""INSERT INTO search_text AS t (product_id, codes, names, {_COLUMNS})
        SELECT product_id, codes, names, {", ".join(_vector(lang) for lang in LANGUAGES)}
          FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(product_id bigint, codes text[], names text[],
               {", ".join(f"{lang}_{w} text" for lang in LANGUAGES for w in WEIGHTS)})
         ORDER BY product_id
        ON CONFLICT (product_id) DO UPDATE SET codes = excluded.codes, names = excluded.names,
               {", ".join(f"{lang} = excluded.{lang}" for lang in LANGUAGES)}
         WHERE (t.codes, t.names, {", ".join(f"t.{lang}" for lang in LANGUAGES)}) IS DISTINCT FROM
               (excluded.codes, excluded.names, {", ".join(f"excluded.{lang}" for lang in LANGUAGES)})"""
)
_FORGET = (
    text("DELETE FROM search_document WHERE product_id = ANY(CAST(:ids AS bigint[]))"),
    text("DELETE FROM search_text WHERE product_id = ANY(CAST(:ids AS bigint[]))"),
)
_REFRESH = text(
    """UPDATE search_document d SET price = r.price, available = r.available AND p.is_available
         FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(product_id bigint, price numeric, available boolean)
         JOIN catalog_product p ON p.id = r.product_id
        WHERE d.product_id = r.product_id
          AND (d.price, d.available) IS DISTINCT FROM (r.price, r.available AND p.is_available)"""
)
_POPULARITY = text(
    """UPDATE search_document d SET popularity = p.popularity FROM catalog_product p
        WHERE p.id = d.product_id AND p.popularity <> d.popularity"""
)
_NEXT = text("SELECT id FROM catalog_product WHERE id > :after ORDER BY id LIMIT :limit")
_STALE = text(
    """DELETE FROM search_document d WHERE NOT EXISTS (SELECT 1 FROM catalog_product p
        WHERE p.id = d.product_id AND p.state = 'published')"""
)
_STALE_TEXTS = text(
    "DELETE FROM search_text t WHERE NOT EXISTS (SELECT 1 FROM search_document d WHERE d.product_id = t.product_id)"
)


def forget_kept(session: Session) -> None:
    """Forget kept counts, lists and suggestions once the change is committed."""
    after_commit(session, lambda: caching.purge(OWNER))


def index_products(session: Session, product_ids: Sequence[int]) -> int:
    """Bring these products' rows in line; those not on show any more leave. Returns how many are on show."""
    ids = sorted(set(product_ids))
    found = 0
    with unit_of_work(session):
        around = Surroundings.load(session)
        for start in range(0, len(ids), BATCH):
            part = ids[start : start + BATCH]
            words = _write(session, part, around)
            learn_words(session, words[1])
            found += words[0]
        forget_kept(session)
    return found


def _write(session: Session, ids: list[int], around: Surroundings) -> tuple[int, dict[str, Counter[str]]]:
    rows = make_rows(session, ids, around)
    shown = {row["product_id"] for row in rows.documents}
    gone = [product_id for product_id in ids if product_id not in shown]
    if gone:
        for statement in _FORGET:
            session.execute(statement, {"ids": gone})
    if shown:
        session.execute(_DOCUMENTS, {"rows": orjson.dumps(rows.documents).decode()})
        session.execute(_TEXTS, {"rows": orjson.dumps(rows.texts).decode()})
    return len(shown), rows.words


def refresh_fields(session: Session, product_ids: Sequence[int]) -> None:
    """Bring only price and availability in line: words and filters have not changed."""
    ids = sorted(set(product_ids))
    with unit_of_work(session):
        for start in range(0, len(ids), BATCH):
            part = ids[start : start + BATCH]
            rows = [
                {"product_id": key, "price": price_text(values), "available": values.get("available", True)}
                for key, values in index_fields(session, part).items()
            ]
            session.execute(_REFRESH, {"rows": orjson.dumps(rows).decode()})
        forget_kept(session)


def refresh_popularity(session: Session) -> int:
    """Take over how popular products are; returns how many were different."""
    with unit_of_work(session):
        changed: Any = session.execute(_POPULARITY)
        if changed.rowcount:
            forget_kept(session)
    return int(changed.rowcount)


def reindex(session: Session, report: Callable[[int], None] | None = None) -> int:
    """Build the whole index again, batch by batch, while the shop goes on. Returns how many are on show."""
    with unit_of_work(session):
        around = Surroundings.load(session)
    after, seen, shown = 0, 0, 0
    words: dict[str, Counter[str]] = {}
    while True:
        with unit_of_work(session):
            ids = list(session.scalars(_NEXT, {"after": after, "limit": BATCH}))
            if not ids:
                break
            count, found = _write(session, ids, around)
        for lang, counter in found.items():
            words.setdefault(lang, Counter()).update(counter)
        after, seen, shown = ids[-1], seen + len(ids), shown + count
        if report is not None:
            report(seen)
    with unit_of_work(session):
        session.execute(_STALE)
        session.execute(_STALE_TEXTS)
        replace_words(session, words)
        publish(session, IndexRebuilt(shown))
        forget_kept(session)
    with unit_of_work(session):
        for table in ("search_document", "search_text", "search_word"):
            session.execute(text(f"ANALYZE {table}"))
    return shown
