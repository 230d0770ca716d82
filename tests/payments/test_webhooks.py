"""Notices: the door, the writing down, the applying, each one once."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.core.outbox import OutboxRow
from app.events.payments import WebhookReceived
from app.payments import handlers, operations, registry
from app.payments.errors import UnknownProvider
from app.payments.models import Capture, Webhook
from tests.payments import making
from tests.payments.making import count, opened, start


def notice(
    payment: Any, event_id: str = "e1", kind: str = "charge.paid", **more: Any
) -> tuple[dict[str, str], bytes]:
    content = {"id": event_id, "type": kind, "key": str(getattr(payment, "public_id", payment)), "amount": 5000,
               "currency": "EUR"} | more  # fmt: skip
    body = json.dumps(content).encode()
    demo: Any = registry.provider("demo_card")
    return {"Demo-Signature": demo.sign(body)}, body


@pytest.fixture
def waiting(session: Session, session_maker: Any) -> Any:
    """A payment that waits for its bank."""
    payment = opened(session, making.order(session))
    start(session_maker, payment, "tok_3ds")
    session.expire_all()
    return payment


def post(client: Any, headers: dict[str, str], body: bytes, provider: str = "demo_card") -> Any:
    return client.post(f"/api/v1/webhooks/{provider}", data=body, headers=headers)


def test_a_notice_pays_the_order(session: Session, waiting: Any, client: Any, deliver: Any) -> None:
    answer = post(client, *notice(waiting))
    assert (answer.status_code, answer.json) == (200, {"received": True})
    session.expire_all()
    assert waiting.order.state == "pending", "applied afterwards, not while the provider waits"
    session.rollback()
    deliver()
    session.expire_all()
    assert (waiting.order.state, count(session, Capture)) == ("paid", 1)


def test_the_same_notice_is_written_down_once(
    session: Session, waiting: Any, client: Any, deliver: Any
) -> None:
    for _ in range(3):
        assert post(client, *notice(waiting)).status_code == 200
        deliver()
    assert count(session, Webhook) == 1
    assert count(session, OutboxRow, OutboxRow.kind == "payments.WebhookReceived") == 1


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, b"{}"),
        ({"Demo-Signature": "00"}, b"{}"),
        ({"Demo-Signature": "é"}, b"{}"),
        ({"Demo-Signature": ""}, b""),
    ],
)
def test_a_forged_notice_is_a_problem_document(
    session: Session, client: Any, headers: dict[str, str], body: bytes
) -> None:
    answer = post(client, headers, body)
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "webhook_refused"
    assert count(session, Webhook) == 0


@pytest.mark.parametrize("body", [b"[]", b"{}", b"\xff", b'{"id": {}}', b"null"])
def test_a_signed_notice_that_is_none_is_refused(session: Session, client: Any, body: bytes) -> None:
    demo: Any = registry.provider("demo_card")
    assert post(client, {"Demo-Signature": demo.sign(body)}, body).status_code == 400


@pytest.mark.parametrize(("provider", "status"), [("nobody", 404), ("cod", 400), ("bank_transfer", 400)])
def test_providers_without_notices(client: Any, provider: str, status: int) -> None:
    assert post(client, {}, b"{}", provider).status_code == status


def test_the_door_needs_no_csrf_token_but_takes_nothing_large(app: Any, waiting: Any, client: Any) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert post(client, *notice(waiting)).status_code == 200
        assert post(client, {}, b"x" * 600_000).status_code == 413
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_a_notice_about_nothing_is_parked_and_tried_again(
    session: Session, session_maker: Any, deliver: Any
) -> None:
    for key in ("lost", "0" * 32, "\x00"):
        headers, body = notice(key, event_id=f"e-{key[:1]!r}")
        made = operations.receive_webhook(session, provider="demo_card", headers=headers, body=body)
        for _ in range(2):
            handlers.apply_webhook(session, WebhookReceived(webhook_id=made))
        assert session.get_one(Webhook, made).state == "unmatched"
    assert operations.reconcile(session_maker)["notices"] == 3


def test_a_notice_without_meaning_is_left_alone(session: Session, waiting: Any, deliver: Any) -> None:
    headers, body = notice(waiting, kind="charge.admired")
    made = operations.receive_webhook(session, provider="demo_card", headers=headers, body=body)
    assert [operations.apply_webhook(session, webhook_id=made) for _ in range(2)] == ["ignored", "ignored"]
    with pytest.raises(UnknownProvider):
        operations.receive_webhook(session, provider="nobody", headers={}, body=b"")


def test_a_card_number_in_a_notice_is_not_written_down(session: Session, waiting: Any) -> None:
    headers, body = notice(waiting, note="card 4242 4242 4242 4242", deep=[{"n": 4242424242424242}])
    made = operations.receive_webhook(session, provider="demo_card", headers=headers, body=body)
    stored = json.dumps(session.get_one(Webhook, made).body)
    assert "4242" not in stored
    assert stored.count("[number removed]") == 2


@pytest.mark.torture
def test_a_storm_of_notices_pays_each_order_once(
    app: Any, session: Session, session_maker: Any, deliver: Any
) -> None:
    waiting = []
    for _ in range(8):
        payment = opened(session, making.order(session))
        start(session_maker, payment, "tok_3ds")
        waiting.append(payment)
    session.expire_all()
    kinds = ("charge.failed", "charge.paid", "charge.paid", "charge.admired")
    good = [notice(p, f"{p.id}-{n}", kind) for p in waiting for n, kind in enumerate(kinds)]
    forged = [({"Demo-Signature": "00" * 32}, body) for _headers, body in good[:12]]
    storm = [*good, *good[:16], *forged]
    random.Random(7).shuffle(storm)
    session.rollback()
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda item: post(app.test_client(), *item).status_code, storm))
    assert (answers.count(200), answers.count(400)) == (len(good) + 16, len(forged))
    rows = [row.id for row in session.query(OutboxRow.id)]
    random.Random(8).shuffle(rows)
    session.rollback()
    from app.core.dispatch import deliver as deliver_row

    def run(row_id: int) -> bool:
        with app.app_context():
            return deliver_row(session_maker, row_id)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(run, rows * 2))
    deliver()
    session.expire_all()
    assert {p.order.state for p in waiting} == {"paid"}
    assert (count(session, Capture), count(session, Webhook)) == (8, len(good))
    assert making.wrong(session) == []
