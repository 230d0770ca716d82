"""Changes many prices by a percentage, shows beforehand what would happen, and can undo it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from app.core import audit
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.unit_of_work import unit_of_work
from app.pricing.errors import AlreadyUndone, NoSuchChange
from app.pricing.models import Price, PriceChange, PriceChangeLine
from app.pricing.operations.prices import NewPrice, set_prices
from app.pricing.percent import PercentWish, changed_price, unfit

STEP = 1_000


@dataclass(frozen=True, slots=True)
class Begun:
    """A change that can be applied step by step; `total` is how many prices it is about."""

    id: int
    total: int


@dataclass(frozen=True, slots=True)
class Example:
    """One price as it is and as it would become."""

    sku: str
    before: Decimal
    after: Decimal
    compare_at: Decimal | None


@dataclass(frozen=True, slots=True)
class Unfit:
    """A price that cannot be changed as wished; `reason` is a key of `percent.REASONS`."""

    sku: str
    reason: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do: how many prices, the first of them, and what cannot be changed."""

    total: int
    examples: tuple[Example, ...]
    unfit: tuple[Unfit, ...] = ()


def _scope(wish: PercentWish) -> tuple[str, dict[str, Any]]:
    """The articles a wish is about with their prices, as SQL from `FROM` on."""
    words = [
        "FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id",
        "LEFT JOIN pricing_price r ON r.variant_id = v.id AND r.currency = :currency WHERE true",
    ]
    values: dict[str, Any] = {"currency": wish.currency}
    if wish.category_id is not None:
        words.append(
            """AND EXISTS (SELECT 1 FROM catalog_product_category pc JOIN catalog_category c
               ON c.id = pc.category_id WHERE pc.product_id = p.id AND :category = ANY(c.lineage))"""
        )
        values["category"] = wish.category_id
    if wish.brand_id is not None:
        words.append("AND p.brand_id = :brand")
        values["brand"] = wish.brand_id
    if wish.price_ids is not None:
        words.append("AND r.id = ANY(CAST(:prices AS bigint[]))")
        values["prices"] = list(wish.price_ids)
    if wish.product_ids is not None:
        words.append("AND p.id = ANY(CAST(:products AS bigint[]))")
        values["products"] = list(wish.product_ids)
    return " ".join(words), values


def preview_change(session: Session, *, wish: PercentWish, limit: int = 20) -> Preview:
    """Say what a change would do, without doing it; articles that it cannot change are all named.

    Raises:
        InvalidFields: when the wish makes no sense.
    """
    wish.check()
    scope, values = _scope(wish)
    total = 0
    examples: list[Example] = []
    left: list[Unfit] = []
    for row in session.execute(text(f"SELECT v.sku, r.amount, r.compare_at {scope} ORDER BY v.id"), values):
        reason = unfit(row.amount, wish)
        if reason is not None:
            left.append(Unfit(row.sku, reason))
            continue
        total += 1
        if len(examples) < limit:
            amount, compare = changed_price(row.amount, row.compare_at, wish)
            examples.append(Example(row.sku, row.amount, amount, compare))
    return Preview(total, tuple(examples), tuple(left))


def begin_change(session: Session, *, run: str, wish: PercentWish, actor: Actor) -> Begun:
    """Write down a change that is to be applied, with the one audit record of the whole batch.

    The same `run` gives the same change again.

    Raises:
        InvalidFields: when the wish makes no sense.
    """
    with unit_of_work(session):
        look = preview_change(session, wish=wish, limit=0)
        change = session.scalar(select(PriceChange).where(PriceChange.run == run))
        if change is None:
            change = PriceChange(run=run, wish=wish.as_dict(), actor_label=actor.label)
            session.add(change)
            session.flush()
            audit.record(
                session, actor=actor, action="prices.change", entity="pricing_change", entity_id=change.id,
                after=wish.in_short() | {"prices": look.total, "left_out": len(look.unfit)},
            )  # fmt: skip
        return Begun(change.id, look.total)


