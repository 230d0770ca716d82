"""Providers' notices: verified and written down at once, applied afterwards, each one once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core import audit, locks
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.payments import WebhookReceived
from app.payments import registry, rules
from app.payments.errors import PaymentNotFound
from app.payments.models import Payment, Refund, Webhook
from app.payments.operations.applying import apply_outcome
from app.payments.operations.refunds import apply_refund, note_refund_from_outside
from app.payments.providers.port import Applied, Notice, Refunded
from app.payments.states import WEBHOOK


def receive_webhook(session: Session, *, provider: str, headers: Mapping[str, str], body: bytes) -> int:
    """Verify a notice and write it down; it is applied after the commit. Returns its row's id.

    The same notice sent again gives the same id and announces nothing.

    Raises:
        UnknownProvider: it is not set up here.
        WebhookRefused: forged, stale or unreadable. Nothing is kept.
    """
    notice = registry.provider(provider).read_webhook(headers, body)
    with unit_of_work(session):
        made = session.scalar(
            insert(Webhook)
            .values(
                provider=provider,
                event_id=notice.event_id[:255],
                kind=notice.kind[:255],
                body=without_card_numbers(dict(notice.body)),
                state=WEBHOOK.start,
            )
            .on_conflict_do_nothing(index_elements=["provider", "event_id"])
            .returning(Webhook.id)
        )
        if made is not None:
            publish(session, WebhookReceived(webhook_id=made))
            return made
    known = select(Webhook.id).where(Webhook.provider == provider, Webhook.event_id == notice.event_id[:255])
    return int(session.scalars(known).one())


def without_card_numbers(value: Any) -> Any:
    """The same structure, every text with a card number in it (and NUL) taken out."""
    if isinstance(value, str):
        return "[number removed]" if rules.holds_card_number([value]) else value.replace("\x00", "")
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return "[number removed]" if rules.holds_card_number([str(value)]) else value
    if isinstance(value, Mapping):
        return {str(without_card_numbers(str(k))): without_card_numbers(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [without_card_numbers(v) for v in value]
    return str(value)


def apply_webhook(session: Session, *, webhook_id: int) -> str:
    """Do what a notice says; returns its state afterwards. Doing it again changes nothing.

    A notice about a charge that nobody here knows is parked as `unmatched` for a person.
    """
    with unit_of_work(session):
        webhook = locks.row(session, Webhook, webhook_id)
        if webhook.state not in ("received", "unmatched"):
            return webhook.state
        notice = Notice(webhook.event_id, webhook.kind, webhook.body)
        applied = registry.provider(webhook.provider).interpret(notice)
        if applied.outcome is None and not applied.refunds:
            if WEBHOOK.can(webhook, "ignore"):
                WEBHOOK.transition(webhook, "ignore")
            return webhook.state
        payment_id = find_payment(session, webhook.provider, applied)
        if payment_id is None:
            WEBHOOK.transition(webhook, "park")
            webhook.note = f"no payment {applied.key or applied.reference}"[:500]
            return webhook.state
        _apply(session, webhook, applied, payment_id)
        return webhook.state


def find_payment(session: Session, provider: str, applied: Applied) -> int | None:
    """The payment a notice speaks of: by our own key, else by the provider's reference."""
    try:
        key = UUID(applied.key) if applied.key else None
    except ValueError:
        key = None
    if key is not None:
        found = session.scalar(
            select(Payment.id).where(Payment.public_id == key, Payment.provider == provider)
        )
        if found is not None:
            return found
    if not applied.reference:
        return None
    return session.scalar(
        select(Payment.id).where(Payment.provider == provider, Payment.provider_ref == applied.reference)
    )


def _apply(session: Session, webhook: Webhook, applied: Applied, payment_id: int) -> None:
    if applied.outcome is not None:
        apply_outcome(session, payment_id=payment_id, outcome=applied.outcome)
    for reference, answer in applied.refunds.items():
        if not _apply_refund(session, payment_id, reference, answer):
            webhook.note = f"refund {reference} does not fit"[:500]
    # only now: the foreign key locks the payment's row, and the order's must be locked before it
    webhook.payment_id = payment_id
    WEBHOOK.transition(webhook, "apply")
    webhook.applied_at = utcnow()


def _apply_refund(session: Session, payment_id: int, reference: str, answer: Refunded) -> bool:
    mine = select(Refund.id).where(Refund.payment_id == payment_id)
    refund_id = session.scalar(mine.where(Refund.provider_ref == reference))
    if refund_id is None and answer.key:
        try:
            refund_id = session.scalar(mine.where(Refund.public_id == UUID(answer.key)))
        except ValueError:
            refund_id = None
    if refund_id is not None:
        apply_refund(session, refund_id=refund_id, answer=answer)
        return True
    return note_refund_from_outside(session, payment_id=payment_id, answer=answer) is not None


def match_webhook(session: Session, *, webhook_id: int, public_id: str, actor: Actor) -> str:
    """Apply a parked notice to the payment a person names by its public id.

    Raises:
        PaymentNotFound: no payment of this provider has this id.
    """
    with unit_of_work(session):
        webhook = locks.row(session, Webhook, webhook_id)
        if webhook.state != "unmatched":
            return webhook.state
        payment_id = find_payment(session, webhook.provider, Applied(key=public_id.strip()))
        if payment_id is None:
            raise PaymentNotFound()
        notice = Notice(webhook.event_id, webhook.kind, webhook.body)
        applied = registry.provider(webhook.provider).interpret(notice)
        _apply(session, webhook, applied, payment_id)
        audit.record(
            session, actor=actor, action="webhook.match", entity="payments_webhook", entity_id=webhook.id,
            after={"payment": payment_id},
        )  # fmt: skip
        return webhook.state
