"""Coupons are used as often as they allow and not once more; setting them is checked by field."""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session, sessionmaker

from app.core import caching
from app.core.actor import SYSTEM
from app.core.clock import utcnow
from app.core.errors import InvalidFields, NotFound
from app.events.promotions import PromotionsChanged
from app.promotions import checks, handlers, operations, personal
from app.promotions.errors import CouponInUse, CouponRefused, CouponUsedUp
from app.promotions.models import Coupon, CouponClaim
from app.promotions.queries import load_promotions
from tests.pricing.wares import D, line, money, quoted

USES, BUYERS, PROCESSES = 100, 200, 4


def make(session: Session, code: str = "TEN", **values: Any) -> Coupon:
    return operations.set_coupon(
        session, actor=SYSTEM, **({"code": code, "kind": "percent", "value": D(10)} | values)
    )


def claim(session: Session, holder: str, *codes: str, **values: Any) -> None:
    given = {"email": f"{holder}@example.org", "user_id": None, "currency": "EUR"} | values
    operations.claim_coupons(session, codes=codes or ("TEN",), holder=holder, **given)


def used(session: Session, code: str = "TEN") -> int | None:
    return session.scalar(select(Coupon.used).where(Coupon.code == code))


def test_limit_in_total(session: Session) -> None:
    make(session, limit_total=2)
    claim(session, "order:1")
    claim(session, "order:1")  # a repeat does nothing
    claim(session, "order:2", "ten")
    with pytest.raises(CouponUsedUp):
        claim(session, "order:3")
    assert used(session) == 2
    assert operations.release_coupons(session, holder="order:1") == 1
    assert operations.release_coupons(session, holder="order:1") == 0
    claim(session, "order:3")
    assert used(session) == 2 and checks.uses_are_claims(session) == []


def test_limit_a_customer_counts_address_and_account(session: Session) -> None:
    from app.identity import operations as identity

    user = identity.create_staff(
        session, email="a@shop.example", password="a-long-demo-password-7", roles=("Support",), first_name="A",
        last_name="B", actor=SYSTEM,
    )  # fmt: skip
    make(session, limit_per_customer=1)
    claim(session, "order:1", email="Ada+1@Example.org", user_id=user.id)
    for email, user_id in (("ada@example.org", None), ("other@example.org", user.id)):
        with pytest.raises(CouponUsedUp):
            claim(session, "order:2", email=email, user_id=user_id)
        promos = load_promotions(session, ["ten"], user_id=user_id, email=email)
        assert promos.coupons["TEN"].used_by_buyer == 1
    claim(session, "order:2", email="bo@example.org")
    with pytest.raises(CouponRefused):
        claim(session, "order:3", email=None)


def test_one_refusal_keeps_every_coupon(session: Session) -> None:
    make(session)
    make(session, "ONCE", limit_total=1)
    claim(session, "order:1", "ONCE")
    with pytest.raises(CouponUsedUp):
        claim(session, "order:2", "TEN", "ONCE")
    assert used(session) == 0
    for code, values in (
        ("LATE", {"ends_at": utcnow() + timedelta(days=1), "starts_at": utcnow() + timedelta(hours=1)}),
        ("OFF", {"is_active": False}), ("USD", {"kind": "fixed", "currency": "USD"}),
    ):  # fmt: skip
        make(session, code, **values)
        with pytest.raises(CouponRefused):
            claim(session, "order:2", code)
    with pytest.raises(CouponRefused):
        claim(session, "order:2", "NONE")
    claim(session, "order:2", "USD", currency="USD")
    operations.claim_coupons(session, codes=[], holder="x", email=None, user_id=None, currency="EUR")


def _buy(url: str, first: int, last: int, answers: Any) -> None:
    engine = create_engine(url)
    won = 0
    for number in range(first, last):
        with sessionmaker(engine)() as session, contextlib.suppress(CouponUsedUp):
            claim(session, f"order:{number}", "TEN", "ALSO" if number % 2 else "TEN")
            won += 1
    answers.put(won)
    engine.dispose()


