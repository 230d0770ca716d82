"""Cash and transfers: what people see, counted once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from stdnum.be import ogm_vcs

from app.core.errors import NotFound
from app.payments import operations, queries, rules
from app.payments.errors import BadAmount, BadReference, ReferenceUsed, UnknownReference
from app.payments.models import Capture
from app.payments.operations import StatementLine
from tests.payments import making
from tests.payments.making import count, money, opened, start


def transfer(session: Session, session_maker: Any, total: str = "50.00") -> tuple[Any, Any]:
    order = making.order(session, total, method="bank_transfer")
    payment = opened(session, order)
    start(session_maker, payment)
    session.expire_all()
    return order, payment


@given(st.integers(0, 10**11))
def test_communications_are_those_of_the_standard(number: int) -> None:
    made = rules.structured_communication(number)
    assert ogm_vcs.is_valid(made)
    assert ogm_vcs.format(ogm_vcs.compact(made)) == made.strip("+")
    assert rules.parse_communication(made) == number % 10**10
    for spelling in (made.strip("+"), made.replace("/", ""), made.replace("+", "*"), f" {made.strip('+')} "):
        assert rules.parse_communication(spelling) == number % 10**10


@given(st.integers(0, 10**10 - 1), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(number: int, place: int, shift: int) -> None:
    digits = [c for c in rules.structured_communication(number) if c.isdigit()]
    digits[place] = str((int(digits[place]) + shift) % 10)
    assert rules.parse_communication("".join(digits)) is None


@given(st.text(max_size=80))
def test_no_text_breaks_the_reading(text: str) -> None:
    found = rules.parse_communication(text)
    assert found is None or 0 <= found < 10**10


@pytest.mark.parametrize(
    ("number", "order_id", "expected"),
    [("2026-000123", 7, "+++202/6000/12320+++"), (None, 7, "+++000/0000/00707+++"), ("2026-000001", 1, "+++202/6000/00192+++")],
)  # fmt: skip
def test_the_communication_carries_the_orders_number(number: Any, order_id: int, expected: str) -> None:
    made = rules.structured_communication(rules.communication_base(number, order_id))
    assert made == expected
    assert ogm_vcs.is_valid(made)


def test_the_instructions_hold_everything_a_bank_asks_for(session: Session, session_maker: Any) -> None:
    order, payment = transfer(session, session_maker)
    found = queries.transfer_instructions(session, order.id)
    assert found is not None
    assert (found.iban, found.amount, found.communication) == (
        "BE68 5390 0754 7034",
        money("50.00"),
        payment.provider_ref,
    )
    lines = found.epc.split("\n")
    assert lines[:4] == ["BCD", "002", "1", "SCT"]
    assert lines[6:8] == ["BE68539007547034", "EUR50.00"]
    assert lines[10] == payment.provider_ref
    assert len(found.epc.encode()) <= 331, "the standard's limit"
    assert queries.by_communication(session, payment.provider_ref or "").id == payment.id  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("iban", "valid"),
    [("BE68 5390 0754 7034", True), ("BE69 5390 0754 7034", False), ("NL91ABNA0417164300", True), ("", False), ("BE", False)],
)  # fmt: skip
def test_account_numbers_are_checked(iban: str, valid: bool) -> None:
    assert rules.is_iban(iban) is valid


def test_a_transfer_in_two_parts_pays_the_order(session: Session, session_maker: Any) -> None:
    order, payment = transfer(session, session_maker)
    values = {"communication": payment.provider_ref, "actor": making.STAFF}
    for _ in range(2):
        operations.match_transfer(session, amount=money("20.00"), reference="17/1", **values)
    with pytest.raises(ReferenceUsed):
        operations.match_transfer(session, amount=money("20.01"), reference="17/1", **values)
    session.expire_all()
    assert (order.payment_status, payment.state, order.state) == ("partly_paid", "pending", "pending")
    assert queries.transfer_instructions(session, order.id).amount == money("30.00")  # type: ignore[union-attr]
    operations.match_transfer(session, amount=money("30.00"), reference="17/2", **values)
    session.expire_all()
    assert (order.payment_status, payment.state, order.state) == ("paid", "captured", "paid")
    assert queries.transfer_instructions(session, order.id) is None
    assert making.wrong(session) == []


def test_a_statement_is_read_twice_without_harm(session: Session, session_maker: Any) -> None:
    first, one = transfer(session, session_maker)
    second, two = transfer(session, session_maker, "12.34")
    lines = [
        StatementLine(one.provider_ref, money("50.00"), "18/1"),
        StatementLine(two.provider_ref.strip("+").replace("/", " "), money("12.34"), "18/2"),
        StatementLine("rent of March", money("800.00"), "18/3"),
        StatementLine("+++090/9337/55493+++", money("1.00"), "18/4"),
        StatementLine(one.provider_ref, money("5.00", "USD"), "18/5"),
        StatementLine(one.provider_ref, money("5.00"), " "),
    ]
    placed = operations.match_statement(session, lines=lines, actor=making.STAFF)
    assert (placed.payments, placed.repeated) == ((one.id, two.id), 0)
    assert [line.reference for line in placed.unmatched] == ["18/3", "18/4", "18/5", " "]
    again = operations.match_statement(session, lines=lines, actor=making.STAFF)
    assert (again.payments, again.repeated, len(again.unmatched)) == ((), 2, 4)
    session.expire_all()
    assert (first.state, second.state, count(session, Capture)) == ("paid", "paid", 2)


def test_cash_counts_once_without_a_reference(session: Session, session_maker: Any) -> None:
    order = making.order(session, method="cod", expires_in=None)
    start(session_maker, opened(session, order))
    for _ in range(2):
        operations.record_manual_payment(
            session, order_id=order.id, amount=money("50.00"), reference=" ", actor=making.STAFF
        )
    session.expire_all()
    assert (order.state, order.payment_status, order.captured) == ("paid", "paid", 50)


def test_money_for_a_card_order_gets_a_payment_of_its_own(session: Session, session_maker: Any) -> None:
    order = making.order(session)
    card = opened(session, order)
    start(session_maker, card, "tok_decline")
    payment = operations.record_manual_payment(
        session, order_id=order.id, amount=money("50.00"), reference="19/1", actor=making.STAFF
    )
    session.expire_all()
    assert (payment.provider, payment.amount, order.state) == ("bank_transfer", 50, "paid")
    assert making.wrong(session) == []


def test_what_cannot_be_is_refused(session: Session, session_maker: Any) -> None:
    order, payment = transfer(session, session_maker)
    values: dict[str, Any] = {"order_id": order.id, "actor": making.STAFF}
    for amount in (money("0.00"), money("-1.00"), money("1.00", "USD")):
        with pytest.raises(BadAmount):
            operations.record_manual_payment(session, amount=amount, reference="r", **values)
    for reference in ("x" * 201, "a\x00b"):
        with pytest.raises(BadReference):
            operations.record_manual_payment(session, amount=money("1.00"), reference=reference, **values)
    with pytest.raises(NotFound):
        operations.record_manual_payment(
            session, order_id=10**15, amount=money("1.00"), reference="r", actor=making.STAFF
        )
    for text in ("", "abc", "+++123/4567/89003+++", "+++000/0000/00101+++"):
        with pytest.raises(UnknownReference):
            operations.match_transfer(
                session, communication=text, amount=money("1.00"), reference="r", actor=making.STAFF
            )
    assert count(session, Capture) == 0
