"""Whole purchases through the shop's pages: list, product, add, cart, checkout, place, done."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

INPUT = re.compile(r"<input[^>]*>")
ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
ADDRESS = {
    "email": "kim@example.org", "shipping.name": "Kim Peeters", "shipping.line1": "Korenlei 12",
    "shipping.postcode": "9000", "shipping.city": "Gent", "shipping.country": "BE", "billing_same": "1",
    "shipping_method": "standard", "payment_method": "cod",
}  # fmt: skip


class PurchaseFailed(Exception):
    """A step of a purchase was not answered as it should be."""


@dataclass
class Purchases:
    """What became of them: seconds of each whole purchase and of each step, failures."""

    seconds: list[float] = field(default_factory=list)
    steps: dict[str, list[float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    numbers: set[str] = field(default_factory=set)


class Shopper:
    """One visitor with cookies and a kept connection."""

    def __init__(self, port: int, address: str = "127.0.0.1"):
        self.connection = http.client.HTTPConnection(
            "127.0.0.1", port, timeout=30, source_address=(address, 0)
        )
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """One request: (status, body, where it sends us)."""
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())} if self.cookies else {}
        body = None
        if form is not None:
            body = urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for value in answer.headers.get_all("Set-Cookie") or ():
            for morsel in SimpleCookie(value).values():
                self.cookies[morsel.key] = morsel.value
        return answer.status, text, answer.headers.get("Location") or ""


def fields_of(page: str) -> dict[str, str]:
    """The inputs of a page by name; the first one counts, of radio buttons the chosen one."""
    found: dict[str, str] = {}
    for tag in INPUT.findall(page):
        known = dict(ATTRIBUTE.findall(tag))
        is_choice = known.get("type") in ("radio", "checkbox")
        if "name" in known and known["name"] not in found and (not is_choice or " checked" in tag):
            found[known["name"]] = unescape(known.get("value", ""))
    return found


def purchase(port: int, listing: str, product: str, timed: Callable[[str, float], None], address: str) -> str:
    """Buy one product through the pages; returns the path of the thank-you page.

    Raises:
        PurchaseFailed: a step was refused.
    """
    shopper = Shopper(port, address)

    def step(name: str, method: str, path: str, form: dict[str, str] | None = None) -> tuple[str, str]:
        began = time.monotonic()
        status, body, place = shopper.ask(method, path, form)
        timed(name, time.monotonic() - began)
        if status not in (200, 303):
            raise PurchaseFailed(f"{name}: {status}")
        return body, place

    try:
        step("list", "GET", listing)
        page, _ = step("product", "GET", product)
        at_hand = fields_of(page)
        wanted = {
            k: v
            for k, v in at_hand.items()
            if k in ("csrf_token", "product", "sku") or k.startswith("option.")
        }
        step("add", "POST", "/cart/lines", {**wanted, "quantity": "1"})
        step("cart", "GET", "/cart")
        page, _ = step("checkout", "GET", "/checkout")
        hidden = {
            k: v
            for k, v in fields_of(page).items()
            if k in ("csrf_token", "idempotency_key", "expected_total")
        }
        page, _ = step("address", "POST", "/checkout", {**hidden, **ADDRESS, "action": "address"})
        hidden |= {k: v for k, v in fields_of(page).items() if k in hidden}
        _, place = step("place", "POST", "/checkout", {**hidden, **ADDRESS, "action": "place"})
        done = urlsplit(place).path
        if "/done/" not in done:
            raise PurchaseFailed(f"place: sent to {place or 'nowhere'}")
        step("done", "GET", done)
        return done
    finally:
        shopper.connection.close()


def purchases(port: int, listing: str, products: Sequence[str], *, shoppers: int, count: int) -> Purchases:
    """So many purchases by so many shoppers at a time, each with a session of its own."""
    told, lock = Purchases(), threading.Lock()
    todo = iter(range(count))

    def timed(name: str, seconds: float) -> None:
        with lock:
            told.steps.setdefault(name, []).append(seconds)

    def shop(place: int) -> None:
        while True:
            with lock:
                number = next(todo, None)
            if number is None:
                return
            began = time.monotonic()
            try:
                done = purchase(
                    port, listing, products[number % len(products)], timed, f"127.0.1.{place + 1}"
                )
            except (PurchaseFailed, OSError, http.client.HTTPException) as problem:
                with lock:
                    told.failures.append(repr(problem))
                continue
            with lock:
                told.seconds.append(time.monotonic() - began)
                told.numbers.add(done)

    threads = [threading.Thread(target=shop, args=(n,)) for n in range(shoppers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told
