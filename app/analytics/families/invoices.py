"""What was invoiced: invoices less credit notes, on the day of their date of issue."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, case, func, literal, select
from sqlalchemy.orm import Session

from app.analytics.families import filtering
from app.analytics.families.answering import Draft, arranged, finished
from app.analytics.families.standing import standing
from app.analytics.rules import Figures, Metric, Period, Question, Unit
from app.core.i18n import _l
from app.core.money import exponent
from app.invoicing.models import Invoice

DIMENSIONS = frozenset({"day", "week", "month", "weekday", "currency"})


def _metric(code: str, label: Any, definition: Any) -> Metric:
    return Metric(
        code=code, label=label, definition=definition, unit=Unit.MONEY, family="invoices", source="invoicing_invoice",
        moment="invoicing_invoice.issued_on", dimensions=DIMENSIONS,
    )  # fmt: skip


METRICS: tuple[Metric, ...] = (
    _metric(
        "invoiced", _l("Invoiced"),
        _l("Invoices less credit notes, VAT included, on the date of issue they bear."),
    ),
    _metric(
        "invoiced_net", _l("Invoiced without VAT"),
        _l("The net amount of invoices less that of credit notes, on the date of issue they bear."),
    ),
    _metric(
        "invoiced_tax", _l("VAT invoiced"),
        _l("The VAT on invoices less that on credit notes, on the date of issue they bear."),
    ),
)  # fmt: skip
BY_CODE = {metric.code: metric for metric in METRICS}
AMOUNTS = {"invoiced": "gross", "invoiced_net": "net", "invoiced_tax": "tax"}
"""The amount of a document that each figure adds up."""


def documents(period: Period, currency: str | None, places: int) -> Any:
    """Invoices and credit notes of some days with `day`, `net`, `tax` and `gross`; what is credited is below zero.

    In the base currency net and gross are divided by the frozen rate and rounded half up, once each; VAT is the rest.
    Index ix_invoicing_invoice_sums.
    """
    sign = case((Invoice.kind == "credit_note", -1), else_=1)

    def amount(column: Any) -> Any:
        return column if currency else func.round(column / Invoice.exchange_rate, places)

    net, gross = amount(Invoice.net), amount(Invoice.gross)
    conditions = [Invoice.issued_on >= period.start, Invoice.issued_on <= period.end]
    if currency:
        conditions.append(Invoice.currency == currency)
    query = select(
        Invoice.id, Invoice.issued_on.label("day"), Invoice.currency, (sign * net).label("net"),
        (sign * (gross - net)).label("tax"), (sign * gross).label("gross"),
    )  # fmt: skip
    return query.where(*conditions).subquery("documents")


def answer(session: Session, questions: Sequence[Question], language: str) -> list[Figures]:
    """Answer questions about what was invoiced, in their order: a statement for each grouping of a scope.

    A total alone is added up from the groups of a question about the same, where there is one.
    """
    stands = standing(session)
    grouped = {_scope(question): question.group_by for question in questions if question.group_by}
    found: dict[Any, dict[Any, dict[str, Decimal]]] = {}
    drafts = []
    for question in questions:
        places, name = exponent(question.currency or stands.base), AMOUNTS[question.metric]
        by = question.group_by or grouped.get(_scope(question), "")
        scope = (_scope(question), by)
        if scope not in found:
            found[scope] = _sums(session, question, by, places)
        groups = [(key, values[name]) for key, values in found[scope].items()]
        total = sum((value for _key, value in groups), Decimal(0))
        groups = arranged(question, groups) if question.group_by else []
        drafts.append(Draft(question, BY_CODE[question.metric], total, groups))
    return finished(session, drafts, stands, language)


def _scope(question: Question) -> Any:
    filters = tuple(sorted((name, tuple(keys)) for name, keys in question.filters.items()))
    return question.period, filters, question.currency


def _sums(session: Session, question: Question, by: str, places: int) -> dict[Any, dict[str, Decimal]]:
    rows = documents(question.period, question.currency, places)
    key = filtering.dimension(rows.c, by) if by else literal(None)
    asked = select(key.label("key"), *(rows.c[name].label(name) for name in ("net", "tax", "gross")))
    inner = asked.where(
        *(filtering.condition(rows.c, name, keys) for name, keys in question.filters.items())
    ).subquery()
    query: Select[Any] = select(
        inner.c.key,
        *(func.coalesce(func.sum(inner.c[name]), 0).label(name) for name in ("net", "tax", "gross")),
    ).group_by(inner.c.key)
    return {
        row["key"]: {name: Decimal(row[name]) for name in ("net", "tax", "gross")}
        for row in session.execute(query).mappings()
    }
