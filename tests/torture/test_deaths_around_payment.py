"""kill -9 at five points around a payment: every charge has exactly one order and one mail in the end."""

from __future__ import annotations

import http.client
import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bench.shop import RealShop, until
from tests.torture.client import Answer, Client, expect, filled_cart, new_key, order
from tests.torture.conftest import FULL, patience, size
from tests.torture.trap import KillAtLock, Trap, TrappedStripe, kill_web

VISA = "pm_card_visa"
GONE = (OSError, http.client.HTTPException)
POINTS = (
    "the order is being written",
    "the order stands, Stripe knows nothing",
    "the PaymentIntent stands, nothing is charged",
    "charged, the answer is lost",
    "charged and answered, not yet written down",
)
COMES_BACK = POINTS[:3]
"""Nothing was charged there: the customer tries again with the same key. Otherwise nobody does anything."""


@pytest.fixture(scope="module", autouse=True)
def one_web_worker(shop: RealShop) -> Iterator[None]:
    """One customer needs one: each death kills whoever answers, and the shop is whole again when that one is back."""
    many = len(shop.web_workers())
    for _ in range(many - 1):
        os.kill(shop.children()["web"], signal.SIGTTOU)  # one fewer, says gunicorn
    assert until(lambda: len(shop.web_workers()) == 1, patience(20))
    yield
    for _ in range(many - 1):
        os.kill(shop.children()["web"], signal.SIGTTIN)
    assert until(lambda: len(shop.web_workers()) == many, patience(20))


def _set_trap(shop: RealShop, stripe: TrappedStripe, point: str, sku: str) -> KillAtLock | None:
    """Prepare the death at this point; returns whoever holds a lock for it."""
    stock = f"""SELECT 1 FROM inventory_stock WHERE variant_id =
                (SELECT id FROM catalog_variant WHERE sku = '{sku}') FOR UPDATE"""
    newest = "SELECT 1 FROM orders_order WHERE id = (SELECT max(id) FROM orders_order) FOR UPDATE"
    if point == POINTS[0]:
        holder = KillAtLock(shop, stock)
        holder.start()
        return holder
    if point == POINTS[4]:
        holder = KillAtLock(shop, newest)

        def hold() -> bool:
            holder.start()  # the lock is taken before Stripe answers
            return False

        stripe.traps.append(Trap("after", "/confirm", hold))
        return holder
    when, path = {POINTS[1]: ("before", "/v1/payment_intents"), POINTS[2]: ("before", "/confirm")}.get(
        point, ("after", "/confirm")
    )
    stripe.traps.append(Trap(when, path, lambda: kill_web(shop)))
    return None


def _post(client: Client, cart: dict[str, Any], key: str) -> Answer | None:
    try:
        return order(client, cart, "stripe", key, payment_token=VISA)
    except GONE:
        return None


def _answers(client: Client) -> bool:
    try:
        return client.get("/healthz").status == 200
    except GONE:
        return False


@pytest.mark.parametrize("point", POINTS)
def test_r5_killed(
    shop: RealShop, stripe: TrappedStripe, client: Client, articles: Callable[..., list[str]], point: str,
    report: Callable[..., None],
) -> None:  # fmt: skip
    times = size(1, 5)
    skus = articles(times, stock=10)
    for sku in skus:
        cart, key = filled_cart(client, {sku: 1}), new_key()
        holder = _set_trap(shop, stripe, point, sku)
        assert _post(client, cart, key) is None, "it was answered, so nobody died"
        if holder is not None:
            holder.join()
        assert not stripe.traps, "nobody came to the trap"
        assert until(lambda: _answers(client), patience(10)), "the shop is not whole again within 10 s"
        if point in COMES_BACK:
            again = _post(client, cart, key)
            assert again is not None and expect(again, 201).json["status"] == "paid"
    if not FULL:
        _clock_forward(shop)
    assert until(lambda: _paid(shop, skus) == times, patience(100 if FULL else 30), 0.2), _state(shop, skus)
    _settle_mails(shop)
    _check(shop, stripe, skus)
    report(f"R5 killed: {point}", "every charge one order and one mail", killed=times, charges=times,
           paid_orders=_paid(shop, skus), charged_twice=0)  # fmt: skip


