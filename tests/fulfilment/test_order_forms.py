"""The forms inside the order screen: each field says what it is for, a refusal stands beside it and keeps what was typed."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.fulfilment import operations as parcels
from app.fulfilment.models import Shipment
from app.orders.models import Order
from app.payments.models import Refund
from tests.fulfilment.test_admin import act, made, own, staff
from tests.orders import making

__all__ = ["own", "staff"]
VERBS = ("ship", "cancel", "refund", "money", "addresses", "note", "lose", "number", "finish_refund")


class Fields(HTMLParser):
    """Every field a person fills in, by its form's last word, and the texts that pages hold by id."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.verb, self.open, self.fields, self.words = (
            "",
            "",
            list[tuple[str, dict[str, Any]]](),
            dict[str, str](),
        )
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        found = dict(attrs)
        if tag == "form":
            self.verb = (re.search(r"/admin/orders/(\w+)/\d+", found.get("action") or "") or ["", ""])[1]
        self.open = found.get("id") or self.open if tag == "p" else self.open
        typed = tag in ("select", "textarea") or tag == "input" and found.get("type") != "hidden"
        if typed and self.verb in VERBS:
            self.fields.append((self.verb, found))

    def handle_endtag(self, tag: str) -> None:
        self.verb = "" if tag == "form" else self.verb
        self.open = "" if tag == "p" else self.open

    def handle_data(self, data: str) -> None:
        if self.open:
            self.words[self.open] = self.words.get(self.open, "") + data


def shown(client: Any, order: Order) -> str:
    return str(client.get(f"/admin/orders/show/{order.id}").text)


def sent(own: Session, order: Order, pieces: int = 1) -> Shipment:
    """A parcel of a carrier that tells its number later."""
    lines = {order.lines[0].id: pieces}
    return parcels.ship_order(
        own, order_id=order.id, carrier="own", tracking_number="", actor=making.STAFF, lines=lines
    )


def test_cms_03_every_field_of_the_order_screen_has_a_help_text(own: Session, staff: Any) -> None:
    client, waiting, paid = staff("Admin"), made(own), made(own, paid=True)
    sent(own, paid)
    act(client, paid, "refund", amount="1.00", reason="Scratched", key="abc")
    found, where = [], {}
    for order in (waiting, paid):
        page = Fields(shown(client, order))
        found += page.fields
        where |= page.words
    assert {verb for verb, _field in found} == set(VERBS), "every form was looked at"
    without = [
        (verb, field.get("name"))
        for verb, field in found
        if not any(where.get(name, "").strip() for name in (field.get("aria-describedby") or "").split())
    ]
    assert not without, f"say what each is for (`help`, aria-describedby): {without}"
    assert all(len(words) <= 240 for words in where.values())


def test_a_refused_loss_opens_again_at_its_parcel_with_its_words(own: Session, staff: Any) -> None:
    client, order = staff("Admin"), made(own, paid=True)
    parcel = sent(own, order)
    other = sent(own, order)
    typed = "x" * 501
    answer = act(client, order, "lose", shipment_id=str(parcel.id), reason=typed)
    assert answer.status_code == 422 and typed in answer.text
    dialogs = re.findall(r'<dialog[^>]*id="lose-(\d+)"([^>]*)>(.*?)</dialog>', answer.text, re.S)
    again = {
        int(number): ("data-reopen" in attributes, typed in inside, "field-error" in inside)
        for number, attributes, inside in dialogs
    }
    assert again == {parcel.id: (True, True, True), other.id: (False, False, False)}


def test_a_refused_number_stays_at_its_own_parcel(own: Session, staff: Any) -> None:
    client, order = staff("Admin"), made(own, paid=True)
    one, two = sent(own, order), sent(own, order)
    answer = act(client, order, "number", shipment_id=str(two.id), tracking_number="no number!")
    assert answer.status_code == 422
    held = dict(re.findall(r'id="number-(\d+)" name="tracking_number"[^>]*value="([^"]*)"', answer.text))
    assert held == {str(one.id): "", str(two.id): "no number!"}


def test_a_refused_payback_keeps_its_reference(own: Session, staff: Any) -> None:
    client, order = staff("Admin"), made(own, paid=True)
    act(client, order, "refund", amount="1.00", reason="Scratched", key="abc")
    refund = own.scalars(select(Refund)).one()
    answer = act(client, order, "finish_refund", refund_id=str(refund.id), reference="KBC 9", seen="0")
    assert answer.status_code == 409 and 'value="KBC 9"' in answer.text
    own.refresh(refund)
    assert refund.state == "manual"


def test_cancelling_promises_what_has_not_gone_back_yet(own: Session, staff: Any) -> None:
    client, order = staff("Admin"), made(own, paid=True)
    act(client, order, "refund", amount="1.00", reason="Scratched", key="abc")
    rest = order.total.amount - 1
    asked = re.search(r'<dialog[^>]*id="cancel".*?</dialog>', shown(client, order), re.S)
    assert asked and f"What was paid (€{rest}) goes back." in asked[0]


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "1e400", "NaN", "²", "", "99999999999999999999"])
def test_refunds_that_are_none_are_refused_at_the_amount(own: Session, staff: Any, amount: str) -> None:
    client, order = staff("Admin"), made(own, paid=True)
    answer = act(client, order, "refund", amount=amount, reason="Scratched", key="abc")
    assert answer.status_code in (409, 422)
    assert re.search(r'id="refund-amount"[^>]*aria-invalid="true"', answer.text), "beside its field"
    assert 'value="Scratched"' in answer.text and not own.scalars(select(Refund)).all()


@pytest.mark.parametrize(
    ("verb", "name"),
    [("ship", "tracking_number"), ("ship", "carrier"), ("note", "note"), ("refund", "reason"), ("money", "reference")],
)  # fmt: skip
def test_text_that_cannot_be_stored_loses_nothing_else(
    own: Session, staff: Any, verb: str, name: str
) -> None:
    client, order = staff("Admin"), made(own, paid=verb != "money")
    form = {"carrier": "own", "tracking_number": "12345678", "amount": "1.00", "reason": "Scratched", "key": "abc",
            "reference": "KBC 1", "note": "Ring twice",
            f"line.{order.lines[0].id}": "1"}  # fmt: skip
    answer = act(client, order, verb, **(form | {name: f"{form.get(name, '')}a\x00b"}))
    assert answer.status_code in (409, 422) and f"/admin/orders/{verb}/{order.id}" in answer.text, (
        "its own page"
    )
    kept = {"ship": "own", "refund": "1.00", "money": "1.00", "note": "Ring twice"}
    assert kept[verb] in answer.text
    assert not own.scalars(select(Shipment)).all() and not own.scalars(select(Refund)).all()
