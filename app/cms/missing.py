"""Which texts a language still lacks: products, categories, attributes, pages, banners, menu links.

A text is missing where the default language has one and the other language has none; visitors then read the default
language. Brands are names and are the same in every language. Archived products are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.catalog.models import Attribute, AttributeOption, Category, Product
from app.catalog.models.products import TRANSLATED
from app.cms.models import Banner, MenuLink, Page
from app.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, _l, lacks_sql

OTHERS = tuple(code for code in LANGUAGES if code != DEFAULT_LANGUAGE)
PER_PAGE = 50
MOST_EXPORTED = 100_000
START = (0, "")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing with texts: its table, the columns people translate (the first one names it), its screen."""

    code: str
    title: Any
    model: Any
    columns: tuple[str, ...]
    screen: str
    only: str = ""

    @property
    def table(self) -> str:
        """The table's name."""
        return str(self.model.__tablename__)

    def lacking(self, language: str) -> str:
        """SQL: the rows that lack a text in a language (for products ix_catalog_product_lacks_<language>)."""
        return lacks_sql(self.columns, language) + self.only


KINDS = {
    kind.code: kind
    for kind in (
        Kind("product", _l("Products"), Product, TRANSLATED, "ProductView", only=" AND state <> 'archived'"),
        Kind("category", _l("Categories"), Category, ("name", "slug", "description"), "CategoryView"),
        Kind("attribute", _l("Attributes"), Attribute, ("name",), "AttributeView"),
        Kind("option", _l("Options"), AttributeOption, ("label",), "AttributeOptionView"),
        Kind("page", _l("Pages"), Page, ("title", "summary", "body"), "PageView"),
        Kind("banner", _l("Banners"), Banner, ("title", "eyebrow", "text", "action"), "BannerView"),
        Kind("menulink", _l("Menus"), MenuLink, ("label",), "MenuLinkView"),
    )
}


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing in one language: which of its texts are missing there."""

    kind: str
    id: int
    name: str
    language: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gaps:
    """A page of them; `after` is the position (id, language) of its last line, None at the end."""

    items: list[Gap]
    after: tuple[int, str] | None


def counts(session: Session, kind: Kind) -> dict[str, int]:
    """How many things of a kind lack a text, by language: one statement."""
    parts = ", ".join(f"(SELECT count(*) FROM {kind.table} WHERE {kind.lacking(code)})" for code in OTHERS)
    return dict(zip(OTHERS, session.execute(text(f"SELECT {parts}")).one(), strict=True))


def gaps(
    session: Session, kind: Kind, language: str = "", *, after: tuple[int, str] = START, limit: int = PER_PAGE
) -> Gaps:
    """Things of a kind that lack a text, by id and language: one statement that reads at most a page a language."""
    codes = (language,) if language in OTHERS else OTHERS
    parts = " UNION ALL ".join(_part(kind, code) for code in codes)
    statement = text(f"SELECT * FROM ({parts}) AS found ORDER BY id, language LIMIT :most")
    values = {"id": after[0], "most": limit + 1} | {f"own_{code}": after[1] < code for code in codes}
    rows = session.execute(statement, values).all()
    items = [
        Gap(kind.code, row.id, row.name, row.language, tuple(row.lacking.split())) for row in rows[:limit]
    ]
    return Gaps(items, (items[-1].id, items[-1].language) if len(rows) > limit else None)


def _part(kind: Kind, code: str) -> str:
    """The lines of one language behind a position, at most a page of them."""
    words = ", ".join(f"CASE WHEN {lacks_sql((name,), code)} THEN '{name}' END" for name in kind.columns)
    return (
        f"(SELECT id, {kind.columns[0]} AS name, '{code}' AS language, concat_ws(' ', {words}) AS lacking FROM {kind.table} "
        f"WHERE {kind.lacking(code)} AND (id > :id OR (id = :id AND :own_{code})) ORDER BY id LIMIT :most)"
    )


def every(session: Session, kind: Kind, language: str = "") -> Iterator[Gap]:
    """All of a kind, a thousand lines at a time, at most 100,000."""
    after: tuple[int, str] | None = START
    seen = 0
    while after is not None and seen < MOST_EXPORTED:
        page = gaps(session, kind, language, after=after, limit=1_000)
        yield from page.items
        after, seen = page.after, seen + len(page.items)
