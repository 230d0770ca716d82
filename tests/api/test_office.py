"""Screens of the back office that programs use too: money received, settlements, bags, mails, news of carriers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app.cart import operations as carts
from app.cart.models import Cart
from app.core.actor import GUEST, Actor
from app.fulfilment.models import CarrierEvent
from app.notifications.models import Message
from app.orders.models import Order
from app.payments.models import Capture
from tests.api.shop import Shop
from tests.payments import making

ROLES = ("", "customer", "support", "seller", "manager", "admin")


@pytest.fixture
def ask(client: Any, floor: Shop) -> Any:
    """Asks as somebody; the admin when nobody is named."""

    def call(method: str, path: str, body: Any = None, who: str = "admin", **more: str) -> Any:
        headers = floor.headers(who) | more
        return client.open(f"/api/v1/admin/{path}", method=method, json=body, headers=headers)

    return call


def waiting(floor: Shop, method: str, total: str = "50.00") -> tuple[str, str]:
    """The number of an unpaid order, and the provider's reference of its payment."""
    with floor.maker() as session:
        order = making.order(session, total, method=method)
        payment = making.opened(session, order)
        making.start(floor.maker, payment)
        session.refresh(payment)
        return order.number, payment.provider_ref or ""


def payment_status(floor: Shop, number: str) -> str:
    with floor.maker() as session:
        return str(session.scalars(select(Order).where(Order.number == number)).one().payment_status)


def captures(floor: Shop) -> int:
    with floor.maker() as session:
        return session.scalar(select(func.count()).select_from(Capture)) or 0


# --- money ----------------------------------------------------------------------------------------


def test_a_transfer_is_noted_once(ask: Any, floor: Shop) -> None:
    number, communication = waiting(floor, "bank_transfer")
    line = {"communication": communication, "amount": "50.00", "reference": f"line-{number}"}
    made = ask("POST", "capture", line)
    assert made.status_code == 201, made.text
    assert (made.json["amount"], made.json["reference"], made.json["provider"]) == (
        {"amount": "50.00", "currency": "EUR"}, line["reference"], "bank_transfer",
    )  # fmt: skip
    assert payment_status(floor, number) == "paid"
    before = captures(floor)
    again = ask("POST", "capture", line)
    assert (again.status_code, again.json["id"], captures(floor)) == (201, made.json["id"], before)
    other = ask("POST", "capture", line | {"amount": "49.99"})
    assert (other.status_code, other.json["code"], captures(floor)) == (409, "reference_used", before)
    assert "50.00" in other.json["detail"] and other.json["errors"][0]["field"] == "reference"
    assert ask("GET", f"capture/{made.json['id']}").json["reference"] == line["reference"]
    assert ask("DELETE", f"capture/{made.json['id']}").status_code == 403, "what came in came in"
    assert ask("PATCH", f"capture/{made.json['id']}", {"amount": "1"}).status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": "0"}, "amount"), ({"amount": "-5"}, "amount"), ({"amount": "5.005"}, "amount"), ({"amount": "NaN"}, "amount"),
        ({"amount": None}, "amount"), ({"communication": "+++000/0000/00000+++"}, "communication"),
        ({"communication": "x"}, "communication"), ({"reference": ""}, "reference"), ({"reference": "x" * 201}, "reference"),
        ({"payment": 5}, "payment"), ({"reference": "\x00"}, "reference"),
    ],
)  # fmt: skip
def test_money_that_fits_nowhere_is_refused(ask: Any, floor: Shop, change: Any, field: str) -> None:
    number, communication = waiting(floor, "bank_transfer")
    before = captures(floor)
    line = {"communication": communication, "amount": "50.00", "reference": f"line-{number}"}
    answer = ask("POST", "capture", line | change)
    assert answer.status_code == 422 and field in [e["field"] for e in answer.json["errors"]], answer.text
    assert captures(floor) == before and payment_status(floor, number) == "due"


def test_a_settlement_is_sent_line_by_line(ask: Any, floor: Shop) -> None:
    """A program reads the carrier's table itself; a line sent twice says so and counts once."""
    orders = [waiting(floor, "cod")[0] for _ in range(2)]
    lines = [
        {
            "order_or_parcel": n,
            "amount": "50.00",
            "currency": "EUR",
            "paid_on": "2026-11-20",
            "reference": "S-7",
        }
        for n in orders
    ]
    first = [ask("POST", "settlement", line, **{"Idempotency-Key": uuid4().hex}) for line in lines]
    assert [a.status_code for a in first] == [201, 201], first[0].text
    assert [a.json["reference"] for a in first] == [f"S-7:{n}" for n in orders]
    assert [payment_status(floor, n) for n in orders] == ["paid", "paid"]
    before = captures(floor)
    repeated = ask("POST", "settlement", lines[0])
    assert (repeated.status_code, repeated.json["code"], captures(floor)) == (409, "already_so", before)
    wrong = ask("POST", "settlement", lines[1] | {"amount": "49.00"})
    assert wrong.status_code in (409, 422) and captures(floor) == before
    seen = ask("GET", "settlement?q=S-7").json
    assert {row["reference"] for row in seen["items"]} == {f"S-7:{n}" for n in orders}


