"""What stock keeping needs before the first article: one warehouse."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.unit_of_work import unit_of_work
from app.inventory.models import Warehouse


def setup_data(session: Session) -> None:
    """Give a fresh shop its main warehouse. Does nothing when there is one."""
    with unit_of_work(session):
        if session.scalar(select(Warehouse.id).limit(1)) is None:
            made = insert(Warehouse).values(code="MAIN", name="Main warehouse", priority=10, country="BE")
            session.execute(made.on_conflict_do_nothing(index_elements=["code"]))
