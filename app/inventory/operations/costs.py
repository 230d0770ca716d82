"""What one piece of an article costs the shop: said from a day on, and never changed by a sale."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core import audit, locks
from app.core.actor import Actor
from app.core.clock import today
from app.core.unit_of_work import unit_of_work
from app.inventory.errors import BadCost, CostDayTaken, UnknownSku
from app.inventory.models import Cost
from app.regions import queries as regions

EARLIEST = date(1970, 1, 1)
AUDIT_EACH = 50
"""Up to so many costs get an audit row each; larger batches get one that counts them."""
_SKU = text("SELECT sku FROM catalog_variant WHERE id = :id")
_SET = text(
    """INSERT INTO inventory_cost AS c (variant_id, valid_from, amount, currency)
       SELECT v.id, CAST(:day AS date), n.amount, :currency
         FROM unnest(CAST(:ids AS bigint[]), CAST(:amounts AS numeric[])) AS n (id, amount)
         JOIN catalog_variant v ON v.id = n.id ORDER BY v.id
       ON CONFLICT (variant_id, valid_from) DO UPDATE
          SET amount = excluded.amount, currency = excluded.currency, updated_at = now()
        WHERE (c.amount, c.currency) IS DISTINCT FROM (excluded.amount, excluded.currency)
       RETURNING id, variant_id, xmax = 0 AS is_new"""
)


def checked_cost(amount: Decimal | None, field: str = "amount") -> Decimal:
    """An amount that can be a cost: zero or more, with at most four decimals.

    Raises:
        BadCost: it is missing, below zero, too large or too fine.
    """
    if not isinstance(amount, Decimal) or not amount.is_finite() or not 0 <= amount < Decimal(10) ** 12:
        raise BadCost(field=field)
    if amount != amount.quantize(Decimal("0.0001")):
        raise BadCost(field=field)
    return amount


def _day(valid_from: date | None) -> date:
    day = valid_from or today()
    if day < EARLIEST:
        raise BadCost(field="valid_from")
    return day


def set_costs(
    session: Session, *, amounts: Mapping[int, Decimal], actor: Actor, valid_from: date | None = None
) -> int:
    """Say what articles (by variant id) cost from a day on; today when none is given.

    Amounts are without VAT, in the base currency. A cost said for the same day is replaced. Returns how many changed; saying the same again changes nothing.

    Raises:
        BadCost: nothing changes then.
    """
    day = _day(valid_from)
    wanted = {variant_id: checked_cost(amount) for variant_id, amount in amounts.items()}
    if not wanted:
        return 0
    currency = regions.base_currency(session)
    values = {"ids": list(wanted), "amounts": list(wanted.values()), "day": day, "currency": currency}
    with unit_of_work(session):
        changed = session.execute(_SET, values).all()
        said = {"valid_from": day, "currency": currency}
        if len(changed) > AUDIT_EACH:
            audit.record(
                session, actor=actor, action="cost.set_many", entity="inventory_cost", entity_id="many", before=None,
                after=said | {"articles": len(changed)},
            )  # fmt: skip
        else:
            for row in changed:
                facts = said | {"amount": wanted[row.variant_id]}
                _record(session, actor, "create" if row.is_new else "update", row, None, facts)
    return len(changed)


def cost_of(session: Session, variant_id: int, day: date) -> Decimal | None:
    """What a piece cost on a day in the base currency; None where it is not known.

    Index: uq_inventory_cost_variant_id_valid_from.
    """
    query = select(Cost.amount, Cost.currency).where(Cost.variant_id == variant_id, Cost.valid_from <= day)
    row = session.execute(query.order_by(Cost.valid_from.desc()).limit(1)).first()
    return row.amount if row and row.currency == regions.base_currency(session) else None


def set_cost_today(session: Session, *, variant_id: int, amount: Decimal | None, actor: Actor) -> None:
    """Say what an article costs from today on, as the stock screen does.

    None and the cost of now change nothing.

    Raises:
        BadCost: with the field `cost`.
    """
    if amount is None:
        return
    with unit_of_work(session):
        if cost_of(session, variant_id, today()) != checked_cost(amount, "cost"):
            set_costs(session, amounts={variant_id: amount}, actor=actor)


def add_cost(
    session: Session, *, variant_id: int, amount: Decimal | None, valid_from: date | None, actor: Actor
) -> Cost:
    """Say what an article costs from a day on (today when none is given); returns the row.

    Raises:
        BadCost, UnknownSku: nothing changes then.
    """
    day = _day(valid_from)
    with unit_of_work(session):
        set_costs(session, amounts={variant_id: checked_cost(amount)}, valid_from=day, actor=actor)
        query = select(Cost).where(Cost.variant_id == variant_id, Cost.valid_from == day)
        row = session.scalars(query.execution_options(populate_existing=True)).first()
        if row is None:
            raise UnknownSku(sku=str(variant_id))
        return row


def change_cost(
    session: Session, *, cost_id: int, amount: Decimal | None, valid_from: date | None, actor: Actor
) -> None:
    """Correct a cost that was said: its amount, or the day from which it holds.

    Figures of the days it covers follow.

    Raises:
        BadCost, NotFound. CostDayTaken: the article has another cost from that day on.
    """
    day, wanted = _day(valid_from), checked_cost(amount)
    with unit_of_work(session):
        row = locks.row(session, Cost, cost_id)
        same_day = select(Cost.id).where(
            Cost.variant_id == row.variant_id, Cost.valid_from == day, Cost.id != cost_id
        )
        if session.scalar(same_day) is not None:
            raise CostDayTaken()
        before = _facts(row)
        row.amount, row.valid_from, row.currency = wanted, day, regions.base_currency(session)
        session.flush()
        if _facts(row) != before:
            _record(session, actor, "update", row, before, _facts(row))


def remove_cost(session: Session, *, cost_id: int, actor: Actor) -> None:
    """Take back a cost that was said; the one before it holds again, or the cost is unknown.

    Raises:
        NotFound: there is no such row.
    """
    with unit_of_work(session):
        row = locks.row(session, Cost, cost_id)
        _record(session, actor, "delete", row, _facts(row), None)
        session.delete(row)


def _facts(row: Cost) -> dict[str, Any]:
    return {"amount": row.amount, "currency": row.currency, "valid_from": row.valid_from}


def _record(session: Session, actor: Actor, verb: str, row: Any, before: Any, after: Any) -> None:
    sku = {"sku": session.scalar(_SKU, {"id": row.variant_id})}
    audit.record(
        session, actor=actor, action=f"cost.{verb}", entity="inventory_cost", entity_id=str(row.id),
        before=before and sku | before, after=after and sku | after,
    )  # fmt: skip
