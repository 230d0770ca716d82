"""What the database itself holds: numbers without gaps in a race, and no change after issue."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core.unit_of_work import unit_of_work
from app.invoicing import operations, papers
from app.invoicing.models import Invoice
from tests.invoicing import making

Deliver = Callable[[], int]
ISSUER = """
import json, sys
from app.bootstrap import create_app
from app.core.db import db
from app.invoicing import operations

app = create_app({"SERVE_SOCKETS": False, "MIGRATES": False})
print("ready", flush=True)
sys.stdin.readline()
with app.app_context():
    made = [operations.issue_invoice(db.session(), order_id=i).number for i in json.loads(sys.argv[1])]
print(json.dumps(made))
"""


def test_acc_01_numbers_have_no_gaps_when_processes_race(session: Session) -> None:
    made = []
    for _ in range(12):
        one = making.ordered(session)
        making.pays(session, one)
        made.append(one.id)
    orders = json.dumps(made)
    issuers = [
        subprocess.Popen(
            [sys.executable, "-c", ISSUER, json.dumps(made if n % 2 else made[::-1])], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ},
        )
        for n in range(2)
    ]  # fmt: skip
    for issuer in issuers:
        assert issuer.stdout is not None
        assert any("ready" in line for line in iter(issuer.stdout.readline, "")), "it did not start"
    answers = [json.loads(issuer.communicate("go\n", timeout=120)[0].splitlines()[-1]) for issuer in issuers]
    assert [issuer.returncode for issuer in issuers] == [0, 0]
    assert answers[0] == answers[1][::-1], "everybody is given the same invoice of an order"
    found = session.execute(text("SELECT sequence, issued_at FROM invoicing_invoice ORDER BY sequence")).all()
    assert [row.sequence for row in found] == list(range(1, len(json.loads(orders)) + 1))
    assert [row.issued_at for row in found] == sorted(row.issued_at for row in found)
    session.execute(text("UPDATE core_outbox SET done_at = now()"))
    session.commit()
    assert making.wrong(session) == []


def test_a_rolled_back_invoice_gives_its_number_back(session: Session) -> None:
    one, other = making.ordered(session), making.ordered(session)
    for made in (one, other):
        making.pays(session, made)
    with pytest.raises(RuntimeError), unit_of_work(session):
        operations.issue_invoice(session, order_id=one.id)
        raise RuntimeError("the machine dies here")
    issued = operations.issue_invoice(session, order_id=other.id)
    assert issued is not None and issued.sequence == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE invoicing_invoice SET gross = gross + 1, net = net + 1",
        "UPDATE invoicing_invoice SET number = NULL",
        "UPDATE invoicing_invoice SET buyer_name = 'Other'",
        "DELETE FROM invoicing_invoice",
        "UPDATE invoicing_line SET name = 'Other'",
        "DELETE FROM invoicing_line",
        "INSERT INTO invoicing_line (invoice_id, position, kind, name, quantity, unit_net, tax_rate, net, tax, gross)"
        " SELECT id, 99, 'goods', 'More', 1, 0, 21, 0, 0, 0 FROM invoicing_invoice",
        "UPDATE invoicing_tax SET net = net + 1, gross = gross + 1",
        "DELETE FROM invoicing_tax",
        "UPDATE invoicing_document SET data = 'other'",
        "DELETE FROM invoicing_document",
        "DELETE FROM orders_order",
    ],
)
def test_acc_01_nothing_is_changed_after_issue(session: Session, deliver: Deliver, statement: str) -> None:
    _made, invoice = making.paid(session, deliver)
    papers.of_invoice(session, invoice)
    with pytest.raises(IntegrityError):
        session.execute(text(statement))
    session.rollback()
    assert making.wrong(session) == []


def test_an_invoice_without_number_or_with_wrong_sums_is_not_committed(session: Session) -> None:
    made = making.ordered(session)
    making.pays(session, made)
    for broken in ({}, {"number": "INV-2026-000001", "sequence": 1, "issued_at": "2026-01-01T00:00:00Z"}):
        draft = operations._draft(session, made, operations.Kind.INVOICE, [], supplied_on=None, paid_on=None)
        draft.gross = draft.net = made.total_gross
        draft.tax = draft.tax_eur = made.total_gross * 0
        session.add(draft)
        session.flush()
        for name, value in broken.items():
            setattr(draft, name, value)
        with pytest.raises(IntegrityError):
            session.commit()
        session.rollback()
    assert session.query(Invoice).count() == 0


def test_one_invoice_an_order_says_the_database_too(session: Session, deliver: Deliver) -> None:
    _made, invoice = making.paid(session, deliver)
    columns = ", ".join(
        c.name for c in Invoice.__table__.columns if c.name not in ("id", "number", "sequence")
    )
    with pytest.raises(IntegrityError, match="uq_invoicing_invoice_order"):
        session.execute(
            text(f"INSERT INTO invoicing_invoice ({columns}) SELECT {columns} FROM invoicing_invoice")
        )
    session.rollback()
    assert invoice.number
