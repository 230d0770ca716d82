"""Products beside products in a table: out and in again, forwards in the file, what is wrong beside its column."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog import operations
from app.catalog.import_jobs import options_for
from app.catalog.importing.exporting import export
from app.catalog.importing.running import Import, Summary
from app.catalog.models import Product, Variant
from app.catalog.queries import links_of
from app.core.actor import SYSTEM

HEAD = "product,sku,name,categories,price,related_skus,upsell_skus\n"
ROWS = (
    "lamp,L-1,Lamp,Light,10.00,B-1 S-2 S-1,G-1\n"
    "bulb,B-1,Bulb,Light,2.00,,\n"
    "shade,S-1,Shade,Light,4.00,L-1,\n"
    "shade,S-2,Shade,Light,4.50,,\n"
    "grand,G-1,Grand lamp,Light,90.00,,\n"
)


def take(session: Session, tmp_path: Path, rows: str, head: str = HEAD, **more: Any) -> Summary:
    path = tmp_path / "file.csv"
    path.write_text(head + rows)
    return Import(
        session, path, "generic", SYSTEM, options_for("generic"), bad_file=tmp_path / "bad.csv", **more
    ).run()


def sized(text: str) -> str:
    """The table with a size for the shade, so that it has two variants."""
    lines = text.splitlines()
    sizes = {"S-1": "S", "S-2": "M"}
    return "".join(f"{line},{sizes.get(line.split(',')[1], '')}\n" for line in lines)


WIDE = HEAD.strip() + ",option:Size\n"


def names(session: Session, sku: str) -> dict[str, list[str]]:
    """What stands beside the product of a SKU, by name."""
    session.expire_all()
    product_id = session.scalar(select(Variant.product_id).where(Variant.sku == sku))
    assert product_id is not None
    called = dict(session.execute(select(Product.id, Product.name)).all())
    return {kind: [called[i] for i in ids] for kind, ids in links_of(session, product_id).items()}


def bad(tmp_path: Path) -> list[tuple[str, str]]:
    report = csv.DictReader((tmp_path / "bad.csv").read_text(encoding="utf-8-sig").splitlines())
    return [(row["line"], row["field"]) for row in report]


def test_links_lead_forwards_and_are_said_anew(session: Session, tmp_path: Path) -> None:
    first = take(session, tmp_path, sized(ROWS), WIDE)
    assert (first.created, first.bad, first.links) == (4, 0, 2)
    assert names(session, "L-1") == {"related": ["Bulb", "Shade"], "upsell": ["Grand lamp"], "cross_sell": []}
    again = take(session, tmp_path, sized(ROWS), WIDE)
    assert (again.unchanged, again.updated, again.links) == (4, 0, 0)
    changed = take(session, tmp_path, sized(ROWS.replace("B-1 S-2 S-1", "S-1")), WIDE)
    assert (changed.unchanged, changed.updated, changed.links) == (3, 1, 1)
    assert names(session, "L-1")["related"] == ["Shade"]


def test_a_column_left_out_says_nothing_an_empty_one_that_there_are_none(
    session: Session, tmp_path: Path
) -> None:
    take(session, tmp_path, sized(ROWS), WIDE)
    take(session, tmp_path, "lamp,L-1,Lamp,Light,11.00\n", "product,sku,name,categories,price\n")
    assert names(session, "L-1")["related"] == ["Bulb", "Shade"]
    take(
        session, tmp_path, "lamp,L-1,Lamp,Light,11.00,\n", "product,sku,name,categories,price,related_skus\n"
    )
    assert names(session, "L-1") == {"related": [], "upsell": ["Grand lamp"], "cross_sell": []}


def test_what_is_exported_is_unchanged_when_it_comes_back(session: Session, tmp_path: Path) -> None:
    take(session, tmp_path, sized(ROWS), WIDE)
    with (tmp_path / "out.csv").open("w", newline="") as file:
        export(session, file)
    text = (tmp_path / "out.csv").read_text()
    row = next(row for row in csv.DictReader(text.splitlines()) if row["sku"] == "L-1")
    assert (row["related_skus"], row["upsell_skus"], row["cross_sell_skus"]) == ("B-1 S-1", "G-1", "")
    lamp = session.scalars(select(Product.id).where(Product.name == "Lamp")).one()
    back = take(session, tmp_path, text.partition("\n")[2], text.partition("\n")[0] + "\n")
    assert (back.unchanged, back.updated, back.links) == (4, 0, 0)
    operations.set_links(session, product_id=lamp, links={"related": [], "upsell": []}, actor=SYSTEM)
    back = take(session, tmp_path, text.partition("\n")[2], text.partition("\n")[0] + "\n")
    assert (back.unchanged, back.updated, back.links) == (3, 1, 1)
    assert names(session, "L-1")["related"] == ["Bulb", "Shade"]


def test_what_is_wrong_is_said_and_the_product_taken(session: Session, tmp_path: Path) -> None:
    rows = (
        "lamp,L-1,Lamp,Light,10.00,B-1 NOWHERE,\n"
        "bulb,B-1,Bulb,Light,2.00,,B-1\n"
        "dim,D-1,,Light,2.00,B-1,\n"
        "spot,P-1,Spot,Light,2.00,B-1,=1+1\n"
    )
    for dry in (True, False):
        summary = take(session, tmp_path, rows, dry_run=dry)
        assert (summary.created, summary.bad, summary.links) == (3, 1, 0)
        told = sorted(bad(tmp_path))
        assert ("2", "related_skus") in told and ("5", "upsell_skus") in told
        assert (("3", "upsell_skus") in told) is not dry, (
            "only who writes learns that a product cannot be its own"
        )
    assert names(session, "L-1")["related"] == []
