"""Articles of the table Online Retail, taken into the catalogue as the importers of products do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog import operations as catalog
from app.catalog.importing import values
from app.catalog.importing.building import Builder, Options
from app.catalog.importing.records import Record, VariantRecord
from app.catalog.models import Category, ImportRef, Product, Variant
from app.core.actor import Actor
from app.core.money import Money
from app.core.unit_of_work import unit_of_work
from app.ops.history.survey import Article, Survey
from app.regions import queries as regions

SOURCE = "online-retail"
BATCH = 300
GOODS, SERVICES = ("Online Retail", "Articles"), ("Online Retail", "Services and fees")
NAMES = {
    GOODS: {"fr": "Articles", "nl": "Artikelen", "de": "Artikel", "es": "Artículos"},
    SERVICES: {
        "fr": "Services et frais", "nl": "Diensten en kosten", "de": "Dienstleistungen und Gebühren",
        "es": "Servicios y gastos",
    },
}  # fmt: skip
"""What the categories of this source are called in the other languages; the department is a name of its own."""


@dataclass(frozen=True, slots=True)
class Known:
    """An article as the shop knows it."""

    product_id: int
    variant_id: int
    sku: str
    name: str
    slug: str


def known_articles(session: Session) -> dict[str, Known]:
    """The articles that were taken from this source, by code."""
    query = (
        select(ImportRef.external_id, Product.id, Variant.id, Variant.sku, Product.name, Product.slug)
        .join(Product, Product.id == ImportRef.product_id)
        .join(Variant, Variant.product_id == Product.id)
        .where(ImportRef.source == SOURCE)
        .order_by(Variant.id.desc())
    )
    return {row[0]: Known(row[1], row[2], row[3], row[4], row[5]) for row in session.execute(query)}


def make_articles(
    session: Session, found: Survey, actor: Actor, report: Callable[[int, int], None]
) -> tuple[dict[str, Known], int]:
    """Make the articles the shop lacks; those it has stay as they are. Returns all of them, and how many are new.

    What has a price is published at its most frequent one, in pounds and at today's rate in the shop's own currency.
    Services, and what was never sold, are archived: they are there for the orders' sake.
    """
    known = known_articles(session)
    new = [(code, article) for code, article in sorted(found.articles.items()) if code not in known]
    for start in range(0, len(new), BATCH):
        part = new[start : start + BATCH]
        with unit_of_work(session):
            _make(session, part, actor)
        session.expunge_all()
        report(min(start + BATCH, len(new)), len(new))
    return (known_articles(session) if new else known), len(new)


def _make(session: Session, part: list[tuple[str, Article]], actor: Actor) -> None:
    base = regions.base_currency(session)
    rate = regions.rate(session, "GBP") / regions.rate(session, base)
    wanted = [values.sku(code) for code, _ in part]
    taken = set(session.scalars(select(Variant.sku).where(Variant.sku.in_(wanted))))
    _make_categories(session, {_place(article) for _, article in part}, actor)
    builder = Builder(session, actor, Options(currency="GBP", parts=frozenset({"prices"})))
    records = {code: _record(code, article, values.sku(code) in taken) for code, article in part}
    builder.prepare(list(records.values()))
    incoming = []
    for record in records.values():
        made = builder.incoming(record)
        sku = record.variants[0].sku
        prices = made.spec.parts.get("prices", {}).get(sku)
        if prices is not None and base != "GBP":
            prices[base] = str(Money.rounded(Decimal(prices["GBP"]) / rate, base).amount)
        incoming.append(made)
    results = catalog.upsert_products_bulk(session, SOURCE, incoming, actor)
    hidden = [
        result.product_id
        for (_, article), result in zip(part, results, strict=True)
        if result.product_id is not None and not _is_shown(article)
    ]
    if hidden:
        catalog.change_states(session, product_ids=hidden, verb="archive", actor=actor)


def _make_categories(session: Session, places: set[tuple[str, str]], actor: Actor) -> None:
    """Make the categories that are wanted and not there yet; nobody shops among services, so those are not shown."""
    for department, name in sorted(places):
        above = _category(session, department, None)
        if above is None:
            above = catalog.create_category(session, actor=actor, name=department).id
        if _category(session, name, above) is None:
            catalog.create_category(
                session, actor=actor, name=name, parent_id=above, is_visible=(department, name) != SERVICES,
                translations={language: {"name": said} for language, said in NAMES[department, name].items()},
            )  # fmt: skip


def _category(session: Session, name: str, above: int | None) -> int | None:
    """The category of this name at this place, if there is one: as the importers of products compare."""
    siblings = session.execute(select(Category.id, Category.name).where(Category.parent_id == above))
    return next((row.id for row in siblings if row.name.casefold() == name.casefold()), None)


def _place(article: Article) -> tuple[str, str]:
    return GOODS if article.is_goods else SERVICES


def _is_shown(article: Article) -> bool:
    return article.is_goods and article.price >= Decimal("0.01")


def _record(code: str, article: Article, is_taken: bool) -> Record:
    """The article as a record of a source; a SKU that somebody else has gets a beginning of its own."""
    shown = _is_shown(article)
    price, sku = str(article.price) if shown else None, values.sku(code)
    return Record(
        0, code, article.name or code, "online_retail", "Online Retail", [_place(article)],
        [VariantRecord(f"OR-{sku}" if is_taken else sku, price=price)], publish=shown,
    )  # fmt: skip
