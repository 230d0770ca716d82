"""Warehouses: making and changing them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, locks
from app.core.actor import Actor
from app.core.errors import Conflict, Invalid
from app.core.i18n import _l
from app.core.unit_of_work import unit_of_work
from app.inventory.models import Warehouse
from app.regions import queries as regions


def _clean(code: str, name: str, priority: int) -> tuple[str, str, int]:
    code, name = str(code).strip().upper(), str(name).strip()
    if not code or len(code) > 40 or not code.replace("-", "").replace("_", "").isalnum():
        raise Invalid(_l("Please use letters, digits and dashes."), field="code")
    if not name or len(name) > 200 or "\x00" in name:
        raise Invalid(_l("Please enter a name."), field="name")
    if isinstance(priority, bool) or not isinstance(priority, int) or not 0 <= priority <= 100_000:
        raise Invalid(field="priority")
    return code, name, priority


def _country(session: Session, raw: str | None) -> str | None:
    """A country's two capitals, however they were typed; None for none."""
    code = str(raw or "").strip().upper()
    if code and ("\x00" in code or not regions.is_known(session, code)):
        raise Invalid(
            _l("There is no such country. Please use its two letters, like BE or FR."), field="country"
        )
    return code or None


def create_warehouse(
    session: Session, *, code: str, name: str, actor: Actor, priority: int = 100, country: str | None = None
) -> int:
    """Add a place goods are sold from. Returns its id.

    Raises:
        Conflict: when the code is taken.
        Invalid: naming the field, also for a country there is not.
    """
    code, name, priority = _clean(code, name, priority)
    country = _country(session, country)
    with unit_of_work(session):
        if session.scalar(select(Warehouse.id).where(Warehouse.code == code)):
            raise Conflict(_l("This code is already used."), field="code")
        row = Warehouse(code=code, name=name, priority=priority, country=country)
        session.add(row)
        session.flush()
        audit.record(
            session, actor=actor, action="warehouse.create", entity="inventory_warehouse", entity_id=row.id,
            after={"code": code, "name": name, "priority": priority},
        )  # fmt: skip
        return row.id


def update_warehouse(
    session: Session, *, warehouse_id: int, name: str, priority: int, is_active: bool, actor: Actor
) -> None:
    """Rename a warehouse, move it in the order of giving, or close it for new promises."""
    with unit_of_work(session):
        row = locks.row(session, Warehouse, warehouse_id)
        _code, name, priority = _clean(row.code, name, priority)
        before = {"name": row.name, "priority": row.priority, "is_active": row.is_active}
        row.name, row.priority, row.is_active = name, priority, bool(is_active)
        audit.record(
            session, actor=actor, action="warehouse.update", entity="inventory_warehouse", entity_id=row.id,
            before=before, after={"name": name, "priority": priority, "is_active": bool(is_active)},
        )  # fmt: skip
