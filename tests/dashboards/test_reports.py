"""Reports: every row in the file, formulas made harmless, one file whatever happens to the worker."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import g
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.analytics import listing, queries
from app.analytics.rules import Period
from app.core import jobs
from app.core.actor import Actor
from app.core.errors import InvalidFields
from app.core.jobs import Cancelled, JobRow, Progress
from app.orders.models import Order
from dashboards import operations, reports
from dashboards.models import Report
from tests.orders.making import articles, order, pay


@pytest.fixture
def sold(session: Session, deliver: Callable[[], int]) -> list[Order]:
    """Three paid orders, the name of one article an attempt at a formula."""
    variants = articles(session)
    made = [order(session, variants[:2]) for _time in range(3)]
    for placed in made:
        pay(session, placed)
    session.execute(
        text("UPDATE orders_line SET name = '=cmd|calc' WHERE variant_id = :v"), {"v": variants[0]}
    )
    session.commit()
    deliver()
    return made


def ask(session: Session, browser: Any, **values: Any) -> Report:
    given = {"kind": "sales", "format": "csv", **values}
    return operations.ask_report(session, actor=Actor("staff", browser.user_id, "desk"), **given)


def run(session: Session, session_maker: Callable[[], Session], report: Report) -> JobRow:
    """Run the report's job as the worker would."""
    job_id = report.job_id
    session.commit()
    jobs.run(session_maker, job_id or 0)
    session.expire_all()
    return session.get_one(JobRow, job_id)


def file_of(browser: Any, report: Report) -> bytes:
    answer = browser.get(f"/admin/report/file/{report.id}")
    assert answer.status_code == 200
    return bytes(answer.data)


def test_ana_06_a_csv_holds_every_line_and_no_formula(
    admin: Any, session: Session, session_maker: Callable[[], Session], sold: list[Order]
) -> None:
    report = ask(session, admin)
    assert run(session, session_maker, report).state == "done"
    rows = list(csv.DictReader(io.StringIO(file_of(admin, report).decode("utf-8-sig"))))
    whole = session.execute(text("SELECT count(*), sum(gross) FROM orders_line")).one()
    assert len(rows) == whole[0] == report.rows
    assert sum(Decimal(row["With VAT"]) for row in rows) == whole[1]
    assert {row["Name"] for row in rows if "cmd" in row["Name"]} == {"'=cmd|calc"}


@pytest.mark.parametrize("kind", ["sales", "orders", "inventory", "customers"])
@pytest.mark.parametrize("format", ["csv", "xlsx", "pdf"])
def test_ana_06_every_report_in_every_form(
    admin: Any,
    session: Session,
    session_maker: Callable[[], Session],
    sold: list[Order],
    kind: str,
    format: str,
) -> None:
    report = ask(session, admin, kind=kind, format=format, language="fr")
    assert run(session, session_maker, report).state == "done"
    data = file_of(admin, report)
    if format == "pdf":
        page = PdfReader(io.BytesIO(data)).pages[0].extract_text()
        assert str(report.rows and 1) and len(page) > 40
    elif format == "xlsx":
        sheet = load_workbook(io.BytesIO(data), read_only=True).active
        assert sheet is not None and len(list(sheet.iter_rows())) == (report.rows or 0) + 1
    else:
        assert data.decode("utf-8-sig").count("\n") == (report.rows or 0) + 1
    assert (report.rows or 0) > 0


def test_the_sales_report_is_the_figure_of_the_dashboards(
    admin: Any, session: Session, sold: list[Order]
) -> None:
    from app.analytics.rules import Question

    today = queries.today(session)
    days = Period(today, today)
    lines = list(listing.rows(session, "sales", days))
    units = queries.ask(session, [Question("units", days)])[0].total
    assert sum(row["quantity"] for row in lines) == units
    assert listing.expected(session, "sales", days) == len(lines)
    assert list(listing.rows(session, "sales", days, currency="USD")) == []
    assert list(listing.rows(session, "orders", days, seller_id=1)) == []
    assert list(listing.rows(session, "sales", days, seller_id=1)) == []


def test_run_twice_one_file(
    admin: Any, session: Session, session_maker: Callable[[], Session], sold: list[Order]
) -> None:
    report = ask(session, admin)
    run(session, session_maker, report)
    first = file_of(admin, report)
    reports.make(Progress(session_maker, report.job_id or 0), report_id=report.id)
    assert file_of(admin, report) == first
    assert [path.name for path in reports.folder().iterdir() if f"-{report.id}." in path.name] == [
        report.stored
    ]


def test_a_cancelled_report_leaves_nothing(
    admin: Any, session: Session, session_maker: Callable[[], Session], sold: list[Order]
) -> None:
    report = ask(session, admin)
    session.execute(
        text("UPDATE core_job SET cancel_requested = true, state = 'running' WHERE id = :j"),
        {"j": report.job_id},
    )
    session.commit()
    with pytest.raises(Cancelled):
        reports.make(Progress(session_maker, report.job_id or 0), report_id=report.id)
    assert not [path for path in reports.folder().iterdir() if f"report-{report.id}." in path.name]
    assert admin.get(f"/admin/report/file/{report.id}").status_code == 404


