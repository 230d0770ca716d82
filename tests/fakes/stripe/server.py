"""The stand-in's HTTP side. Every request and answer is shown to the specification, where there is one."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.fakes.stripe.account import Account, Answer, Refused, signed
from tests.fakes.stripe.specification import Specification


def nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Form fields with brackets as a structure: `metadata[order]=1` and `expand[0]=x`."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        parts = re.findall(r"[^\[\]]+", name)
        here = found
        for part in parts[:-1]:
            here = here.setdefault(part, {})
        here[parts[-1]] = value
    return {name: _lists(value) for name, value in found.items()}


def _lists(value: Any) -> Any:
    if isinstance(value, dict) and value and all(key.isdigit() for key in value):
        return [_lists(value[key]) for key in sorted(value, key=int)]
    return {k: _lists(v) for k, v in value.items()} if isinstance(value, dict) else value


class FakeStripe:
    """`with FakeStripe() as stripe:` serves on a free port of loopback.

    `fail` holds ("before" | "after" | "slow", path fragment): the next request whose path contains it
    loses its connection before or after it was carried out. `violations` is what the specification
    objects to; `seen` are the requests.
    """

    def __init__(self, webhook_secret: str = "whsec_test", api_key: str = "sk_test_x"):
        self.webhook_secret, self.api_key = webhook_secret, api_key
        self.specification = Specification() if Specification.is_there() else None
        self.account = Account()
        self.fail: list[tuple[str, str]] = []
        self.seen: list[tuple[str, str, dict[str, Any], dict[str, str]]] = []
        self.violations: list[str] = []
        self._lock = threading.RLock()

    def __enter__(self) -> FakeStripe:
        stripe = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                stripe.serve(self, "GET")

            def do_POST(self) -> None:
                stripe.serve(self, "POST")

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.account.base = self.base
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    # --- one request ------------------------------------------------------------------------------

    def serve(self, request: BaseHTTPRequestHandler, method: str) -> None:
        """Read, carry out, answer; or lose the connection where the test wants it."""
        address = urlsplit(request.path)
        length = int(request.headers.get("Content-Length") or 0)
        raw = request.rfile.read(length).decode() if length else address.query
        params, headers = nested(parse_qsl(raw, keep_blank_values=True)), dict(request.headers.items())
        if self._planned("before", address.path):
            self._hang_up(request)
            return
        with self._lock:
            status, body = self.answer(method, address.path, params, headers)
        if self._planned("after", address.path):
            self._hang_up(request)
            return
        data = json.dumps(body).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(data)))
        request.send_header("Request-Id", "req_test")
        request.end_headers()
        request.wfile.write(data)

    @staticmethod
    def _hang_up(request: BaseHTTPRequestHandler) -> None:
        request.close_connection = True
        request.connection.close()

    def _planned(self, when: str, path: str) -> bool:
        for plan in self.fail:
            if plan[0] == when and plan[1] in path:
                self.fail.remove(plan)
                return True
        return False

    def answer(self, method: str, path: str, params: dict[str, Any], headers: dict[str, str]) -> Answer:
        """The answer to a request, checked on its way in and out."""
        if path.startswith("/3ds/"):
            self.account.authenticate(path.rsplit("/", 1)[-1], params.get("answer") != "fail")
            return 200, {"ok": True}
        self.seen.append((method, path, params, headers))
        if headers.get("Authorization") != f"Bearer {self.api_key}":
            return 401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided"}}
        if headers.get("Stripe-Version") != self.account.version:
            self.violations.append(f"version {headers.get('Stripe-Version')}")
        if self.specification:
            self.violations += self.specification.check_request(method, path, params)
        try:
            found = self._dispatch(method, path, params, headers.get("Idempotency-Key"))
        except Refused as refused:
            found = refused.status, refused.body
        if self.specification:
            self.violations += self.specification.check_answer(method, path, *found)
        return found

    def _dispatch(self, method: str, path: str, params: dict[str, Any], key: str | None) -> Answer:
        account, parts = self.account, path.strip("/").split("/")[1:]
        match method, parts:
            case "POST", ["payment_intents"]:
                return account.once(key, path, params, lambda: account.create_intent(params))
            case "GET", ["payment_intents", "search"]:
                return account.search(params.get("query", ""))
            case "GET", ["payment_intents", name]:
                return 200, self._expanded(account.intent(name), params)
            case "POST", ["payment_intents", name, "confirm"]:
                status, body = account.once(key, path, params, lambda: account.confirm(name, params))
                return status, self._expanded(body, params)
            case "POST", ["payment_intents", name, "cancel"]:
                return account.once(key, path, params, lambda: account.cancel(name))
            case "POST", ["refunds"]:
                return account.once(key, path, params, lambda: account.create_refund(params))
            case "GET", ["refunds", name]:
                return 200, dict(account.refund(name))
        raise Refused(404, "invalid_request_error")

    def _expanded(self, intent: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
        found = dict(intent)
        if "latest_charge" in params.get("expand", ()) and found.get("latest_charge"):
            found["latest_charge"] = dict(self.account.charges[found["latest_charge"]])
        return found

    # --- notices ----------------------------------------------------------------------------------

    def notice(self, event: dict[str, Any], *, at: float | None = None) -> tuple[dict[str, str], bytes]:
        """A notice as Stripe would send it, signed with the account's secret."""
        if self.specification:
            self.violations += self.specification.check_event(event)
        return signed(event, self.webhook_secret, at=at)
