"""Reactions of the metric layer. Each can be run twice and in any order: the facts of an order are made anew, whole."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.analytics import operations
from app.events.about import AboutOrder


def record_order(session: Session, event: AboutOrder) -> None:
    """Something happened to an order or its money: its facts follow. Repeatable."""
    operations.record_order(session, order_id=event.order_id)
