"""A manager who keeps the processor busy beside other work: boards, and long lists as Excel files, one after the other."""

from __future__ import annotations

import http.cookiejar
import re
import threading
import urllib.error
import urllib.parse
import urllib.request

from bench.shop import RealShop

EMAIL, PASSWORD = "busy@bench.example", "a-long-bench-password-7"
PAGES = (
    "/admin/ticket/export.xlsx",
    "/admin/dashboards/sales",
    "/admin/dashboards/sales/export.xlsx",
    "/admin/dashboards/customers",
)


def prepare(shop: RealShop, rows: int) -> None:
    """Make the account and the long list."""
    made = shop.flask("shop", "create-admin", "--email", EMAIL, "--password", PASSWORD)
    assert made.returncode == 0, made.stdout + made.stderr
    lengthen(shop, rows)


def lengthen(shop: RealShop, rows: int) -> None:
    """Make a long list: so many closed tickets, which nobody looks after."""
    shop.sql(
        "INSERT INTO support_ticket (number, token, mail_key, state, subject, channel, language, email, first_due, solve_due)"
        " SELECT 'T-1999-' || lpad(n::text, 6, '0'), md5('bench-t' || n), md5('bench-k' || n), 'closed', 'Ticket ' || n,"
        f" 'web', 'en', n || '@bench.example', now(), now() FROM generate_series(1, {int(rows)}) n"
    )


def tidy(shop: RealShop) -> None:
    """Take the list away again."""
    shop.sql("DELETE FROM support_ticket WHERE number LIKE 'T-1999-%'")


class Manager(threading.Thread):
    """Asks until `stop` is set; `done` counts the answers, `refused` what was none, or came too late."""

    def __init__(self, base: str):
        super().__init__(daemon=True)
        self.base = base
        self.stop = threading.Event()
        self.done = 0
        self.refused: list[str] = []
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)
        page = self._get("/admin/login/").decode()
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        form = {"email": EMAIL, "password": PASSWORD, "csrf_token": token[1] if token else ""}
        self.opener.open(f"{base}/admin/login/", urllib.parse.urlencode(form).encode(), timeout=60).read()

    def _get(self, path: str) -> bytes:
        with self.opener.open(f"{self.base}{path}", timeout=60) as answer:
            return bytes(answer.read())

    def run(self) -> None:
        """Ask for one page after the other."""
        while not self.stop.is_set():
            for path in PAGES:
                try:
                    self._get(path)
                    self.done += 1
                except OSError as problem:
                    self.refused.append(f"{path}: {problem!r}"[:120])
                if self.stop.is_set():
                    return
