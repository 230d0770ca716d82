"""A carrier's settlement marks orders paid: exactly what is due, once; everything else is told, never guessed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import ShopError
from app.fulfilment.models import Shipment
from app.orders import operations as orders
from app.orders.models import Order
from app.payments import checks, operations
from app.payments.errors import (
    AlreadyPaid,
    AlreadySettled,
    BadReference,
    NotPaidInCash,
    UnknownOrderOrParcel,
    WrongCash,
)
from app.payments.models import Capture
from app.payments.settlements_admin import day
from tests.core.admin.tables import Taker, counts, said
from tests.payments import making
from tests.payments.making import count, money, opened, start
from tests.pricing.desk import Desk


def delivered(session: Session, session_maker: Any, total: str = "50.00", parcel: str = "") -> Order:
    """An order that the carrier takes cash for; it is confirmed and unpaid."""
    order = making.order(session, total, method="cod")
    start(session_maker, opened(session, order))
    if parcel:
        session.add(Shipment(order_id=order.id, carrier="Snail", tracking_number=parcel))
        session.commit()
    session.expire_all()
    assert (order.state, order.payment_status) == ("confirmed", "due")
    return order


def settle(session: Session, words: str, amount: str, reference: str = "S-1", currency: str = "EUR") -> Any:
    return operations.settle_cash(
        session,
        order_or_parcel=words,
        amount=money(amount, currency),
        reference=reference,
        actor=making.STAFF,
    )


def refused(session: Session, kind: type[ShopError], *given: str) -> None:
    with pytest.raises(kind):
        settle(session, *given)


def test_a_line_pays_its_order_once(session: Session, session_maker: Any) -> None:
    order = delivered(session, session_maker)
    settle(session, order.number, "50.00")
    session.refresh(order)
    assert order.payment_status == "paid"
    refused(session, AlreadySettled, order.number, "50.00")
    refused(session, WrongCash, order.number, "49.00")
    refused(session, AlreadyPaid, order.number, "50.00", "S-2")
    assert count(session, Capture) == 1 and checks.books_differ(session) == []


def test_what_is_never_marked_paid(session: Session, session_maker: Any) -> None:
    order = delivered(session, session_maker)
    for amount, currency in (
        ("49.99", "EUR"),
        ("50.01", "EUR"),
        ("50.00", "USD"),
        ("0", "EUR"),
        ("-50.00", "EUR"),
    ):
        with pytest.raises(WrongCash):
            operations.settle_cash(
                session, order_or_parcel=order.number, amount=money(amount, currency), actor=making.STAFF
            )
    for words in ("", "2020-999999", "x" * 200, "a\nb"):
        refused(session, UnknownOrderOrParcel, words, "50.00")
    refused(session, BadReference, order.number, "50.00", "x" * 151)
    other = making.order(session, "20.00", method="bank_transfer")
    refused(session, NotPaidInCash, other.number, "20.00")
    orders.cancel_order(session, order_id=order.id, actor=making.STAFF, reason="customer")
    refused(session, NotPaidInCash, order.number, "50.00")
    assert count(session, Capture) == 0


def test_parcels_lead_to_their_orders_unless_two_share_a_number(session: Session, session_maker: Any) -> None:
    one = delivered(session, session_maker, "30.00", parcel="P1")
    delivered(session, session_maker, "30.00", parcel="TWIN")
    delivered(session, session_maker, "30.00", parcel="TWIN")
    settle(session, "P1", "30.00")
    session.refresh(one)
    assert one.payment_status == "paid"
    refused(session, UnknownOrderOrParcel, "TWIN", "30.00")


def test_one_reference_may_stand_for_the_whole_settlement(session: Session, session_maker: Any) -> None:
    both = [delivered(session, session_maker), delivered(session, session_maker, "20.00")]
    settle(session, both[0].number, "50.00", "MAY")
    settle(session, both[1].number, "20.00", "MAY")
    assert sorted(session.scalars(select(Capture.reference))) == sorted(f"MAY:{o.number}" for o in both)


@pytest.mark.parametrize("raw", ["2026-01-31", "31/01/2026", "31.1.2026", "31-01-2026"])
def test_days_as_carriers_write_them(raw: str) -> None:
    assert day(raw).isoformat() == "2026-01-31"


def test_from_the_carriers_table_to_paid_orders(
    app: Any, session: Session, session_maker: Callable[[], Session]
) -> None:
    """The journey: upload, say what the columns mean, check, take, fetch what is wrong, send it again."""
    paid = delivered(session, session_maker, "50.00")
    parcel = delivered(session, session_maker, "19.90", parcel="JJD0001")
    short = delivered(session, session_maker, "75.00")
    taker = Taker(app, Desk(app, session).browser, session_maker)
    table = (
        "Zending;Bedrag;Datum;Afrekening\r\n"
        f"{paid.number};50,00;31/01/2026;2026-W05\r\nJJD0001;19,90;31/01/2026;2026-W05\r\n"
        f"{short.number};70,00;31/01/2026;2026-W05\r\n9999;5,00;31/01/2026;2026-W05\r\n"
        f"{paid.number};50,00;31/01/2026;2026-W05\r\n{paid.number};50,00;31/01/2026;OTHER\r\n"
        f"{parcel.number};20,x;99/99/2026;\r\n"
    )
    columns = {
        "column.order_or_parcel": "0", "column.amount": "1", "column.paid_on": "2", "column.reference": "3",
        "fixed.currency": "EUR",
    }  # fmt: skip
    pk = taker.upload("settlement", table, "settlement.csv")
    told = taker.check(pk, **columns)
    assert (told.state, counts(told)) == ("checked", (2, 0, 1, 4))
    session.expire_all()
    assert paid.payment_status == "due" and count(session, Capture) == 0, "a check pays nothing"
    done = taker.take(pk)
    session.expire_all()
    assert (done.state, counts(done)) == ("taken", (2, 0, 1, 4))
    assert [paid.payment_status, parcel.payment_status, short.payment_status] == ["paid", "paid", "due"]
    assert taker.wrong(pk) == [
        (4, "amount", "The amount is not what is due: 75.00 EUR. Nothing was marked as paid."),
        (5, "order_or_parcel", "No order and no parcel has this number."),
        (7, "order_or_parcel", "This order is paid already."),
        (8, "amount", "“20,x” is not a number."), (8, "paid_on", "“99/99/2026” is not a date."),
    ]  # fmt: skip
    assert f"{short.number}" in taker.browser.get(f"/admin/tableimport/wrong/{pk}").text
    again = taker.whole("settlement", table, "settlement.csv", **columns)
    session.expire_all()
    assert counts(again) == (0, 0, 3, 4) and count(session, Capture) == 2, "the same table again pays nothing"
    assert (
        short.payment_status == "due" and checks.orders_differ(session) == checks.books_differ(session) == []
    )
    assert "19.90" in said(taker.browser.get("/admin/settlement/list/"))


def test_bank_statements_come_in_as_tables_too(
    app: Any, session: Session, session_maker: Callable[[], Session]
) -> None:
    order = making.order(session, "50.00", method="bank_transfer")
    payment = opened(session, order)
    start(session_maker, payment)
    session.expire_all()
    taker = Taker(app, Desk(app, session).browser, session_maker)
    table = f"Communication,Amount in EUR,The bank's reference\n{payment.provider_ref},50,B1\n+++000/0000/00000+++,5,B2\n"
    assert counts(taker.whole("capture", table)) == (1, 0, 0, 1)
    assert counts(taker.whole("capture", table)) == (0, 0, 1, 1)
    other = table.replace(",50,B1", ",49,B1")
    assert counts(taker.whole("capture", other)) == (0, 0, 0, 2), (
        "a known line with another amount is refused"
    )
    session.expire_all()
    assert order.payment_status == "paid" and count(session, Capture) == 1


def test_a_line_by_hand(app: Any, session: Session, session_maker: Any) -> None:
    order = delivered(session, session_maker)
    desk = Desk(app, session)
    given = {
        "order_or_parcel": order.number,
        "amount": "50.00",
        "currency": "eur",
        "paid_on": "",
        "reference": "W1",
    }
    desk.refused("/admin/settlement/add", "amount", **given | {"amount": "1"})
    desk.accepted("/admin/settlement/add", **given)
    assert "known already" in desk.post("/admin/settlement/add", **given).text
