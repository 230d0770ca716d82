"""A search whose order was learnt: what it costs beside the order by words.

`python -m bench --only search-learnt` fills a shop, lets a version rank that knows the words asked for and two thousand
others, and asks at a fixed pace: the list by itself (one process, each of the words in turn), and the page over HTTP,
made anew; learnt, and by words alone. Times count from the moment a request was due.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.measuring import answers, load_average, server
from bench.shop import RealShop, until
from bench.suggestions import HEADING, Paced, inside, keep, over_http, paced, show

MODULE = "bench.search_learnt"
WORDS = ("lamp", "chair", "linen", "oak table", "blue", "mug", "shirt", "headphones", "wool", "glass")
RATE, ANEW, TARGET_MS, SEED = 50, 20, 50.0, 5
MOVED, OTHERS, EACH = 300, 2_000, 20


def measure(home: Path | None, results: Path, products: int, seconds: int) -> None:
    """Measure, print a table, write search-learnt.json."""
    from bench.__main__ import filled

    paths = [f"/search?q={words.replace(' ', '+')}" for words in WORDS]
    rows: list[Paced] = []
    with RealShop(home, {"DEMO": "0"}) as shop:
        filled(shop, products)
        began = load_average()
        print(
            f"{products} products, {RATE} lists and {ANEW} pages a second for {seconds} s; load {began:.1f}"
        )
        print(HEADING)
        with server("bench.cold", shop.environment) as (port, cold):
            if not until(lambda: answers(port, "/healthz"), 60):
                raise SystemExit("the server for the measurement did not start")
            over_http("warm", port, (cold,), paths, 2, ANEW)
            for words, switch in (("by words alone", "drop"), ("learnt", "store")):
                inside(shop, MODULE, switch)
                rows.append(Paced(**json.loads(inside(shop, MODULE, "read", words, str(seconds)))))
                show(rows[-1], TARGET_MS)
                roots = (cold, shop.children()["postgres"])
                rows.append(over_http(f"search page made anew, {words}", port, roots, paths, seconds, ANEW))
                show(rows[-1], TARGET_MS)
    keep(
        results, "search-learnt.json", rows, products=products, rate=RATE, rate_anew=ANEW, load_average=began
    )


# --- inside a process of the shop -----------------------------------------------------------------


def store(session: Any) -> None:
    """A version in use whose moves are drawn by lot: ranking does not care what they are."""
    from sqlalchemy import insert, text

    from app.core import caching
    from app.core.clock import utcnow
    from app.search.learning import rules
    from app.search.learning.models import Boost, Ranking
    from app.search.queries.ranking import plain_order

    dice, now = random.Random(SEED), utcnow()
    made = Ranking(
        state="champion",
        reason="proven",
        passed_at=now,
        proven_at=now,
        promoted_at=now,
        data={"looks": [1.0]},
    )
    session.add(made)
    session.flush()
    ids = list(session.scalars(text("SELECT id FROM catalog_product WHERE state = 'published' ORDER BY id")))
    known = {rules.words(words): plain_order(session, words, "en", MOVED) for words in WORDS}
    known |= {f"word{number}": dice.sample(ids, min(EACH, len(ids))) for number in range(OTHERS)}
    for words, products in known.items():
        rows = [
            {
                "ranking_id": made.id,
                "lang": "en",
                "query": words,
                "product_id": product,
                "boost": dice.uniform(-2, 2),
            }
            for product in products
        ]
        if rows:
            session.execute(insert(Boost), rows)
    session.execute(text("ANALYZE search_boost"))
    session.commit()
    caching.purge("search", "pages")


def drop(session: Any) -> None:
    """Back to the order by words."""
    from sqlalchemy import text

    from app.core import caching

    session.execute(text("DELETE FROM search_ranking"))
    session.commit()
    caching.purge("search", "pages")


def read(session_maker: Callable[[], Any], name: str, seconds: float) -> Paced:
    """The list of a page by itself."""
    from app.search.queries import Listing, listing

    def call(_caller: int, number: int) -> bool:
        with session_maker() as session:
            return listing(session, Listing(query=WORDS[number % len(WORDS)])) is not None

    for number in range(2 * len(WORDS)):
        call(0, number)
    return paced(
        f"a search by itself, {name}", call, seconds=seconds, spent=time.process_time, callers=1, rate=RATE
    )


def main() -> None:
    """`store`, `drop`, `read NAME SECONDS`: what has to happen inside the shop's own application."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("store", "drop", "read"))
    parser.add_argument("name", nargs="?", default="learnt")
    parser.add_argument("seconds", nargs="?", type=float, default=10)
    asked = parser.parse_args()

    from app.bootstrap import create_app
    from app.core.db import db, session_maker

    app = create_app({"SERVE_SOCKETS": False})
    with app.app_context(), app.test_request_context("/"):
        if asked.what == "read":
            print(json.dumps(asdict(read(session_maker(app), asked.name, asked.seconds))))
        else:
            {"store": store, "drop": drop}[asked.what](db.session())


if __name__ == "__main__":
    main()
