"""Figures behind a history: it announces nothing that could keep them, so they are made anew when it is in."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.analytics import operations as analytics
from app.analytics import queries
from app.core import jobs
from app.ops.history.online_retail import OnlineRetail
from app.ops.history.report import Report

# uq_orders_order_number, pk_analytics_order, pk_analytics_move
_BEHIND = text(
    """SELECT EXISTS (SELECT FROM orders_order o WHERE o.number LIKE 'OR-%'
                         AND NOT EXISTS (SELECT FROM analytics_order a WHERE a.order_id = o.id))
           OR EXISTS (SELECT FROM payments_refund r WHERE r.idempotency_key LIKE 'online-retail:%' AND r.state = 'done'
                         AND NOT EXISTS (SELECT FROM analytics_move m WHERE m.kind = 'refund' AND m.move_id = r.id))"""
)


def take(run: OnlineRetail, tell: Callable[[int, int, str], None] = lambda done, total, what: None) -> Report:
    """Take a file, then make the figures anew where something of a history is in without them.

    Also after a run that was stopped in between and finds nothing new. What ends before its end (cancelled, failed)
    leaves orders behind that count: a job of its own makes their figures.
    """
    try:
        report = run.run()
    except BaseException:
        if not run.dry_run:
            run.session.rollback()
            _ask(run.session)
        raise
    if not run.dry_run and are_behind(run.session):
        analytics.rebuild(run.session, report=tell)
    return report


def are_behind(session: Session) -> bool:
    """True when orders or refunds of a history have no figures yet."""
    return bool(session.scalar(_BEHIND))


def _ask(session: Session) -> None:
    if are_behind(session) and not queries.is_being_rebuilt(session):
        jobs.start(session, "analytics.rebuild")
