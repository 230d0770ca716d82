"""Fills an empty shop for the benchmarks: `python -m bench.filling --products N`, run on the shop's home.

The demo's products, through the catalogue's own operations; but they share a few dozen pictures, because
drawing ten thousand takes longer than measuring.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from itertools import islice

from app.bootstrap import create_app
from app.catalog import operations as catalog
from app.core.actor import SYSTEM
from app.core.clock import utcnow
from app.core.db import db
from app.ops.demo import catalogue, people, pictures

PICTURES = 24


class FewPictures(Mapping[str, int]):
    """Answers every picture's key with one of the few that were drawn."""

    def __init__(self, ids: list[int]):
        self.ids = ids

    def __getitem__(self, key: str) -> int:
        return self.ids[sum(key.encode()) % len(self.ids)]

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return len(self.ids)


def fill(products: int) -> None:
    """Accounts, categories and so many products with variants, prices and stock."""
    session = db.session
    ids = people.accounts(session, SYSTEM)
    specs = islice(catalogue.eager_pictures(products), PICTURES)
    drawn = FewPictures(list(pictures.store_pictures(session, specs, actor=SYSTEM).values()))
    places = catalogue.set_up(session, SYSTEM, drawn)
    catalogue.build(
        session, products, places, drawn, seller_id=ids["seller"], since=utcnow().date(), actor=SYSTEM,
        report=lambda done, total: print(f"  products: {done} of {total}", flush=True),
    )  # fmt: skip
    catalog.refresh_product_counts(session)


def main() -> None:
    """Take the number of products from the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--products", type=int, required=True)
    wanted = parser.parse_args().products
    app = create_app({"SERVE_SOCKETS": False})
    with app.app_context():
        fill(wanted)


if __name__ == "__main__":
    main()
