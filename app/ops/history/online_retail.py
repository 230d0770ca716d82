"""Takes the table Online Retail into products, customers, orders, refunds and stock; the same file changes nothing.

Decision: sums of a month are sales of its invoices less refunds done in it, so a cancellation is a refund dated on its
own day. It belongs to the order it takes back (`matching`); what was sold before the file begins gets an order "carried
forward" on the day before its first line, so that money and goods balance without touching a month of the file. Amounts
are taken as totals in pounds; no VAT is invented (class "zero").
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import locks
from app.core.actor import Actor
from app.core.admin.imports.files import unreadable
from app.core.i18n import _l
from app.core.outbox import quietly
from app.core.unit_of_work import unit_of_work
from app.ops.history import goods, people
from app.ops.history.composing import Composer
from app.ops.history.lines import BadLine, Line, read
from app.ops.history.report import Report
from app.ops.history.survey import Survey
from app.ops.history.writing import Journals, Writer
from app.regions import queries as regions

BATCH = 400
NUMBER, KEY, LOCK = "OR-", "online-retail:", "orders.import"
_ORDERS = text(
    """SELECT number, total_gross, placed_at FROM orders_order WHERE number LIKE 'OR-%' ORDER BY placed_at"""
)
_KEYS = text(
    """SELECT r.idempotency_key FROM payments_refund r WHERE r.idempotency_key LIKE 'online-retail:%'
        UNION SELECT m.reference FROM inventory_movement m WHERE m.reference LIKE 'online-retail:%'"""
)
_ORDERS_NOW = text(
    "SELECT number, total_gross FROM orders_order WHERE number = ANY(CAST(:numbers AS text[]))"
)
_KEYS_NOW = text(
    """SELECT r.idempotency_key FROM payments_refund r WHERE r.idempotency_key = ANY(CAST(:keys AS text[]))
        UNION SELECT m.reference FROM inventory_movement m WHERE m.reference = ANY(CAST(:keys AS text[]))"""
)
_MONTHS = text(
    """SELECT month, sum(amount) AS amount FROM (
           SELECT to_char(o.placed_at AT TIME ZONE 'Europe/London', 'YYYY-MM') AS month, o.total_gross AS amount
             FROM orders_order o WHERE o.number LIKE 'OR-%' AND o.number NOT LIKE '%-BF'
           UNION ALL
           SELECT to_char(r.done_at AT TIME ZONE 'Europe/London', 'YYYY-MM'), -r.amount FROM payments_refund r
            WHERE r.idempotency_key LIKE 'online-retail:%' AND r.state = 'done') x GROUP BY month"""
)


@dataclass
class Known:
    """What earlier runs have written: invoices with their totals, keys, and when the history begins."""

    totals: dict[str, Decimal] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    first: datetime | None = None

    @classmethod
    def of(cls, session: Session) -> Known:
        """Read it once."""
        found = cls(keys=set(session.scalars(_KEYS)))
        for number, total, placed_at in session.execute(_ORDERS):
            if not number.endswith("-BF"):
                found.totals[number.removeprefix(NUMBER)] = total
                found.first = found.first or placed_at
        return found

    def learn(self, session: Session, invoices: list[str]) -> None:
        """Look again for some invoices: another import may have written them since."""
        if not invoices:
            return
        values = {"numbers": [NUMBER + i for i in invoices], "keys": [KEY + i for i in invoices]}
        self.keys.update(session.scalars(_KEYS_NOW, values))
        for number, total in session.execute(_ORDERS_NOW, values):
            self.totals[number.removeprefix(NUMBER)] = total

    def has(self, invoice: str) -> bool:
        """True for an invoice that was written before."""
        return invoice in self.totals or KEY + invoice in self.keys


@dataclass
class OnlineRetail:
    """One file on its way into the shop. `tell` hears (lines done, lines in all, what) and may raise to cancel."""

    session: Session
    path: Path
    actor: Actor
    dry_run: bool = False
    tell: Callable[[int, int, str], None] = lambda done, total, what: None
    bad_file: Path | None = None
    report: Report = field(default_factory=Report)

    def run(self) -> Report:
        """Take the whole file, batch by batch; each batch stays when a later one fails.

        Raises:
            UnreadableFile: it is no such table; nothing was written.
        """
        started = time.monotonic()
        self.report.dry_run = self.dry_run
        survey = Survey.of(read(self.path))
        if not survey.rows:
            raise unreadable(_l("it holds no lines."))
        try:
            composer = None if self.dry_run or not survey.invoices else self._prepare(survey)
            known = Known.of(self.session)
            self._before(composer, known, survey)
            invoices = self._invoices(survey)
            while batch := list(islice(invoices, BATCH)):
                self._take(composer, known, batch)
                self.tell(self.report.rows_read, survey.rows, "lines")
            if composer is not None and self.report.created:
                composer.writer.finish()
        finally:
            if self.bad_file is not None:
                self.report.write_bad(self.bad_file)
            self.report.seconds = round(time.monotonic() - started, 1)
        self._compare()
        return self.report

    def _prepare(self, survey: Survey) -> Composer:
        with quietly(self.session):
            articles, self.report.products = goods.make_articles(
                self.session, survey, self.actor, lambda done, total: self.tell(done, total, "articles")
            )
            customers = people.make_customers(self.session, survey, self.actor)
        self.report.customers = len(customers)
        codes = [code for code, article in survey.articles.items() if not article.is_goods]
        services = frozenset(articles[code].variant_id for code in codes if code in articles)
        writer = Writer(self.session, Journals("OR", "ORC"), no_goods=services)
        return Composer(writer, articles, customers, regions.rate(self.session, "GBP"))

    def _before(self, composer: Composer | None, known: Known, survey: Survey) -> None:
        """The day before the history begins, the same for every file of it."""
        firsts = [moment for moment in (known.first, survey.first) if moment is not None]
        if composer is not None and firsts:
            composer.before = min(firsts) - timedelta(days=1)

    def _invoices(self, survey: Survey) -> Iterator[list[Line]]:
        """Whole invoices, each as soon as its last line was read: a few come in two pieces."""
        waiting: dict[str, list[Line]] = {}
        for line in read(self.path):
            self.report.rows_read += 1
            if isinstance(line, BadLine):
                self.report.note_bad(line)
                continue
            mine = waiting.setdefault(line.invoice, [])
            mine.append(line)
            if len(mine) == survey.invoices[line.invoice]:
                yield waiting.pop(line.invoice)

    def _take(self, composer: Composer | None, known: Known, batch: list[list[Line]]) -> None:
        good = [lines for lines in batch if composer is None or not self._lacks(composer, lines)]
        if composer is None:
            self._count(known, good)
            return
        with quietly(self.session), unit_of_work(self.session):
            locks.advisory(self.session, LOCK)
            known.learn(self.session, [lines[0].invoice for lines in good if not known.has(lines[0].invoice)])
            written = composer.write([lines for lines in good if not known.has(lines[0].invoice)])
        self._count(known, good)
        self.report.orders += written.orders
        self.report.carried_forward += written.carried_forward
        self.report.refunds += written.refunds
        self.report.movements += written.movements
        self.session.expunge_all()

    def _count(self, known: Known, good: list[list[Line]]) -> None:
        for lines in good:
            is_known = known.has(lines[0].invoice)
            if not (is_known and self._differs(known, lines)):
                self.report.note_invoice(lines, is_known=is_known)

    def _lacks(self, composer: Composer, lines: list[Line]) -> bool:
        """True for an invoice with an article that the catalogue has refused: then none of its lines is taken."""
        missing = next((line.code for line in lines if line.code not in composer.articles), None)
        if missing is not None:
            reason = str(_l("The catalogue cannot take the article %(code)s of this invoice.")) % {
                "code": missing
            }
            for line in lines:
                self.report.note_bad(BadLine(line.number, "StockCode", reason, line.invoice))
        return missing is not None

    def _differs(self, known: Known, lines: list[Line]) -> bool:
        """True for an invoice that says something else than last time: what was written is never changed."""
        invoice = lines[0].invoice
        held = known.totals.get(invoice)
        said = sum((line.amount for line in lines if line.amount > 0), Decimal(0))
        if held is None or held == said:
            return False
        reason = _l("This invoice was taken before with another total, %(held)s; it stays as it is.")
        for line in lines:
            self.report.note_bad(BadLine(line.number, "InvoiceNo", str(reason) % {"held": held}, invoice))
        return True

    def _compare(self) -> None:
        """Put what the shop's tables add up to beside what the file says, month by month."""
        if self.dry_run:
            return
        for month, amount in self.session.execute(_MONTHS):
            if month in self.report.months:
                self.report.months[month]["shop"] = amount.quantize(Decimal("0.01"))
