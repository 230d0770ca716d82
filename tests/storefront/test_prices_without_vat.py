"""The price without VAT beside the one with it, where the shop wants that."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.core import settings
from app.core.actor import SYSTEM
from app.core.settings import SettingRow
from app.tax.settings import TaxSettings
from tests.api.shop import Shop


@pytest.fixture
def desk(floor: Shop, session_maker: Callable[[], Session]) -> Iterator[Session]:
    """A session apart from those of requests; settings go back to what they were."""
    with session_maker() as session:
        yield session
        session.execute(delete(SettingRow))
        session.commit()
    settings.forget()


def test_prices_without_vat_are_shown_when_asked_for(floor: Shop, desk: Session) -> None:
    client = floor.app.test_client()
    before = client.get("/p/coat").text
    assert "VAT included" in before and "€66.12" not in before
    settings.change(desk, TaxSettings, actor=SYSTEM, show_net=True)
    after = client.get("/p/coat").text
    assert "€80.00" in after and "VAT included, €66.12 without" in after
