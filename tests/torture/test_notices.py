"""A storm of Stripe's notices: shuffled, repeated, forged, stale."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from functools import partial

from bench.shop import RealShop, until
from tests.torture.client import Client, expect, filled_cart, order
from tests.torture.conftest import size
from tests.torture.crowd import at_once
from tests.torture.trap import TrappedStripe

ASKS_3DS = "pm_card_authenticationRequired"
Sent = tuple[str, dict[str, str], bytes]


def _orders(buyers: list[Client], sku: str, each: int) -> None:
    """Orders whose customers stand before their bank's page."""

    def buy(client: Client) -> None:
        for _ in range(each):
            expect(order(client, filled_cart(client, {sku: 1}), "stripe", payment_token=ASKS_3DS), 201)

    at_once([partial(buy, one) for one in buyers])


def _storm(stripe: TrappedStripe, events: list[dict[str, object]], dice: random.Random) -> list[Sent]:
    """Of 400 true notices 350 come twice; 200 are forged and 50 stale; in any order."""
    genuine = [("genuine", *stripe.notice(event)) for event in events]
    repeated = [("genuine", *stripe.notice(event)) for event in dice.sample(events, len(events) * 7 // 8)]
    forged = []
    for event in dice.sample(events, len(events) // 2):
        headers, body = stripe.notice(event)
        forged.append(("forged", headers, body.replace(b'"livemode": false', b'"livemode": false ')))
    stale = [
        ("stale", *stripe.notice(event, at=time.time() - 3_600))
        for event in dice.sample(events, len(events) // 8)
    ]
    storm = [*genuine, *repeated, *forged, *stale]
    dice.shuffle(storm)
    return storm


def test_r6_a_storm_of_notices(
    shop: RealShop, stripe: TrappedStripe, clients: Callable[[int], list[Client]],
    articles: Callable[..., list[str]], report: Callable[..., None],
) -> None:  # fmt: skip
    senders, each = 8, size(2, 13)
    (sku,) = articles(1, stock=1_000)
    first = len(stripe.account.events)
    crowd = clients(senders)
    _orders(crowd, sku, each)
    waiting = [n for n, i in stripe.account.intents.items() if i["status"] == "requires_action"]
    for name in waiting:
        stripe.account.authenticate(name, True)
    dice = random.Random(6)
    storm = _storm(stripe, stripe.account.events[first:], dice)
    began = time.monotonic()

    def send(client: Client, mine: list[Sent]) -> Counter[tuple[str, int]]:
        return Counter(
            (kind, client.ask("POST", "/api/v1/webhooks/stripe", body, headers).status)
            for kind, headers, body in mine
        )

    answers = sum(at_once([partial(send, one, storm[n::senders]) for n, one in enumerate(crowd)]), Counter())
    seconds = round(time.monotonic() - began, 1)
    assert set(answers) == {("genuine", 200), ("forged", 400), ("stale", 400)}, answers
    paid = f"""SELECT count(*) FROM orders_order o JOIN orders_line l ON l.order_id = o.id
               WHERE l.sku = '{sku}' AND o.state = 'paid'"""
    assert until(lambda: shop.number(paid) == senders * each, 60, 0.2), shop.number(paid)
    applied = shop.number("SELECT count(*) FROM payments_webhook")
    twice = shop.sql(
        """SELECT order_id FROM payments_payment p JOIN payments_capture c ON c.payment_id = p.id
           GROUP BY order_id HAVING count(*) > 1"""
    )
    assert twice == [] and applied >= len(stripe.account.events[first:])
    report("R6 storm of notices", "each order captured once, repeats 200, forged and stale 400",
           notices=len(storm), genuine=answers["genuine", 200], forged=answers["forged", 400],
           stale=answers["stale", 400], orders=senders * each, s=seconds)  # fmt: skip
