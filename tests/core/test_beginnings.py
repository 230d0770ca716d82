"""What tests begin from is the same for all of them, whichever comes first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.catalog.models import Brand
from app.catalog.operations import create_brand
from app.core import redis_client
from app.core.actor import SYSTEM
from tests.keeping import Beginnings, empty, filled


@pytest.fixture
def given(engine: Any, kept_tables: frozenset[str]) -> tuple[Beginnings, list[str]]:
    """Beginnings of this test's own, and what was forgotten on the way."""
    forgotten: list[str] = []
    return Beginnings(engine, kept_tables, forget=lambda: forgotten.append("caches")), forgotten


def brands(session: Session) -> list[str]:
    session.rollback()
    return sorted(session.scalars(select(Brand.name)))


def making(session: Session, name: str, calls: list[str]) -> Callable[[], int]:
    def make() -> int:
        calls.append(name)
        return create_brand(session, actor=SYSTEM, name=name).id

    return make


def test_it_is_made_once_and_put_back_whole(
    session: Session, engine: Any, kept_tables: frozenset[str], given: tuple[Beginnings, list[str]]
) -> None:
    beginnings, calls = given[0], list[str]()
    first = beginnings.give(session, "a", making(session, "Lumen", calls))
    tables = filled(engine, kept_tables)
    assert {"catalog_brand", "core_audit"} <= set(tables)
    session.execute(text("UPDATE catalog_brand SET name = 'Changed'"))
    session.commit()
    for _ in range(2):
        empty(engine, kept_tables)
        assert filled(engine, kept_tables) == []
        assert beginnings.give(session, "a", making(session, "Lumen", calls)) == first
        assert brands(session) == ["Lumen"] and filled(engine, kept_tables) == tables
    assert calls == ["Lumen"]
    assert create_brand(session, actor=SYSTEM, name="Next").id > first, "numbers go on where they were"


def test_the_first_begins_with_nothing_in_hand_as_all_others_do(
    session: Session, given: tuple[Beginnings, list[str]]
) -> None:
    beginnings, forgotten = given
    beginnings.give(session, "a", making(session, "Lumen", []))
    assert list(session.identity_map.values()) == [] and forgotten == ["caches"]


def test_where_something_stands_it_is_made_and_not_kept(
    session: Session, engine: Any, kept_tables: frozenset[str], given: tuple[Beginnings, list[str]]
) -> None:
    beginnings, calls = given[0], list[str]()
    create_brand(session, actor=SYSTEM, name="Somebody's")
    beginnings.give(session, "a", making(session, "Lumen", calls))
    assert brands(session) == ["Lumen", "Somebody's"]
    empty(engine, kept_tables)
    beginnings.give(session, "a", making(session, "Lumen", calls))
    assert brands(session) == ["Lumen"] and calls == ["Lumen", "Lumen"]
    beginnings.give(session, "a", making(session, "Second", calls))
    assert brands(session) == ["Lumen", "Second"], "nothing is put back onto rows"


def test_names_are_kept_apart(
    session: Session, engine: Any, kept_tables: frozenset[str], given: tuple[Beginnings, list[str]]
) -> None:
    beginnings = given[0]
    one = beginnings.give(session, "a", making(session, "Lumen", []))
    empty(engine, kept_tables)
    other = beginnings.give(session, "b", making(session, "Acme", []))
    assert brands(session) == ["Acme"] and one != other
    empty(engine, kept_tables)
    assert beginnings.give(session, "a", making(session, "Lumen", [])) == one
    assert brands(session) == ["Lumen"]


def test_caches_of_the_house_are_empty_after_the_first(session: Session, beginnings: Beginnings) -> None:
    redis_client.client().set("left", "1")
    beginnings.give(session, "tests of beginnings", making(session, "Lumen", []))
    assert redis_client.client().dbsize() == 0
