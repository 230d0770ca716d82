"""The doors to invoices: the order's page and link, the back office, REST, the command line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.core.unit_of_work import unit_of_work
from app.identity import operations as identity
from app.invoicing import papers
from tests.invoicing import making

Deliver = Callable[[], int]
PASSWORD = "a-long-demo-password-7"
PROBLEM = "application/problem+json"


@pytest.fixture
def session(session_maker: Callable[[], Session]) -> Iterator[Session]:
    """A session apart from those of requests, which have contexts of their own."""
    with session_maker() as own:
        yield own


@pytest.fixture
def drawn(app: Any, session: Session) -> Callable[[Any], bytes]:
    """The document of an invoice, as it is kept."""

    def bytes_of(invoice: Any) -> bytes:
        with app.app_context():
            return papers.of_invoice(session, invoice).data

    return bytes_of


def person(session: Session, email: str, *roles: str) -> Any:
    """Somebody with an account."""
    made = identity.create_user(session, email=email, password=PASSWORD, roles=list(roles), actor=SYSTEM)
    session.commit()
    return made


def staff(app: Any, session: Session, role: str) -> Any:
    """A browser of somebody who works here."""
    person(session, f"{role.lower()}@invoices.example", role)
    browser = app.test_client()
    browser.post("/admin/login/", data={"email": f"{role.lower()}@invoices.example", "password": PASSWORD})
    return browser


def test_the_orders_page_has_its_papers(
    client: Any, session: Session, deliver: Deliver, drawn: Callable[[Any], bytes]
) -> None:
    made = making.ordered(session)
    page = client.get(f"/orders/{made.token}").text
    assert f"/orders/{made.token}/confirmation.pdf" in page and "INV-" not in page
    making.pays(session, made)
    making.refunds(session, made, "5.00")
    deliver()
    invoice, note = making.papers(session, made)
    page = client.get(f"/orders/{made.token}").text
    for paper, words in ((invoice, "Invoice"), (note, "Credit note")):
        url = f"/orders/{made.token}/documents/{paper.number}.pdf"
        assert url in page and f"{words} {paper.number}" in page
        answer = client.get(url)
        assert (answer.status_code, answer.content_type, answer.data[:5]) == (200, papers.PDF, b"%PDF-")
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert f"{paper.number}.pdf" in answer.headers["Content-Disposition"]
        assert client.get(url).data == answer.data == drawn(paper)
    assert client.get(f"/fr/orders/{made.token}/confirmation.pdf").data[:5] == b"%PDF-"


def test_papers_of_other_orders_are_not_found(client: Any, session: Session, deliver: Deliver) -> None:
    mine, _ = making.paid(session, deliver)
    _theirs, invoice = making.paid(session, deliver)
    for path in (
        f"/orders/{mine.token}/documents/{invoice.number}.pdf", f"/orders/wrong/documents/{invoice.number}.pdf",
        "/orders/wrong/confirmation.pdf", f"/orders/{mine.token}/documents/INV-2026-999999.pdf",
        f"/orders/{mine.token}/documents/%00.pdf", f"/orders/%00/documents/{invoice.number}.pdf",
    ):  # fmt: skip
        assert client.get(path).status_code == 404, path


def test_rest_gives_list_and_document_to_who_may(app: Any, session: Session, deliver: Deliver) -> None:
    buyer = person(session, "kim@example.org", "Customer")
    stranger = person(session, "other@example.org", "Customer")
    boss = person(session, "boss@invoices.example", "Manager")
    made = making.ordered(session, user_id=buyer.id)
    making.pays(session, made)
    deliver()
    (invoice,) = making.papers(session, made)
    api = app.test_client()
    listed, document = f"/api/v1/orders/{made.number}/invoices", f"/api/v1/invoices/{invoice.number}.pdf"

    def ask(path: str, who: Any = None) -> Any:
        token = "" if who is None else identity.issue_tokens(session, user=who).access_token
        session.commit()
        return api.get(path, headers={"Authorization": f"Bearer {token}"} if token else {})

    expected = {
        "number": invoice.number, "kind": "invoice", "issued_on": invoice.issued_on.isoformat(), "url": document,
        "total": {"amount": str(invoice.total.amount), "currency": "EUR"},
    }  # fmt: skip
    for answer in (ask(listed, buyer), ask(listed, boss), ask(f"{listed}?token={made.token}")):
        assert (answer.status_code, answer.json) == (200, {"items": [expected]})
    for answer in (ask(document, buyer), ask(document, boss), ask(f"{document}?token={made.token}")):
        assert (answer.status_code, answer.content_type, answer.data[:5]) == (200, papers.PDF, b"%PDF-")
    for answer in (ask(listed, stranger), ask(document, stranger), ask(listed), ask(document),
                   ask(f"{document}?token=wrong"), ask("/api/v1/invoices/INV-2026-999999.pdf", boss)):  # fmt: skip
        assert (answer.status_code, answer.content_type) == (404, PROBLEM)


def test_rest_describes_the_document(client: Any) -> None:
    paths = client.get("/api/openapi.json").json["paths"]
    content = paths["/api/v1/invoices/{number}.pdf"]["get"]["responses"]["200"]["content"]
    assert content == {papers.PDF: {"schema": {"type": "string", "format": "binary"}}}
    assert "/api/v1/orders/{number}/invoices" in paths


def test_the_back_office_lists_exports_and_shows_but_never_edits(
    app: Any, session: Session, deliver: Deliver, drawn: Callable[[Any], bytes]
) -> None:
    made, invoice = making.paid(session, deliver)
    making.refunds(session, made, "12.10")
    deliver()
    note = making.papers(session, made)[1]
    browser = staff(app, session, "Manager")
    listed = browser.get("/admin/invoices/list/").text
    assert invoice.number in listed and note.number in listed and "Kim Peeters" in listed
    assert f"/admin/invoices/pdf/{invoice.id}" in listed
    only = browser.get("/admin/invoices/list/?kind.eq=credit_note").text
    assert note.number in only and f"/admin/invoices/pdf/{invoice.id}" not in only
    shown = browser.get(f"/admin/invoices/show/{invoice.id}").text
    assert "Lamp" in shown and made.number in shown and "+++" in shown and "€65.00" in shown
    assert str(invoice.number) in browser.get(f"/admin/invoices/show/{note.id}").text
    pdf = browser.get(f"/admin/invoices/pdf/{invoice.id}")
    assert (pdf.status_code, pdf.data) == (200, drawn(invoice))
    assert browser.get("/admin/invoices/pdf/999999").status_code == 404
    table = browser.get("/admin/invoices/export.csv").data.decode("utf-8-sig")
    rows = [row for row in csv.reader(io.StringIO(table)) if row]
    assert {row[0] for row in rows[1:]} == {note.number, invoice.number}
    assert f"{invoice.number}.pdf" in [cell for row in rows for cell in row]
    assert browser.get("/admin/invoices/export.xlsx").data[:2] == b"PK"
    for path in ("add", f"edit/{invoice.id}", f"delete/{invoice.id}"):
        assert browser.get(f"/admin/invoices/{path}").status_code in (404, 405), path
        assert browser.post(f"/admin/invoices/{path}").status_code in (404, 405), path


@pytest.mark.parametrize(("role", "sees"), [("Support", True), ("Manager", True)])
def test_the_orders_screen_has_the_papers(
    app: Any, session: Session, deliver: Deliver, role: str, sees: bool
) -> None:
    made, invoice = making.paid(session, deliver)
    browser = staff(app, session, role)
    shown = browser.get(f"/admin/orders/show/{made.id}").text
    assert (f"/admin/invoices/pdf/{invoice.id}" in shown) is sees and str(invoice.number) in shown


def test_settings_that_no_authority_knows_are_refused_beside_their_field(app: Any, session: Session) -> None:
    from dataclasses import replace

    from app.invoicing.settings import InvoicingSettings

    good = InvoicingSettings()
    assert good.problems() == {}
    wrong = replace(
        good, vat_number="BE0123456789", company_number="0123.456.789", country="BE", email="nobody"
    )
    with app.test_request_context("/"):
        assert set(wrong.problems()) == {"vat_number", "company_number", "email"}
        assert set(replace(good, country="be").problems()) == {"country"}


def test_the_command_writes_the_document(
    app: Any, session: Session, deliver: Deliver, tmp_path: Path, drawn: Callable[[Any], bytes]
) -> None:
    _made, invoice = making.paid(session, deliver)
    session.commit()
    runner, target = app.test_cli_runner(), tmp_path / "out.pdf"
    done = runner.invoke(
        args=["invoicing", "export", str(invoice.number), "--format", "pdf", "--to", str(target)]
    )
    assert done.exit_code == 0, done.output
    assert target.read_bytes() == drawn(invoice)
    assert runner.invoke(args=["invoicing", "export", "INV-1999-000001"]).exit_code == 1


def test_a_customer_of_an_account_reads_by_its_own_number(session: Session, deliver: Deliver) -> None:
    from app.invoicing import queries

    buyer = person(session, "kim@example.org", "Customer")
    made, invoice = making.paid(session, deliver)
    with unit_of_work(session):
        made.user_id = buyer.id
    assert queries.by_number(session, str(invoice.number), user_id=buyer.id).id == invoice.id
