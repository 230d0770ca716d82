"""Shoppers who want the same at the same moment: the last pieces, the same two things, the same order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bench.shop import RealShop
from tests.torture.client import Client, filled_cart, new_key, order
from tests.torture.conftest import patience, size
from tests.torture.crowd import at_once, percentile

Make = Callable[[int], list[Client]]
Articles = Callable[..., list[str]]
Report = Callable[..., None]


def test_r1_sixty_four_shoppers_ten_pieces(
    shop: RealShop, clients: Make, articles: Articles, report: Report
) -> None:
    shoppers, pieces, rounds = size(24, 64), 10, size(2, 20)
    crowd = clients(shoppers)
    seconds: list[float] = []
    for n, sku in enumerate(articles(rounds, stock=pieces)):
        carts = at_once([partial(filled_cart, one, {sku: 1}) for one in crowd])
        method = ("cod", "demo_card")[n % 2]
        answers = at_once([partial(order, one, cart, method) for one, cart in zip(crowd, carts, strict=True)])
        seconds += [a.seconds for a in answers]
        statuses = sorted(a.status for a in answers)
        assert statuses == [201] * pieces + [409] * (shoppers - pieces), statuses
        assert len({a.json["number"] for a in answers if a.status == 201}) == pieces
        for lost in (a for a in answers if a.status == 409):
            assert lost.code == "out_of_stock" and lost.json["detail"] and "cart" in lost.json
        left = shop.sql(
            f"""SELECT s.on_hand - s.reserved, (SELECT count(*) FROM orders_line WHERE sku = '{sku}')
                FROM inventory_stock s JOIN catalog_variant v ON v.id = s.variant_id WHERE v.sku = '{sku}'"""
        )
        assert left == [(0, pieces)]
    p95 = round(percentile(seconds, 0.95), 3)
    report("R1 last pieces", f"{pieces} sold in {rounds} of {rounds} rounds, losers 409, p95 < 2 s",
           shoppers=shoppers, rounds=rounds, sold_each=pieces, answers_5xx=0, p95_s=p95)  # fmt: skip
    assert p95 < patience(2) or shoppers < 64


def test_r1_the_shop_page_tells_a_loser_plainly(shop: RealShop, clients: Make, articles: Articles) -> None:
    winner, loser = clients(2)
    (sku,) = articles(1, stock=1)
    page = loser.get("/cart")
    token = page.field("csrf_token") if b"csrf_token" in page.body else _token(loser)
    assert loser.post("/cart/lines", {"csrf_token": token, "sku": sku, "quantity": "1"}).status == 303
    form = _checkout_form(loser)
    assert order(winner, filled_cart(winner, {sku: 1})).status == 201
    answer = loser.post("/checkout", form)
    assert answer.status in (409, 422), answer.status
    assert b"Kim Peeters" in answer.body and b"sold out" in answer.body.lower().replace(
        b"out of stock", b"sold out"
    )
    assert b"Traceback" not in answer.body


def _token(client: Client) -> str:
    return client.get("/login").field("csrf_token")


def _checkout_form(client: Client) -> dict[str, str]:
    page = client.get("/checkout")
    assert page.status == 200, page.status
    fields = ("csrf_token", "idempotency_key", "expected_total")
    return {name: page.field(name) for name in fields} | {
        "action": "place", "email": "kim@example.org", "shipping.name": "Kim Peeters",
        "shipping.line1": "Korenlei 12", "shipping.postcode": "9000", "shipping.city": "Gent",
        "shipping.country": "BE", "billing_same": "1", "shipping_method": "standard", "payment_method": "cod",
    }  # fmt: skip


def test_r3_opposite_carts_do_not_block_each_other(
    shop: RealShop, clients: Make, articles: Articles, report: Report
) -> None:
    buyers, each = 8, size(2, 10)
    skus = articles(6, stock=1_000)
    before = shop.log("postgres").stat().st_size

    def buy(client: Client, is_reversed: bool) -> list[int]:
        wanted = dict.fromkeys(skus[::-1] if is_reversed else skus, 1)
        carts = [filled_cart(client, wanted) for _ in range(each)]
        return [order(client, cart, ("cod", "demo_card")[n % 2]).status for n, cart in enumerate(carts)]

    found = at_once([partial(buy, one, n % 2 == 1) for n, one in enumerate(clients(buyers))])
    statuses = [status for mine in found for status in mine]
    with shop.log("postgres").open("rb") as log:
        log.seek(before)
        deadlocks = log.read().count(b"deadlock detected")
    report("R3 opposite carts", "0 deadlocks, every order placed", orders=len(statuses), deadlocks=deadlocks,
           refused=sum(s != 201 for s in statuses))  # fmt: skip
    assert deadlocks == 0 and set(statuses) == {201}


def test_r4_one_key_many_times(shop: RealShop, clients: Make, articles: Articles, report: Report) -> None:
    posts, others = 64, 4
    (sku,) = articles(1, stock=100)
    crowd = clients(posts + others)
    cart = filled_cart(crowd[0], {sku: 1})
    key = new_key()
    first = order(crowd[0], cart, "demo_card", key)  # so that the other body is never the first
    jobs = [partial(order, one, cart, "demo_card", key) for one in crowd[:posts]]
    jobs += [partial(order, one, cart, "demo_card", key, note="another body") for one in crowd[posts:]]
    answers = at_once(jobs)
    same, different = answers[:posts], answers[posts:]
    assert {a.status for a in same} == {201} and {(a.status, a.code) for a in different} == {
        (422, "idempotency_mismatch")
    }
    assert {(a.json["number"], a.json["token"]) for a in [first, *same]} == {
        (first.json["number"], first.json["token"])
    }
    number = first.json["number"]
    orders = shop.number(f"SELECT count(*) FROM orders_line WHERE sku = '{sku}'")
    charges = shop.number(
        f"""SELECT count(*) FROM payments_capture c JOIN payments_payment p ON p.id = c.payment_id
            JOIN orders_order o ON o.id = p.order_id WHERE o.number = '{number}'"""
    )
    report("R4 one key, many posts", "1 order, 1 charge, all answers alike, another body 422",
           posts=posts + 1, other_bodies=others, orders=orders, charges=charges)  # fmt: skip
    assert (orders, charges) == (1, 1)


def test_r4_one_key_for_the_first_time_by_all(
    shop: RealShop, clients: Make, articles: Articles, report: Report
) -> None:
    (sku,) = articles(1, stock=100)
    crowd = clients(64)
    cart, key = filled_cart(crowd[0], {sku: 1}), new_key()
    answers = at_once([partial(order, one, cart, "cod", key) for one in crowd])
    assert {a.status for a in answers} == {201}, sorted(a.status for a in answers)
    assert len({a.json["number"] for a in answers}) == 1
    assert shop.number(f"SELECT count(*) FROM orders_line WHERE sku = '{sku}'") == 1
    report("R4 64 first posts of one key", "1 order, 64 equal answers", posts=64, orders=1)
