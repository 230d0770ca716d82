"""Inside a running shop: puts articles on its shelf through its operations, and asks whether its promises hold.

A process of its own that is asked by lines of JSON, because starting the application takes seconds:
`{"count": 3, "stock": 10}` is answered by the list of SKUs, `{"email": "…", "password": "…"}` makes an administrator,
`{}` is answered by the list of broken promises.
"""

from __future__ import annotations

import itertools
import json
import os
import secrets
import subprocess
import sys
import time
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.bootstrap import create_app
from app.catalog import operations as catalog
from app.catalog.models import Category
from app.catalog.rules import NewProduct, NewVariant
from app.core.actor import SYSTEM
from app.core.db import db
from app.identity import operations as identity
from app.identity import rules as roles
from app.ops import invariants
from bench.shop import ROOT, RealShop

_numbers = itertools.count(1)


class Stocking:
    """The asking side."""

    def __init__(self, shop: RealShop):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.torture.stocking"], cwd=ROOT, env=shop.environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def articles(self, count: int, stock: int) -> list[str]:
        """New articles with so many pieces of each; their SKUs."""
        return self._ask({"count": count, "stock": stock})

    def broken(self) -> list[str]:
        """What `flask shop check-invariants` would complain of."""
        return self._ask({})

    def manager(self, email: str, password: str) -> None:
        """Somebody who may do everything in the back office."""
        self._ask({"email": email, "password": password})

    def _ask(self, question: dict[str, Any]) -> list[str]:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the process that fills the shelves has ended"
        return list(json.loads(line))

    def close(self) -> None:
        """Let it end."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


def _ground(session: Session) -> int:
    """The type and the category of all articles; the category's id."""
    known = session.scalar(select(Category.id).where(Category.name == "Torture"))
    if known is not None:
        return known
    catalog.create_product_type(session, actor=SYSTEM, code="torture", name="Torture")
    return catalog.create_category(session, actor=SYSTEM, name="Torture").id


def make(session: Session, count: int, stock: int) -> list[str]:
    """Make so many articles.

    Raises:
        RuntimeError: the catalogue refuses them.
    """
    category = _ground(session)
    run = secrets.token_hex(3)
    incoming = []
    for _ in range(count):
        sku = f"T-{run}-{next(_numbers)}"
        product: dict[str, Any] = {
            "name": f"Article {sku}", "category_id": category, "type_code": "torture", "description": "A thing.",
            "variants": [NewVariant(sku=sku, options={}, weight_g=500)],
            "parts": {"prices": {sku: {"EUR": "10.00"}}, "stock": {sku: stock}}, "publish": True,
        }  # fmt: skip
        incoming.append(catalog.Incoming(sku, NewProduct(**product)))
    results = catalog.upsert_products_bulk(session, "torture", incoming, SYSTEM)
    wrong = [result.errors for result in results if result.errors]
    if wrong:
        raise RuntimeError(f"the catalogue refuses: {wrong[0]}")
    session.expunge_all()
    return [one.external_id for one in incoming]


def check(session: Session) -> list[str]:
    """Every promise that does not hold, in words. What is delivered after the commit gets some seconds."""
    limit = time.monotonic() + 8
    while found := [f"{name}: {why}" for name, wrong in invariants.check_all(session) for why in wrong[:5]]:
        if time.monotonic() > limit:
            break
        session.rollback()
        time.sleep(0.5)
    return found


def answer(session: Session, asked: dict[str, Any]) -> list[str]:
    """Do what was asked."""
    if "email" in asked:
        identity.create_staff(session, **asked, roles=(roles.ADMIN,), first_name="Shop", last_name="Admin")
        return []
    return make(session, **asked) if asked else check(session)


def main() -> None:
    """Answer until the input ends."""
    app = create_app({"SERVE_SOCKETS": False})
    with app.app_context():
        for line in sys.stdin:
            asked = json.loads(line)
            try:
                found = answer(db.session, asked)
            except OperationalError:  # its connection went with a server that was killed
                db.session.rollback()
                found = answer(db.session, asked)
            print(json.dumps(found), flush=True)
            db.session.remove()
    os._exit(0)  # nothing of it is needed any more, and to take the application apart takes seconds


if __name__ == "__main__":
    main()
