"""SEC-04: more than a thousand texts that want to run, stored in every text field, opened in a real browser."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from app.ops.supervisor.embedded import EmbeddedPostgres, EmbeddedRedis
from tests.torture.client import GHENT, Answer, Client, expect, filled_cart, order
from tests.torture.conftest import FULL, size
from tests.torture.payloads import FAMILIES, corpus
from tests.torture.planting import Planter
from tests.torture.watching import Watcher

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "comptoir-demo"
ADDED: dict[str, dict[str, Any]] = {
    "page": {"title": "Page", "slug": "page-{n}", "body": "Text"},
    "banner": {"title": "Banner {n}", "url": "/"},
    "menulink": {"label": "Link {n}", "url": "/pages/page-1"},
    "redirect": {"source": "/old-{n}", "target": "/"},
    "coupon": {"code": "CODE{n}"},
    "promotion": {"name": "Rule {n}"},
}
"""Screens whose tables the demo leaves empty, and the least their forms want."""
FORMATTED = {"slug", "sku", "ean", "code", "currency", "email", "country", "url", "tracking_url", "swatch"}
"""Fields with a form of their own: each payload is offered alone, because one wrong one refuses the others."""


@pytest.fixture(scope="module")
def whole() -> None:
    """This shop is not the one of the other experiments."""


@dataclass
class Hostile:
    """The shop that gets the texts."""

    port: int
    screens: list[dict[str, Any]]
    planter: Planter
    staff: Client
    token: str = ""
    keys: dict[str, list[str]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def rest(self, method: str, path: str, body: Any = None) -> Answer:
        """A call with an administrator's token."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        answer = self.staff.ask(method, f"/api/v1{path}", data, headers)
        if answer.status >= 500:
            self.broken.append(f"{method} {path}: {answer.status} for {str(body)[:300]}")
        return answer

    def post(self, client: Client, path: str, form: dict[str, str]) -> Answer:
        """A form of a page."""
        answer = client.post(path, form)
        if answer.status >= 500:
            self.broken.append(f"POST {path}: {answer.status} for {str(form)[:300]}")
        return answer


@pytest.fixture(scope="module")
def hostile(
    postgres: EmbeddedPostgres, redis_server: EmbeddedRedis, tmp_path_factory: Any
) -> Iterator[Hostile]:
    """A running shop of one process with a database of its own."""
    postgres.create_database("hostile")
    home = tmp_path_factory.mktemp("hostile")
    environment = {
        **os.environ, "APP_ENV": "testing", "COMPTOIR_HOME": str(home), "DATABASE_URL": postgres.dsn("hostile"),
        "REDIS_URL": redis_server.url.replace("db=0", "db=7"),
    }  # fmt: skip
    with (home / "log").open("w") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.torture.payload_shop", "16"], cwd=ROOT, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
        )  # fmt: skip
        assert child.stdin and child.stdout
        try:
            line = next((said for said in child.stdout if said.startswith("READY ")), "")
            assert line, (home / "log").read_text()[-3000:]
            about = json.loads(line.removeprefix("READY "))
            staff = Client(about["port"])
            credentials = {"email": "admin@comptoir.example", "password": PASSWORD}
            token = expect(staff.api("POST", "/auth/token", credentials), 200).json["access_token"]
            expect(staff.post("/admin/login/", credentials), 302)
            yield Hostile(about["port"], about["screens"], Planter(corpus()), staff, token)
            staff.close()
        finally:
            child.stdin.close()
            child.wait(120)
            child.stdout.close()
            postgres.drop_database("hostile")


# --- writing ------------------------------------------------------------------------------------------


def plant_rows(hostile: Hostile, rows: int) -> None:
    """Every text field of every screen that has a form, on so many rows of each."""
    for screen in hostile.screens:
        if not screen.get("rest"):
            continue
        entity = screen["entity"]
        if entity in ADDED and entity not in hostile.keys:
            for n in range(1, rows + 1):
                body = {k: v.format(n=n) if isinstance(v, str) else v for k, v in ADDED[entity].items()}
                hostile.rest("POST", f"/admin/{entity}", body)
        listed = hostile.rest("GET", f"/admin/{entity}?limit=200")
        keys = [item["id"] for item in listed.json["items"]] if listed.status == 200 else []
        hostile.keys[entity] = keys[:rows]
        if screen["fields"] and "edit" in screen["can"]:
            for key in hostile.keys[entity]:
                _plant_row(hostile, screen, key)


