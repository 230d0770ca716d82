"""Promising goods, taking them, giving them back.

No lock outlives the transaction, so none is held while a bank answers: reserve, commit, pay, claim.
Every change of a reservation happens under the lock of its stock row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM, Actor
from app.core.errors import Invalid
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.inventory import ReservationsExpired
from app.inventory import levels
from app.inventory.backorders import serve_waiting
from app.inventory.errors import OutOfStock, ReservationGone
from app.inventory.levels import Change
from app.inventory.rules import MOST, NotEnough, Portion, spread


@dataclass(frozen=True, slots=True)
class Reserved:
    """What a holder was promised: `quantity` pieces of a variant, `backordered` of them without goods yet."""

    variant_id: int
    quantity: int
    backordered: int


_INSERT = text(
    """INSERT INTO inventory_reservation (holder, stock_id, quantity, is_backorder, state, expires_at)
       SELECT :holder, stock_id, quantity, is_backorder,
              CASE WHEN NOT CAST(:is_sold AS boolean) THEN 'held' WHEN is_backorder THEN 'owed' ELSE 'claimed' END,
              now() + CAST(:until AS interval)
         FROM unnest(CAST(:ids AS bigint[]), CAST(:quantities AS int[]), CAST(:backorder AS boolean[]))
              AS r(stock_id, quantity, is_backorder)"""
)
_NAME = text(
    """SELECT v.sku, p.name FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id WHERE v.id = :id"""
)


def reserve(
    session: Session, *, holder: str, lines: Mapping[int, int], until: timedelta | None
) -> tuple[Reserved, ...]:
    """Promise goods to a holder: `lines` maps variant ids to pieces, all of them or nothing.

    Warehouses give in order of priority, then what may be backordered. `until` is how long the
    promise holds without being claimed; None holds until released (an order that needs no payment).
    Costs five statements, whatever the number of lines.

    Raises:
        OutOfStock: with `left`, `name` and `sku` of the first line that does not fit.
    """
    return _take(session, holder, lines, until=until, seller=None)


def sell(
    session: Session, *, holder: str, lines: Mapping[int, int], actor: Actor = SYSTEM
) -> tuple[Reserved, ...]:
    """Promise goods and take them at once, for an order that waits for no payment.

    What `reserve` and `claim` do one after the other, in the statements of one of them: goods leave
    the level, backordered pieces are owed.

    Raises:
        OutOfStock: with `left`, `name` and `sku` of the first line that does not fit.
    """
    return _take(session, holder, lines, until=None, seller=actor)


def _take(
    session: Session, holder: str, lines: Mapping[int, int], *, until: timedelta | None, seller: Actor | None
) -> tuple[Reserved, ...]:
    if any(type(wanted) is not int or not 0 < wanted <= MOST for wanted in lines.values()):
        raise Invalid(field="quantity")
    with unit_of_work(session):
        locked = levels.lock_variants(session, lines)
        portions: list[Portion] = []
        for variant_id, wanted in sorted(lines.items()):
            try:
                portions += spread(variant_id, wanted, locked.of_variant(variant_id))
            except NotEnough as short:
                raise _out_of_stock(session, short) from None
        changes = _promises(portions) if seller is None else _sales(portions)
        levels.write(session, changes, reference=holder, actor=seller.label if seller else "system")
        session.execute(
            _INSERT,
            {
                "holder": holder,
                "is_sold": seller is not None,
                "until": until,
                "ids": [p.stock_id for p in portions],
                "quantities": [p.quantity for p in portions],
                "backorder": [p.is_backorder for p in portions],
            },
        )
        levels.announce(session, locked, changes)
    return tuple(
        Reserved(v, wanted, sum(p.quantity for p in portions if p.variant_id == v and p.is_backorder))
        for v, wanted in sorted(lines.items())
    )


def _promises(portions: Iterable[Portion]) -> list[Change]:
    """One change a stock row: its shelf portion and its backorder portion together."""
    reserved: dict[int, int] = defaultdict(int)
    backordered: dict[int, int] = defaultdict(int)
    for portion in portions:
        reserved[portion.stock_id] += portion.quantity
        backordered[portion.stock_id] += portion.quantity if portion.is_backorder else 0
    return [Change(s, reserved=reserved[s], backordered=backordered[s]) for s in sorted(reserved)]


def _sales(portions: Iterable[Portion]) -> list[Change]:
    """One change a stock row: what leaves the shelf, and what is promised without goods."""
    sold: dict[int, int] = defaultdict(int)
    owed: dict[int, int] = defaultdict(int)
    for portion in portions:
        (owed if portion.is_backorder else sold)[portion.stock_id] += portion.quantity
    return [
        Change(s, on_hand=-sold[s], reserved=owed[s], backordered=owed[s], kind="sale")
        for s in sorted({*sold, *owed})
    ]


def _out_of_stock(session: Session, short: NotEnough) -> OutOfStock:
    row = session.execute(_NAME, {"id": short.variant_id}).first()
    sku, name = (row.sku, row.name) if row else ("", "")
    return OutOfStock(left=short.left, name=name, sku=sku, variant_id=short.variant_id)


def extend_reservation(session: Session, *, holder: str, until: timedelta | None) -> None:
    """Hold a holder's goods for another while from now on (a payment is being made).

    Raises:
        ReservationGone: when nothing is held any more.
    """
    with unit_of_work(session):
        levels.lock_holder(session, holder, ("held",))
        extended = session.scalars(
            text(
                """UPDATE inventory_reservation SET expires_at = now() + CAST(:until AS interval)
                    WHERE holder = :holder AND state = 'held' RETURNING id"""
            ),
            {"holder": holder, "until": until},
        ).all()
        if not extended:
            raise ReservationGone()


_CLAIM = text(
    """UPDATE inventory_reservation
          SET state = CASE WHEN is_backorder THEN 'owed' ELSE 'claimed' END, expires_at = NULL
        WHERE holder = :holder AND state = 'held' RETURNING stock_id, quantity, is_backorder"""
)


def claim(session: Session, *, holder: str, actor: Actor = SYSTEM) -> None:
    """Take what is held: the goods are sold and leave the level; backordered ones are owed from now on.

    Doing it again changes nothing.

    Raises:
        ReservationGone: when the goods were given back before; nothing is taken then.
    """
    with unit_of_work(session):
        locked = levels.lock_holder(session, holder, ("held",))
        taken = session.execute(_CLAIM, {"holder": holder}).all() if locked.rows else []
        if not taken:
            _refuse_unless_claimed(session, holder)
            return
        sold: dict[int, int] = defaultdict(int)
        for stock_id, quantity, is_backorder in taken:
            sold[stock_id] += 0 if is_backorder else quantity
        changes = [Change(s, on_hand=-n, reserved=-n, kind="sale") for s, n in sorted(sold.items()) if n]
        levels.write(session, changes, reference=holder, actor=actor.label)


def _refuse_unless_claimed(session: Session, holder: str) -> None:
    states = session.scalars(
        text("SELECT DISTINCT state FROM inventory_reservation WHERE holder = :holder"), {"holder": holder}
    ).all()
    if not {"claimed", "owed"} & set(states):
        raise ReservationGone()


_RELEASE = text(
    """UPDATE inventory_reservation SET state = 'released', expires_at = NULL
        WHERE holder = ANY(CAST(:holders AS text[])) AND state = ANY(CAST(:states AS text[]))
          AND stock_id = ANY(CAST(:ids AS bigint[]))
    RETURNING stock_id, quantity, is_backorder"""
)


def release(session: Session, *, holder: str) -> None:
    """Give back what is held for, or owed to, a holder; the oldest backorders get it first.

    Goods already claimed stay sold: `return_to_stock` puts those back. Doing it again changes nothing.
    """
    with unit_of_work(session):
        locked = levels.lock_holder(session, holder, ("held", "owed"))
        if locked.rows:
            _give_back(session, locked, [holder], ("held", "owed"))


def _give_back(
    session: Session, locked: levels.Locked, holders: Sequence[str], states: Sequence[str]
) -> None:
    values = {"holders": list(holders), "ids": list(locked.rows), "states": list(states)}
    freed = session.execute(_RELEASE, values).all()
    changes = _promises(Portion(s, 0, quantity, is_backorder) for s, quantity, is_backorder in freed)
    changes = [Change(c.stock_id, reserved=-c.reserved, backordered=-c.backordered) for c in changes]
    levels.write(session, changes)
    served = serve_waiting(session, locked, changes)
    levels.announce(session, locked, [*changes, *served])


def expire_reservations(session: Session, *, limit: int = 500) -> tuple[str, ...]:
    """Give back everything whose time is over. Returns the holders that lost their goods.

    The database's clock decides. Safe to run in several processes at once.
    """
    with unit_of_work(session):
        holders = session.scalars(
            text(
                """SELECT DISTINCT holder FROM inventory_reservation
                    WHERE state = 'held' AND expires_at < now() ORDER BY holder LIMIT :limit"""
            ),
            {"limit": limit},
        ).all()
        if not holders:
            return ()
        stock_ids = session.scalars(
            text(
                """SELECT DISTINCT stock_id FROM inventory_reservation
                    WHERE holder = ANY(CAST(:holders AS text[])) AND state = 'held'"""
            ),
            {"holders": list(holders)},
        ).all()
        locked = levels.lock_rows(session, stock_ids)
        late = session.scalars(
            text(
                """SELECT DISTINCT holder FROM inventory_reservation
                    WHERE holder = ANY(CAST(:holders AS text[])) AND state = 'held' AND expires_at < now()"""
            ),
            {"holders": list(holders)},
        ).all()
        if late:
            _give_back(session, locked, late, ("held",))
            publish(session, ReservationsExpired(tuple(late)))
    return tuple(late)


_RETURN = text(
    """SELECT r.id, r.stock_id, s.variant_id, r.quantity - r.returned AS left
         FROM inventory_reservation r JOIN inventory_stock s ON s.id = r.stock_id
        WHERE r.holder = :holder AND r.state = 'claimed' AND r.quantity > r.returned ORDER BY r.id"""
)
_RETURNED = text(
    """UPDATE inventory_reservation r SET returned = r.returned + x.quantity
         FROM unnest(CAST(:ids AS bigint[]), CAST(:quantities AS int[])) AS x(id, quantity) WHERE r.id = x.id"""
)


def return_to_stock(
    session: Session,
    *,
    holder: str,
    lines: Mapping[int, int] | None = None,
    reason: str = "",
    actor: Actor = SYSTEM,
) -> None:
    """Put claimed goods of a holder back on the shelf they came from; `lines` None means all of them.

    Never more than was claimed and not yet returned. Backorders that wait get the goods first.

    Raises:
        Invalid: when more is to come back than went out.
    """
    with unit_of_work(session):
        locked = levels.lock_holder(session, holder, ("claimed",))
        claimed = session.execute(_RETURN, {"holder": holder}).all()
        wanted = dict(lines) if lines is not None else None
        parts: list[tuple[int, int, int]] = []
        for reservation_id, stock_id, variant_id, left in claimed:
            part = left if wanted is None else min(left, wanted.get(variant_id, 0))
            if part > 0:
                parts.append((reservation_id, stock_id, part))
                if wanted is not None:
                    wanted[variant_id] -= part
        if wanted is not None and any(wanted.values()):
            raise Invalid(field="quantity")
        if not parts:
            return
        session.execute(_RETURNED, {"ids": [p[0] for p in parts], "quantities": [p[2] for p in parts]})
        back: dict[int, int] = defaultdict(int)
        for _reservation, stock_id, part in parts:
            back[stock_id] += part
        changes = [Change(s, on_hand=n, kind="return") for s, n in sorted(back.items())]
        levels.write(session, changes, reference=holder, reason=reason or None, actor=actor.label)
        served = serve_waiting(session, locked, changes, actor=actor)
        levels.announce(session, locked, [*changes, *served])
