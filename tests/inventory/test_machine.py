"""Whatever happens in whatever order: nothing is sold twice, nothing stays unsold, every sum is right.

The machine keeps its own book of what must be true and compares after each step.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.core.errors import Invalid
from app.inventory import operations, queries
from app.inventory.errors import OutOfStock, ReservationGone, StockPromised
from app.inventory.models import Stock
from tests.inventory.shelves import Article, article, assert_sound, pass_time, states

HOUR = timedelta(hours=1)


class StockMachine(RuleBasedStateMachine):
    """Two articles, one warehouse, as many holders as the rules make."""

    session: Session

    @initialize(levels=st.tuples(st.integers(0, 6), st.integers(0, 6)), limit=st.integers(0, 3))
    def open_shop(self, levels: tuple[int, int], limit: int) -> None:
        self.goods: list[Article] = [article(self.session, stock=n) for n in levels]
        self.limit = [0, limit]
        operations.set_backorder(
            self.session, sku=self.goods[1].sku, limit=limit, expected=None, actor=SYSTEM
        )
        self.came = list(levels)
        self.holders: dict[str, dict[int, int]] = {}
        self.sold: dict[str, dict[int, int]] = {}

    def sellable(self, n: int) -> int:
        """What the book says can still be promised: what came, less everything promised or sold, plus the limit."""
        promised = sum(lines.get(n, 0) for book in (self.holders, self.sold) for lines in book.values())
        return self.came[n] - promised + self.limit[n]

    @rule(first=st.integers(0, 4), second=st.integers(0, 4), at_once=st.booleans())
    def promise(self, first: int, second: int, at_once: bool) -> None:
        """Reserve, or sell without waiting for money."""
        lines = {n: wanted for n, wanted in enumerate((first, second)) if wanted}
        if not lines:
            return
        holder = f"order:{len(self.holders) + len(self.sold)}:{self.goods[0].variant_id}:{id(lines)}"
        fits = all(wanted <= self.sellable(n) for n, wanted in lines.items())
        wanted = {self.goods[n].variant_id: quantity for n, quantity in lines.items()}
        if not fits:
            with pytest.raises(OutOfStock):
                self.take(holder, wanted, at_once)
            return
        self.take(holder, wanted, at_once)  # never undersold
        (self.sold if at_once else self.holders)[holder] = lines

    def take(self, holder: str, wanted: dict[int, int], at_once: bool) -> None:
        if at_once:
            operations.sell(self.session, holder=holder, lines=wanted)
        else:
            operations.reserve(self.session, holder=holder, lines=wanted, until=HOUR)

    def pick(self, book: dict[str, Any], n: int) -> str | None:
        return sorted(book)[n % len(book)] if book else None

    @rule(n=st.integers(0, 9))
    def claim(self, n: int) -> None:
        if holder := self.pick(self.holders, n):
            operations.claim(self.session, holder=holder)
            operations.claim(self.session, holder=holder)
            self.sold[holder] = self.holders.pop(holder)

    @rule(n=st.integers(0, 9))
    def release(self, n: int) -> None:
        if holder := self.pick(self.holders, n):
            operations.release(self.session, holder=holder)
            operations.release(self.session, holder=holder)
            del self.holders[holder]
            with pytest.raises(ReservationGone):
                operations.claim(self.session, holder=holder)

    @rule(n=st.integers(0, 9))
    def expire(self, n: int) -> None:
        if holder := self.pick(self.holders, n):
            pass_time(self.session, holder)
            assert operations.expire_reservations(self.session) == (holder,)
            del self.holders[holder]

    @rule(n=st.integers(0, 9))
    def return_goods(self, n: int) -> None:
        holder = self.pick(self.sold, n)
        if holder is None or any(state == "owed" for _q, state, _b in states(self.session, holder)):
            return
        operations.return_to_stock(self.session, holder=holder)
        with pytest.raises(Invalid):
            operations.return_to_stock(self.session, holder=holder, lines={self.goods[0].variant_id: 1})
        del self.sold[holder]

    @rule(n=st.integers(0, 1), quantity=st.integers(1, 5))
    def receive(self, n: int, quantity: int) -> None:
        operations.receive(self.session, sku=self.goods[n].sku, quantity=quantity, actor=SYSTEM)
        self.came[n] += quantity

    @rule(n=st.integers(0, 1), quantity=st.integers(1, 3))
    def write_off(self, n: int, quantity: int) -> None:
        free = max(0, self.sellable(n) - self.limit[n])
        if quantity > free:
            with pytest.raises(StockPromised):
                operations.write_off(
                    self.session, sku=self.goods[n].sku, quantity=quantity, reason="broken", actor=SYSTEM
                )
            return
        operations.write_off(
            self.session, sku=self.goods[n].sku, quantity=quantity, reason="broken", actor=SYSTEM
        )
        self.came[n] -= quantity

    @invariant()
    def book_and_tables_agree(self) -> None:
        if not hasattr(self, "goods"):
            return
        assert_sound(self.session)
        for n, goods in enumerate(self.goods):
            row = self.session.scalars(select(Stock).where(Stock.variant_id == goods.variant_id)).one()
            assert min(row.on_hand, row.reserved, row.backordered, row.available) >= 0
            assert not (row.backordered and row.available), "goods lie free while somebody waits"
            found = queries.availability(self.session, [goods.variant_id])[goods.variant_id]
            assert found.sellable == self.sellable(n)


def test_the_stock_in_any_order(session: Session) -> None:
    """Twenty orders of events, up to twenty each, against a real database."""
    machine = type("Machine", (StockMachine,), {"session": session})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20, stateful_step_count=20, deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )  # fmt: skip