def _plant_row(hostile: Hostile, screen: dict[str, Any], key: str) -> None:
    """One row: all fields at once, then what was refused again with less in it."""
    open_fields = [f for f in screen["fields"] if f["name"].split("_")[0] not in FORMATTED]
    refused_at: dict[str, int] = {}
    for most in (4_000, 180, 60):
        rooms = {f["name"]: min(f["room"], most if f["lines"] else min(most, 180)) for f in open_fields}
        texts = {
            f["name"]: hostile.planter.text(
                f"{screen['entity']}.{f['name']}", rooms[f["name"]], f["lines"]
            )
            for f in open_fields if rooms[f["name"]] != refused_at.get(f["name"])
        }  # fmt: skip
        while texts:
            answer = hostile.rest(
                "PATCH", f"/admin/{screen['entity']}/{key}", {k: t for k, (t, _) in texts.items()}
            )
            if answer.status == 200:
                for name, (_text, chosen) in texts.items():
                    hostile.planter.accepted(f"{screen['entity']}.{name}", chosen)
                open_fields = [f for f in open_fields if f["name"] not in texts]
                break
            refused = (
                {e["field"] for e in answer.json.get("errors", ())} & set(texts)
                if answer.status == 422
                else set()
            )
            if not refused:
                break
            for name in refused:
                hostile.planter.turned_away(f"{screen['entity']}.{name}")
                texts.pop(name)
                refused_at[name] = rooms[name]
        if not open_fields:
            break
    for one in (f for f in screen["fields"] if f["name"].split("_")[0] in FORMATTED):
        where = f"{screen['entity']}.{one['name']}"
        text, chosen = hostile.planter.text(where, min(one["room"], 60))
        if chosen:
            answer = hostile.rest("PATCH", f"/admin/{screen['entity']}/{key}", {one["name"]: text})
            if answer.status == 200:
                hostile.planter.accepted(where, chosen)
            else:
                hostile.planter.turned_away(where)


def plant_settings(hostile: Hostile) -> None:
    """The shop's name, address, notices, bank, legal name."""
    groups = next(s["groups"] for s in hostile.screens if s["name"] == "settings")
    for group in groups:
        path = f"/admin/settings/edit/{group['key']}"
        page = hostile.staff.get(path)
        for one in group["fields"]:
            where = f"settings.{group['key']}.{one['name']}"
            text, chosen = hostile.planter.text(where, min(one["room"], 180))
            form = {name: page.field(name) for name in _names(page)} | {one["name"]: text}
            if hostile.post(hostile.staff, path, form).status == 302:
                hostile.planter.accepted(where, chosen)
                page = hostile.staff.get(path)
            else:
                hostile.planter.turned_away(where)


def _names(page: Answer) -> list[str]:
    import re

    return [m.decode() for m in re.findall(rb'<input[^>]*\bname="([a-z_]+)"[^>]*\bvalue="', page.body)]


def _sku_in_stock(hostile: Hostile) -> str:
    for item in hostile.rest("GET", "/admin/stock?limit=100&sort=-on_hand").json["items"]:
        variant = hostile.rest("GET", f"/admin/variant/{item['variant']['id']}").json
        if item["on_hand"] - item["reserved"] > 30:
            return str(variant["sku"])
    raise AssertionError("nothing is in stock")


