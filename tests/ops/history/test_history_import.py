"""Orders import: every quirk of the table Online Retail once, twice, half of it, and with nothing written."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.catalog.models import Category, Product, Variant
from app.catalog.queries import category_tree
from app.core.actor import SYSTEM
from app.core.feature import collected
from app.core.jobs import Cancelled
from app.identity.models import User
from app.inventory.models import Movement, Stock
from app.ops.history.online_retail import OnlineRetail
from app.ops.history.report import Report
from app.orders.models import Order
from app.payments.models import Refund

SAMPLE = Path(__file__).with_name("online_retail_sample.csv")
GOOD, BAD = 33, 3


def taken(session: Session, path: Path = SAMPLE, **more: Any) -> Report:
    return OnlineRetail(session, path, SYSTEM, **more).run()


def counted(session: Session) -> dict[str, int]:
    tables = ("orders_order", "orders_line", "orders_history", "payments_refund", "inventory_movement", "ab_user",
              "invoicing_invoice", "payments_ledger_entry", "catalog_product", "core_outbox")  # fmt: skip
    return {name: session.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in tables}


def sums(path: Path) -> dict[str, Decimal]:
    """The oracle's own way: quantity times price, by month."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if not row["Description"].startswith(("no ", "=")):
                found[row["InvoiceDate"][:7]] += int(row["Quantity"]) * Decimal(row["UnitPrice"])
    return {month: amount.quantize(Decimal("0.01")) for month, amount in found.items()}


def broken(session: Session) -> list[str]:
    """Every promise of the shop that does not hold; figures have tests of their own below."""
    checks = [
        (f"{f.name}: {check.name}", check) for f in collected() if f.name != "analytics" for check in f.checks
    ]
    return [f"{name}: {found}" for name, check in checks if (found := check.find(session))]


def test_every_line_is_accounted_for_and_every_month_adds_up(
    session: Session, deliver: Callable[[], int]
) -> None:
    report = taken(session)
    said = report.as_dict()
    assert (report.rows_read, report.created, report.unchanged, report.bad) == (GOOD + BAD, GOOD, 0, BAD)
    assert sum(report.kinds.values()) == GOOD
    assert report.duplicates == 1
    oracle = sums(SAMPLE)
    assert {month: Decimal(parts["total"]) for month, parts in said["months"].items()} == oracle
    assert {month: Decimal(parts["shop"]) for month, parts in said["months"].items()} == oracle
    deliver()
    assert broken(session) == []


def test_again_changes_nothing(session: Session) -> None:
    taken(session)
    before = counted(session)
    again = taken(session)
    assert (again.created, again.unchanged, again.bad) == (0, GOOD, BAD)
    assert counted(session) == before


def test_a_dry_run_writes_nothing(session: Session) -> None:
    before = counted(session)
    report = taken(session, dry_run=True)
    assert (report.created, report.bad, report.dry_run) == (GOOD, BAD, True)
    assert report.as_dict()["months"]["2011-01"]["total"] == str(sums(SAMPLE)["2011-01"])
    assert counted(session) == before


