"""What every new shop's search knows from the start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalog.models import Product
from app.search import reference
from app.search.models import Synonym
from app.search.queries import Listing, listing
from tests.catalog.conftest import Shop


def test_a_new_shop_knows_common_synonyms(
    session: Session, shop: Shop, sell: Callable[..., Product], clean: Any
) -> None:
    notebook = sell("Notebook 14 inch")
    assert list(listing(session, Listing(query="laptop")).product_ids)[:1] == [notebook.id]


def test_filling_again_changes_nothing(session: Session) -> None:
    before = session.scalar(select(func.count()).select_from(Synonym))
    reference.setup_data(session)
    assert before and session.scalar(select(func.count()).select_from(Synonym)) == before


def test_each_word_stands_in_one_line_of_its_language() -> None:
    for lines in reference.SYNONYMS.values():
        words = [word.strip() for line in lines for word in line.split(",")]
        assert len(words) == len(set(words))