def test_files_are_kept_for_a_week(
    admin: Any, session: Session, session_maker: Callable[[], Session], sold: list[Order]
) -> None:
    report = ask(session, admin)
    run(session, session_maker, report)
    progress = Progress(session_maker, 0)
    assert reports.forget_old(progress) == {"deleted": 0}
    session.execute(text("UPDATE dashboards_report SET made_at = now() - interval '8 days'"))
    session.commit()
    assert (reports.forget_old(progress), reports.forget_old(progress)) == ({"deleted": 1}, {"deleted": 0})
    session.expire_all()
    assert not session.get_one(Report, report.id).is_ready
    assert "seven days" in admin.get(f"/admin/report/show/{report.id}").text


def test_asked_by_form_with_own_dates(admin: Any, session: Session) -> None:
    form = {
        "kind": "orders",
        "format": "xlsx",
        "period": "own",
        "start": "2026-03-01",
        "end": "2026-03-31",
        "currency": "",
    }
    assert admin.post("/admin/report/add", data=form).status_code == 302
    kept = session.scalars(select(Report)).one()
    assert kept.parameters == {"start": "2026-03-01", "end": "2026-03-31", "currency": ""}
    for change, words in (({"end": "2026-02-01"}, "before the start"), ({"start": ""}, "Choose a date"), ({"currency": "ZZZ"}, "possible values")):  # fmt: skip
        page = admin.post("/admin/report/add", data={**form, **change})
        assert page.status_code == 200 and words in page.text
    with pytest.raises(InvalidFields):
        ask(session, admin, kind="secrets")


def test_reports_are_of_who_asked(
    staff: Callable[..., Any], session: Session, session_maker: Callable[[], Session], sold: list[Order]
) -> None:
    manager, other, seller = staff("Manager"), staff("Manager", "second"), staff("Seller")
    report = ask(session, manager)
    run(session, session_maker, report)
    for browser, status in ((manager, 200), (other, 404)):
        g.pop("_login_user", None)
        assert browser.get(f"/admin/report/file/{report.id}").status_code == status
    g.pop("_login_user", None)
    refused = seller.post(
        "/admin/report/add", data={"kind": "customers", "format": "csv", "period": "7_days"}
    )
    assert refused.status_code == 200 and "not for sellers" in refused.text
    assert (
        seller.post(
            "/admin/report/add", data={"kind": "sales", "format": "csv", "period": "7_days"}
        ).status_code
        == 302
    )
    own = session.scalars(select(Report).where(Report.owner_id == seller.user_id)).one()
    run(session, session_maker, own)
    assert own.rows == 0, "nothing of this is his"


def test_ana_06_memory_does_not_grow_with_the_rows(
    app: Any, admin: Any, session: Session, sold: list[Order]
) -> None:
    session.execute(text(
        "INSERT INTO orders_line (order_id, position, product_id, variant_id, sku, name, quantity, unit_price, discount,"
        " tax_class, tax_rate, net, tax, gross) SELECT :o, 1000 + n, 1, 1, 'SKU-' || n, 'An article of some length', 1, 10, 0,"
        " 'standard', 21, 10, 2.1, 12.1 FROM generate_series(1, 30000) n"
    ), {"o": sold[0].id})  # fmt: skip
    session.commit()
    today = queries.today(session).isoformat()
    path = reports.folder() / "memory.csv"
    tracemalloc.start()
    count = reports.write(path, "sales", "csv", "en", {"start": today, "end": today, "currency": ""}, None)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    path.unlink()
    assert count > 30_000
    assert peak < 12_000_000, "a tenth of what all rows at once would take"


@pytest.mark.parametrize(("start", "end", "field"), [((1, 1, 1), (1, 1, 5), "start"), ((2026, 1, 1), (9999, 12, 31), "end")])  # fmt: skip
def test_days_beyond_the_calendar_are_refused_beside_their_field(
    admin: Any, session: Session, start: tuple[int, int, int], end: tuple[int, int, int], field: str
) -> None:
    with pytest.raises(InvalidFields) as refused:
        ask(session, admin, period="own", start=date(*start), end=date(*end))
    assert list(refused.value.errors) == [field]


def test_paper_speaks_to_people(
    admin: Any, session: Session, session_maker: Callable[[], Session], sold: list[Order]
) -> None:
    """Days of the shop, numbers and words of the reader's language, and an address of mail that can be read."""
    session.execute(
        text(
            "UPDATE orders_order SET email = :email, placed_at = '2026-03-31 22:30+00', state = 'delivered',"
            " total_net = 1000, total_tax = 210, total_gross = 1210 WHERE id = :order"
        ),
        {"order": sold[0].id, "email": "somebody.with.a.long.name@customers.example"},
    )
    session.commit()
    april = {"period": "own", "start": date(2026, 4, 1), "end": date(2026, 4, 30)}
    pages = {}
    for kind in ("orders", "customers"):
        report = ask(session, admin, kind=kind, format="pdf", language="de", **april)
        assert run(session, session_maker, report).state == "done"
        pages[kind] = PdfReader(io.BytesIO(file_of(admin, report))).pages[0].extract_text()
    for words in ("01.04.2026", "1.210,00", "Zugestellt", "Belgien"):
        assert words in pages["orders"], words
    assert "31.03.2026" not in pages["orders"] and "delivered" not in pages["orders"]
    assert "somebody.with.a.long.name@customers.example" in pages["customers"]


def test_a_file_of_stock_is_named_by_its_day(
    admin: Any, session: Session, session_maker: Callable[[], Session], sold: list[Order]
) -> None:
    report = ask(session, admin, kind="inventory", period="12_months")
    run(session, session_maker, report)
    answer = admin.get(f"/admin/report/file/{report.id}")
    today = queries.today(session).isoformat()
    assert f"filename=inventory-{today}.csv" in answer.headers["Content-Disposition"]
