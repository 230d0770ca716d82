"""Products chosen by hand to stand beside others: one statement each, by the table's primary key."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Select, Text, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.catalog.models import Product, ProductLink
from app.catalog.queries.cards import is_on_show, text_in
from app.catalog.rules import LINK_KINDS


@dataclass(frozen=True, slots=True)
class Linked:
    """A product that somebody chose for a row of another one."""

    id: int
    name: str
    slug: str
    state: str


def links_of(session: Session, product_id: int) -> dict[str, list[int]]:
    """The targets of each kind in their order, on show or not; a kind without any is an empty list."""
    found: dict[str, list[int]] = {kind: [] for kind in LINK_KINDS}
    query = select(ProductLink.kind, ProductLink.target_id).where(ProductLink.product_id == product_id)
    for row in session.execute(query.order_by(ProductLink.position, ProductLink.target_id)):
        found[row.kind].append(row.target_id)
    return found


def links_token(links: Mapping[str, Sequence[int]]) -> str:
    """What the links look like now, for who wants to change them and nothing that somebody else wrote meanwhile."""
    said = ";".join(f"{kind}:{','.join(map(str, links.get(kind, ())))}" for kind in LINK_KINDS)
    return f"h{hashlib.sha256(said.encode()).hexdigest()[:24]}"


def linked_products(session: Session, product_id: int) -> dict[str, list[Linked]]:
    """The products of each kind in their order, for who looks after them: on show or not."""
    found: dict[str, list[Linked]] = {kind: [] for kind in LINK_KINDS}
    query = (
        select(ProductLink.kind, Product.id, Product.name, Product.slug, Product.state)
        .join(Product, Product.id == ProductLink.target_id)
        .where(ProductLink.product_id == product_id)
        .order_by(ProductLink.position, ProductLink.target_id)
    )
    for row in session.execute(query):
        found[row.kind].append(Linked(row.id, row.name, row.slug, row.state))
    return found


@cache
def _shown_statement(lang: str) -> Select[Any]:
    """Links of `ids` of some `kinds` whose targets customers may see and buy: built once."""
    return (
        select(
            ProductLink.product_id, ProductLink.kind, Product.id, Product.state,
            text_in("name", lang).label("name"), text_in("slug", lang).label("slug"),
        )
        .join(Product, Product.id == ProductLink.target_id)
        .where(
            ProductLink.product_id == any_(bindparam("ids", type_=ARRAY(BigInteger))),
            ProductLink.kind == any_(bindparam("kinds", type_=ARRAY(Text))),
            is_on_show(), Product.is_available,
        )
        .order_by(ProductLink.position, ProductLink.product_id, ProductLink.target_id)
    )  # fmt: skip


def shown_links(
    session: Session, product_ids: Sequence[int], lang: str, kinds: Sequence[str] = LINK_KINDS
) -> dict[str, list[Linked]]:
    """What stands beside these products and may be bought now (stock is not looked at), by kind.

    Of several products the first choices of all come before the second ones; a product stands once in its
    kind, and none of those asked for does.
    """
    found: dict[str, dict[int, Linked]] = {kind: {} for kind in kinds}
    if product_ids:
        values = {"ids": list(product_ids), "kinds": list(kinds)}
        for row in session.execute(_shown_statement(lang), values):
            if row.id not in product_ids:
                found[row.kind].setdefault(row.id, Linked(row.id, row.name, row.slug, row.state))
    return {kind: list(rows.values()) for kind, rows in found.items()}
