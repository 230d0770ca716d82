"""Sales and money together: both are sums of the same tables, so they share statements."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.analytics.families import answering, finance, sales
from app.analytics.rules import Figures, Question

METRICS = (*sales.METRICS, *finance.METRICS)
BY_CODE = {metric.code: metric for metric in METRICS}
WAYS = {**sales.WAYS, **finance.WAYS}


def answer(session: Session, questions: Sequence[Question], language: str) -> list[Figures]:
    """Answer questions about sales and money, in their order."""
    return answering.answer(session, questions, language, BY_CODE, WAYS)
