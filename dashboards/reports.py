"""Reports as files: what stands in their columns, and the job that writes them row by row.

A file appears whole or not at all: it is written beside its name and moved there at the end, in the same unit of work
that says so. A job that is run again writes the same file again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.analytics import listing, queries
from app.analytics.rules import Period
from app.core import settings
from app.core.admin.export import csv_chunks, raw_cell, xlsx_chunks
from app.core.clock import utcnow
from app.core.db import db, session_maker
from app.core.i18n import _l, speak
from app.core.jobs import Progress
from app.core.unit_of_work import unit_of_work
from app.orders.states import STATE_LABELS
from app.regions.rules import country_name
from dashboards import rules
from dashboards.models import Report
from dashboards.rules import MOST_PDF_ROWS

STEP = 5_000
TITLES: dict[str, Any] = {
    "sales": _l("Sales, line by line"), "orders": _l("Orders"), "inventory": _l("Stock by article"),
    "customers": _l("Customers"),
}  # fmt: skip
LABELS: dict[str, Any] = {
    "placed_at": _l("Placed"), "number": _l("Order number"), "sku": _l("SKU"), "name": _l("Name"), "country": _l("Country"),
    "currency": _l("Currency"), "quantity": _l("Quantity"), "unit_price": _l("Unit price"), "discount": _l("Discount"),
    "tax_rate": _l("VAT rate"), "net": _l("Without VAT"), "tax": _l("VAT"), "gross": _l("With VAT"), "state": _l("State"),
    "payment_status": _l("Payment"), "payment_method": _l("Payment method"), "language": _l("Language"), "units": _l("Pieces"),
    "shipping_gross": _l("Shipping"), "total_net": _l("Without VAT"), "total_tax": _l("VAT"), "total_gross": _l("With VAT"),
    "captured": _l("Paid"), "refunded": _l("Refunded"), "code": _l("Warehouse"), "on_hand": _l("On hand"),
    "reserved": _l("Reserved"), "available": _l("Available"), "backordered": _l("Backordered"), "low_at": _l("Low at"),
    "email_key": _l("E-mail"), "orders": _l("Orders"), "first_at": _l("First order"), "last_at": _l("Last order"),
}  # fmt: skip
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "sales": ("placed_at", "number", "sku", "name", "country", "currency", "quantity", "unit_price", "discount", "tax_rate",
              "net", "tax", "gross"),
    "orders": ("placed_at", "number", "state", "payment_status", "payment_method", "country", "language", "currency", "units",
               "discount", "shipping_gross", "total_net", "total_tax", "total_gross", "captured", "refunded"),
    "inventory": ("sku", "name", "code", "on_hand", "reserved", "available", "backordered", "low_at"),
    "customers": ("email_key", "country", "language", "currency", "orders", "gross", "refunded", "first_at", "last_at"),
}  # fmt: skip
ON_PAPER: Mapping[str, tuple[str, ...]] = {
    "sales": ("placed_at", "number", "sku", "name", "quantity", "currency", "gross"),
    "orders": ("placed_at", "number", "state", "country", "currency", "total_gross", "refunded"),
    "inventory": ("sku", "name", "code", "on_hand", "reserved", "available"),
    "customers": ("email_key", "country", "last_at", "orders", "currency", "gross"),
}
"""The columns that find room on an A4 page."""
WIDTHS = {
    "placed_at": 13, "number": 17, "sku": 20, "name": 31, "quantity": 10, "currency": 11, "gross": 15, "state": 19, "country": 21,
    "total_gross": 14, "refunded": 14, "code": 13, "on_hand": 13, "reserved": 13, "available": 13, "email_key": 47,
    "orders": 15, "last_at": 17,
}  # fmt: skip
"""What they need there, in proportion."""
NUMBERS = {
    "quantity", "unit_price", "discount", "tax_rate", "net", "tax", "gross", "units", "shipping_gross", "total_net",
    "total_tax", "total_gross", "captured", "refunded", "on_hand", "reserved", "available", "backordered", "low_at", "orders",
}  # fmt: skip
MIMETYPES = {
    "csv": "text/csv", "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip


def folder() -> Path:
    """Where the files of reports lie."""
    place = Path(current_app.config["COMPTOIR_HOME"]) / "reports"
    place.mkdir(parents=True, exist_ok=True)
    return place


def period_of(parameters: Mapping[str, Any]) -> Period:
    """The days of a report."""
    return Period(date.fromisoformat(parameters["start"]), date.fromisoformat(parameters["end"]))


def make(progress: Progress, *, report_id: int) -> dict[str, Any]:
    """Job: write the file of a report. Run again it writes it again; without its row it does nothing."""
    make_session = session_maker(current_app)
    with make_session() as session:
        report = session.get(Report, report_id)
        if report is None:
            return {}
        kind, kind_of_file, language = report.kind, report.format, report.language
        parameters, seller = dict(report.parameters), report.seller_id
    name = f"report-{report_id}.{kind_of_file}"
    part = folder() / f".{name}.part"
    try:
        count = write(part, kind, kind_of_file, language, parameters, seller, progress)
        size = part.stat().st_size
        with make_session() as session, unit_of_work(session):
            held = session.get(Report, report_id, with_for_update=True)
            if held is None:
                return {}
            os.replace(part, folder() / name)
            held.stored, held.rows, held.size, held.made_at = name, count, size, utcnow()
    finally:
        part.unlink(missing_ok=True)
    return {"rows": count, "bytes": size, "report": report_id}


def write(
    path: Path, kind: str, kind_of_file: str, language: str, parameters: Mapping[str, Any], seller: int | None,
    progress: Progress | None = None,
) -> int:  # fmt: skip
    """Write a report to a file and return its number of rows."""
    period, make_session, counted = period_of(parameters), session_maker(current_app), [0]
    with make_session() as session, speak(language):
        whole = listing.expected(session, kind, period)
        found = listing.rows(session, kind, period, currency=parameters.get("currency", ""), seller_id=seller)
        watched = _watched(found, counted, whole, progress)
        if kind_of_file == "pdf":
            path.write_bytes(_pdf(session, kind, language, period, parameters, watched))
        else:
            titles = [str(LABELS[column]) for column in COLUMNS[kind]]
            cells = ([raw_cell(row[column]) for column in COLUMNS[kind]] for row in watched)
            chunks = csv_chunks(titles, cells) if kind_of_file == "csv" else xlsx_chunks(titles, cells)
            with path.open("wb") as file:
                for chunk in chunks:
                    file.write(chunk)
    return counted[0]


def _watched(rows: Iterable[Any], counted: list[int], whole: int, progress: Progress | None) -> Iterator[Any]:
    """The rows, counted, with a word about how far it is now and then."""
    for row in rows:
        if progress is not None and counted[0] % STEP == 0:
            progress.step(counted[0], max(whole, counted[0]))
        counted[0] += 1
        yield row
    if progress is not None:
        progress.step(counted[0], counted[0])


def _pdf(
    session: Session,
    kind: str,
    language: str,
    period: Period,
    parameters: Mapping[str, Any],
    rows: Iterator[Any],
) -> bytes:
    from app.storefront.settings import ShopSettings
    from dashboards import paper  # reportlab: a web worker need not carry it

    columns, zone = ON_PAPER[kind], queries.timezone(session)
    shown: list[list[str]] = []
    is_cut = False
    for row in rows:
        if len(shown) == MOST_PDF_ROWS:
            is_cut = True
            continue
        shown.append([_paper_text(column, row[column], language, zone) for column in columns])
    days = f"{format_date(period.start, locale=language)} – {format_date(period.end, locale=language)}"
    lines = [
        _("As of %(moment)s", moment=format_datetime(utcnow(), "short", zone, language))
        if kind == "inventory"
        else days
    ]
    lines.append(_("Days in the time zone %(zone)s", zone=zone.key))
    if parameters.get("currency"):
        lines.append(_("Amounts in %(currency)s", currency=parameters["currency"]))
    if is_cut:
        lines.append(_("The first %(count)s rows; the CSV and Excel files hold all.", count=MOST_PDF_ROWS))
    frame = paper.Frame(
        language, settings.get(session, ShopSettings).name, str(TITLES[kind]), tuple(lines),
        _("Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
    )  # fmt: skip
    return paper.table(
        frame, [str(LABELS[column]) for column in columns], shown, [column in NUMBERS for column in columns],
        [WIDTHS[column] for column in columns],
    )  # fmt: skip


def _paper_text(column: str, value: Any, language: str, zone: ZoneInfo) -> str:
    """A value for people: days of the shop, numbers and words of the reader's language."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        return str(format_date(value.astimezone(zone), locale=language))
    if isinstance(value, Decimal):  # as many decimals as its currency has
        places = -min(0, int(value.as_tuple().exponent))
        return str(format_decimal(value, f"#,##0.{'0' * places}" if places else "#,##0", locale=language))
    if isinstance(value, int):
        return str(format_decimal(value, locale=language))
    if column == "country":
        return str(country_name(value, language))
    return str(STATE_LABELS.get(value, value)) if column == "state" else str(value)


def forget_old(_progress: Progress) -> dict[str, Any]:
    """Job: delete the files of reports that are older than `KEPT_DAYS` days; their rows stay. Finds nothing twice."""
    session, done = db.session, 0
    before = utcnow() - timedelta(days=rules.KEPT_DAYS)
    with unit_of_work(session):
        old = select(Report).where(Report.stored != "", Report.made_at < before)
        for report in session.scalars(old.order_by(Report.id).limit(500).with_for_update(skip_locked=True)):
            (folder() / Path(report.stored).name).unlink(missing_ok=True)
            report.stored, done = "", done + 1
    return {"deleted": done}
