"""The customer groups that every shop has."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.unit_of_work import unit_of_work
from app.customers.models import CustomerGroup

GROUPS = (("b2c", "Private customers", False), ("b2b", "Business customers", True))


def setup_data(session: Session) -> None:
    """Add the groups that are missing; names that were changed stay."""
    with unit_of_work(session):
        for code, name, is_business in GROUPS:
            session.execute(
                insert(CustomerGroup)
                .values(code=code, name=name, is_business=is_business)
                .on_conflict_do_nothing()
            )
