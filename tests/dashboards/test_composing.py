"""Composing a board without typing a key: values are chosen from what there is, figures move by buttons."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.admin.values import BadValue
from app.core.audit import AuditRow
from app.core.errors import Forbidden, NotFound
from dashboards import operations
from dashboards.fields import read_filters
from dashboards.models import Board, BoardTile

FORM = {"metric": "gross", "dimension": "country", "chart": "bars", "title": "", "row_limit": "5", "span": "1", "position": ""}  # fmt: skip


def actor_of(browser: Any) -> Actor:
    """Who sits at a browser."""
    return Actor("staff", browser.user_id, "desk")


def options(page: str) -> dict[str, bool]:
    """The values that the form's list of filters offers, and whether each is chosen."""
    found = re.search(r'<select[^>]*name="filters"[^>]*>(.*?)</select>', page, re.DOTALL)
    assert found, "a plain list, for who has no script"
    return {value: "selected" in rest for value, rest in re.findall(r'<option value="([^"]*)"([^>]*)>', found[1])}  # fmt: skip


@pytest.fixture
def board(admin: Any, session: Session) -> Board:
    """A board of the administrator with four figures."""
    me = actor_of(admin)
    made = operations.save_board(session, title="Mornings", actor=me)
    for metric in ("gross", "net", "orders", "units"):
        operations.save_tile(session, board_id=made.id, metric=metric, chart="number", actor=me)
    return made


def titles(session: Session, board: Board) -> list[str]:
    """The figures of a board in their order."""
    session.expire_all()
    return [tile.metric for tile in session.get_one(Board, board.id).tiles]


def test_the_form_offers_what_there_is_in_words(admin: Any, sold: list[int], board: Board) -> None:
    page = admin.get(f"/admin/boardtile/add?board={board.id}").text
    offered = options(page)
    assert {"f.country=BE", "f.payment_method=demo_card", "f.currency=EUR", "f.customer_kind=new"} <= set(
        offered
    )
    assert '<optgroup label="Country" data-dimension="country">' in page and ">Belgium</option>" in page
    assert not any(offered.values())
    assert '"gross"' in page and "dashboards/js/compose.js" in page
    whole = admin.get("/admin/board/add").text
    assert "f.country=BE" in options(whole)


def test_chosen_values_are_kept_and_stand_there_again(
    admin: Any, session: Session, sold: list[int], board: Board
) -> None:
    chosen = ["", "f.country=BE", "f.product=lamp-1", "f.product=lamp-2"]
    answer = admin.post("/admin/boardtile/add", data={**FORM, "board": str(board.id), "filters": chosen})
    assert answer.status_code == 302, answer.text
    tile = session.scalars(select(BoardTile).order_by(BoardTile.id.desc())).first()
    assert tile is not None and tile.filters == {"country": ["BE"], "product": ["lamp-1", "lamp-2"]}
    edit = f"/admin/boardtile/edit/{tile.id}"
    assert {value for value, held in options(admin.get(edit).text).items() if held} == set(chosen[1:])
    assert admin.post(edit, data={**FORM, "position": "50", "filters": [""]}).status_code == 302
    session.expire_all()
    assert session.get_one(BoardTile, tile.id).filters == {}, "nothing chosen is everything"


def test_what_does_not_fit_is_said_beside_the_field_and_stays_chosen(
    admin: Any, sold: list[int], board: Board
) -> None:
    wrong = {**FORM, "board": str(board.id), "metric": "captured", "dimension": "", "chart": "number", "filters": ["", "f.product=lamp-1"]}  # fmt: skip
    page = admin.post("/admin/boardtile/add", data=wrong)
    assert page.status_code == 200
    assert re.search(r'id="filters-error".*?cannot be narrowed by', page.text, re.DOTALL)
    assert options(page.text)["f.product=lamp-1"], "what was chosen stays"
    for field, value in (
        ("metric", "nonsense"),
        ("dimension", "moon"),
        ("chart", "pie"),
        ("span", "7"),
        ("row_limit", "0"),
    ):
        page = admin.post("/admin/boardtile/add", data={**wrong, "filters": "", field: value})
        assert page.status_code == 200 and f'id="{field}-error"' in page.text, field


