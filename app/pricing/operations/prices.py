"""Sets prices: one, or many thousands in a few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core import audit, locks
from app.core.actor import Actor
from app.core.money import Money, MoneyError, exponent
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.pricing import PriceChanged
from app.pricing.errors import BadPrice, ComparePriceTooLow, NoSuchVariant, PriceNeeded
from app.pricing.models import Price
from app.regions import queries as regions
from app.regions.errors import UnknownCurrency

BATCH = 2_000
AUDIT_EACH = 50
"""Up to so many prices get an audit row each; larger batches get one that counts them."""


@dataclass(frozen=True, slots=True)
class NewPrice:
    """A price to be set; `amount` None takes the fixed price of that currency away."""

    variant_id: int
    currency: str
    amount: Decimal | None
    compare_at: Decimal | None = None


_VARIANTS = text("SELECT id, product_id FROM catalog_variant WHERE id = ANY(CAST(:ids AS bigint[]))")
_BEFORE = text(
    """SELECT variant_id, currency, amount, compare_at FROM pricing_price
        WHERE variant_id = ANY(CAST(:ids AS bigint[])) ORDER BY variant_id, currency FOR UPDATE"""
)
_SET = text(
    """INSERT INTO pricing_price AS p (variant_id, currency, amount, compare_at)
       SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:currencies AS text[]),
                            CAST(:amounts AS numeric[]), CAST(:compares AS numeric[])) AS n (v, c, a, k)
        ORDER BY v, c
       ON CONFLICT (variant_id, currency) DO UPDATE
          SET amount = excluded.amount, compare_at = excluded.compare_at, updated_at = now()
        WHERE (p.amount, p.compare_at) IS DISTINCT FROM (excluded.amount, excluded.compare_at)
       RETURNING variant_id"""
)
_REMOVE = text(
    """DELETE FROM pricing_price p USING unnest(CAST(:ids AS bigint[]), CAST(:currencies AS text[])) AS n (v, c)
        WHERE p.variant_id = n.v AND p.currency = n.c RETURNING p.variant_id"""
)
_ON_SALE = text(
    """SELECT v.id FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id
        WHERE v.id = ANY(CAST(:ids AS bigint[])) AND v.is_active AND p.state = 'published' LIMIT 1"""
)


def set_price(
    session: Session, *, variant_id: int, amount: Money, compare_at: Money | None = None, actor: Actor
) -> None:
    """Set the price of a variant in the currency of `amount`, home VAT included.

    `compare_at` is the earlier price shown crossed out; None shows none.

    Raises:
        BadPrice, ComparePriceTooLow, NoSuchVariant: nothing changes then.
    """
    if compare_at is not None and compare_at.currency != amount.currency:
        raise BadPrice(field="compare_at")
    new = NewPrice(variant_id, amount.currency, amount.amount, compare_at.amount if compare_at else None)
    set_prices(session, prices=[new], actor=actor)


def remove_price(session: Session, *, variant_id: int, currency: str, actor: Actor) -> None:
    """Take the fixed price of a currency away; the variant then has a converted one.

    Raises:
        PriceNeeded: the base currency's price of something that is for sale.
    """
    set_prices(session, prices=[NewPrice(variant_id, currency, None)], actor=actor)


def put_price(
    session: Session,
    *,
    variant_id: int | None = None,
    currency: str = "",
    price_id: int | None = None,
    amount: Decimal | None,
    compare_at: Decimal | None = None,
    actor: Actor,
) -> Price:
    """Set a price from a form: of a variant in a currency, or the one with `price_id`.

    Raises:
        BadPrice, ComparePriceTooLow, NoSuchVariant, NotFound: nothing changes then.
    """
    with unit_of_work(session):
        if price_id is not None:
            row = locks.row(session, Price, price_id)
            variant_id, currency = row.variant_id, row.currency
        if variant_id is None:
            raise NoSuchVariant()
        if amount is None:
            raise BadPrice()
        set_prices(session, prices=[NewPrice(variant_id, currency, amount, compare_at)], actor=actor)
        query = select(Price).where(Price.variant_id == variant_id, Price.currency == currency)
        return session.scalars(query.execution_options(populate_existing=True)).one()


def drop_price(session: Session, *, price_id: int, actor: Actor) -> None:
    """Take away the price with this id; see `remove_price`.

    Raises:
        NotFound: there is none. PriceNeeded: it is for sale.
    """
    with unit_of_work(session):
        row = locks.row(session, Price, price_id)
        remove_price(session, variant_id=row.variant_id, currency=row.currency, actor=actor)
        session.expunge(row)


def set_prices(session: Session, *, prices: Sequence[NewPrice], actor: Actor, is_audited: bool = True) -> int:
    """Set or take away many prices in one transaction. Returns how many variants have changed.

    One event for each 2,000 variants; prices that are already so change nothing. `is_audited` is off
    where the caller writes one record for all of them.

    Raises:
        BadPrice, ComparePriceTooLow, NoSuchVariant, PriceNeeded: nothing changes then.
    """
    newest = {(new.variant_id, new.currency): new for new in prices}
    wanted = [newest[key] for key in sorted(newest)]
    for new in wanted:
        _check(new)
    changed = 0
    with unit_of_work(session):
        for start in range(0, len(wanted), BATCH):
            changed += _write(session, wanted[start : start + BATCH], actor if is_audited else None)
    return changed


def _check(new: NewPrice) -> None:
    try:
        exponent(new.currency)
    except (MoneyError, TypeError) as wrong:
        raise UnknownCurrency() from wrong
    if new.amount is None:
        return
    try:
        price = Money(new.amount, new.currency)
        compare = None if new.compare_at is None else Money(new.compare_at, new.currency)
    except (MoneyError, ArithmeticError) as wrong:
        raise BadPrice() from wrong
    if price.amount < 0:
        raise BadPrice()
    if compare is not None and compare <= price:
        raise ComparePriceTooLow()


def _write(session: Session, wanted: Sequence[NewPrice], actor: Actor | None) -> int:
    ids = sorted({new.variant_id for new in wanted})
    owners = {row.id: row.product_id for row in session.execute(_VARIANTS, {"ids": ids})}
    if len(owners) < len(ids):
        raise NoSuchVariant()
    before = {
        (row.variant_id, row.currency): (row.amount, row.compare_at)
        for row in session.execute(_BEFORE, {"ids": ids})
    }
    kept = [new for new in wanted if new.amount is not None]
    gone = [new for new in wanted if new.amount is None]
    touched = set(session.scalars(_SET, _arrays(kept))) if kept else set()
    touched |= _remove(session, gone) if gone else set()
    if touched:
        products = tuple(sorted({owners[variant] for variant in touched}))
        publish(session, PriceChanged(products, tuple(sorted(touched))))
        if actor is None:
            return len(touched)
        _note(session, [new for new in wanted if new.variant_id in touched], before, actor)
    return len(touched)


def _arrays(rows: Sequence[NewPrice]) -> dict[str, list[object]]:
    return {
        "ids": [new.variant_id for new in rows],
        "currencies": [new.currency for new in rows],
        "amounts": [new.amount for new in rows],
        "compares": [new.compare_at for new in rows],
    }


def _remove(session: Session, gone: Sequence[NewPrice]) -> set[int]:
    base = regions.base_currency(session)
    needed = [new.variant_id for new in gone if new.currency == base]
    if needed and session.scalar(_ON_SALE, {"ids": needed}) is not None:
        raise PriceNeeded(currency=base)
    arrays = _arrays(gone)
    return set(session.scalars(_REMOVE, {"ids": arrays["ids"], "currencies": arrays["currencies"]}))


def _note(
    session: Session,
    rows: Sequence[NewPrice],
    before: dict[tuple[int, str], tuple[Decimal, Decimal | None]],
    actor: Actor,
) -> None:
    if len(rows) > AUDIT_EACH:
        audit.record(
            session, actor=actor, action="prices.set", entity="pricing_price", entity_id="many",
            after={"prices": len(rows), "first_variant": rows[0].variant_id, "last_variant": rows[-1].variant_id},
        )  # fmt: skip
        return
    for new in rows:
        amount, compare = before.get((new.variant_id, new.currency), (None, None))
        now = (None, None) if new.amount is None else (new.amount, new.compare_at)
        if (amount, compare) == now:
            continue
        audit.record(
            session, actor=actor, action="price.set", entity="pricing_price",
            entity_id=f"{new.variant_id}:{new.currency}", before={"amount": amount, "compare_at": compare},
            after={"amount": now[0], "compare_at": now[1]},
        )  # fmt: skip