def apply_change(session: Session, *, change_id: int, actor: Actor, step: int = STEP) -> int:
    """Change the next thousand prices; returns how many, 0 when all are done or it was undone.

    An interrupted run goes on behind the last article it has changed; what cannot be changed is left alone.

    Raises:
        NoSuchChange: when there is none.
    """
    with unit_of_work(session):
        change = session.get(PriceChange, change_id, with_for_update=True, populate_existing=True)
        if change is None:
            raise NoSuchChange()
        if change.undone_at is not None:
            return 0
        wish = PercentWish.from_dict(change.wish)
        scope, values = _scope(wish)
        last = session.scalar(
            select(func.max(PriceChangeLine.variant_id)).where(PriceChangeLine.change_id == change_id)
        )
        query = text(
            f"""SELECT r.variant_id, r.amount, r.compare_at {scope} AND r.id IS NOT NULL AND v.id > :last
                ORDER BY v.id LIMIT :limit"""
        )
        fit: list[Any] = []
        while len(fit) < step:
            rows = session.execute(query, values | {"last": last or 0, "limit": step}).all()
            if not rows:
                break
            last = rows[-1].variant_id
            fit += [row for row in _locked(session, wish, rows) if unfit(row.amount, wish) is None]
        fit = fit[:step]
        if fit:
            _apply(session, change, wish, fit, actor)
    return len(fit)


def _locked(session: Session, wish: PercentWish, rows: Sequence[Any]) -> Sequence[Any]:
    """The same prices as they are now, locked in the order of their articles."""
    query = text(
        """SELECT variant_id, amount, compare_at FROM pricing_price WHERE currency = :currency
            AND variant_id = ANY(CAST(:ids AS bigint[])) ORDER BY variant_id FOR UPDATE"""
    )
    return session.execute(query, {"currency": wish.currency, "ids": [row.variant_id for row in rows]}).all()


def _apply(
    session: Session, change: PriceChange, wish: PercentWish, rows: Sequence[Any], actor: Actor
) -> None:
    lines, wanted = [], []
    for row in rows:
        amount, compare = changed_price(row.amount, row.compare_at, wish)
        wanted.append(NewPrice(row.variant_id, wish.currency, amount, compare))
        lines.append(
            {
                "change_id": change.id, "variant_id": row.variant_id, "before_amount": row.amount,
                "before_compare_at": row.compare_at, "after_amount": amount, "after_compare_at": compare,
            }
        )  # fmt: skip
    session.execute(insert(PriceChangeLine), lines)
    set_prices(session, prices=wanted, actor=actor, is_audited=False)
    session.execute(
        update(PriceChange).where(PriceChange.id == change.id).values(prices=PriceChange.prices + len(lines))
    )


def undo_change(session: Session, *, change_id: int, actor: Actor) -> int:
    """Give back the prices from before a change. Returns how many.

    Prices that were set again since then stay as they are.

    Raises:
        NoSuchChange, AlreadyUndone: nothing changes then.
    """
    with unit_of_work(session):
        change = session.get(PriceChange, change_id, with_for_update=True, populate_existing=True)
        if change is None:
            raise NoSuchChange()
        if change.undone_at is not None:
            raise AlreadyUndone()
        currency = change.wish["currency"]
        same = (
            (Price.variant_id == PriceChangeLine.variant_id)
            & (Price.currency == currency)
            & (Price.amount == PriceChangeLine.after_amount)
            & Price.compare_at.is_not_distinct_from(PriceChangeLine.after_compare_at)
        )
        lines = session.scalars(
            select(PriceChangeLine).join(Price, same).where(PriceChangeLine.change_id == change_id)
        ).all()
        wanted = [
            NewPrice(line.variant_id, currency, line.before_amount, line.before_compare_at) for line in lines
        ]
        set_prices(session, prices=wanted, actor=actor, is_audited=False)
        change.undone_at = utcnow()
        audit.record(
            session, actor=actor, action="prices.undo", entity="pricing_change", entity_id=change_id,
            after={"prices": len(wanted), "of": session.scalar(_count(change_id))},
        )  # fmt: skip
    return len(wanted)


def _count(change_id: int) -> Any:
    return select(func.count()).where(PriceChangeLine.change_id == change_id)
