"""R11: hostile texts in every form field and every parameter: never a 5xx, never echoed unescaped."""

from __future__ import annotations

import itertools
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from app.customers.rules import clean_line
from bench.shop import RealShop
from tests.torture.client import GHENT, Answer, Client, expect, filled_cart
from tests.torture.conftest import size
from tests.torture.hostile import ECHOES, NASTY, VALUES, encoded, texts

NEW_SHOPPER_AFTER = 100
"""Requests of one address, so that the limits stay out of the way."""
FORMS = {
    "/cart/lines": ("product", "sku", "quantity", "option.colour"),
    "/cart/coupon": ("code", "action"),
    "/checkout": ("email", "shipping.name", "shipping.line1", "shipping.line2", "shipping.postcode", "shipping.city",
                  "shipping.country", "shipping.region", "shipping.phone", "shipping.company", "billing.name",
                  "billing.country", "shipping_method", "payment_method", "note", "coupon", "expected_total",
                  "idempotency_key", "saved_address", "demo_card.token", "action"),
    "/login": ("email", "password", "next"),
    "/register": ("email", "password", "first_name", "last_name"),
    "/password/forgot": ("email",),
}  # fmt: skip
PAGES = (
    "/?{0}={0}", "/search?q={0}", "/search/suggest?q={0}", "/c/torture?sort={0}", "/c/torture?page={0}",
    "/c/torture?price_min={0}", "/c/torture?price_max={0}", "/c/torture?colour={0}", "/c/torture?{0}=1", "/c/{0}",
    "/p/{0}", "/checkout/done/{0}", "/orders/{0}", "/pages/{0}", "/{0}", "/fr/search?q={0}", "/media/{0}",
    "/login?next={0}", "/cart/restore/{0}", "/admin/?{0}",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attempt:
    """One hostile request."""

    name: str
    method: str
    path: str
    body: bytes | None = None
    content_type: str = ""


def _pages() -> Iterator[Callable[[str], Attempt]]:
    for page in PAGES:
        yield lambda text, page=page: Attempt(page, "GET", page.format(quote(encoded(text), safe="")))


def _forms(token: str) -> Iterator[Callable[[str], Attempt]]:
    for path, names in FORMS.items():
        for name in names:

            def make(text: str, path: str = path, name: str = name) -> Attempt:
                body = (
                    f"csrf_token={quote(token)}&action=place&{name}=".encode() + quote(encoded(text)).encode()
                )
                return Attempt(f"{path} {name}", "POST", path, body, "application/x-www-form-urlencoded")

            yield make


def _api(description: dict[str, Any]) -> Iterator[Callable[[str], Attempt]]:
    """Every parameter and every field of every call that a guest may make."""
    for path, calls in description["paths"].items():
        for method, call in calls.items():
            if method not in ("get", "post", "put", "patch", "delete") or "/admin" in path:
                continue
            for part in re.findall(r"\{(\w+)\}", path):
                yield lambda text, m=method, p=path, part=part: Attempt(
                    f"{m} {p} {part}", m.upper(), p.replace(f"{{{part}}}", quote(encoded(text), safe="") or "-"),
                    b"{}" if m in ("post", "put", "patch") else None, "application/json",
                )  # fmt: skip
            for query in (q["name"] for q in call.get("parameters", ()) if q.get("in") == "query"):
                yield lambda text, m=method, p=path, q=query: Attempt(
                    f"{m} {p} ?{q}", m.upper(), f"{p}?{q}={quote(encoded(text), safe='')}",
                    b"{}" if m in ("post", "put", "patch") else None, "application/json",
                )  # fmt: skip
            yield from _bodies(description, path, method, call)


def _bodies(
    description: dict[str, Any], path: str, method: str, call: dict[str, Any]
) -> Iterator[Callable[[str], Attempt]]:
    schema = call.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    name = str(schema.get("$ref", "")).rsplit("/", 1)[-1]
    fields = description.get("components", {}).get("schemas", {}).get(name, {}).get("properties", {})
    kinds = itertools.cycle(VALUES)
    for field in fields:
        for is_text in (True, False):

            def make(text: str, field: str = field, is_text: bool = is_text) -> Attempt:
                value = json.dumps(text) if is_text else json.dumps(next(kinds))
                body = f"{{{json.dumps(field)}: {value}}}".encode()
                return Attempt(f"{method} {path} .{field}", method.upper(), path, body, "application/json")

            yield make


def _echoes(answer: Answer) -> list[str]:
    kind = answer.headers.get("content-type", "")
    if "html" not in kind:
        return []
    return [echo for echo in ECHOES if echo.encode() in answer.body]


def test_r11_hostile_texts_everywhere(shop: RealShop, clients: Any, report: Callable[..., None]) -> None:
    dice = random.Random(11)
    (client,) = clients(1)
    description = json.loads(client.get("/api/openapi.json").body)
    wanted, statuses, broken = size(1_000, 10_000), Counter[int](), []
    supply = texts(dice)
    places = [*_pages(), *_forms("?"), *_api(description)]
    count = 0
    while count < wanted:
        (client,) = clients(1)
        token = client.get("/login").field("csrf_token")
        makers = [*_pages(), *_forms(token), *_api(description)]
        for maker in dice.sample(makers, min(NEW_SHOPPER_AFTER, len(makers))):
            attempt = maker(next(supply) if count < wanted else dice.choice(NASTY))
            headers = {"Content-Type": attempt.content_type} if attempt.content_type else {}
            answer = client.ask(attempt.method, attempt.path, attempt.body, headers)
            statuses[answer.status] += 1
            count += 1
            if answer.status >= 500 or _echoes(answer) or b"Traceback" in answer.body:
                broken.append((attempt.name, attempt.path[:200], (attempt.body or b"")[:200], answer.status))
        client.close()
    report("R11 hostile texts", "0 x 5xx, 0 unescaped echo", sent=count, places=len(places), broken=len(broken),
           statuses=dict(sorted(statuses.items())))  # fmt: skip
    assert broken == []


def test_r11_accepted_texts_come_back_as_they_were(
    shop: RealShop, client: Client, articles: Callable[..., list[str]]
) -> None:
    (sku,) = articles(1, stock=100)
    cart = filled_cart(client, {sku: 1})
    kept = 0
    for text in NASTY:
        where = {"email": "kim@example.org", "shipping": {**GHENT, "name": text}}
        answer = client.api("PUT", f"/carts/{cart['id']}/addresses", where)
        assert answer.status in (200, 422), f"{text!r}: {answer.status}"
        if answer.status == 200:
            (row,) = shop.sql(
                f"SELECT shipping_address->>'name' FROM cart_cart WHERE public_id = '{cart['id']}'"
            )
            assert row[0] == clean_line(text), f"{text!r} became {row[0]!r}"
            if text.isprintable() and "  " not in text:
                assert row[0] == text.strip(), f"{text!r} became {row[0]!r}"
            kept += 1
        else:
            assert any("name" in e["field"] for e in answer.json["errors"]), answer.json
    assert kept > len(NASTY) // 2
    expect(client.api("GET", f"/carts/{cart['id']}"), 200)
