"""Cards that take long in a large shop: their frame comes with the page, their figures right behind it.

First the page with what is quick, then a request for each group of cards (`late`), two at a time. In a shop of few
orders, in files, and for who asks for the whole page (`whole=1`, the way without a script) nothing waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.analytics import queries
from app.core import caching
from dashboards.asked import Asked
from dashboards.drawing import Spec
from dashboards.pages import Chart, Frame, Later

Given = Spec | Later
PART, WHOLE = "part", "whole"
LARGE_ORDERS = 100_000
"""From so many orders on, late cards follow their page."""


def is_large(session: Session) -> bool:
    """True in a shop of many orders; PostgreSQL's own estimate is good enough, and it is kept for ten minutes."""
    estimate = text("SELECT reltuples FROM pg_class WHERE oid = 'analytics_order'::regclass")
    orders = caching.cached("analytics", "orders", lambda: float(session.scalar(estimate) or 0), ttl=600)
    return orders >= LARGE_ORDERS


def wanted(session: Session, asked: Asked, specs: Iterable[Given], given: Mapping[str, str]) -> list[Spec]:
    """What an address asks for of a page: one group of late cards, all cards, or the quick ones and frames."""
    every, part = list(specs), given.get(PART, "")
    if part:
        return made(spec for spec in every if _late(spec) == part)
    if given.get(WHOLE) or not any(map(_late, every)) or not is_large(session):
        return made(every)
    return [spec for spec in (_framed(asked, spec) for spec in every) if spec is not None]


def made(specs: Iterable[Given]) -> list[Spec]:
    """The declarations with nothing left for later."""
    return [spec.make() if isinstance(spec, Later) else spec for spec in specs]


def _late(spec: Given) -> str:
    return spec.late if isinstance(spec, Chart | Later) else ""


def _framed(asked: Asked, spec: Given) -> Spec | None:
    """A late card as its empty frame, a quick one as it is; None for a figure that this reader may not see."""
    if isinstance(spec, Later):
        return Frame(spec.code, spec.title, spec.late, spec.span)
    if not isinstance(spec, Chart) or not spec.late:
        return spec
    metric = queries.metric(spec.metric)
    if not asked.may_ask(metric):
        return None
    return Frame(spec.code, spec.title or metric.label, spec.late, spec.span)