def plant_orders(hostile: Hostile) -> list[str]:
    """Addresses, notes of buyer and staff, saved views; and what is only searched for. Returns the orders' tokens."""
    tokens = []
    sku = _sku_in_stock(hostile)
    for _ in range(size(3, len(FAMILIES))):
        client = Client(hostile.port)
        address = dict(GHENT)
        used: list[tuple[str, Any]] = []
        for name, room in (("name", 90), ("line1", 90), ("line2", 90), ("city", 60), ("company", 90)):
            text, chosen = hostile.planter.text(f"address.{name}", room)
            address[name] = text
            used.append((f"address.{name}", chosen))
        cart = filled_cart(client, {sku: 1}, address)
        for room in (1_800, 600, 200, 0):
            note, chosen = hostile.planter.text("order.note", room, True)
            placed = order(client, cart, "bank_transfer", note=note)
            if placed.status == 201:
                break
        client.close()
        assert placed.status == 201, placed.body
        for where, planted in [*used, ("order.note", chosen)]:
            hostile.planter.accepted(where, planted)
        tokens.append(placed.json["token"])
    for row in hostile.rest("GET", "/admin/orders?limit=5").json["items"]:
        for public in ("", "1"):
            text, chosen = hostile.planter.text("order.staff_note", 1_800, True)
            answer = hostile.post(
                hostile.staff, f"/admin/orders/note/{row['id']}", {"note": text, "is_public": public}
            )
            assert answer.status == 302
            hostile.planter.accepted("order.staff_note", chosen)
    for screen in ("product", "orders"):
        text, chosen = hostile.planter.text("saved_view.name", 58)
        if (
            hostile.post(hostile.staff, f"/admin/{screen}/views/save", {"name": text, "query": "q=x"}).status
            == 302
        ):
            hostile.planter.accepted("saved_view.name", chosen)
    for _ in range(size(12, 60)):
        text, chosen = hostile.planter.text("search.q", 90)
        hostile.staff.get(f"/search?q={quote(text)}")
        hostile.planter.accepted("search.q", chosen)
    return tokens


def plant_customer(hostile: Hostile) -> Client:
    """A customer whose name and addresses are hostile; signed in."""
    client = Client(hostile.port)
    expect(client.post("/login", {"email": "customer@comptoir.example", "password": PASSWORD}), 302, 303)
    for name in ("first_name", "last_name"):
        text, chosen = hostile.planter.text(f"profile.{name}", 60)
        if hostile.post(
            client, "/account/profile", {"first_name": "A", "last_name": "B", name: text}
        ).status in (302, 303):
            hostile.planter.accepted(f"profile.{name}", chosen)
    for _ in range(size(2, len(FAMILIES))):
        texts = {
            name: hostile.planter.text(f"book.{name}", 100)
            for name in ("name", "line1", "line2", "city", "company")
        }
        form = {**GHENT, **{name: text for name, (text, _chosen) in texts.items()}}
        if hostile.post(client, "/account/addresses/new", form).status in (302, 303):
            for name, (_text, chosen) in texts.items():
                hostile.planter.accepted(f"book.{name}", chosen)
    return client