def test_two_hundred_buyers_in_parallel_processes(session: Session, migrated_url: str) -> None:
    """PRM-01: 200 uses at once of a coupon for 100: exactly 100 have it."""
    make(session, limit_total=USES)
    make(session, "ALSO")
    session.commit()
    context = multiprocessing.get_context("fork")
    answers, share = context.Queue(), BUYERS // PROCESSES
    workers = [
        context.Process(target=_buy, args=(migrated_url, n * share, (n + 1) * share, answers))
        for n in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    won = [answers.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join(30)
    assert sum(won) == USES == used(session)
    assert len(session.scalars(select(CouponClaim.holder).distinct()).all()) == USES
    assert checks.uses_are_claims(session) == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"code": ""}, "code"), ({"code": "Ä"}, "code"), ({"kind": "gift"}, "kind"), ({"value": D(101)}, "value"),
        ({"value": D(0)}, "value"), ({"value": None}, "value"), ({"kind": "fixed"}, "currency"),
        ({"kind": "fixed", "currency": "EUR", "value": D("1.001")}, "value"), ({"minimum": D(-1)}, "minimum"),
        ({"limit_total": 0}, "limit_total"), ({"limit_per_customer": -1}, "limit_per_customer"),
        ({"starts_at": utcnow(), "ends_at": utcnow() - timedelta(1)}, "ends_at"),
    ],
)  # fmt: skip
def test_wrong_coupons_are_refused_by_field(session: Session, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidFields) as refused:
        make(session, **values)
    assert set(refused.value.errors) == {field}


def test_coupons_change_and_go(session: Session) -> None:
    coupon = make(session, " ten ")
    with pytest.raises(InvalidFields):
        make(session, "TEN")
    operations.set_coupon(session, coupon_id=coupon.id, limit_total=5, actor=SYSTEM)
    claim(session, "order:1")
    claim(session, "order:2")
    with pytest.raises(InvalidFields):
        operations.set_coupon(session, coupon_id=coupon.id, limit_total=1, actor=SYSTEM)
    with pytest.raises(CouponInUse):
        operations.remove_coupon(session, coupon_id=coupon.id, actor=SYSTEM)
    free = make(session, "SHIP", kind="free_shipping", value=None)
    assert free.value == 0
    operations.remove_coupon(session, coupon_id=free.id, actor=SYSTEM)
    with pytest.raises(NotFound):
        operations.remove_coupon(session, coupon_id=free.id, actor=SYSTEM)


def test_rules_count_at_once(session: Session) -> None:
    goods = line(money(100))
    assert not quoted(goods, promos=load_promotions(session, [])).discount
    rule = operations.set_rule(session, name="Spring", value=D(10), actor=SYSTEM)
    assert quoted(goods, promos=load_promotions(session, [])).discount == money(10)
    operations.set_rule(session, rule_id=rule.id, is_active=False, actor=SYSTEM)
    assert not quoted(goods, promos=load_promotions(session, [])).discount
    operations.remove_rule(session, rule_id=rule.id, actor=SYSTEM)
    for values, field in (
        ({"name": ""}, "name"), ({"scope": "x"}, "scope"), ({"category_ids": [10**9]}, "category_ids"),
        ({"minimum_quantity": 0}, "minimum_quantity"), ({"kind": "gift"}, "kind"),
    ):  # fmt: skip
        with pytest.raises(InvalidFields) as refused:
            operations.set_rule(session, **({"name": "R", "value": D(1), "actor": SYSTEM} | values))
        assert set(refused.value.errors) == {field}


def test_a_person_can_be_forgotten(session: Session) -> None:
    make(session, limit_total=5)
    claim(session, "order:1", email="Ada@example.org")
    assert [use["code"] for use in personal.export(session, email="ada@example.org")] == ["TEN"]
    assert personal.erase(session, email="ada@example.org") == 1
    assert personal.erase(session, email="ada@example.org") == 0
    assert personal.export(session, email="ada@example.org") == [] and checks.uses_are_claims(session) == []
    assert operations.release_coupons(session, holder="order:1") == 1


def test_handler_purges_twice_in_a_row(session: Session, deliver: Callable[[], int]) -> None:
    numbers = [caching.generation("promotions")]
    for _ in range(2):
        handlers.forget_kept(session, PromotionsChanged(("TEN",)))
        numbers.append(caching.generation("promotions"))
    assert len(set(numbers)) == 3