def _clock_forward(shop: RealShop) -> None:
    """Let the reconciler, which waits 40 s before it asks, come at once."""
    shop.sql("UPDATE payments_payment SET check_at = now() WHERE check_at IS NOT NULL")
    shop.sql(
        "UPDATE core_schedule SET started_at = now() - interval '1 hour' WHERE job = 'payments.reconcile'"
    )


def _quoted(skus: list[str]) -> str:
    return ", ".join(f"'{sku}'" for sku in skus)


def _paid(shop: RealShop, skus: list[str]) -> int:
    return shop.number(
        f"""SELECT count(*) FROM orders_order o JOIN orders_line l ON l.order_id = o.id
            WHERE l.sku IN ({_quoted(skus)}) AND o.state = 'paid'"""
    )


def _state(shop: RealShop, skus: list[str]) -> list[tuple[object, ...]]:
    return shop.sql(
        f"""SELECT o.number, o.state, p.state, p.attempts, p.check_at FROM orders_order o
            JOIN orders_line l ON l.order_id = o.id JOIN payments_payment p ON p.order_id = o.id
            WHERE l.sku IN ({_quoted(skus)})"""
    )


def _settle_mails(shop: RealShop) -> None:
    waiting = "SELECT count(*) FROM core_outbox WHERE done_at IS NULL AND NOT dead"
    assert until(lambda: shop.number(waiting) == 0, 15, 0.2), "the outbox is not empty"


def _check(shop: RealShop, stripe: TrappedStripe, skus: list[str]) -> None:
    """One order per article, one charge and one mail per order, nothing left over at Stripe."""
    rows = shop.sql(
        f"""SELECT p.provider_ref, o.id, o.email FROM orders_order o
            JOIN orders_line l ON l.order_id = o.id JOIN payments_payment p ON p.order_id = o.id
            WHERE l.sku IN ({_quoted(skus)})"""
    )
    assert len(rows) == len(skus) == len({row[1] for row in rows})
    for reference, _order, email in rows:
        charged = [c for c in stripe.account.charges.values() if c["payment_intent"] == reference]
        assert len(charged) == 1
        mails = shop.sql(
            f"""SELECT template, count(*) FROM notifications_message
                WHERE recipient = '{email}' GROUP BY template"""
        )
        received = [count for template, count in mails if "payment_received" in str(template)]
        assert received == [1], mails
    known = {
        str(row[0]) for row in shop.sql("SELECT provider_ref FROM payments_payment WHERE state = 'captured'")
    }
    assert {c["payment_intent"] for c in stripe.account.charges.values()} <= known


def test_r5_only_the_notice_arrives(
    shop: RealShop, stripe: TrappedStripe, client: Client, articles: Callable[..., list[str]],
    report: Callable[..., None],
) -> None:  # fmt: skip
    (sku,) = articles(1, stock=10)
    cart = filled_cart(client, {sku: 1})
    _set_trap(shop, stripe, POINTS[3], sku)
    assert _post(client, cart, new_key()) is None
    assert until(lambda: _answers(client), patience(10))
    headers, body = stripe.notice(stripe.account.last("payment_intent.succeeded"))
    for _ in range(3):
        expect(client.ask("POST", "/api/v1/webhooks/stripe", body, headers), 200)
    assert until(lambda: _paid(shop, [sku]) == 1, 10), _state(shop, [sku])
    _settle_mails(shop)
    _check(shop, stripe, [sku])
    report("R5 killed: only the notice came", "paid by the notice, once", notices=3, paid_orders=1)
