"""A year from another system through the shop's own commands: `orders import`, then `recommender train`, then pages."""

from __future__ import annotations

import csv
import json
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.ops.history.cli import orders
from recommender import queries
from recommender.cli import commands

HEAD = [
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
]
KINDS, GOODS, PEOPLE, BOUGHT = 5, 60, 60, 6


@pytest.fixture
def year(tmp_path: Path) -> Path:
    """Nine months of 2011: customers of five tastes, each of whom buys two articles every six weeks."""
    dice, path, number = Random(5), tmp_path / "year.csv", 536_000
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(HEAD)
        for visit in range(BOUGHT):
            for person in range(PEOPLE):
                number += 1
                at = datetime(2011, 1, 3, 9) + timedelta(days=45 * visit + dice.random() * 20)
                own = [good for good in range(GOODS) if good % KINDS == person % KINDS]
                for good in dice.sample(own, 2):
                    lines.writerow([number, f"{85_000 + good}", f"THING {good}", 2, f"{at:%Y-%m-%d %H:%M:%S}",
                                    "2.55", f"{17_000 + person}.0", "United Kingdom"])  # fmt: skip
    return path


def test_an_imported_year_teaches_twice_what_popularity_finds(app: Any, session: Session, year: Path) -> None:
    run = app.test_cli_runner()
    taken = run.invoke(orders, ["import", str(year), "--format", "online-retail"])
    assert taken.exit_code == 0, taken.output
    learnt = run.invoke(commands, ["train"])
    assert learnt.exit_code == 0, learnt.output
    said = json.loads(learnt.output.splitlines()[-1])
    assert (said["state"], said["reason"]) == ("champion", "first"), said
    assert said["data"]["first"].startswith("2011-01") and said["data"]["last"].startswith("2011-09")
    assert said["times_popularity"] >= 2 and said["Recall@20"] == pytest.approx(
        said["times_popularity"] * said["popularity"]["recall@20"], rel=1e-3
    )
    judged = json.loads(run.invoke(commands, ["evaluate"]).output.splitlines()[-1])
    assert judged["Recall@20"] == said["Recall@20"] and judged["verdict"] in ("first", "fresher")
    user = session.scalar(text("SELECT min(user_id) FROM orders_order"))
    lists = session.scalar(text("SELECT count(DISTINCT user_id) FROM recommender_person"))
    assert lists == PEOPLE and user is not None
    assert queries.popular(session, limit=3) == [], "a history fills no shelf: nothing is there to be bought"
    session.execute(text("UPDATE inventory_stock SET on_hand = 9"))
    assert len(queries.popular(session, limit=3)) == 3
    assert len(queries.for_person(session, user, limit=3)) == 3
