"""The PDF: what the law wants on it, in five languages, the same bytes whenever it is asked for."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.numbers import format_currency
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import paper, settings
from app.core.actor import SYSTEM
from app.core.i18n import LANGUAGES, speak
from app.core.unit_of_work import unit_of_work
from app.invoicing import drawing, operations, papers, queries, sheet
from app.invoicing.models import InvoiceDocument
from app.invoicing.rules import KIND_LABELS
from app.invoicing.settings import InvoicingSettings
from app.orders import queries as orders
from tests.invoicing import making

Deliver = Callable[[], int]


def plain(text_: str) -> str:
    return " ".join(text_.replace("\xa0", " ").replace("\u202f", " ").split())


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_acc_01_legal_mentions_in_every_language(session: Session, deliver: Deliver, language: str) -> None:
    made, invoice = making.paid(session, deliver, language=language, discount="5.00")
    seen = making.words(papers.of_invoice(session, invoice).data)
    expected = {
        "number": invoice.number, "order": made.number, "seller": "Comptoir NV", "street": "Rue du Comptoir 12",
        "VAT number": "BE0123456749", "company number": "0123.456.749", "register": "RPM Bruxelles",
        "IBAN": "BE68 5390 0754 7034", "BIC": "TRIOBEBB", "buyer": "Kim Peeters", "address": "Korenlei 12",
        "communication": invoice.communication, "issued": format_date(invoice.issued_on, "long", locale=language),
        "net": format_currency(invoice.net, "EUR", locale=language), "sku": made.lines[0].sku,
        "tax": format_currency(invoice.tax, "EUR", locale=language), "options": "Blue, XL",
        "gross": format_currency(invoice.gross, "EUR", locale=language), "coupon": "AUTUMN",
    }  # fmt: skip
    for name, value in expected.items():
        assert plain(str(value)) in seen, (name, value, seen)
    with speak(language):
        assert str(KIND_LABELS[queries.Kind.INVOICE]) in seen and "21 %" in seen
    assert making.words(papers.of_order(session, made.id).data).count(made.number or "") >= 2


def test_the_credit_note_names_its_invoice(session: Session, deliver: Deliver) -> None:
    made, invoice = making.paid(session, deliver)
    making.refunds(session, made, "12.10")
    deliver()
    note = making.papers(session, made)[1]
    seen = making.words(papers.of_invoice(session, note).data)
    for part in (
        "Credit note",
        note.number,
        invoice.number,
        "A scratch",
        "€12.10",
        "€2.10",
        "Total credited",
    ):
        assert str(part) in seen, (part, seen)
    assert "Due date" not in seen


def test_the_same_invoice_is_the_same_bytes_for_ever(session: Session, deliver: Deliver) -> None:
    _made, invoice = making.paid(session, deliver)
    drawn = [drawing.pdf(sheet.of_invoice(session, invoice)) for _ in range(2)]
    assert drawn[0] == drawn[1], "nothing in it depends on the moment"
    first = papers.of_invoice(session, invoice).data
    session.commit()
    with unit_of_work(session):
        settings.change(session, InvoicingSettings, actor=SYSTEM, legal_name="Another NV")
    session.expire_all()
    assert papers.of_invoice(session, invoice).data == first == drawn[0]
    kept = session.get_one(InvoiceDocument, invoice.id)
    assert kept.sha256 == hashlib.sha256(first).hexdigest()
    again = operations.keep_document(session, invoice=invoice, draw=lambda s, i: b"other")
    assert again == first
    session.execute(text("DELETE FROM core_setting"))
    session.commit()
    settings.forget()


def test_two_who_ask_at_once_get_the_first_ones_bytes(
    session: Session, session_maker: Callable[[], Session], deliver: Deliver
) -> None:
    _made, invoice = making.paid(session, deliver)

    def slow(own: Session, _invoice: object) -> bytes:
        with session_maker() as other:
            papers.of_invoice(other, other.get_one(type(invoice), invoice.id))
        return b"late"

    assert operations.keep_document(session, invoice=invoice, draw=slow)[:5] == b"%PDF-"


def test_names_of_any_european_script_and_beyond(session: Session, deliver: Deliver) -> None:
    names = (
        "Łukasz Żółć",
        "Ελένη Ωνάση",
        "Љубомир Ђорђевић",
        "ნინო ბერიძე",
        "Şükrü Çağlayan",
        "山田太郎 김철수 カナ",
    )
    for name in names:
        made = making.ordered(session)
        making.addressed(session, made, name=name, line1=name)
        making.pays(session, made)
        deliver()
        (invoice,) = making.papers(session, made)
        data = papers.of_invoice(session, invoice).data
        seen = making.words(data)
        for word in name.split():
            assert word in seen, (name, seen)
        fonts = {
            str(font.get_object()["/BaseFont"]) for page in PdfReader(io.BytesIO(data)).pages
            for font in page["/Resources"]["/Font"].values()  # type: ignore[index,union-attr]
        }  # fmt: skip
        assert any("+NotoSans-Regular" in font for font in fonts), (
            "letters are embedded, as far as they are used"
        )
        assert len(data) < 120_000


def test_long_orders_and_hostile_texts_stay_on_the_paper(session: Session, deliver: Deliver) -> None:
    made = making.ordered(session)
    session.execute(
        text(
            """INSERT INTO orders_line (order_id, position, product_id, variant_id, sku, name, options, quantity,
                      unit_price, discount, tax_class, tax_rate, net, tax, gross)
               SELECT :order, 3 + n, 1, 1, repeat('S', 90), 'Lamp <b>&amp;</b> ' || repeat('W', n * 2), '{"a": "b"}', 9999,
                      0, 0, 'standard', 6, 0, 0, 0 FROM generate_series(1, 70) AS n"""
        ),
        {"order": made.id},
    )
    making.addressed(session, made, company="C" * 100, line2="A very long second line " * 5)
    making.pays(session, made)
    deliver()
    (invoice,) = making.papers(session, made)
    data = papers.of_invoice(session, invoice).data
    pages = len(PdfReader(io.BytesIO(data)).pages)
    seen = making.words(data)
    assert pages > 2 and f"Page {pages} of {pages}" in seen and "<b>&amp;</b>" in seen
    assert seen.count("Unit price without VAT") == pages or seen.count("Unit price") >= pages - 1
    assert {b.rate for b in invoice.bands} == {Decimal(21), Decimal(6)}


def test_the_confirmation_is_no_invoice(session: Session) -> None:
    made = making.ordered(session)
    seen = making.words(papers.of_order(session, made.id).data)
    page = orders.page_by_id(session, made.id)
    for part in (
        "Order confirmation",
        "This is no invoice",
        made.number,
        "+++",
        "BE68 5390 0754 7034",
        "Standard",
    ):
        assert str(part) in seen, (part, seen)
    assert "INV-" not in seen and page.due == made.total


def test_widths_of_nothing_and_cut_words(session: Session) -> None:
    assert paper.wrapped("", paper.REGULAR, 9, 50) == [""]
    cut = paper.wrapped("W" * 40, paper.REGULAR, 9, 50)
    assert "".join(cut) == "W" * 40 and all(paper.width_of(c, paper.REGULAR, 9) <= 50 for c in cut)
    assert list(paper.runs("a\u0531b", paper.REGULAR)) == [(paper.REGULAR, "a?b")], "no font has Armenian"
