"""The back office's screens of money, through the browser's door."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.core.audit import AuditRow
from app.identity import operations as identity
from app.payments import operations, registry
from app.payments.models import Capture, Refund, Webhook
from tests.orders import making as orders
from tests.payments import making
from tests.payments.making import count, money, opened, start

PASSWORD = "quiet-harbour-31"


@pytest.fixture
def staff(app: Any, session: Session) -> Callable[..., Any]:
    """Makes a browser in which somebody with this role is logged in."""

    def log_in(role: str = "Manager") -> Any:
        identity.create_staff(
            session, email=f"{role.lower()}@shop.example", password=PASSWORD, roles=(role,), first_name=role,
            last_name="Shop", actor=SYSTEM,
        )  # fmt: skip
        client = app.test_client()
        answer = client.post(
            "/admin/login/", data={"email": f"{role.lower()}@shop.example", "password": PASSWORD}
        )
        assert answer.status_code == 302, answer.text
        return client

    return log_in


def hidden_key(page: str) -> str:
    found = re.search(r'name="key"[^>]*value="(\w+)"', page)
    assert found, "the form carries a key of its own"
    return found[1]


@pytest.mark.parametrize("entity", ["payment", "refund", "capture", "notice", "ledger"])
def test_lists_and_pages_open(
    session: Session, session_maker: Any, staff: Callable[..., Any], entity: str
) -> None:
    _order, payment = making.paid(session, session_maker)
    operations.request_refund(
        session,
        payment_id=payment.id,
        amount=money("1.00"),
        reason="scratch",
        actor=making.STAFF,
        idempotency_key="k",
    )
    session.add(Webhook(provider="demo_card", event_id="e", kind="charge.paid", body={"key": "x"}))
    session.commit()
    client = staff()
    page = client.get(f"/admin/{entity}/list/")
    assert page.status_code == 200
    links = re.findall(rf"/admin/{entity}/show/\d+", page.text)
    assert links, page.text[:2000]
    assert client.get(links[0]).status_code == 200
    for verb in ("edit", "delete"):
        assert client.post(links[0].replace("show", verb)).status_code in (404, 405)


def test_a_refund_from_the_screen_is_one_refund_however_often_it_is_sent(
    session: Session, session_maker: Any, staff: Callable[..., Any]
) -> None:
    _order, payment = making.paid(session, session_maker)
    client, address = staff(), f"/admin/payment/action/refund/{payment.id}"
    form = {"amount": "20.00", "reason": "scratch", "key": hidden_key(client.get(address).text)}
    for _ in range(3):
        assert client.post(address, data=form).status_code == 302
    again = form | {"key": hidden_key(client.get(address).text), "amount": "30.01"}
    refused = client.post(address, data=again)
    assert refused.status_code == 200
    assert "30.00" in refused.text
    session.expire_all()
    assert [r.amount for r in session.scalars(select(Refund))] == [Decimal("20.00")]
    assert count(session, AuditRow, AuditRow.action == "refund.request") == 1


@pytest.mark.parametrize("amount", ["0", "-1", "1.001", "abc", "99999999999999999999", ""])
def test_amounts_that_are_none_are_refused_beside_the_field(
    session: Session, session_maker: Any, staff: Callable[..., Any], amount: str
) -> None:
    _order, payment = making.paid(session, session_maker)
    client, address = staff(), f"/admin/payment/action/refund/{payment.id}"
    answer = client.post(address, data={"amount": amount, "reason": "x", "key": "k"})
    assert answer.status_code == 200
    assert "has-error" in answer.text
    assert count(session, Refund) == 0


def test_a_transfer_is_entered_by_its_communication(
    session: Session, session_maker: Any, staff: Callable[..., Any]
) -> None:
    order = making.order(session, method="bank_transfer")
    payment = opened(session, order)
    start(session_maker, payment)
    session.expire_all()
    client = staff()
    form = {"communication": payment.provider_ref, "amount": "50.00", "reference": "2026/17/4"}
    wrong = client.post("/admin/capture/add", data=form | {"communication": "+++123/4567/89003+++"})
    assert wrong.status_code == 200
    assert "communication" in wrong.text
    for _ in range(2):
        assert client.post("/admin/capture/add", data=form).status_code == 302
    other = client.post("/admin/capture/add", data=form | {"amount": "5.00"})
    assert other.status_code == 200 and "with another amount: 50.00 EUR" in other.text
    session.expire_all()
    assert (order.state, count(session, Capture)) == ("paid", 1)


def test_cash_is_noted_and_a_manual_refund_marked_as_paid(
    session: Session, session_maker: Any, staff: Callable[..., Any], deliver: Any
) -> None:
    order = making.order(session, method="cod")
    payment = opened(session, order)
    start(session_maker, payment)
    client = staff()
    address = f"/admin/payment/action/received/{payment.id}"
    assert 'value="50.00"' in client.get(address).text
    assert client.post(address, data={"amount": "50.00", "reference": ""}).status_code == 302
    session.expire_all()
    assert order.payment_status == "paid"
    (refund,) = operations.request_refund(
        session, order_id=order.id, amount=money("5.00"), reason="x", actor=making.STAFF, idempotency_key="k"
    )
    deliver()
    for _ in range(2):
        client.post(f"/admin/refund/action/paid_back/{refund.id}", data={"reference": "2026/18/1"})
    session.expire_all()
    assert (refund.state, refund.provider_ref, payment.refunded) == ("done", "2026/18/1", 5)
    assert making.wrong(session) == []


def test_a_parked_notice_is_placed_by_hand(
    session: Session, session_maker: Any, staff: Callable[..., Any]
) -> None:
    order = making.order(session)
    payment = opened(session, order)
    start(session_maker, payment, "tok_3ds")
    body = json.dumps(
        {"id": "e1", "type": "charge.paid", "key": "lost", "amount": 5000, "currency": "EUR"}
    ).encode()
    demo: Any = registry.provider("demo_card")
    made = operations.receive_webhook(
        session, provider="demo_card", headers={"Demo-Signature": demo.sign(body)}, body=body
    )
    assert operations.apply_webhook(session, webhook_id=made) == "unmatched"
    client, address = staff(), f"/admin/notice/action/match/{made}"
    assert client.post(address, data={"public_id": "nobody"}).status_code == 200
    assert client.post(address, data={"public_id": str(payment.public_id)}).status_code == 302
    session.expire_all()
    assert (order.state, session.get_one(Webhook, made).state) == ("paid", "applied")


@pytest.mark.parametrize(
    ("role", "looks", "acts"), [("Support", 200, 403), ("Seller", 200, 403), ("Manager", 200, 302)]
)
def test_who_may_refund(
    session: Session, session_maker: Any, staff: Callable[..., Any], role: str, looks: int, acts: int
) -> None:
    _order, payment = making.paid(session, session_maker)
    client = staff(role)
    assert client.get("/admin/payment/list/").status_code == looks
    form = {"amount": "5.00", "reason": "x", "key": "k"}
    assert client.post(f"/admin/payment/action/refund/{payment.id}", data=form).status_code == acts
    assert count(session, Refund) == (1 if acts == 302 else 0)


def test_nobody_without_login_refunds(app: Any, session: Session, session_maker: Any) -> None:
    _order, payment = making.paid(session, session_maker)
    answer = app.test_client().post(f"/admin/payment/action/refund/{payment.id}", data={"amount": "5.00"})
    assert answer.status_code in (302, 401, 403)
    assert count(session, Refund) == 0


def test_usr_10_a_seller_sees_payments_of_orders_with_own_goods_only(
    session: Session, staff: Callable[..., Any]
) -> None:
    client, found = staff("Seller"), []
    for number in range(2):
        order = orders.order(session, orders.articles(session, 1), method="bank_transfer")
        payment = operations.open_payment(
            session, order=order, method="bank_transfer", amount=order.total, actor=SYSTEM
        )
        operations.record_manual_payment(
            session, order_id=order.id, amount=order.total, reference=f"bank-{number}", actor=SYSTEM
        )
        (refund,) = operations.request_refund(
            session, payment_id=payment.id, amount=money("1.00"), reason="scratch", actor=making.STAFF,
            idempotency_key="k",
        )  # fmt: skip
        found.append((order, payment.id, refund.id))
    (mine, own, own_refund), (other, foreign, foreign_refund) = found
    session.execute(
        text("""UPDATE catalog_product SET seller_id = (SELECT id FROM ab_user WHERE email = 'seller@shop.example')
                WHERE id = (SELECT product_id FROM orders_line WHERE order_id = :o)"""),
        {"o": mine.id},
    )
    session.commit()
    for entity, seen, hidden in (("payment", own, foreign), ("refund", own_refund, foreign_refund)):
        page = client.get(f"/admin/{entity}/list/").text
        assert f"/admin/{entity}/show/{seen}" in page and f"/admin/{entity}/show/{hidden}" not in page
        assert client.get(f"/admin/{entity}/show/{seen}").status_code == 200
        assert client.get(f"/admin/{entity}/show/{hidden}").status_code == 404
        assert str(other.number) not in client.get(f"/admin/{entity}/export.csv").text
