"""Files that are traps, and the real ones where they are present."""

from __future__ import annotations

import json
import zipfile
from itertools import islice
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy.orm import Session

from app.catalog.importing import images, values
from app.catalog.importing.errors import UnreadableFile
from app.catalog.importing.files import json_objects, table_rows
from app.catalog.importing.formats import READERS
from app.catalog.importing.records import Bad, Record
from app.core.errors import Unavailable
from app.core.outbound import ClosedGate

from .test_running import outcome, take

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"


def test_formula_cells_are_bad_rows(tmp_path: Path) -> None:
    book = Workbook()
    for row in (["sku", "name"], ["A-1", "=1+1"], ["A-2", "Lamp"]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    bad, good = list(table_rows(tmp_path / "a.xlsx"))
    assert isinstance(bad, Bad)
    assert (bad.line, bad.field) == (2, "name")
    assert good == (3, {"sku": "A-2", "name": "Lamp"})


def test_a_folder_is_read_with_all_below_it(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "a.json").write_text('[{"id": 1}]')
    (tmp_path / "deep" / "er" / "b.jsonl").write_text('{"id": 2}\n')
    (tmp_path / "deep" / "notes.csv").write_text("id\n3\n")
    assert [found["id"] for _n, found in json_objects(tmp_path)] == [1, 2]


def test_archives_that_grow_too_much_are_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    with pytest.raises(UnreadableFile):
        list(table_rows(bomb))
    bomb.rename(tmp_path / "bomb.zip")
    with pytest.raises(UnreadableFile):
        list(json_objects(tmp_path / "bomb.zip"))


@pytest.mark.parametrize("text", ["", "{", "[1, {]", "x" * 100])
def test_broken_json_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    if text:
        with pytest.raises(UnreadableFile):
            list(json_objects(tmp_path / "a.json"))
    else:
        assert list(json_objects(tmp_path / "a.json")) == []


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("12,5", "12.50"),
        ("7", "7.00"),
        ("", None),
        ("€ 3", "3.00"),
    ],
)
def test_amounts(text: str, amount: str | None) -> None:
    assert values.amount(text) == amount


@pytest.mark.parametrize("text", ["cheap", "-1", "1e99", "NaN", "Infinity"])
def test_wrong_amounts(text: str) -> None:
    with pytest.raises(ValueError, match=".*"):
        values.amount(text)


def test_a_likely_price_is_always_the_same() -> None:
    assert values.likely_price("a") == values.likely_price("a") != values.likely_price("b")


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://x.example/a", "http://", "http://[::1", "nonsense"]
)
def test_pictures_only_come_from_the_web(url: str) -> None:
    with pytest.raises(Unavailable):
        images.download(url)


def test_pictures_from_inside_the_house_are_refused(outside_world: ClosedGate) -> None:
    outside_world.expect("127.0.0.1", 80)
    with pytest.raises(Unavailable):
        images.download("http://127.0.0.1/secret.png")


def real(*parts: str) -> Path:
    path = DATA.joinpath(*parts)
    if not path.exists():
        pytest.skip("the shared data is not here")
    return path


def test_500_real_icecat_products_twice(session: Session, tmp_path: Path) -> None:
    source = real("chorus-icecat", "data-encoder", "ecommerce", "vectors", "data", "1.json.zip")
    items = [item for _n, item in islice(json_objects(source), 500)]
    (tmp_path / "some.json").write_text(json.dumps(items))
    assert outcome(take(session, tmp_path / "some.json", "icecat")) == (500, 500, 0, 0, 0)
    assert outcome(take(session, tmp_path / "some.json", "icecat")) == (500, 0, 0, 500, 0)


@pytest.mark.parametrize(
    ("format_", "path", "least"),
    [
        ("shopify", ("shopify-product-csvs", "apparel.csv"), 15),
        ("shopify", ("shopify-product-csvs", "jewelery.csv"), 15),
        ("shopify", ("shopify-product-csvs", "home-and-garden.csv"), 15),
        ("woocommerce", ("woocommerce-sample", "sample-data", "sample_products.csv"), 12),
    ],
)
def test_real_files_of_other_shops_twice(
    session: Session, format_: str, path: tuple[str, ...], least: int, tmp_path: Path
) -> None:
    copy = tmp_path / "file.csv"
    copy.write_bytes(real(*path).read_bytes())
    first = take(session, copy, format_)
    assert first.created >= least
    again = take(session, copy, format_)
    assert (again.created, again.updated, again.unchanged, again.bad) == (0, 0, first.created, first.bad)


def test_real_magento_files_are_read() -> None:
    source = real(
        "magento-sample", "app", "code", "Magento", "ConfigurableSampleData", "fixtures", "products.csv"
    )
    records = [r for r in READERS["magento"](source) if isinstance(r, Record)]
    assert len(records) > 100
    assert sum(len(r.variants) for r in records) > 1_500