def plant_the_rest(hostile: Hostile) -> None:
    """What is nowhere yet goes into long texts of products, so that no payload is left out."""
    keys = hostile.keys["product"]
    for number, key in enumerate(keys * 3):
        left = hostile.planter.left
        if not left:
            return
        chosen, room = [], 6_000
        for payload in left:
            if len(payload.text) + 1 > room:
                break
            chosen.append(payload)
            room -= len(payload.text) + 1
        name = ("description", "description_fr", "description_nl")[number // len(keys)]
        text = "\n".join(p.text for p in chosen)
        answer = hostile.rest("PATCH", f"/admin/product/{key}", {"description": text})
        assert answer.status == 200, (name, answer.body[:500])
        hostile.planter.accepted("product.description", chosen)


# --- looking ------------------------------------------------------------------------------------------


def look_at_the_shop(hostile: Hostile, watcher: Watcher, tokens: list[str]) -> None:
    """Pages that anybody or this customer sees, in the source language and in a translated one."""
    most = size(5, 40)
    lists = hostile.staff.api("GET", "/categories").json["items"]
    products = [item["slug"] for item in hostile.staff.api("GET", "/products?limit=40").json["items"]]
    paths = ["/", "/fr/", "/cart", "/checkout", "/account", "/account/orders", "/account/addresses", "/account/profile",
             "/account/security", "/login", "/register", "/search?q=%3Cimg%20src%3Dx%20onerror%3Dxss(0)%3E", "/nowhere"]  # fmt: skip
    paths += [f"/p/{slug}" for slug in products[:most]] + [f"/fr/p/{slug}" for slug in products[:2]]
    paths += [f"/c/{c['path']}" for c in lists[:most]] + [f"/pages/page-{n}" for n in range(1, 4)]
    paths += [f"/{kind}/{token}" for token in tokens[:most] for kind in ("orders", "checkout/done")]
    for path in paths:
        watcher.opens(path)
    watcher.opens("/")
    box = watcher.page.get_by_role("combobox").first
    if box.count():
        box.press_sequentially("<im")
        watcher.page.wait_for_timeout(500)
        watcher.judge()


def look_at_the_back_office(hostile: Hostile, watcher: Watcher) -> None:
    """Every screen: its list, and rows of it with their forms."""
    most = size(1, 6)
    watcher.opens("/admin/")
    watcher.opens(f"/admin/search?q={quote('<img src=x onerror=xss(0)>')}")
    for screen in hostile.screens:
        if screen["name"] == "settings":
            for group in screen["groups"]:
                watcher.opens(f"/admin/settings/edit/{group['key']}")
            continue
        shown: list[str] = []
        if watcher.opens(f"{screen['base']}/list/"):
            shown = watcher.links(f"{screen['base']}/show/", most)
        for path in shown:
            watcher.opens(path)
        for key in hostile.keys.get(screen["entity"], ())[:most]:
            if "edit" in screen["can"]:
                watcher.opens(f"{screen['base']}/edit/{quote(str(key))}")


def test_the_corpus_is_large_and_every_text_is_another() -> None:
    found = corpus()
    assert len(found) >= 1_000 and len({p.text for p in found}) == len(found)
    assert {p.family for p in found} == set(FAMILIES)
    assert all(sum(p.family == family for p in found) >= 40 for family in FAMILIES)


def test_the_watcher_sees_what_runs(browser: Any, hostile: Hostile) -> None:
    """A page that escapes nothing: most families are noticed there, so that silence elsewhere says something."""
    noticed = set()
    for family in ("tag", "event", "svg", "mutation", "address", "style"):
        watcher = Watcher(browser, f"http://localhost:{hostile.port}", {})
        for payload in [p for p in corpus() if p.family == family][:6]:
            watcher.page.set_content(f"<div>{payload.text}</div>")
            watcher.judge()
        watcher.page.wait_for_timeout(100)
        if watcher.faults:
            noticed.add(family)
        watcher.leave()
    assert noticed == {"tag", "event", "svg", "mutation", "address", "style"}


@pytest.mark.timeout(900)
def test_sec_04_nothing_that_was_stored_runs(
    hostile: Hostile, browser: Any, report: Callable[..., None]
) -> None:
    began = time.monotonic()
    customer = plant_customer(hostile)
    tokens = plant_orders(hostile)
    plant_settings(hostile)
    for _ in range(size(1, 3)):
        plant_rows(hostile, size(4, 12))
    plant_the_rest(hostile)
    written = time.monotonic() - began
    watched = [Watcher(browser, f"http://localhost:{hostile.port}", dict(customer.cookies))]
    look_at_the_shop(hostile, watched[0], tokens)
    watched.append(Watcher(browser, f"http://localhost:{hostile.port}", dict(hostile.staff.cookies)))
    look_at_the_back_office(hostile, watched[1])
    faults = [fault for watcher in watched for fault in watcher.faults]
    planter = hostile.planter
    report("SEC-04 stored payloads", "all stored, none runs", payloads=len(planter.corpus), stored=len(planter.stored),
           fields=len(planter.seen), fields_with_every_family=sum(len(f) == len(FAMILIES) for f in planter.seen.values()), refusing_fields=len(set(planter.refused) - set(planter.seen)),
           pages=sum(w.pages for w in watched), pages_showing_some=sum(w.showing for w in watched), ran=len(faults), writing_s=round(written, 1))  # fmt: skip
    customer.close()
    for watcher in watched:
        watcher.leave()
    assert faults == [], "\n".join(faults[:40])
    assert hostile.broken == []
    assert planter.left == []
    assert len(planter.seen) > 100 and sum(w.showing for w in watched) > sum(w.pages for w in watched) / 2
    of_all = [where for where, seen in planter.seen.items() if len(seen) == len(FAMILIES)]
    assert len(of_all) > (80 if FULL else 50), sorted(set(planter.seen) - set(of_all))
