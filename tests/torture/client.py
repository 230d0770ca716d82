"""Shoppers as programs: one kept connection, own cookies, and an address of loopback of their own.

The shop limits what one address may do; every shopper comes from another one of 127.0.0.0/8.
"""

from __future__ import annotations

import http.client
import itertools
import json
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

_addresses = itertools.count(1)
GHENT = {"name": "Kim Peeters", "line1": "Korenlei 12", "postcode": "9000", "city": "Gent", "country": "BE"}
FIELD = re.compile(rb'<input[^>]*name="([^"]+)"[^>]*?value="([^"]*)"')


def next_address() -> str:
    """A loopback address that no other shopper uses."""
    n = next(_addresses)
    return f"127.{1 + n // 62_500 % 250}.{n // 250 % 250}.{1 + n % 250}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and in how many seconds."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of a problem document; empty for anything else."""
        if "json" not in self.headers.get("content-type", ""):
            return ""
        return str(self.json.get("code", ""))

    def field(self, name: str) -> str:
        """The value of a form's input on a page."""
        for found, value in FIELD.findall(self.body):
            if found.decode() == name:
                return unescape(value.decode())
        raise AssertionError(f"no field {name} on this page")


class Client:
    """A browser without a screen. `seen` keeps (seconds, status) of everything it asked."""

    def __init__(self, port: int, timeout: float = 30.0):
        self.port, self.timeout, self.address = port, timeout, next_address()
        self.cookies: dict[str, str] = {}
        self.seen: list[tuple[float, int]] = []
        self._connection: http.client.HTTPConnection | None = None

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request. A kept connection that the server closed meanwhile is opened anew, for GET only.

        Raises:
            OSError, http.client.HTTPException: nobody answers.
        """
        sent = {**({"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())} if self.cookies else {}),
                **(headers or {})}  # fmt: skip
        began = time.monotonic()
        for attempt in (0, 1):
            fresh = self._connection is None
            if self._connection is None:
                self._connection = http.client.HTTPConnection(
                    "127.0.0.1", self.port, timeout=self.timeout, source_address=(self.address, 0)
                )
            try:
                self._connection.request(method, path, body, sent)
                response = self._connection.getresponse()
                data = response.read()
                break
            except (OSError, http.client.HTTPException):
                self.close()
                if attempt or fresh or method != "GET":
                    raise
        for value in response.headers.get_all("Set-Cookie") or ():
            for morsel in SimpleCookie(value).values():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(morsel.key, None)
                else:
                    self.cookies[morsel.key] = morsel.value
        if response.headers.get("Connection", "").lower() == "close":
            self.close()
        seconds = time.monotonic() - began
        self.seen.append((seconds, response.status))
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, data, seconds)

    def get(self, path: str, **headers: str) -> Answer:
        """Look at a page."""
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, form: Mapping[str, str] | bytes) -> Answer:
        """Send a form."""
        body = form if isinstance(form, bytes) else urlencode(form).encode()
        return self.ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def api(self, method: str, path: str, body: Any = None, key: str | None = None) -> Answer:
        """A call of the REST interface."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if key is not None:
            headers["Idempotency-Key"] = key
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        return self.ask(method, f"/api/v1{path}", data, headers)


def new_key() -> str:
    """An idempotency key."""
    return uuid.uuid4().hex


def filled_cart(
    client: Client, skus: Mapping[str, int], address: Mapping[str, str] = GHENT
) -> dict[str, Any]:
    """A cart over REST with lines, addresses and a way to ship; the cart as the shop shows it."""
    cart = expect(client.api("POST", "/carts", {}), 201).json
    for sku, quantity in skus.items():
        expect(client.api("POST", f"/carts/{cart['id']}/lines", {"sku": sku, "quantity": quantity}), 201)
    where = {"email": f"kim-{cart['id'][:8]}@example.org", "shipping": dict(address)}
    expect(client.api("PUT", f"/carts/{cart['id']}/addresses", where), 200)
    chosen = client.api("PUT", f"/carts/{cart['id']}/shipping-method", {"code": "standard"})
    return dict(expect(chosen, 200).json)


def order(
    client: Client, cart: Mapping[str, Any], method: str = "cod", key: str | None = None, **more: Any
) -> Answer:
    """Order a cart for the total that was shown."""
    body = {"cart_id": cart["id"], "payment_method": method, "expected_total": cart["total"], **more}
    return client.api("POST", "/orders", body, key or new_key())


def expect(answer: Answer, *statuses: int) -> Answer:
    """The answer, when it has one of these statuses; else a failure that shows what came."""
    assert answer.status in statuses, f"{answer.status}: {answer.body[:600]!r}"
    return answer
