"""The families of figures. A family is a module with `METRICS` and `answer(session, questions, language)`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy.orm import Session

from app.analytics.families import customers, invoices, orders
from app.analytics.rules import Figures, Metric, Question
from app.analytics.stock import figures as stock
from app.analytics.visits import figures as visits


class Family(Protocol):
    """What a module of figures offers."""

    METRICS: tuple[Metric, ...]

    def answer(self, session: Session, questions: Sequence[Question], language: str) -> list[Figures]:
        """One answer for each question, in their order. All questions are about metrics of this family."""


FAMILIES: dict[str, Family] = {
    "sales": orders,
    "finance": orders,
    "invoices": invoices,
    "customers": customers,
    "visits": visits,
    "stock": stock,
}
"""Every family by its name; `Metric.family` names one of these."""