def test_a_chart_is_pinned_with_its_filters_chosen(admin: Any, sold: list[int], board: Board) -> None:
    page = admin.get("/admin/dashboards/sales?f.country=BE&f.product=lamp-1").text
    pin = re.search(r'href="(/admin/boardtile/add\?[^"]*dimension=brand[^"]*)"', page)
    assert pin
    form = admin.get(pin[1].replace("&amp;", "&")).text
    assert {value for value, held in options(form).items() if held} == {"f.country=BE", "f.product=lamp-1"}


def test_articles_are_found_by_their_words_and_a_seller_finds_own_ones(
    staff: Callable[..., Any], session: Session, sold: list[int]
) -> None:
    def ids(browser: Any, words: str) -> set[str]:
        answer = browser.get("/admin/boardtile/choices", query_string={"q": words})
        assert answer.status_code == 200
        return {found["id"] for found in answer.json["results"]}

    boss = staff()
    skus = dict(session.execute(text("SELECT p.slug, v.sku FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id")).all())  # fmt: skip
    assert {"f.product=lamp-1", "f.product=lamp-2"} <= ids(boss, "lamp")
    assert f"f.variant={skus['lamp-1']}" in ids(boss, skus["lamp-1"].lower())
    assert ids(boss, "l") == ids(boss, "\x00\x00") == ids(boss, "%%") == set()
    seller = staff("Seller")
    session.execute(
        text("UPDATE catalog_product SET seller_id = :u WHERE slug = 'lamp-2'"), {"u": seller.user_id}
    )
    session.commit()
    assert {one for one in ids(seller, "lamp") if "product" in one} == {"f.product=lamp-2"}
    assert ids(seller, skus["lamp-1"]) == set()
    form = seller.get("/admin/boardtile/add").text
    assert "f.product=lamp-1" not in options(form)


def test_figures_move_one_place_and_no_further(admin: Any, session: Session, board: Board) -> None:
    ids = [tile.id for tile in board.tiles]

    def press(name: str, place: int) -> Any:
        return admin.post(f"/admin/boardtile/action/{name}/{ids[place]}")

    answer = press("up", 2)
    assert answer.status_code == 302 and answer.headers["Location"].endswith(f"#tile-{ids[2]}-up")
    assert titles(session, board) == ["gross", "orders", "net", "units"]
    press("up", 2)
    press("up", 2)
    assert titles(session, board) == ["orders", "gross", "net", "units"]
    press("down", 2)
    press("down", 3)
    assert titles(session, board) == ["gross", "orders", "net", "units"]
    moves = session.scalar(select(func.count()).select_from(AuditRow).where(AuditRow.action == "dashboards_tile.move"))  # fmt: skip
    assert moves == 5
    page = admin.get(f"/admin/board/show/{board.id}").text
    assert page.count("/admin/boardtile/action/up/") == 4
    assert f'id="tile-{ids[0]}-up" aria-label="Move Gross sales up" disabled' in page


def test_only_the_owner_moves(staff: Callable[..., Any], session: Session, board: Board) -> None:
    tile = board.tiles[1]
    stranger = staff("Manager")
    assert stranger.post(f"/admin/boardtile/action/up/{tile.id}").status_code == 404
    with pytest.raises(Forbidden):
        operations.move_tile(session, tile_id=tile.id, steps=-1, actor=actor_of(stranger))
    with pytest.raises(NotFound):
        operations.move_tile(session, tile_id=10**9, steps=-1, actor=actor_of(stranger))
    assert titles(session, board) == ["gross", "net", "orders", "units"]


def test_both_ways_of_writing_filters_are_read() -> None:
    assert read_filters("f.country=BE\nf.country=NL\nf.country=BE") == {"country": ["BE", "NL"]}
    assert read_filters("country: BE, NL\nf.query=red, blue") == {
        "country": ["BE", "NL"],
        "query": ["red, blue"],
    }
    for wrong in ("f.country=", "f.=BE", "country", "f.country"):
        with pytest.raises(BadValue):
            read_filters(wrong)