def test_the_same_key_gives_the_stored_answer(ask: Any, floor: Shop) -> None:
    number = waiting(floor, "cod")[0]
    line = {"order_or_parcel": number, "amount": "50.00", "currency": "EUR"}
    key = {"Idempotency-Key": uuid4().hex}
    first, second = ask("POST", "settlement", line, **key), ask("POST", "settlement", line, **key)
    assert (first.status_code, second.status_code) == (201, 201) and first.json == second.json
    other = ask("POST", "settlement", line | {"amount": "1.00"}, **key)
    assert (other.status_code, other.json["code"]) == (422, "idempotency_mismatch")


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("screen", ["capture", "settlement"])
def test_who_may_note_money(ask: Any, floor: Shop, screen: str, who: str) -> None:
    number, reference = waiting(floor, "bank_transfer" if screen == "capture" else "cod")
    body: dict[str, Any] = {"communication": reference, "amount": "50.00", "reference": f"{screen}-{who}"}
    if screen == "settlement":
        body = {"order_or_parcel": number, "amount": "50.00", "currency": "EUR"}
    may = who in ("manager", "admin")
    assert ask("POST", screen, body, who=who).status_code == (201 if may else 403 if who else 401)
    assert payment_status(floor, number) == ("paid" if may else "due")
    looks = may or who == "support"
    assert ask("GET", screen, who=who).status_code == (200 if looks else 403 if who else 401)


# --- bags -----------------------------------------------------------------------------------------


@pytest.fixture
def merged(floor: Shop) -> int:
    """The customer's bag, into which a guest's went."""
    with floor.maker() as session:
        anna = Actor("customer", floor.ids["customer"], floor.people["customer"])
        own = carts.create_cart(session, currency="EUR", language="en", user_id=anna.user_id)
        guest = carts.create_cart(session, currency="EUR", language="en")
        carts.add_line(session, cart_id=own.id, sku="LAMP-01", quantity=1, actor=anna)
        carts.add_line(session, cart_id=guest.id, sku="LAMP-02", quantity=2, actor=GUEST)
        carts.merge_at_login(session, guest_public_id=guest.public_id, user_id=floor.ids["customer"])
        return int(own.id)


@pytest.fixture(autouse=True)
def no_bags(floor: Shop) -> Any:
    """No bag is left over for the next test."""
    yield
    with floor.maker() as session:
        for cart in session.scalars(select(Cart)).all():
            session.delete(cart)
        session.commit()


def test_a_merge_is_taken_back(ask: Any, floor: Shop, merged: int) -> None:
    row = ask("GET", f"cart/{merged}", who="support").json
    assert (row["who"], row["state"]) == (floor.people["customer"], "open") and row["merged_at"]
    done = ask("POST", f"cart/{merged}/actions/take_back", {}, who="support")
    assert (done.status_code, done.json["done"]) == (200, 1), done.text
    states = [(r["who"], r["state"]) for r in ask("GET", "cart").json["items"]]
    assert sorted(states, key=str) == sorted([(floor.people["customer"], "open"), (None, "open")], key=str)
    again = ask("POST", f"cart/{merged}/actions/take_back", {})
    assert 400 < again.status_code < 500 and again.json["code"], "there is nothing to take back any more"


@pytest.mark.parametrize("who", ["", "customer", "seller"])
def test_bags_are_none_of_their_business(ask: Any, merged: int, who: str) -> None:
    for method, path in (
        ("GET", "cart"),
        ("GET", f"cart/{merged}"),
        ("POST", f"cart/{merged}/actions/take_back"),
    ):
        assert ask(method, path, {} if method == "POST" else None, who=who).status_code == (
            403 if who else 401
        )
    assert ask("GET", f"cart/{merged}").json["merged_at"]
    assert ask("PATCH", f"cart/{merged}", {"state": "ordered"}).status_code == 403


# --- mails ----------------------------------------------------------------------------------------


def mail(floor: Shop, state: str) -> int:
    """A mail in this state."""
    with floor.maker() as session:
        row = Message(
            recipient="kim@example.org", template="order_received", language="en", subject="Your order", state=state,
            text="secret link", html="<p>secret link</p>", message_id=uuid4().hex, dedupe_key=uuid4().hex,
        )  # fmt: skip
        session.add(row)
        session.commit()
        return int(row.id)


