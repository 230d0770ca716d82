"""Files that are no tables, or are made to hurt: a plain sentence, never an error page. And whose rows are whose."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from tests.core.admin import desk
from tests.core.admin.tables import BASE, Taker, counts, said


def workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def bomb() -> bytes:
    held = io.BytesIO(workbook(["name"], ["x"]))
    with zipfile.ZipFile(held, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.bin", b"\x00" * 60_000_000)
    return held.getvalue()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "it is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), "neither a CSV nor an XLSX"),
        (b"name,town\nAda,Gh\x00ent\n", "neither a CSV nor an XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old Excel file"),
        (b"PK\x03\x04 and nothing of a zip", "it is not a spreadsheet"),
        (b",".join(b"c%d" % n for n in range(10_000)) + b"\n1,2\n", "too many columns"),
        (b"a" * 300_000 + b"\n1\n", "too many columns"),
        (b"name,town\n", "nothing below its first line"),
        (b"\n\n \n", "does not name the columns"),
        (b"name\n" + b'"' + b"x" * 300_000, "field larger than field limit"),
        (bomb(), "unpack to far more"),
        (workbook([f"c{n}" for n in range(500)], [1]), "too many columns"),
        (workbook(), "does not name the columns"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_table_is_refused_in_a_sentence(taker: Taker, data: bytes, sentence: str) -> None:
    answer = taker.send("maker", data, "evil.xlsx")
    assert answer.status_code == 200
    assert "This file cannot be read:" in said(answer) and sentence in said(answer)


def test_a_zip_without_a_workbook_and_a_form_without_a_file(taker: Taker) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("xl/workbook.xml", "<not><closed>")
        archive.writestr("[Content_Types].xml", "<!DOCTYPE x [<!ENTITY a 'aaaa'>]><x>&a;</x>")
    assert "it is not a spreadsheet" in said(taker.send("maker", held.getvalue(), "x.xlsx"))
    assert "Please choose a CSV or XLSX file." in said(taker.browser.post(f"{BASE}/new/maker"))


def test_duplicate_and_empty_headings_and_ragged_rows(taker: Taker, desk_session: Any) -> None:
    done = taker.whole("maker", "name,name,,town,\nAda,x,y,Ghent,,,too,many\nBo\n")
    assert counts(done) == (2, 0, 0, 0)
    found = desk_session.execute(select(desk.DeskMaker.name, desk.DeskMaker.town).order_by("name")).all()
    assert [tuple(row) for row in found] == [("Ada", "Ghent"), ("Bo", None)]


def test_formulas_are_text_and_cut_cells_are_wrong(taker: Taker, desk_session: Any, things: Any) -> None:
    table = workbook(["name", "code", "price", "is_listed", "description"],
                     ["=1+1", "F1", 5.5, True, None], ["Vase", "V1", "=2*2", False, "x"],
                     ["Cut", "U1", 1, False, "y" * 32_767])  # fmt: skip
    done = taker.whole("thing", table, "table.xlsx")
    assert counts(done) == (1, 0, 0, 2)
    assert [(line, field) for line, field, _why in taker.wrong(done.id)] == [(3, "price"), (4, "description")]
    row = desk_session.scalars(select(desk.DeskThing).where(desk.DeskThing.code == "F1")).one()
    assert (row.name, str(row.price), row.is_listed) == ("=1+1", "5.50", True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_usual_encodings_are_told_by_themselves(taker: Taker, desk_session: Any, encoding: str) -> None:
    done = taker.whole("maker", "name\ttown\nZoë\tLiège\n".encode(encoding))
    assert counts(done) == (1, 0, 0, 0)
    assert desk_session.scalars(select(desk.DeskMaker.name)).one() == "Zoë"


def test_addresses_that_lead_nowhere(taker: Taker) -> None:
    for place in (
        "new/nothing",
        "new/deskreport",
        "template/nothing",
        "columns/99",
        "columns/x",
        "wrong/99",
        "show/-1",
    ):
        assert taker.browser.get(f"{BASE}/{place}").status_code == 404, place
    for place in ("take/99", "cancel/99", "columns/99"):
        assert taker.browser.post(f"{BASE}/{place}").status_code == 404, place
    pk = taker.upload("maker", "name,town\nAda,Ghent\n")
    odd = {"column.name": "9999", "column.town": "-1", "column.": "1", "fixed.name": "A\x00da"}
    assert taker.browser.post(f"{BASE}/columns/{pk}", data=odd).status_code == 302
    item = taker.item(pk)
    assert item.mapping == {} and item.fixed == {"name": "Ada"}


def test_sellers_change_only_what_is_theirs(
    desk_app: Any, staff: Any, maker: Any, taker: Taker, things: Any, desk_session: Any
) -> None:
    browser = staff("Seller")
    seller = Taker(desk_app, browser, maker)
    things[0].owner_id = browser.user_id
    desk_session.commit()
    done = seller.whole("thing", "code,name\nL1,Mine\nC1,Stolen\n")
    assert counts(done) == (0, 1, 0, 1)
    assert seller.wrong(done.id) == [(3, "code", "This entry belongs to somebody else.")]
    desk_session.expire_all()
    assert [row.name for row in things] == ["Mine", "Chair", "100% wool_rug"]
    assert browser.get(f"{BASE}/new/maker").status_code == 403
    assert "/tableimport/new/maker" not in browser.get("/admin/thing/list/").text
    foreign = taker.upload("maker", "name,town\nAda,Ghent\n")
    for place in ("show", "columns", "wrong"):
        assert browser.get(f"{BASE}/{place}/{foreign}").status_code == 404
    for place in ("take", "cancel", "columns"):
        assert browser.post(f"{BASE}/{place}/{foreign}").status_code == 404
    assert taker.browser.get(f"{BASE}/show/{done.id}").status_code == 200, "managers see all"


def test_a_right_that_is_taken_away_stops_the_work(
    desk_app: Any, staff: Any, maker: Any, things: Any, desk_session: Any
) -> None:
    from app.core.actor import SYSTEM
    from app.identity import operations

    browser = staff("Manager")
    mine = Taker(desk_app, browser, maker)
    pk = mine.upload("maker", "name,town\nAda,Bruges\n")
    mine.check(pk)
    operations.suspend_user(desk_session, user_id=browser.user_id, actor=SYSTEM)
    desk_session.commit()
    with desk_app.app_context():
        from app.core.admin.imports import operations as verbs
        from app.core.db import db

        verbs.begin_taking(
            db.session, import_id=pk, actor=SYSTEM.__class__("staff", browser.user_id, "x"), language="en"
        )
    done = mine.work(pk)
    assert counts(done) == (0, 0, 0, 0)
    operations.restore_user(desk_session, user_id=browser.user_id, actor=SYSTEM)
    desk_session.commit()
