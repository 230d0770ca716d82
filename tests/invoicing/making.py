"""Orders that were paid, sent and refunded, and what tests look at afterwards."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any
from uuid import uuid4

from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.core.actor import SYSTEM
from app.core.money import Money
from app.core.unit_of_work import unit_of_work
from app.fulfilment import operations as fulfilment
from app.invoicing import checks
from app.invoicing.models import Invoice
from app.orders import operations as orders
from app.orders.models import Order
from app.payments import operations as payments
from tests.orders import making as order_making


def ordered(session: Session, *, method: str = "bank_transfer", **more: Any) -> Order:
    """An order of three articles with its open payment; cash on delivery is confirmed."""
    made = order_making.order(
        session, order_making.articles(session, 3), method=method, expires_in=None, **more
    )
    payment = payments.open_payment(session, order=made, method=method, amount=made.total, actor=SYSTEM)
    if method == "bank_transfer":
        maker = sessionmaker(session.get_bind(), expire_on_commit=False)
        payments.start_payment(maker, payment_id=payment.id, return_url="", language=made.language)
        session.expire_all()
    if method == "cod":
        orders.confirm(session, order_id=made.id, actor=SYSTEM)
    return made


def pays(session: Session, made: Order, amount: str | Decimal | None = None) -> None:
    """Money comes in and a person notes it."""
    sum_ = made.total if amount is None else Money(Decimal(amount), made.currency)
    payments.record_manual_payment(
        session, order_id=made.id, amount=sum_, reference=uuid4().hex, actor=order_making.STAFF
    )


def refunds(session: Session, made: Order, amount: str | Decimal) -> list[int]:
    """Money goes back, paid by hand; returns the ids of the refunds."""
    asked = payments.request_refund(
        session, order_id=made.id, amount=Money(Decimal(amount), made.currency), reason="A scratch",
        actor=order_making.STAFF, idempotency_key=uuid4().hex,
    )  # fmt: skip
    for refund in asked:
        payments.finish_manual_refund(session, refund_id=refund.id, actor=order_making.STAFF, reference="")
    return [refund.id for refund in asked]


def sends(session: Session, made: Order) -> None:
    """Everything leaves in one parcel."""
    fulfilment.ship_order(
        session, order_id=made.id, carrier="bpost", tracking_number="323212345678901", actor=SYSTEM
    )


def paid(session: Session, deliver: Any, **more: Any) -> tuple[Order, Invoice]:
    """A paid order and its invoice, issued by the handlers."""
    made = ordered(session, **more)
    pays(session, made)
    deliver()
    session.expire_all()
    return made, papers(session, made)[0]


def papers(session: Session, made: Order) -> list[Invoice]:
    """The documents of an order, oldest first."""
    session.expire_all()
    return list(session.scalars(select(Invoice).where(Invoice.order_id == made.id).order_by(Invoice.id)))


def addressed(session: Session, made: Order, **parts: str) -> None:
    """Change the billing address as it is stored, whatever it says."""
    with unit_of_work(session):
        made.billing_address = {**made.billing_address, **parts}


def words(data: bytes) -> str:
    """All text of a PDF on one line, with plain spaces."""
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    return " ".join(text.replace("\xa0", " ").replace("\u202f", " ").split())


def wrong(session: Session) -> list[str]:
    """Whatever the invariants of invoices find."""
    session.expire_all()
    return [
        *checks.paid_without_invoice(session), *checks.gaps(session), *checks.wrong_sums(session),
        *checks.wrong_credits(session),
    ]  # fmt: skip
