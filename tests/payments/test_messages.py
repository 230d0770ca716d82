"""Mails about money: once each, in the buyer's language, and no card number anywhere."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.events import payments as events
from app.orders import operations as orders
from app.payments import messages, operations
from app.payments.models import Capture, Refund
from tests.payments import making
from tests.payments.making import captured, money, opened, start

CARD = "4242 4242 4242 4242"


def test_money_received_is_confirmed_once(session: Session, session_maker: Any, deliver: Any) -> None:
    order, payment = making.paid(session, session_maker)
    deliver()
    capture = session.query(Capture).one()
    event = events.PaymentCaptured(payment.id, order.id, capture.id, capture.amount, capture.currency)
    for _ in range(2):
        messages.payment_received(session, event)
    (mail,) = making.mails(session, "payment_received")
    assert mail.recipient == "kim@example.org"
    assert order.number in mail.subject
    for part in (mail.text, mail.html):
        assert "€50.00" in part
        assert f"/orders/{order.token}" in part


def test_a_part_says_what_is_missing(session: Session, session_maker: Any, deliver: Any) -> None:
    order = making.order(session, method="bank_transfer")
    start(session_maker, opened(session, order))
    operations.record_manual_payment(
        session, order_id=order.id, amount=money("15.00"), reference="1", actor=making.STAFF
    )
    deliver()
    assert "€35.00" in making.mails(session, "payment_received")[0].text


def test_late_money_says_that_it_goes_back(session: Session, deliver: Any) -> None:
    order = making.order(session)
    payment = opened(session, order)
    orders.cancel_order(session, order_id=order.id, reason="expired", actor=making.STAFF)
    operations.apply_outcome(session, payment_id=payment.id, outcome=captured(payment))
    deliver()
    assert "cancelled before the money came" in making.mails(session, "payment_received")[0].text
    assert len(making.mails(session, "refund_sent")) == 1


def test_a_failure_leads_back_to_paying(session: Session, session_maker: Any, deliver: Any) -> None:
    order = making.order(session)
    payment = opened(session, order)
    for _ in range(2):
        start(session_maker, payment, "tok_decline")
        deliver()
    (mail,) = making.mails(session, "payment_failed")
    assert f"/payments/{payment.public_id}/pay" in mail.text


def test_nobody_hears_of_a_failure_after_paying(session: Session, session_maker: Any, deliver: Any) -> None:
    payment = opened(session, making.order(session))
    start(session_maker, payment, "tok_decline")
    start(session_maker, payment, "tok_ok")
    deliver()
    assert making.mails(session, "payment_failed") == []


def test_a_refund_is_told_once(session: Session, session_maker: Any, deliver: Any) -> None:
    order, payment = making.paid(session, session_maker)
    operations.request_refund(
        session,
        payment_id=payment.id,
        amount=money("7.50"),
        reason="",
        actor=making.STAFF,
        idempotency_key="k",
    )
    deliver()
    refund = session.query(Refund).one()
    event = events.PaymentRefunded(payment.id, order.id, refund.id, refund.amount, refund.currency)
    for _ in range(2):
        messages.refund_sent(session, event)
    (mail,) = making.mails(session, "refund_sent")
    assert "€7.50" in mail.subject


@pytest.mark.parametrize(
    ("language", "amount"), [("fr", "50,00\xa0€"), ("de", "50,00\xa0€"), ("nl", "€\xa050,00")]
)
def test_amounts_are_written_as_the_buyer_writes_them(
    session: Session, session_maker: Any, deliver: Any, language: str, amount: str
) -> None:
    order = making.order(session, language=language)
    start(session_maker, opened(session, order))
    deliver()
    mail = making.mails(session, "payment_received")[0]
    assert mail.language == language
    assert amount in mail.text
    assert f"/{language}/orders/{order.token}" in mail.text


@pytest.fixture
def logged(app: Any) -> Iterator[io.StringIO]:
    """What the shop's own log handler writes."""
    written = io.StringIO()
    ours = [
        h for h in logging.getLogger().handlers
        if isinstance(h, logging.StreamHandler) and isinstance(h.formatter, structlog.stdlib.ProcessorFormatter)
    ]  # fmt: skip
    assert ours
    before = ours[0].setStream(written)
    yield written
    ours[0].setStream(before)


def test_a_card_number_reaches_neither_log_nor_database(
    session: Session, session_maker: Any, client: Any, logged: io.StringIO
) -> None:
    """Send one through every door of this package, then look everywhere for it."""
    payment = opened(session, making.order(session))
    start(session_maker, payment, "tok_decline")
    session.rollback()
    plain = {"Accept": "application/json"}
    client.post(f"/payments/{payment.public_id}/pay", data={"payment_token": CARD}, headers=plain)
    client.post(f"/payments/demo/{payment.public_id}", data={"answer": CARD}, headers=plain)
    client.post("/api/v1/webhooks/demo_card", data=json.dumps({"id": CARD, "number": CARD}))
    client.get(f"/payments/return/{payment.public_id}?card=4242424242424242")
    structlog.get_logger("payments").warning("seen", note=f"the card {CARD} was sent", card=CARD)
    logging.getLogger("stripe").warning("the card %s was sent", CARD)
    everything = logged.getvalue()
    assert everything.count("[number]") == 2, "the guard has seen both lines"
    for table in session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all():
        everything += "".join(str(row) for row in session.execute(text(f'SELECT t::text FROM "{table}" t')))
    assert "4242 4242" not in everything
    assert "4242424242424242" not in everything