def test_one_that_was_cancelled_goes_on(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.ops.history.online_retail.BATCH", 5)

    def stop(done: int, total: int, what: str) -> None:
        if what == "lines" and done > 12:
            raise Cancelled

    with pytest.raises(Cancelled):
        taken(session, tell=stop)
    half = session.scalar(select(func.count()).select_from(Order)) or 0
    report = taken(session)
    assert 0 < half < (session.scalar(select(func.count()).select_from(Order)) or 0)
    assert report.unchanged and report.created and report.unchanged + report.created == GOOD
    monkeypatch.setattr("app.ops.history.online_retail.BATCH", 400)
    once = counted(session)
    assert taken(session).created == 0 and counted(session) == once
    assert {m: Decimal(p["shop"]) for m, p in report.as_dict()["months"].items()} == sums(SAMPLE)
    assert broken(session) == [] or all("search" in name for name in broken(session))


def test_a_cancellation_takes_back_the_order_it_belongs_to(session: Session) -> None:
    taken(session)
    states = dict(session.execute(select(Order.number, Order.state)).all())
    refunded = dict(session.execute(select(Order.number, Order.refunded)).all())
    assert states["OR-541431"] == "returned" and refunded["OR-541431"] == Decimal("77183.60")
    assert states["OR-536365"] == "delivered" and refunded["OR-536365"] == Decimal("5.10")
    # four pieces of two orders: the latest one first
    assert (refunded["OR-541504"], refunded["OR-541503"]) == (Decimal("14.85"), Decimal("4.95"))
    # postage and goods of one order, in two cancellations
    assert states["OR-536370"] == "returned" and refunded["OR-536370"] == Decimal("198.00")
    assert refunded["OR-A563185"] == Decimal("11062.06")
    kept = [number for number in states if number.endswith("-BF")]
    assert sorted(kept) == ["OR-A563187-BF", "OR-C536379-BF", "OR-C536383-BF", "OR-C536603-BF"]
    placed = session.scalars(select(Order.placed_at).where(Order.number.in_(kept))).all()
    assert {moment.date() for moment in placed} == {date(2010, 11, 30)}


def test_articles_customers_and_countries(session: Session) -> None:
    taken(session)
    rows = session.execute(
        select(Variant.sku, Product.name, Product.state).join(Product, Variant.product_id == Product.id)
    )
    found = {sku: (name, state) for sku, name, state in rows}
    assert "85123a" not in found and found["85123A"][1] == "published"
    assert found["22139"] == ("RETROSPOT TEA SET CERAMIC 11 PC", "published")
    assert found["21777"] == ("damages", "archived") and found["AMAZONFEE"][1] == "archived"
    emails = session.scalars(select(User.email).where(User.email.like("customer-%"))).all()
    assert len(emails) == 8 and all(email.endswith("@online-retail.example") for email in emails)
    countries = dict(session.execute(select(Order.number, Order.country)).all())
    assert [countries[f"OR-{n}"] for n in ("536600", "541500", "541501", "541502", "536601")] == [
        "IE",
        "ZZ",
        "EU",
        "JE",
        "NO",
    ]
    guests = session.scalars(select(Order.user_id).where(Order.number.in_(["OR-536544", "OR-541500"]))).all()
    assert guests == [None, None]


def test_nobody_shops_among_services_and_fees(session: Session) -> None:
    """Their articles are archived: a category of them in the shop's menu would be empty for ever."""
    taken(session)
    for lang, names in {"en": ["Articles"], "nl": ["Artikelen"], "es": ["Artículos"]}.items():
        tree = category_tree(session, lang)
        (department,) = [node for node in tree.children() if node.name == "Online Retail"]
        assert [node.name for node in tree.children(department.id)] == names
    services = session.scalars(select(Category).where(Category.name == "Services and fees")).one()
    assert not services.is_visible and set(services.translations) == {"fr", "nl", "de", "es"}
    assert services.translations["de"]["name"] == "Dienstleistungen und Gebühren"


def test_goods_of_the_past_leave_levels_as_they_are(session: Session) -> None:
    taken(session)
    assert not session.scalar(select(func.count()).select_from(Stock).where(Stock.on_hand != 0))
    assert not session.scalar(select(func.count()).select_from(Movement).where(Movement.on_hand_after < 0))
    kinds = dict(session.execute(select(Movement.kind, func.count()).group_by(Movement.kind)).all())
    assert kinds["write_off"] == 1 and kinds["return"] >= 5 and kinds["sale"] >= 10
    lost = session.execute(
        select(Movement.quantity, Movement.reason).where(Movement.kind == "write_off")
    ).one()
    assert tuple(lost) == (-10, "damages")


def test_nobody_gets_a_mail(session: Session, deliver: Callable[[], int]) -> None:
    taken(session)
    deliver()
    assert session.scalar(text("SELECT count(*) FROM notifications_message")) == 0


def test_an_invoice_that_says_something_else_stays_as_it_was(session: Session, tmp_path: Path) -> None:
    taken(session)
    changed = tmp_path / "changed.csv"
    changed.write_text(
        SAMPLE.read_text(encoding="utf-8").replace("8,2010-12-01 08:26:00,2.75", "9,2010-12-01 08:26:00,2.75")
    )
    report = taken(session, changed, bad_file=tmp_path / "bad.csv")
    assert (report.bad, report.unchanged) == (BAD + 3, GOOD - 3)
    assert "another total" in (tmp_path / "bad.csv").read_text(encoding="utf-8-sig")
    assert session.scalar(select(Order.total_gross).where(Order.number == "OR-536365")) == Decimal("57.64")


def test_bad_lines_are_told_with_line_field_and_reason(session: Session, tmp_path: Path) -> None:
    taken(session, bad_file=tmp_path / "bad.csv")
    with (tmp_path / "bad.csv").open(encoding="utf-8-sig") as file:
        rows = [(row["line"], row["invoice"], row["field"]) for row in csv.DictReader(file)]
    assert rows == [
        ("35", "541601", "Quantity"),
        ("36", "541602", "InvoiceDate"),
        ("37", "541603", "UnitPrice"),
    ]


def test_refunds_are_dated_on_the_day_of_the_cancellation(session: Session) -> None:
    taken(session)
    days = session.scalars(
        select(Refund.done_at).where(Refund.idempotency_key == "online-retail:C541433")
    ).all()
    assert [moment.date() for moment in days] == [date(2011, 1, 18)]


def test_the_command_prints_json_and_makes_the_figures(app: Any, session: Session, tmp_path: Path) -> None:
    done = app.test_cli_runner().invoke(
        args=[
            "orders",
            "import",
            str(SAMPLE),
            "--format",
            "online-retail",
            "--bad",
            str(tmp_path / "bad.csv"),
        ]
    )
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout.splitlines()[-1])
    assert (
        said["rows_read"] == said["created"] + said["updated"] + said["unchanged"] + said["bad"] == GOOD + BAD
    )
    assert said["bad_rows_file"] == str(tmp_path / "bad.csv")
    assert (
        session.scalar(text("SELECT count(*) FROM analytics_order"))
        == said["orders"] + said["carried_forward"]
    )
