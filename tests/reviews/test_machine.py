"""Whatever happens in whatever order, the stars equal the approved reviews; also when two write at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy.orm import Session

from app.catalog.models import Product
from app.core.actor import Actor
from app.core.errors import ShopError
from app.reviews import operations, queries
from tests.reviews import making
from tests.reviews.making import STAFF

PEOPLE = 4
people, stars, words = (
    st.integers(0, PEOPLE - 1),
    st.integers(1, 5),
    st.sampled_from(["Good.", "Bad.", "So so."]),
)


class StarsMachine(RuleBasedStateMachine):
    """One product and four customers; the machine keeps its own book of who said what."""

    session: Session
    users: list[int]
    product: int

    @initialize()
    def open_shop(self) -> None:
        for user in self.users:
            operations.forget_author(self.session, user_id=user, actor=STAFF)
        self.book: dict[int, dict[str, Any]] = {}

    def mine(self, who: int) -> dict[str, Any]:
        """What belongs to every call of a customer."""
        return {
            "user_id": self.users[who], "product_id": self.product, "language": "en",
            "actor": Actor("customer", self.users[who]),
        }  # fmt: skip

    @rule(who=people, rating=stars, body=words)
    def write(self, who: int, rating: int, body: str) -> None:
        """Write one; a second is refused."""
        try:
            made = operations.write_review(self.session, rating=rating, body=body, **self.mine(who))
        except ShopError as refused:
            assert who in self.book and refused.code == "already_reviewed"
            return
        assert who not in self.book
        self.book[who] = {"id": made.id, "rating": rating, "body": body, "state": "pending"}

    @rule(who=people, rating=stars, body=words)
    def edit(self, who: int, rating: int, body: str) -> None:
        """Change one's own; other words wait again."""
        try:
            operations.edit_review(self.session, rating=rating, body=body, **self.mine(who))
        except ShopError as refused:
            assert who not in self.book and refused.code == "review_not_found"
            return
        entry = self.book[who]
        entry["state"] = "pending" if body != entry["body"] else entry["state"]
        entry |= {"rating": rating, "body": body}

    @rule(who=people)
    def take_back(self, who: int) -> None:
        """Delete one's own."""
        values = {k: v for k, v in self.mine(who).items() if k != "language"}
        try:
            operations.delete_review(self.session, **values)
        except ShopError as refused:
            assert who not in self.book and refused.code == "review_not_found"
            return
        del self.book[who]

    @rule(who=people, show=st.booleans())
    def decide(self, who: int, show: bool) -> None:
        """Approve or reject, as often as one likes."""
        if who not in self.book:
            return
        entry = self.book[who]
        if show:
            operations.approve(self.session, review_id=entry["id"], actor=STAFF)
        else:
            operations.reject(self.session, review_id=entry["id"], reason="No.", actor=STAFF)
        entry["state"] = "approved" if show else "rejected"

    @invariant()
    def stars_are_those_of_the_book(self) -> None:
        """Counts, average and the product itself."""
        if not hasattr(self, "book"):
            return
        shown = [entry["rating"] for entry in self.book.values() if entry["state"] == "approved"]
        self.session.expire_all()
        rating = queries.rating_of(self.session, self.product)
        assert list(rating.stars) == [shown.count(n) for n in range(1, 6)]
        mean = Decimal(sum(shown)) / len(shown) if shown else Decimal(0)
        product = self.session.get_one(Product, self.product)
        assert product.rating_average == mean.quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert product.rating_count == len(shown) == len(queries.shown(self.session, self.product).reviews)
        assert queries.miscounted(self.session) == []


def test_stars_equal_the_approved_reviews(session: Session) -> None:
    ((variant, product),) = making.products(session)
    users = [making.customer(session, f"reader{n}") for n in range(PEOPLE)]
    for user in users:
        making.bought(session, user, variant)

    class Bound(StarsMachine):
        pass

    Bound.session, Bound.users, Bound.product = session, users, product
    run_state_machine_as_test(
        Bound,
        settings=settings(
            max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_two_write_at_once(session: Session, session_maker: Callable[[], Session]) -> None:
    """The same customer twice at the same moment: one review. Different ones: every star counts."""
    ((variant, product),) = making.products(session)
    users = [making.customer(session, f"reader{n}") for n in range(4)]
    for user in users:
        making.bought(session, user, variant)
    gate = threading.Barrier(8)

    def write(number: int) -> str:
        user = users[number // 2]
        with session_maker() as own:
            gate.wait()
            try:
                made = making.review(own, user, product, 1 + number // 2)
            except ShopError as refused:
                return refused.code
            return made.state

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(write, range(8)))
    assert sorted(outcomes) == ["already_reviewed"] * 4 + ["approved"] * 4
    session.expire_all()
    assert queries.rating_of(session, product).stars == (1, 1, 1, 1, 0)
    assert queries.miscounted(session) == []


def test_two_decide_at_once(session: Session, session_maker: Callable[[], Session]) -> None:
    """One approves, one rejects, the author takes it back: the stars follow whoever came last."""
    ((variant, product),) = making.products(session)
    user = making.customer(session)
    making.bought(session, user, variant)
    for _ in range(5):
        made = making.review(session, user, product, 3, approved=False).id
        calls: list[Callable[[Session], Any]] = [
            lambda own, i=made: operations.approve(own, review_id=i, actor=STAFF),
            lambda own, i=made: operations.reject(own, review_id=i, reason="No.", actor=STAFF),
            lambda own: operations.delete_review(own, user_id=user, product_id=product, actor=STAFF),
        ]
        gate = threading.Barrier(len(calls))

        def run(call: Callable[[Session], Any], gate: threading.Barrier = gate) -> None:
            with session_maker() as own:
                gate.wait()
                try:
                    call(own)
                except ShopError as refused:
                    assert refused.code == "review_not_found"

        with ThreadPoolExecutor(3) as pool:
            list(pool.map(run, calls))
        session.expire_all()
        assert queries.miscounted(session) == []
        assert queries.rating_of(session, product).count == 0
