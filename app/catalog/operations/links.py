"""Products chosen by hand to stand beside others: said anew, added, moved, taken away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.catalog.errors import NoSuchProduct
from app.catalog.models import Product, ProductLink
from app.catalog.queries.links import links_of, links_token
from app.catalog.rules import LINK_KINDS, MOST_LINKS, Errors
from app.core import audit, locks
from app.core.actor import Actor
from app.core.errors import Conflict, InvalidFields
from app.core.i18n import _l
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.catalog import ProductChanged

BIGGEST = 2**63 - 1
Links = Mapping[str, Sequence[int]]
"""Ids of products by kind, in their order."""


@contextmanager
def _races_refused() -> Iterator[None]:
    """Turn what only the database could notice into a refusal: the product was removed this very moment."""
    try:
        yield
    except IntegrityError as problem:
        name = getattr(getattr(problem.orig, "diag", None), "constraint_name", "") or ""
        if name == "fk_catalog_product_link_target_id":
            raise Conflict() from problem
        raise


def set_links(
    session: Session,
    *,
    product_id: int,
    links: Links,
    actor: Actor,
    token: str | None = None,
    seller_id: int | None = None,
) -> bool:
    """Say anew which products stand beside this one; a kind that is not named stays as it is.

    `token` is `queries.links_token` of what was read. With `seller_id` both ends have to be that seller's, but for
    what stands there already. Returns False, and writes nothing, when nothing is different.

    Raises:
        NoSuchProduct: when there is none, or it is not this seller's.
        InvalidFields: by "<kind>.<place>": the product itself, one that is unknown, archived, not the seller's or
            named twice; by "<kind>" for more than fit.
        Conflict: somebody else changed the links since `token` was read.
    """
    _check_shape(links)
    with unit_of_work(session), _races_refused():
        _serialise(session, product_id)
        products = _locked(session, product_id, links, seller_id)
        held = links_of(session, product_id)
        if token is not None and token != links_token(held):
            raise Conflict()
        wanted = held | {kind: list(ids) for kind, ids in links.items()}
        if wanted == held:
            return False
        if errors := _problems(product_id, held, links, products, seller_id):
            raise InvalidFields(errors)
        _write(session, product_id, held, wanted, actor)
    return True


def add_link(
    session: Session, *, product_id: int, kind: str, target_id: int, actor: Actor, place: int | None = None
) -> bool:
    """Put a product into a row, last or at `place` (0 is first). One that stands there already stays where it is.

    Raises:
        NoSuchProduct, InvalidFields: as `set_links`.
    """

    def added(row: list[int]) -> list[int]:
        at = len(row) if place is None else max(0, place)
        return row if target_id in row else [*row[:at], target_id, *row[at:]]

    return _change(session, product_id, kind, added, actor)


def remove_link(session: Session, *, product_id: int, kind: str, target_id: int, actor: Actor) -> bool:
    """Take a product out of a row; one that is not in it is gone already.

    Raises:
        NoSuchProduct, InvalidFields: as `set_links`.
    """
    return _change(session, product_id, kind, lambda row: [i for i in row if i != target_id], actor)


def move_link(
    session: Session, *, product_id: int, kind: str, target_id: int, place: int, actor: Actor
) -> bool:
    """Put a product of a row at another place in it (0 is first); the others close up.

    Raises:
        NoSuchProduct, InvalidFields: as `set_links`; also for a product that is not in the row.
    """

    def moved(row: list[int]) -> list[int]:
        if target_id not in row:
            raise InvalidFields({kind: _l("There is no such product.")})
        rest, at = [i for i in row if i != target_id], max(0, place)
        return [*rest[:at], target_id, *rest[at:]]

    return _change(session, product_id, kind, moved, actor)


def _change(session: Session, product_id: int, kind: str, change: Any, actor: Actor) -> bool:
    with unit_of_work(session):
        _serialise(session, product_id)
        row = change(links_of(session, product_id).get(kind, []))
        return set_links(session, product_id=product_id, links={kind: row}, actor=actor)


def _serialise(session: Session, product_id: int) -> None:
    """One writer of a product's rows at a time: who adds or moves reads them first and locks products in id order then."""
    locks.advisory(session, f"catalog.links.{product_id}")


def _check_shape(links: Links) -> None:
    """Refuse what is no list of ids of a kind before anything is locked."""
    errors: Errors = {}
    for kind, ids in links.items():
        if kind not in LINK_KINDS:
            errors[kind] = _l("There is no such field.")
        elif len(ids) > MOST_LINKS:
            errors[kind] = _l("No more than %(most)s products fit here.", most=MOST_LINKS)
        else:
            wrong = (place for place, one in enumerate(ids) if not _is_id(one))
            errors |= {f"{kind}.{place}": _l("There is no such product.") for place in wrong}
    if errors:
        raise InvalidFields(errors)


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= BIGGEST


def _locked(session: Session, product_id: int, links: Links, seller_id: int | None) -> dict[int, Product]:
    """The product and those to be linked, locked in id order: two products that are linked crosswise cannot block."""
    products = locks.rows(session, Product, [product_id, *(i for ids in links.values() for i in ids)])
    own = products.get(product_id)
    if own is None or (seller_id is not None and own.seller_id != seller_id):
        raise NoSuchProduct()
    return products


def _problems(
    product_id: int,
    held: Mapping[str, Sequence[int]],
    links: Links,
    products: Mapping[int, Product],
    seller_id: int | None,
) -> Errors:
    errors: Errors = {}
    for kind, ids in links.items():
        seen: set[int] = set()
        for place, target_id in enumerate(ids):
            target = products.get(target_id)
            may_stay = target_id in held[kind]
            if target_id == product_id:
                errors[f"{kind}.{place}"] = _l("A product cannot stand beside itself.")
            elif target_id in seen:
                errors[f"{kind}.{place}"] = _l("This product stands in the list twice.")
            elif target is None or (seller_id not in (None, target.seller_id) and not may_stay):
                errors[f"{kind}.{place}"] = _l("There is no such product.")
            elif target.state == "archived" and not may_stay:
                errors[f"{kind}.{place}"] = _l("We no longer sell this product.")
            seen.add(target_id)
    return errors


def _write(
    session: Session, product_id: int, held: dict[str, list[int]], wanted: dict[str, list[int]], actor: Actor
) -> None:
    changed = [kind for kind in LINK_KINDS if held[kind] != wanted[kind]]
    session.execute(
        delete(ProductLink).where(ProductLink.product_id == product_id, ProductLink.kind.in_(changed))
    )
    rows = [
        {"product_id": product_id, "kind": kind, "target_id": target_id, "position": place}
        for kind in changed
        for place, target_id in enumerate(wanted[kind])
    ]
    if rows:
        session.execute(insert(ProductLink), rows)
    audit.record(
        session, actor=actor, action="product.links", entity="catalog_product", entity_id=product_id,
        before={kind: held[kind] for kind in changed}, after={kind: wanted[kind] for kind in changed},
    )  # fmt: skip
    publish(session, ProductChanged(product_id))
