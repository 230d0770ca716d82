"""Addresses: made unique for ever, kept when they change, so that old links redirect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.orm import Session

from app.catalog.models import Slug
from app.catalog.rules import make_slug
from app.core import locks
from app.core.i18n import DEFAULT_LANGUAGE


class SlugMaker:
    """Hands out free addresses of one kind, without asking the database for each of them.

    Holds a lock until the end of the transaction, so that two people cannot be given the same one.
    """

    def __init__(self, session: Session, kind: str, bases: Iterable[str]):
        locks.advisory(session, f"catalog.slug.{kind}")
        self.kind = kind
        self._owners: dict[str, int | None] = {}
        self._next: dict[str, int] = {}
        wanted = sorted(set(bases))
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            found = session.execute(
                select(Slug.slug, Slug.target_id).where(Slug.kind == kind, Slug.slug.in_(part))
            )
            self._owners |= {row.slug: row.target_id for row in found}
        self._numbered(session, [base for base in wanted if base in self._owners])

    def _numbered(self, session: Session, bases: Sequence[str]) -> None:
        """Learn the numbers already given to these names (index uq_catalog_slug_kind_slug_lang)."""
        for start in range(0, len(bases), 200):
            # "." follows "-" in the C collation, so this is a prefix search by range
            ranges = [
                and_(Slug.slug >= f"{base}-", Slug.slug < f"{base}.") for base in bases[start : start + 200]
            ]
            query = select(Slug.slug, Slug.target_id).where(Slug.kind == self.kind, or_(*ranges))
            for slug, target_id in session.execute(query):
                base, _, number = slug.rpartition("-")
                if number.isdigit() and len(number) < 9:
                    self._owners[slug] = target_id
                    self._next[base] = max(self._next.get(base, 1), int(number))

    def take(self, base: str, target_id: int | None = None) -> str:
        """A free address from `base`; one the target had before may be taken again."""
        slug = base
        while slug in self._owners and (target_id is None or self._owners[slug] != target_id):
            self._next[base] = self._next.get(base, 1) + 1
            slug = f"{base}-{self._next[base]}"
        self._owners[slug] = target_id
        return slug


def slug_bases(
    name: str, slug: str | None, translations: Mapping[str, Mapping[str, Any]], fallback: str
) -> dict[str, str]:
    """The wished-for address in each language that has a name or address of its own."""
    bases = {DEFAULT_LANGUAGE: make_slug(slug or name, fallback)}
    for language, texts in translations.items():
        wish = texts.get("slug") or texts.get("name")
        if wish:
            bases[language] = make_slug(wish, fallback)
    return bases


def take_all(maker: SlugMaker, bases: Mapping[str, str], target_id: int | None = None) -> dict[str, str]:
    """A free address for each language; the same word in two languages is one address."""
    taken: dict[str, str] = {}
    chosen: dict[str, str] = {}
    for language, base in bases.items():
        if base not in chosen:
            chosen[base] = maker.take(base, target_id)
        taken[language] = chosen[base]
    return taken


def remember(session: Session, kind: str, slugs: Mapping[int, Mapping[str, str]]) -> None:
    """Write the addresses of new things: {target id: {language: slug}}."""
    rows = [
        {"kind": kind, "lang": language, "slug": slug, "target_id": target_id}
        for target_id, by_language in slugs.items()
        for language, slug in by_language.items()
    ]
    if rows:
        session.execute(insert(Slug), rows)


def change(session: Session, kind: str, target_id: int, slugs: Mapping[str, str]) -> None:
    """Give something new addresses; the old ones stay and lead to the new."""
    mine = select(Slug.id, Slug.lang, Slug.slug).where(Slug.kind == kind, Slug.target_id == target_id)
    held = {(row.lang, row.slug): row.id for row in session.execute(mine)}
    session.execute(
        update(Slug)
        .where(Slug.kind == kind, Slug.target_id == target_id, Slug.is_current)
        .values(is_current=False)
        .execution_options(synchronize_session=False)
    )
    for language, slug in slugs.items():
        row_id = held.get((language, slug))
        if row_id is not None:
            again = update(Slug).where(Slug.id == row_id).values(is_current=True)
            session.execute(again.execution_options(synchronize_session=False))
        else:
            session.execute(insert(Slug).values(kind=kind, lang=language, slug=slug, target_id=target_id))
