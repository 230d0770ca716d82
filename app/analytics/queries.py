"""The way in: which figures there are, and what they say."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.analytics.drilling import has_rows, rows_behind
from app.analytics.errors import UnknownCurrency, UnknownDimension, UnknownMetric
from app.analytics.families.naming import word
from app.analytics.families.registry import FAMILIES
from app.analytics.families.standing import at_one_moment
from app.analytics.models import State
from app.analytics.people import cohorts, segments
from app.analytics.rules import Figures, Metric, Question
from app.analytics.settings import AnalyticsSettings
from app.core import jobs, settings
from app.core.clock import utcnow
from app.core.money import MoneyError, exponent
from app.orders.models import Order

__all__ = [
    "ask", "cohorts", "compared", "has_rows", "is_being_rebuilt", "metric", "metrics", "needs_rebuild", "rows_behind",
    "segments", "timezone", "today", "word",
]  # fmt: skip


def metrics() -> list[Metric]:
    """Every figure of the shop, family by family."""
    return [metric for name, family in FAMILIES.items() for metric in family.METRICS if metric.family == name]


def metric(code: str) -> Metric:
    """The definition of one figure.

    Raises:
        UnknownMetric: there is none of this name.
    """
    for known in metrics():
        if known.code == code:
            return known
    raise UnknownMetric(metric=code[:60])


def timezone(session: Session) -> ZoneInfo:
    """The time zone in which days are counted: the one facts were made in, which a change of the setting follows."""
    how = session.get(State, 1)
    return ZoneInfo(how.timezone if how else settings.get(session, AnalyticsSettings).timezone)


def needs_rebuild(session: Session) -> bool:
    """True when facts were never made for orders there are, or are counted in another time zone than is set."""
    how = session.get(State, 1)
    if how is None or how.built_at is None:
        return session.scalar(select(Order.id).limit(1)) is not None
    return how.timezone != settings.get(session, AnalyticsSettings).timezone


def is_being_rebuilt(session: Session) -> bool:
    """True while a job makes the figures anew, or waits to."""
    return jobs.open_job(session, "analytics.rebuild") is not None


def today(session: Session) -> date:
    """The day it is now where the shop is."""
    return utcnow().astimezone(timezone(session)).date()


def ask(session: Session, questions: Sequence[Question], *, language: str = "en") -> list[Figures]:
    """Answer questions, in their order. Those of one family go to it together and share its statements.

    Keys of filters that nothing has match nothing.

    Raises:
        UnknownMetric: a question is about no known figure.
        UnknownDimension: a figure is grouped or filtered by something it does not have.
        UnknownCurrency: a question names no currency.
    """
    names = [_checked(question).family for question in questions]
    answers: dict[int, Figures] = {}
    with at_one_moment(session):
        for family in {id(FAMILIES[name]): FAMILIES[name] for name in names}.values():
            positions = [position for position, name in enumerate(names) if FAMILIES[name] is family]
            given = family.answer(session, [questions[p] for p in positions], language)
            answers.update(zip(positions, given, strict=True))
    return [answers[position] for position in range(len(questions))]


def _checked(question: Question) -> Metric:
    """The metric of a question that makes sense."""
    asked = metric(question.metric)
    if question.currency is not None:
        _check_currency(question.currency)
    for dimension in (question.group_by, *question.filters):
        if dimension and dimension not in asked.dimensions:
            possible = ", ".join(sorted(asked.dimensions))
            raise UnknownDimension(
                field="group_by" if dimension == question.group_by else dimension,
                metric=asked.code, dimension=dimension[:60], possible=possible,
            )  # fmt: skip
    return asked


def _check_currency(code: str) -> None:
    try:
        exponent(code)
    except MoneyError as wrong:
        raise UnknownCurrency() from wrong


def compared(questions: Sequence[Question]) -> list[Question]:
    """The same questions about the period of the same length just before."""
    return [dataclasses.replace(question, period=question.period.before()) for question in questions]
