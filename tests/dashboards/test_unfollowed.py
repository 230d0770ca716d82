"""A figure that cannot follow a filter says so wherever it stands: on its card, in files, behind it, on boards, in mails."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable
from typing import Any

from pypdf import PdfReader
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.notifications.models import Attachment
from dashboards import operations
from dashboards.models import Board
from tests.dashboards.test_mailings import due, leave
from tests.dashboards.test_screens import ROOT

NOT_FOLLOWED = "Not filtered by Country."


def tile_of(page: str, code: str) -> str:
    """The box of a number, as HTML."""
    found = re.search(rf'<li [^>]*data-tile="{code}".*?</li>', page, re.DOTALL)
    assert found, code
    return found.group(0)


def filters_of(answer: Any) -> dict[str, str]:
    """What a file says of the filters, by figure."""
    assert answer.status_code == 200
    rows = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))
    return {row["Figure"]: row["Filters"] for row in rows}


def board_of(session: Session, browser: Any, **values: Any) -> Board:
    """A board narrowed to the Netherlands: sales, which follow, and invoices, which know no country."""
    me = Actor("staff", browser.user_id, "desk")
    made = operations.save_board(session, title="Abroad", filters={"country": ["NL"]}, actor=me, **values)
    for metric in ("gross", "invoiced"):
        operations.save_tile(session, board_id=made.id, metric=metric, actor=me)
    own: dict[str, Any] = {"dimension": "payment_method", "chart": "bars", "filters": {"language": ["fr"]}}
    operations.save_tile(session, board_id=made.id, metric="orders", actor=me, **own)
    return made


def test_a_number_that_stays_whole_says_so(admin: Any, sold: list[int]) -> None:
    page = admin.get(f"{ROOT}/finance?f.country=NL").text
    assert NOT_FOLLOWED in tile_of(page, "invoiced") and NOT_FOLLOWED not in tile_of(page, "captured")
    assert NOT_FOLLOWED not in admin.get(f"{ROOT}/finance").text


def test_lists_of_stock_and_visits_say_so(admin: Any, sold: list[int]) -> None:
    stock = admin.get(f"{ROOT}/inventory?f.country=NL&f.category=lamps").text
    for code in ("reorder", "run-out", "cover", "dead"):
        card = stock.split(f'data-chart="{code}"')[1].split("</header>")[0]
        assert NOT_FOLLOWED in card, code
    visits = admin.get(f"{ROOT}/marketing?f.country=NL").text
    for code in ("funnel", "bags"):
        assert NOT_FOLLOWED in visits.split(f'data-chart="{code}"')[1].split("</header>")[0], code


def test_a_file_names_the_filters_that_each_figure_follows(admin: Any, sold: list[int]) -> None:
    said = filters_of(admin.get(f"{ROOT}/finance/export.csv?f.country=NL&period=7_days"))
    assert said["Money in"] == "Country: Netherlands"
    assert said["Invoiced"] == said["Invoiced over time"] == ""


def test_the_rows_behind_it_say_so(admin: Any, sold: list[int]) -> None:
    page = admin.get(f"{ROOT}/rows?metric=invoiced&f.country=NL").text
    assert NOT_FOLLOWED in page and "Netherlands</strong>" not in page
    page = admin.get(f"{ROOT}/rows?metric=gross&f.country=NL").text
    assert NOT_FOLLOWED not in page and "Netherlands</strong>" in page


def test_amounts_of_stock_stay_in_the_currency_of_the_shop(admin: Any, sold: list[int]) -> None:
    assert "Amounts in EUR" in admin.get(f"{ROOT}/inventory?currency=USD").text
    assert "Amounts in USD" in admin.get(f"{ROOT}/sales?currency=USD").text


def test_cards_of_a_board_say_what_they_are_narrowed_to(
    admin: Any, session: Session, sold: list[int]
) -> None:
    board = board_of(session, admin)
    page = admin.get(f"/admin/board/show/{board.id}").text
    assert "Only Country: Netherlands" in page
    assert NOT_FOLLOWED in tile_of(page, "invoiced") and NOT_FOLLOWED not in tile_of(page, "gross")
    card = page.split('data-chart="tile-')[1]
    assert "Only Language: French" in card
    said = filters_of(admin.get(f"/admin/board/show/{board.id}/export.csv"))
    assert (said["Gross sales"], said["Invoiced"]) == ("Country: Netherlands", "")
    english: dict[str, Any] = {"dimension": "currency", "chart": "bars", "filters": {"language": ["en"]}}
    operations.save_tile(session, board_id=board.id, metric="units", actor=Actor("staff", admin.user_id, "desk"), **english)  # fmt: skip
    operations.save_board(session, board_id=board.id, filters={}, actor=Actor("staff", admin.user_id, "desk"))
    said = filters_of(admin.get(f"/admin/board/show/{board.id}/export.csv"))
    assert said["Pieces sold by currency"] == "Language: English"


def test_a_mailed_board_says_what_it_is_narrowed_to(
    admin: Any, session: Session, session_maker: Callable[[], Session], sold: list[int]
) -> None:
    due(session, admin, board_id=board_of(session, admin).id)
    (message,) = leave(session_maker, session)
    for words in (message.text, message.html):
        assert "Only Country: Netherlands" in words and NOT_FOLLOWED in words
        assert "Only Language: French" in words and "Nothing in these days." in words
    data = session.scalars(select(Attachment.data).where(Attachment.message_id == message.id)).one()
    paper = PdfReader(io.BytesIO(data or b"")).pages[0].extract_text()
    assert "Only Country: Netherlands" in paper and NOT_FOLLOWED in paper and "Only Language: French" in paper


def test_what_a_card_is_narrowed_to_bears_its_name(admin: Any, session: Session, sold: list[int]) -> None:
    me = Actor("staff", admin.user_id, "desk")
    board = operations.save_board(session, title="Things", actor=me)
    row = "SELECT p.slug, p.name, u.id, u.first_name || ' ' || u.last_name FROM catalog_product p, ab_user u LIMIT 1"
    slug, name, number, person = session.execute(text(row)).one()
    wanted = {"product": [slug, "gone"], "seller": [str(number)], "brand": ["_none"]}
    operations.save_tile(session, board_id=board.id, metric="gross", filters=wanted, actor=me)
    session.commit()
    page = html.unescape(admin.get(f"/admin/board/show/{board.id}").text)
    assert f"Only Brand: None; Seller: {person}; Product: {name}, gone" in page
