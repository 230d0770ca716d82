"""Many products at once: the demo, importers and actions on a selection. Few statements a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.catalog.models import Product
from app.catalog.operations.checking import Facts, Ready, check_product, gather_facts
from app.catalog.operations.products import (
    archive_product,
    missing_for_publication,
    publish_product,
    races_refused,
    withdraw_product,
)
from app.catalog.operations.writing import insert_products
from app.catalog.rules import Errors, NewProduct
from app.core import audit
from app.core.actor import Actor
from app.core.errors import InvalidFields, ShopError
from app.core.i18n import _l
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.catalog import ProductsChanged

Outcome = Literal["created", "updated", "unchanged", "refused"]
VERBS = {"publish": publish_product, "withdraw": withdraw_product, "archive": archive_product}


@dataclass(slots=True)
class BulkResult:
    """What became of one of many products, by its place in the list that was given.

    A product that was created but could not be published is a draft, and `errors` says what it lacks.
    """

    position: int
    product_id: int | None = None
    outcome: Outcome = "refused"
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StateChange:
    """Which products changed state, and why the others did not: {product id: reason}."""

    changed: tuple[int, ...]
    refused: dict[int, str]


def create_products_bulk(session: Session, specs: Sequence[NewProduct], actor: Actor) -> list[BulkResult]:
    """Make many products with the checks of `create_product`, 200 to 500 of them a call.

    Every product stands for itself: wrong ones are refused with all their errors, the others are
    written. One audit record and one event for the whole batch. `spec.publish` shows the product to
    customers if nothing is missing.
    """
    with unit_of_work(session), races_refused():
        facts = gather_facts(session, specs)
        results, ready = _check_all(specs, facts)
        ids = _write_all(session, ready, results, actor)
        for (result, _), product_id in zip(ready, ids, strict=True):
            if product_id is not None:
                result.product_id, result.outcome = product_id, "created"
        made = [r.product_id for r in results if r.product_id is not None]
        _publish_complete(session, specs, results)
        if made:
            audit.record(
                session, actor=actor, action="product.create_many", entity="catalog_product",
                entity_id=f"{made[0]}-{made[-1]}", after={"count": len(made), "ids": made},
            )  # fmt: skip
            publish(session, ProductsChanged(tuple(made)))
    return results


def _check_all(
    specs: Sequence[NewProduct], facts: Facts
) -> tuple[list[BulkResult], list[tuple[BulkResult, Ready]]]:
    results: list[BulkResult] = []
    ready: list[tuple[BulkResult, Ready]] = []
    for position, spec in enumerate(specs):
        fine, errors = check_product(spec, facts)
        result = BulkResult(position, errors=errors)
        results.append(result)
        if fine is not None:
            ready.append((result, fine))
            facts.skus |= {row["sku"]: 0 for row in fine.variants}  # taken for those that follow
    return results, ready


def _write_all(
    session: Session, ready: Sequence[tuple[BulkResult, Ready]], results: Sequence[BulkResult], actor: Actor
) -> list[int | None]:
    """Write them together; when the database refuses the batch, one by one to find whom it means."""
    try:
        with session.begin_nested():
            return list(insert_products(session, [fine for _, fine in ready], actor))
    except (IntegrityError, ShopError):
        return [_write_alone(session, result, fine, actor) for result, fine in ready]


def _write_alone(session: Session, result: BulkResult, fine: Ready, actor: Actor) -> int | None:
    try:
        with session.begin_nested(), races_refused():
            return insert_products(session, [fine], actor)[0]
    except ShopError as refusal:
        result.errors = errors_of(refusal)
        return None


def errors_of(refusal: ShopError) -> Errors:
    """A refusal as messages by field; what has no field stands under ""."""
    if isinstance(refusal, InvalidFields):
        return dict(refusal.errors)
    return {refusal.field or "": refusal.text}


def _publish_complete(session: Session, specs: Sequence[NewProduct], results: Sequence[BulkResult]) -> None:
    wanted = {
        result.product_id: result
        for spec, result in zip(specs, results, strict=True)
        if spec.publish and result.product_id is not None
    }
    if not wanted:
        return
    missing = missing_for_publication(session, list(wanted))
    for product_id, errors in missing.items():
        wanted[product_id].errors = errors
    complete = [product_id for product_id in wanted if product_id not in missing]
    if complete:
        session.execute(
            update(Product)
            .where(Product.id.in_(complete), Product.state == "draft")
            .values(
                state="published",
                # a product that says since when it is on show was new then, not today
                first_published_at=func.coalesce(
                    Product.first_published_at, func.least(Product.published_from, func.now())
                ),
            )
            .execution_options(synchronize_session=False)
        )


def change_states(session: Session, *, product_ids: Sequence[int], verb: str, actor: Actor) -> StateChange:
    """Publish, withdraw or archive many products; those that cannot are named with their reason.

    Raises:
        InvalidFields: for a verb that is not one of the three.
    """
    if verb not in VERBS:
        raise InvalidFields({"verb": _l("Please choose what to do.")})
    changed: list[int] = []
    refused: dict[int, str] = {}
    with unit_of_work(session):
        states = select(Product.id, Product.state).where(Product.id.in_(product_ids))
        before: dict[int, Any] = dict(session.execute(states).all())
        for product_id in sorted(set(product_ids)):
            try:
                with session.begin_nested():
                    VERBS[verb](session, product_id=product_id, actor=actor)
                changed.append(product_id)
            except ShopError as refusal:
                refused[product_id] = _reason(refusal)
        audit.record(
            session, actor=actor, action=f"product.{verb}_many", entity="catalog_product", entity_id="many",
            before={"states": before}, after={"changed": changed, "refused": len(refused)},
        )  # fmt: skip
    return StateChange(tuple(changed), refused)


def _reason(refusal: ShopError) -> str:
    if isinstance(refusal, InvalidFields):
        return " ".join(str(problem) for problem in refusal.errors.values())
    return refusal.text
