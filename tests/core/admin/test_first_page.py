"""The first page calls nobody to work that is not theirs."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.pricing.desk import Desk


@pytest.mark.parametrize(
    ("role", "is_called"), [("Manager", True), ("Admin", True), ("Support", False), ("Seller", False)]
)
def test_work_of_the_whole_shop_is_told_to_those_who_may_do_it(
    app: Any, session: Session, role: str, is_called: bool
) -> None:
    page = Desk(app, session, role).get("/admin/")
    for label in ("Old exchange rates", "Refunds to pay"):
        assert (label in page) is is_called, label


@pytest.mark.parametrize(("role", "is_called"), [("Seller", True), ("Support", False)])
def test_a_first_step_is_told_to_those_who_may_take_it(
    app: Any, session: Session, role: str, is_called: bool
) -> None:
    assert ("Add your first product" in Desk(app, session, role).get("/admin/")) is is_called
