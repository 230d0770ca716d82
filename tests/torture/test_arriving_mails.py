"""ORD-06: the mail of an order leaves within ten seconds, and waits while nobody takes mails."""

from __future__ import annotations

import time
from collections.abc import Callable

from bench.shop import RealShop, until
from tests.fakes.postbox import Postbox
from tests.torture.client import Client, expect, filled_cart, order
from tests.torture.conftest import patience

Report = Callable[..., None]
WAITING = "SELECT count(*) FROM core_outbox WHERE done_at IS NULL AND NOT dead AND due_at <= now()"


def test_ord_06_the_mail_of_an_order_comes_at_once_or_when_it_can(
    shop: RealShop, client: Client, letters: Postbox, articles: Callable[..., list[str]], report: Report
) -> None:
    sku = articles(1, 10)[0]

    def buy() -> str:
        cart = filled_cart(client, {sku: 1})
        expect(order(client, cart), 201)
        return str(cart["email"])

    assert until(lambda: not shop.number(WAITING), patience(60)), "what others left behind is told first"
    buyer, began = buy(), time.monotonic()
    assert until(lambda: letters.to(buyer), patience(10)), "the mail of an order comes within ten seconds"
    seconds = time.monotonic() - began
    letters.close()
    try:
        other = buy()
        waits = (
            f"SELECT count(*) FROM notifications_message WHERE recipient = '{other}' AND error IS NOT NULL"
        )
        assert until(lambda: shop.number(waits), patience(15)), "the mail was tried"
        assert not letters.to(other)
    finally:
        letters.open()
    shop.sql("UPDATE notifications_message SET due_at = now() WHERE state = 'queued'")
    shop.sql(
        "UPDATE core_schedule SET started_at = now() - interval '1 hour' WHERE job = 'notifications.deliver_due'"
    )
    assert until(lambda: letters.to(other), patience(20)), "it leaves when somebody listens again"
    mails = letters.to(buyer) + letters.to(other)
    for mail in mails:
        kinds = {part.get_content_type() for part in mail.walk()}
        assert {"text/plain", "text/html", "application/pdf"} <= kinds
    assert len(mails) == 2
    report("ORD-06 mail of an order", "10 s; a silent server loses none and doubles none",
           seconds=round(seconds, 2), lost=0, doubled=0)  # fmt: skip
