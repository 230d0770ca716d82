"""X-22: every change is noted, nobody can alter a note, and tampering shows."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core import audit
from app.core.actor import Actor
from app.core.unit_of_work import unit_of_work

ANNA = Actor("staff", 1, "anna@shop.example")


def note(session: Session, count: int = 1) -> None:
    for index in range(count):
        with unit_of_work(session):
            audit.record(
                session, actor=ANNA, action="product.update", entity="catalog_product", entity_id=index,
                before={"price": "1.00"}, after={"price": "2.00"},
            )  # fmt: skip


def test_a_note_is_rolled_back_with_its_change(session: Session) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work(session):
        audit.record(session, actor=ANNA, action="a", entity="e", entity_id=1)
        _ = 1 / 0
    assert session.scalars(select(audit.AuditRow)).all() == []


def test_the_chain_holds_over_several_seals(session: Session) -> None:
    note(session, 3)
    assert audit.seal(session) == 3
    note(session, 2)
    assert audit.seal(session) == 2
    assert audit.seal(session) == 0
    assert audit.broken_links(session) == []


def test_notes_cannot_be_changed_nor_deleted(session: Session) -> None:
    note(session)
    for statement in ("UPDATE core_audit SET action = 'x'", "DELETE FROM core_audit"):
        with pytest.raises(DBAPIError, match="append-only"):
            session.execute(text(statement))
        session.rollback()


@pytest.mark.parametrize("damage", ["SET actor_label = 'bert'", "SET after = '{}'"])
def test_tampering_past_the_guard_shows(session: Session, damage: str) -> None:
    note(session, 3)
    audit.seal(session)
    session.execute(text("SET LOCAL session_replication_role = replica"))
    session.execute(text(f"UPDATE core_audit {damage} WHERE chain = 2"))
    session.commit()
    session.expire_all()
    assert len(audit.broken_links(session)) == 1


def test_a_removed_note_shows(session: Session) -> None:
    note(session, 3)
    audit.seal(session)
    session.execute(text("SET LOCAL session_replication_role = replica"))
    session.execute(text("DELETE FROM core_audit WHERE chain = 2"))
    session.commit()
    assert audit.broken_links(session) != []
