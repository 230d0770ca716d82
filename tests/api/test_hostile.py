"""Input meant to break something, on every address of the shop and of REST, made from the routes themselves.

NUL, half surrogates and numbers beyond every column are not in lists of naughty strings; they are here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import text

from app.api import feature
from app.api.door import DOORS
from tests.api.shop import GHENT, JSON, Shop

assert feature.FEATURE
LIST = Path(__file__).resolve().parents[3] / "shared/data/sec-blns/blns.json"
VALUES = (
    "", " ", "\x00", "a\x00b", "\x1b[2J", "2147483648", "9223372036854775808", "-1", "1e9999", "NaN", "0x10", "٣",
    "../../etc/passwd", "..\\..\\windows", "%2e%2e%2f", "%", "%00", "{{7*7}}", "${7*7}", "<script>alert(1)</script>",
    "' OR 1=1 --", "\u202e", "\ufeff", "\U0001f4a9" * 20, "x" * 10_000, "//evil.example", "javascript:alert(1)",
    "\r\nSet-Cookie: a=b", "[object Object]", "null", "true",
)  # fmt: skip
FEW = (
    "\x00", "2147483648", "9223372036854775808", "-1", "1e9999", "NaN", "٣", "../../etc/passwd", "%", "x" * 10_000,
    "\r\nSet-Cookie: a=b", "' OR 1=1 --",
)  # fmt: skip
SURROGATE = "%ED%A0%80"
"""A half surrogate as a browser would never send it."""
ODD_JSON: tuple[Any, ...] = (
    None, True, -1, 2**31, 2**63, 10**400, 1.5, "", "\x00", "\ud800", "x" * 10_000, [], {}, [[]], {"a": {"b": 1}}, ["x"] * 50,
)  # fmt: skip
QUERY = (
    "q", "sort", "page", "price_min", "price_max", "colour", "watts", "brand", "available", "option.colour", "sku", "preview",
    "next", "token", "lang", "currency", "fragment", "cursor", "limit", "category",
)  # fmt: skip
FORM = (
    "sku", "product", "quantity", "option.colour", "action", "code", "coupon", "currency", "next", "email", "password", "otp",
    "first_name", "last_name", "shipping.name", "shipping.line1", "shipping.postcode", "shipping.city", "shipping.country",
    "shipping.region", "shipping.phone", "billing.name", "billing.country", "shipping_method", "payment_method", "note",
    "saved_address", "expected_total", "idempotency_key", "demo_card.token", "name", "line1", "postcode", "city", "country",
    "language", "secret", "session", "token", "outcome",
)  # fmt: skip
COUNTED = (
    "orders_order",
    "payments_payment",
    "ab_user",
    "inventory_movement",
    "inventory_reservation",
    "catalog_product",
)
COOKIES = ("bag", "comptoir_session", "currency", "theme", "remember_token")


def counted(floor: Shop) -> dict[str, Any]:
    with floor.maker() as session:
        return {name: session.scalar(text(f"SELECT count(*) FROM {name}")) for name in COUNTED}


@pytest.fixture(autouse=True)
def nothing_happens(floor: Shop) -> Any:
    """Whatever a test of this file sends: no order, no money, no account, no movement of stock."""
    before = counted(floor)
    yield
    assert counted(floor) == before


@pytest.fixture(autouse=True)
def no_limits() -> Any:
    """Limits would answer 429 before anything is looked at."""
    from app.core import rate_limits

    rate_limits.enable(False)
    yield
    rate_limits.enable(True)


def rules(app: Any, method: str) -> list[Any]:
    """Routes of the shop and of REST; the back office has tests of its own."""
    left_out = ("/admin", "/api/v1/admin", "/static", "/assets", "/metrics", "/readyz")
    return [r for r in app.url_map.iter_rules() if method in r.methods and not r.rule.startswith(left_out)]


def address(rule: Any, value: str) -> str:
    """The route with this in place of its parts, written as a browser would."""
    made = rule.rule
    for part in rule.arguments:
        for kind in ("", "path:", "uuid:"):
            made = made.replace(f"<{kind}{part}>", value)
    return str(made)


def fine(answer: Any, said: str = "") -> None:
    assert answer.status_code < 500, f"{answer.status_code} {said}"
    assert "Set-Cookie: a=b" not in str(answer.headers)
    where = answer.headers.get("Location", "/")
    assert where.startswith("/") and not where.startswith(("//", "/\\")), where


def test_paths(client: Any, floor: Shop) -> None:
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        for rule in rules(floor.app, method):
            if not rule.arguments:
                continue
            for value in FEW:
                path = address(rule, quote(value, safe=""))
                fine(
                    client.open(path, method=method, json={} if "/api/" in path else None),
                    f"{method} {path[:90]}",
                )
            fine(client.open(address(rule, SURROGATE), method=method), f"{method} {rule.rule} surrogate")


def test_queries(client: Any, floor: Shop) -> None:
    for rule in rules(floor.app, "GET"):
        path = address(rule, "coat")
        for value in (*(quote(v, safe="") for v in FEW), SURROGATE, "%FF%FE"):
            fine(
                client.get(f"{path}?" + "&".join(f"{name}={value}" for name in QUERY)), f"{path} {value[:40]}"
            )


NARROW = ("sort", "page", "price_min", "price_max", "colour", "watts", "brand", "available")
LISTS = {
    "/c/home/lamps": NARROW, "/search": ("q", *NARROW), "/search/suggest": ("q",), "/p/coat": ("option.colour", "sku", "preview"),
    "/api/v1/products": ("q", "category", "limit", "cursor", "lang", "currency", *NARROW), "/api/v1/products/coat": ("lang", "currency"),
}  # fmt: skip


@pytest.mark.parametrize("path", LISTS)
def test_each_parameter_of_lists_alone(client: Any, path: str) -> None:
    for name in LISTS[path]:
        for value in (*(quote(v, safe="") for v in FEW), SURROGATE):
            fine(client.get(f"{path}?{name}={value}"), f"{path} {name}={value[:40]}")
        fine(client.get(path + "?" + "&".join(f"{name}={n}" for n in range(300))), f"{path} {name} 300 times")


def test_forms(floor: Shop) -> None:
    browser = floor.app.test_client()
    browser.post("/cart/lines", data={"sku": "LAMP-01"})
    for rule in rules(floor.app, "POST"):
        if "/api/" in rule.rule:
            continue
        for value in (*FEW, "\udc80"):
            path = address(rule, "coat")
            sent = "&".join(f"{name}={quote(value, safe='', errors='surrogatepass')}" for name in FORM)
            fine(
                browser.post(path, data=sent, content_type="application/x-www-form-urlencoded"),
                f"{path} {value[:30]!r}",
            )


@pytest.mark.parametrize(("path", "good"), [
    ("/cart/lines", {"sku": "LAMP-01", "product": "lamp-01", "quantity": "1"}),
    ("/cart/coupon", {"code": "TEN"}),
    ("/preferences", {"currency": "USD", "next": "/cart"}),
    ("/checkout", {"action": "place", "email": "kim@example.org", "billing_same": "1", "payment_method": "gold",
                   "shipping_method": "standard", **{f"shipping.{n}": v for n, v in GHENT.items()}}),
])  # fmt: skip
def test_each_field_alone(floor: Shop, path: str, good: dict[str, str]) -> None:
    browser = floor.app.test_client()
    browser.post("/cart/lines", data={"sku": "LAMP-02"})
    for name in good:
        for value in (*FEW, "\udc80"):
            pairs = (good | {name: value}).items()
            sent = "&".join(f"{n}={quote(v, safe='', errors='surrogatepass')}" for n, v in pairs)
            fine(
                browser.post(path, data=sent, content_type="application/x-www-form-urlencoded"),
                f"{name}={value[:30]!r}",
            )


def test_bodies_of_rest(client: Any, floor: Shop) -> None:
    """Every field of every door takes every odd value in turn; none is a server error."""
    headers = floor.headers("customer")
    cart = client.post("/api/v1/carts").json
    line = client.post(f"/api/v1/carts/{cart['id']}/lines", json={"sku": "LAMP-01"}).json["lines"][0]["id"]
    known = {"cart_id": cart["id"], "line_id": line, "number": "2026-000001", "sku": "LAMP-01", "code": "TEN"}
    good: dict[str, Any] = {
        "sku": "LAMP-01", "quantity": 1, "code": "TEN", "email": "kim@example.org", "shipping": GHENT, "billing": GHENT,
        "cart_id": cart["id"], "payment_method": "gold", "expected_total": {"amount": "1.00", "currency": "EUR"},
        "password": "long enough phrase", "refresh_token": "x", "vat_number": "BE0776091951", "on_hand": 5, "reason": "x",
    }  # fmt: skip
    for door in DOORS:
        if door.body is None or door.name == "open_account":
            continue
        path = "/api/v1" + door.rule
        for name, value in known.items():
            path = path.replace(f"<{name}>", value)
        names = list(door.body().fields)
        whole = {name: good[name] for name in names if name in good}
        for name in names:
            for odd in ODD_JSON:
                answer = client.open(path, method=door.method, json=whole | {name: odd}, headers=headers)
                fine(answer, f"{door.method} {path} {name}={str(odd)[:30]}")


def test_deep_and_large_bodies(client: Any) -> None:
    for path in (
        "/api/v1/carts/x/lines",
        "/api/v1/orders",
        "/api/v1/auth/token",
        "/api/v1/webhooks/demo_card",
    ):
        for body in (
            "[" * 200_000,
            '{"a":' * 50_000,
            '{"sku":"' + "x" * 1_000_000 + '"}',
            '{"sku":1e9999}',
            "9" * 10_000,
        ):
            fine(client.post(path, data=body, content_type=JSON), f"{path} {body[:20]}")
    form = {"note": "x" * 1_000_000, "email": "y" * 1_000_000}
    fine(client.post("/checkout", data=form), "checkout")
    fine(client.post("/cart/lines", data={f"option.{n}": "x" for n in range(1_900)}), "many fields")
    fine(client.post("/login", data={"email": "x" * 1_000_000, "password": "y" * 1_000_000}), "login")
    huge = client.post("/api/v1/auth/token", data=b"x" * 27_000_000, content_type=JSON)
    assert (huge.status_code, huge.json["status"]) == (413, 413)


def test_cookies(floor: Shop) -> None:
    for value in (*FEW, "{{7*7}}", "\U0001f4a9" * 20, "e30.e30.e30", "ImEi.aaaa.bbbb"):
        for path in ("/", "/cart", "/checkout", "/fragments/me", "/p/coat", "/account"):
            header = "; ".join(f"{name}={value}" for name in COOKIES).replace("\r\n", " ").replace("\x00", "")
            environ = {"HTTP_COOKIE": header.encode("utf-8").decode("latin-1")}
            fine(
                floor.app.test_client(use_cookies=False).get(path, environ_overrides=environ),
                f"{path} {value[:30]!r}",
            )


@pytest.mark.parametrize("header", ["Host", "Accept", "Accept-Language", "Content-Type", "Content-Length", "Referer",
                                    "X-Forwarded-For", "X-Forwarded-Host", "User-Agent", "Range", "If-None-Match",
                                    "If-Modified-Since", "X-Fragment", "Idempotency-Key", "Authorization", "Transfer-Encoding"])  # fmt: skip
def test_headers(floor: Shop, header: str) -> None:
    name = "HTTP_" + header.upper().replace("-", "_")
    if header.startswith("Content-"):
        name = name.removeprefix("HTTP_")
    for value in (
        "",
        "\xff\xfe",
        "a,b;q=x",
        "*/*;q=1e9999",
        "-1",
        "9" * 400,
        "evil.example",
        "x" * 9_000,
        "][",
        "en;q=-1",
        "(" * 500,
    ):
        for method, path in (
            ("GET", "/"),
            ("GET", "/api/v1/products"),
            ("POST", "/cart/lines"),
            ("POST", "/api/v1/carts"),
        ):
            answer = floor.app.test_client().open(path, method=method, environ_overrides={name: value})
            fine(answer, f"{header}: {value[:30]} {method} {path}")
            assert "evil.example" not in answer.headers.get("Location", "")


@pytest.mark.skipif(not LIST.exists(), reason="the list of naughty strings is not beside the project")
def test_naughty_strings(floor: Shop) -> None:
    browser = floor.app.test_client()
    browser.post("/cart/lines", data={"sku": "LAMP-03"})
    api = floor.app.test_client()
    cart = api.post("/api/v1/carts").json["id"]
    for number, value in enumerate(json.loads(LIST.read_text())):
        fine(browser.get("/search/suggest", query_string={"q": value}), repr(value))
        if number % 12:
            continue
        fine(
            browser.get("/search", query_string={"q": value, "watts": value, "price_min": value}), repr(value)
        )
        form = {f"shipping.{n}": value for n in GHENT} | {
            "action": "address",
            "email": value,
            "note": value,
            "billing_same": "1",
        }
        fine(browser.post("/checkout", data=form), repr(value))
        address_ = GHENT | {"name": value or "x", "line1": value or "x"}
        fine(
            api.put(f"/api/v1/carts/{cart}/addresses", json={"email": "a@b.example", "shipping": address_}),
            repr(value),
        )


def test_what_was_typed_comes_back_escaped(client: Any) -> None:
    nasty = '"><script>alert(1)</script>'
    browser = client
    browser.post("/cart/lines", data={"sku": "LAMP-04"})
    pages = [
        browser.get("/search", query_string={"q": nasty, "price_min": nasty, "watts": nasty}),
        browser.post(
            "/checkout", data={"action": "address", "email": nasty, "note": nasty, "shipping.name": nasty}
        ),
        browser.post("/cart/coupon", data={"code": nasty}),
        browser.get(f"/p/{quote(nasty, safe='')}"),
    ]
    for page in pages:
        assert "<script>alert(1)" not in page.text