def state_of(floor: Shop, message_id: int) -> str:
    with floor.maker() as session:
        return str(session.get_one(Message, message_id).state)


def test_a_failed_mail_is_sent_again_and_a_sent_one_is_not(ask: Any, floor: Shop) -> None:
    failed, sent = mail(floor, "failed"), mail(floor, "sent")
    row = ask("GET", f"message/{failed}", who="support")
    assert row.json["subject"] == "Your order" and "secret link" not in row.text, (
        "texts hold links that open orders"
    )
    assert ask("POST", f"message/{failed}/actions/again", {}, who="support").status_code == 200
    assert state_of(floor, failed) != "failed"
    refused = ask("POST", f"message/{sent}/actions/again", {})
    assert refused.status_code == 409 and refused.json["code"], refused.text
    both = ask("POST", "message/actions/again", {"ids": [mail(floor, "failed"), sent]})
    assert both.status_code == 200 and both.json["message"].startswith("1 ")
    assert state_of(floor, sent) == "sent"


@pytest.mark.parametrize("who", ["", "customer", "seller"])
def test_mails_of_others_stay_closed(ask: Any, floor: Shop, who: str) -> None:
    failed = mail(floor, "failed")
    for method, path in (
        ("GET", "message"),
        ("GET", f"message/{failed}"),
        ("POST", f"message/{failed}/actions/again"),
    ):
        assert ask(method, path, {} if method == "POST" else None, who=who).status_code == (
            403 if who else 401
        )
    assert state_of(floor, failed) == "failed"


# --- news of carriers -----------------------------------------------------------------------------


def news(floor: Shop) -> int:
    """News of a parcel that nobody has."""
    with floor.maker() as session:
        row = CarrierEvent(
            carrier="bpost", event_id=uuid4().hex, tracking_number="323299999999", step="moving",
            at=datetime(2026, 11, 21, 12, tzinfo=UTC), state="unmatched",
        )  # fmt: skip
        session.add(row)
        session.commit()
        return int(row.id)


def test_news_are_looked_at_again(ask: Any, floor: Shop) -> None:
    told = news(floor)
    row = ask("GET", f"carrierevent/{told}", who="support").json
    assert (row["tracking_number"], row["state"]) == ("323299999999", "unmatched")
    done = ask("POST", f"carrierevent/{told}/actions/again", {}, who="support")
    assert (done.status_code, done.json["message"]) == (200, "0 found their parcel.")
    assert ask("GET", f"carrierevent/{told}").json["state"] == "unmatched"
    assert ask("GET", "carrierevent?q=3232999").json["total"] >= 1
    for who in ("", "customer", "seller"):
        assert ask("POST", f"carrierevent/{told}/actions/again", {}, who=who).status_code == (
            403 if who else 401
        )
    assert ask("POST", "carrierevent/999999999/actions/again", {}).status_code == 404


# --- products -------------------------------------------------------------------------------------


def test_a_product_is_made_with_its_first_variant_once(ask: Any, client: Any, floor: Shop) -> None:
    sku = f"REST-{uuid4().hex[:8]}"
    body = {"type": floor.ids["type"], "name": "Lamp by REST", "category": floor.ids["lamps"], "sku": sku}
    key = {"Idempotency-Key": uuid4().hex}
    made, again = ask("POST", "product", body, **key), ask("POST", "product", body, **key)
    assert (made.status_code, again.status_code) == (201, 201), made.text
    assert made.json["name"] == "Lamp by REST" and again.json["id"] == made.json["id"]
    assert ask("GET", f"product/{made.json['id']}").json["category"]["id"] == floor.ids["lamps"]
    assert ask("GET", f"variant?q={sku}").json["items"][0]["sku"] == sku
    told = client.get("/api/openapi.json").json["paths"]["/api/v1/admin/product"]["post"]["requestBody"]
    assert set(body) <= set(told["content"]["application/json"]["schema"]["properties"])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({}, "name"), ({"name": "Lamp"}, "type"), ({"name": "Lamp", "type": 999}, "type"), ({"draft": 1}, "draft"),
     ({"other_categories": "x"}, "other_categories"), ({"name": 5.5e300, "type": [1]}, "type")],
)  # fmt: skip
def test_a_product_that_cannot_be_is_refused_at_its_fields(
    ask: Any, floor: Shop, wrong: dict[str, Any], field: str
) -> None:
    answer = ask("POST", "product", {"category": floor.ids["lamps"]} | wrong)
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json["errors"]], answer.text
