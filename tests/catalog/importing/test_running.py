"""Imports from end to end, on small files of our own."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalog.import_jobs import folder, options_for, run_import
from app.catalog.importing.errors import UnknownFormat
from app.catalog.importing.exporting import export, write_xlsx
from app.catalog.importing.models import ImportImage
from app.catalog.importing.running import Import, Summary
from app.catalog.models import Attribute, Brand, Category, Product, Variant
from app.core.actor import SYSTEM
from app.core.outbox import OutboxRow

HEAD = "product,sku,name,brand,categories,type,price,compare_at,stock,weight_g,option:Size,attribute:Memory,ean\n"
SHIRTS = HEAD + (
    "shirt,S-1,Blue shirt,Lumen,Clothing > Shirts | Sale,shirt,19.90,24.90,3,200,S,,4006381333931\n"
    "shirt,S-2,Blue shirt,Lumen,Clothing > Shirts | Sale,shirt,21.90,,0,210,M,,\n"
    "hat,H-1,=Hat,,Clothing,hat,5.00,,,0,,8 GB,\n"
)


def take(session: Session, path: Path, format_: str = "generic", **more: Any) -> Summary:
    given = options_for(format_, **more.pop("options", {}))
    run = Import(session, path, format_, SYSTEM, given, bad_file=path.parent / "bad.csv", **more)
    return run.run()


def outcome(summary: Summary) -> tuple[int, int, int, int, int]:
    return summary.rows_read, summary.created, summary.updated, summary.unchanged, summary.bad


def write(tmp_path: Path, text: str, name: str = "file.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding=encoding)
    return path


def test_a_file_twice_and_changed(session: Session, tmp_path: Path) -> None:
    path = write(tmp_path, SHIRTS)
    assert outcome(take(session, path)) == (2, 2, 0, 0, 0)
    shirt = session.scalars(select(Product).where(Product.name == "Blue shirt")).one()
    assert (shirt.state, len(shirt.variants), shirt.category.name) == ("published", 2, "Shirts")
    assert outcome(take(session, path)) == (2, 0, 0, 2, 0)
    changed = write(tmp_path, SHIRTS.replace("19.90", "18.90"))
    assert outcome(take(session, changed)) == (2, 0, 1, 1, 0)
    assert session.scalar(select(func.count()).select_from(Product)) == 2


def test_a_dry_run_writes_nothing(session: Session, tmp_path: Path) -> None:
    path = write(tmp_path, SHIRTS)
    counted = (Product, Variant, Category, Brand, Attribute, OutboxRow)
    before = [session.scalar(select(func.count()).select_from(model)) for model in counted]
    summary = take(session, path, dry_run=True)
    assert outcome(summary) == (2, 2, 0, 0, 0)
    assert summary.dry_run
    assert [session.scalar(select(func.count()).select_from(model)) for model in counted] == before


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_is_exported_is_unchanged_when_it_comes_back(
    session: Session, tmp_path: Path, ending: str
) -> None:
    take(session, write(tmp_path, SHIRTS))
    path = tmp_path / f"out.{ending}"
    if ending == "csv":
        with path.open("w", newline="") as file:
            assert export(session, file) == (2, 3)
        cells = [row["name"] for row in csv.DictReader(path.read_text().splitlines())]
        assert cells == ["Blue shirt", "Blue shirt", "'=Hat"]
    else:
        assert write_xlsx(session, path) == (2, 3)
    assert outcome(take(session, path)) == (2, 0, 0, 2, 0)


def test_bad_rows_are_named_and_the_others_taken(session: Session, tmp_path: Path) -> None:
    rows = (
        "a,A-1,Fine,,Things,,5.00,,,,,,\n"
        "b,B-1,,,Things,,5.00,,,,,,\n"
        "c,C-1,Price,,Things,,cheap,,,,,,\n"
        "d,D-1,Ean,,Things,,5.00,,,,,,4006381333930\n"
        "e,A-1,Taken,,Things,,5.00,,,,,,\n"
        "f,F 1!,Sku,,Things,,5.00,,,,,,\n"
        "g,G-1,Nowhere,,,,5.00,,,,,,\n"
        "a,A-2,Again,,Things,,5.00,,,,,,\n"
        ",,Nobody,,Things,,5.00,,,,,,\n"
        "i,I-1,Wide,,Things,,5.00,,,,,,,,,,,\n"
    )
    summary = take(session, write(tmp_path, HEAD + rows))
    assert outcome(summary) == (10, 1, 0, 0, 9)
    assert summary.bad_rows_file is not None
    report = list(csv.DictReader(Path(summary.bad_rows_file).read_text(encoding="utf-8-sig").splitlines()))
    assert sorted(int(row["line"]) for row in report) == list(range(3, 12))
    by_line = {int(row["line"]): row for row in report}
    assert by_line[4]["field"] == "price"
    assert by_line[5]["field"] == "variants.0.ean"
    assert all(row["reason"] for row in report)
    assert take(session, write(tmp_path, HEAD + rows)).unchanged == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_encodings_and_separators(session: Session, tmp_path: Path, encoding: str) -> None:
    text = "sku;name;categories;price\nC-1;Café crème;Épicerie;1,50\n"
    assert take(session, write(tmp_path, text, encoding=encoding)).created == 1
    assert session.scalar(select(Product.name)) == "Café crème"


def test_what_names_no_price_stays_a_draft_and_is_said(session: Session, tmp_path: Path) -> None:
    summary = take(session, write(tmp_path, "sku,name,categories\nD-1,Lamp,Light\n"))
    assert (summary.created, summary.drafts, summary.bad) == (1, 1, 0)
    assert session.scalar(select(Product.state)) == "draft"


def test_icecat_shopify_woocommerce_and_magento(session: Session, tmp_path: Path) -> None:
    item = {"id": "1", "name": "LJ-1", "title": "Acme laser printer", "supplier": "Acme", "price": 4995,
            "ean": ["4006381333931"], "img_high": "http://pictures.example/1.jpg", "attr_n_weight": 1200.0}  # fmt: skip
    items = [item | {"id": str(n), "attr_t_colour": "Black", "attr_b_duplex": True} for n in range(4)] + [
        {"name": "x"}
    ]
    path = write(tmp_path, json.dumps(items), "a.json")
    assert outcome(take(session, path, "icecat")) == (5, 4, 0, 0, 1)
    assert outcome(take(session, path, "icecat")) == (5, 0, 0, 4, 1)
    assert session.scalar(select(Category.name).where(Category.name == "Printers")) == "Printers"
    assert session.scalar(select(func.count()).select_from(ImportImage)) == 4
    shop = ("Handle,Title,Vendor,Type,Option1 Name,Option1 Value,Variant Price,Image Src\n"
            "tee,Tee,Us,Tops,Size,S,10,http://x.example/1.png\ntee,,,,,M,12,\n")  # fmt: skip
    assert outcome(take(session, write(tmp_path, shop), "shopify")) == (1, 1, 0, 0, 0)
    woo = ("ID,Type,SKU,Name,Published,Regular price,Sale price,Categories,Parent,Attribute 1 name,Attribute 1 value(s)\n"
           '1,variable,w,Hood,1,,,"Clothes > Hoods",,Logo,"Yes, No"\n'
           "2,variation,w-1,Hood,1,45,42,,w,Logo,Yes\n3,variation,,Hood,1,45,,,id:1,Logo,No\n4,grouped,g,Set,1,,,,,,\n")  # fmt: skip
    assert outcome(take(session, write(tmp_path, woo), "woocommerce"))[1:] == (1, 0, 0, 1)
    mage = ("sku,product_type,attribute_set_code,categories,name,price,configurable_variations,additional_attributes\n"
            "J-S,simple,Top,Default Category/Men/Tops,Jacket S,30,,size=S\n"
            "J,configurable,Top,Default Category/Men/Tops,Jacket,30,\"sku=J-S,size=S\",material=Wool\n")  # fmt: skip
    assert outcome(take(session, write(tmp_path, mage), "magento")) == (1, 1, 0, 0, 0)
    assert session.scalar(select(Variant.options).where(Variant.sku == "J-S")) == {"size": "S"}


def test_the_job_twice(session: Session, tmp_path: Path) -> None:
    class Steps:
        def step(self, done: int, total: int | None = None, message: str | None = None) -> None:
            assert done >= 0

    (folder() / "upload.csv").write_text(SHIRTS)
    assert [run_import(Steps(), "upload.csv", "generic")[k] for k in ("created", "created", "unchanged")] == [
        2,
        0,
        2,
    ]
    with pytest.raises(UnknownFormat):
        take(session, tmp_path, "oscommerce")


def test_the_commands(app: Any, session: Session, tmp_path: Path) -> None:
    path = write(tmp_path, SHIRTS)
    run = app.test_cli_runner().invoke
    answer = run(args=["catalog", "import", str(path), "--format", "generic"])
    assert json.loads(answer.stdout.splitlines()[-1])["created"] == 2, answer.output
    assert answer.exit_code == 0
    broken = write(tmp_path, "nothing\n", "broken.csv")
    refused = run(args=["catalog", "import", str(broken), "--format", "generic"])
    assert refused.exit_code == 1 and refused.stderr.startswith("Error: "), refused.output
    answer = run(args=["catalog", "export", str(tmp_path / "out.csv")])
    assert json.loads(answer.stdout.splitlines()[-1])["rows"] == 3


def test_the_screen(admin: Any, session: Session) -> None:
    import io

    assert admin.get("/admin/catalog/imports/upload/").status_code == 200
    data = {"format": "generic", "dry_run": "1", "stock": "0", "file": (io.BytesIO(SHIRTS.encode()), "x.csv")}
    answer = admin.post("/admin/catalog/imports/upload/", data=data)
    assert answer.status_code == 302, answer.text
    shown = admin.get(answer.headers["Location"])
    assert shown.status_code == 200
    wrong = admin.post(
        "/admin/catalog/imports/upload/", data={"format": "generic", "file": (io.BytesIO(b"x"), "x.exe")}
    )
    assert wrong.status_code == 200
    assert "ZIP" in wrong.text
    assert admin.get("/admin/catalog/imports/list/").status_code == 200
