"""Money of the back office's screens over REST: an amount never comes without its currency."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import Numeric

from app.core.actor import SYSTEM
from app.core.admin import formats
from app.core.admin.api import AdminApi
from app.core.db import MoneyColumn
from app.invoicing import operations as invoicing
from app.payments import operations as payments
from tests.api.shop import Shop
from tests.invoicing import making as papers
from tests.payments import making


def screens(app: Any) -> dict[str, Any]:
    """Every screen that REST opens, by its name in addresses."""
    return {door.view.entity: door.view for door in app.appbuilder.baseviews if isinstance(door, AdminApi)}


def columns(view: Any) -> list[str]:
    """What REST answers of a row."""
    return list(dict.fromkeys([*view.list_columns, *view.show_columns_of_api()]))


def is_money(view: Any, name: str) -> bool:
    """True for a column of the database that holds amounts, on the screen's own table or along a link."""
    model, (*path, last) = view.datamodel.obj, name.split(".")
    for part in path:
        model = model.__mapper__.relationships[part].mapper.class_
    kind = getattr(model.__mapper__.columns.get(last), "type", None)
    return isinstance(kind, Numeric) and (kind.precision, kind.scale) == (
        MoneyColumn.precision, MoneyColumn.scale,
    )  # fmt: skip


@pytest.fixture(scope="module")
def rows(floor: Shop) -> None:
    """A row on each screen of money: paid in euro and in yen, invoiced, paid at the door, going back."""
    with floor.maker() as session:
        yen = making.order(session, "5000", currency="JPY")
        making.start(floor.maker, making.opened(session, yen))
        order = papers.ordered(session)
        papers.pays(session, order)
        assert invoicing.issue_invoice(session, order_id=order.id) is not None
        payments.request_refund(
            session, order_id=order.id, amount=making.money("12.50"), reason="A scratch", actor=making.STAFF,
            idempotency_key="money",
        )  # fmt: skip
        cash = making.order(session, "20.00", method="cod")
        making.start(floor.maker, making.opened(session, cash))
        payments.settle_cash(
            session, order_or_parcel=str(cash.number), amount=making.money("20.00"), actor=SYSTEM
        )


def test_every_amount_of_a_screen_is_money_or_typed_in_its_form(app: Any) -> None:
    """Complete by construction: a new column of amounts is declared, or a form takes it as the answer gives it."""
    bare, both = [], []
    for entity, view in screens(app).items():
        typed = {name for name in dir(view.edit_form) if view.can_ever("edit")}
        bare += [
            (entity, name)
            for name in columns(view)
            if is_money(view, name) and name not in typed and name not in view.money_columns
        ]
        both += [(entity, name) for name in view.money_columns if name in typed]
    assert bare == [], "amounts without their currency"
    assert both == [], "a program sends back what it has read"


def test_there_are_such_screens(app: Any) -> None:
    found = {entity for entity, view in screens(app).items() if view.money_columns}
    assert found == {"orders", "payment", "refund", "capture", "settlement", "ledger", "invoices"}


@pytest.mark.parametrize(
    "entity", ["orders", "payment", "refund", "capture", "settlement", "ledger", "invoices"]
)
def test_what_a_cell_shows_as_money_is_money_in_answers(
    floor: Shop, client: Any, rows: None, entity: str
) -> None:
    """In the list and alone, at the exponent of its currency, as the description says."""
    view, head = screens(floor.app)[entity], floor.headers("admin")
    base = f"/api/v1/admin/{entity}"
    paths = client.get("/api/openapi.json").json["paths"]
    told = paths[f"{base}/{{pk}}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    listed = client.get(base, headers=head).json["items"]
    assert listed
    for row in listed:
        alone = client.get(f"{base}/{row['id']}", headers=head).json
        with floor.app.test_request_context(), floor.maker() as session:
            item = session.get_one(view.datamodel.obj, int(row["id"]))
            seen = {name: str(view.cell(item, name)) for name in view.money_columns}
            for name in columns(view):
                if "€" in str(view.cell(item, name)) or "¥" in str(view.cell(item, name)):
                    assert name in view.money_columns, name
            amounts = {name: formats.told(view, item, name) for name in view.money_columns}
        for name in view.money_columns:
            for answer in (alone, row) if name in row else (alone,):
                money = answer[name]
                assert set(money) == {"amount", "currency"}
                assert money == amounts[name].as_json()
                shape = told["properties"][name]["properties"]
                assert all(re.search(shape[part]["pattern"], money[part]) for part in money)
                assert ("." in money["amount"]) is (money["currency"] != "JPY")
            assert ("€" if alone[name]["currency"] == "EUR" else "¥") in seen[name]


def test_amounts_are_what_was_paid(floor: Shop, client: Any, rows: None) -> None:
    def answers(path: str) -> list[Any]:
        return list(client.get(f"/api/v1/admin/{path}", headers=floor.headers("admin")).json["items"])

    taken = [row["amount"] for row in answers("capture")]
    assert {"amount": "5000", "currency": "JPY"} in taken and {"amount": "20.00", "currency": "EUR"} in taken
    booked = [row["amount"] for row in answers("ledger")]
    assert {"amount": "-5000", "currency": "JPY"} in booked, "below zero where money is owed"
    assert [row["gross"] for row in answers("invoices")] == [answers("orders")[1]["total"]]
    assert [row["amount"] for row in answers("refund")] == [{"amount": "12.50", "currency": "EUR"}]
    assert [row["amount"] for row in answers("settlement")] == [{"amount": "20.00", "currency": "EUR"}]


def test_what_a_form_changes_is_read_as_it_is_written(floor: Shop, client: Any) -> None:
    """The price list: the currency stands beside the amount, and what was read can be sent back."""
    head = floor.headers("admin")
    price = client.get("/api/v1/admin/price?limit=1", headers=head).json["items"][0]
    same = client.patch(f"/api/v1/admin/price/{price['id']}", json={"amount": price["amount"]}, headers=head)
    assert (same.status_code, same.json["amount"], same.json["currency"]) == (200, price["amount"], "EUR")
