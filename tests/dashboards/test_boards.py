"""Boards: composed by form, shared by role, each reader with their own eyes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.errors import Conflict, Forbidden, InvalidFields
from dashboards import operations, rules
from dashboards.fields import read_filters, show_filters
from dashboards.models import Board, BoardTile


def actor_of(browser: Any) -> Actor:
    return Actor("staff", browser.user_id, "desk")


def shown(page: str) -> str:
    """The gross sales of the board's first box."""
    found = re.search(r'data-tile="gross".*?data-value="([^"]*)"', page, re.DOTALL)
    assert found
    return found.group(1)


@pytest.fixture
def board(admin: Any, session: Session) -> Board:
    """A board of the administrator: two numbers, sales by country, sales over time."""
    me = actor_of(admin)
    made = operations.save_board(session, title="Mornings", actor=me)
    for metric, dimension, chart in (("gross", "", "number"), ("orders", "", "number"), ("gross", "country", "bars"), ("gross", "day", "line")):  # fmt: skip
        operations.save_tile(
            session, board_id=made.id, metric=metric, dimension=dimension, chart=chart, actor=me
        )
    return made


def test_ana_07_a_board_is_composed_by_form(admin: Any, session: Session, sold: list[int]) -> None:
    answer = admin.post("/admin/board/add", data={"title": "Mine", "period": "7_days", "comparison": "none", "currency": "", "filters": "", "roles": ["", "Manager"]})  # fmt: skip
    assert answer.status_code == 302, answer.text
    made = session.scalars(select(Board)).one()
    assert (made.title, made.period, made.roles) == ("Mine", "7_days", ["Manager"])
    tile = {"board": str(made.id), "metric": "gross", "dimension": "country", "chart": "bars", "title": "", "filters": "country: BE", "row_limit": "5", "span": "2", "position": ""}  # fmt: skip
    answer = admin.post("/admin/boardtile/add", data=tile)
    assert answer.status_code == 302 and answer.headers["Location"].endswith(f"/admin/board/show/{made.id}")
    kept = session.scalars(select(BoardTile)).one()
    assert (kept.filters, kept.span, kept.row_limit, kept.position) == ({"country": ["BE"]}, 2, 5, 10)
    page = admin.get(f"/admin/board/show/{made.id}").text
    assert "€108.90" in page and "Gross sales by country" in page
    assert re.search(r'<option value="7_days"\s+selected', page), "the board opens with its own days"


def test_filters_of_board_tile_and_address_meet(
    admin: Any, session: Session, board: Board, sold: list[int]
) -> None:
    url = f"/admin/board/show/{board.id}"
    assert shown(admin.get(url).text) == "108.90"
    assert shown(admin.get(f"{url}?f.country=NL").text) == "0.00"
    operations.save_board(session, board_id=board.id, filters={"country": ["NL"]}, actor=actor_of(admin))
    assert "€108.90" not in admin.get(url).text
    assert "€108.90" not in admin.get(f"{url}?f.country=BE").text, (
        "two filters that exclude each other leave nothing"
    )


def test_addresses_of_a_board_name_what_its_own_days_would_replace(
    admin: Any, session: Session, board: Board
) -> None:
    operations.save_board(
        session, board_id=board.id, period="12_months", comparison="none", actor=actor_of(admin)
    )
    page = admin.get(f"/admin/board/show/{board.id}?period=30_days&compare=previous").text
    assert re.search(r'<option value="30_days"\s+selected', page)
    files = re.findall(r'href="([^"]*export[^"]*)"', page)
    assert all("period=30_days" in url and "compare=previous" in url for url in files)


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_kept(
    admin: Any, session: Session, board: Board
) -> None:
    me, wrong = actor_of(admin), {"metric": "gross", "dimension": "country", "chart": "bars"}
    for change, field in (
        ({"metric": "nonsense"}, "metric"), ({"dimension": "moon"}, "dimension"), ({"chart": "line"}, "chart"), ({"chart": "number"}, "chart"),
        ({"dimension": ""}, "chart"), ({"row_limit": 0}, "row_limit"), ({"span": 3}, "span"), ({"filters": {"moon": ["x"]}}, "filters"),
        ({"title": "x" * 200}, "title"), ({"position": 10**6}, "position"),
    ):  # fmt: skip
        with pytest.raises(InvalidFields) as refused:
            operations.save_tile(session, board_id=board.id, actor=me, **{**wrong, **change})
        assert field in refused.value.errors, change
    for change, field in (({"title": " "}, "title"), ({"period": "own"}, "period"), ({"currency": "XXX"}, "currency"), ({"roles": ["Root"]}, "roles"), ({"comparison": "moon"}, "comparison")):  # fmt: skip
        with pytest.raises(InvalidFields) as refused:
            operations.save_board(session, actor=me, **{"title": "Fine", **change})
        assert field in refused.value.errors
    assert (
        len(session.scalars(select(BoardTile)).all()) == 4 and len(session.scalars(select(Board)).all()) == 1
    )
    page = admin.post("/admin/boardtile/add", data={"board": str(board.id), "metric": "gross", "dimension": "country", "chart": "line", "title": "Kept words", "filters": "what is this", "row_limit": "10", "span": "1", "position": ""})  # fmt: skip
    assert page.status_code == 200 and "Kept words" in page.text and "cannot be read" in page.text


def test_a_board_has_room_for_so_many(admin: Any, session: Session, board: Board) -> None:
    me = actor_of(admin)
    for _tile in range(rules.MOST_TILES - 4):
        operations.save_tile(session, board_id=board.id, metric="gross", chart="number", actor=me)
    with pytest.raises(Conflict):
        operations.save_tile(session, board_id=board.id, metric="gross", chart="number", actor=me)


def test_the_database_refuses_a_chart_of_nothing(session: Session, board: Board) -> None:
    with pytest.raises(IntegrityError):
        session.add(BoardTile(board_id=board.id, metric="gross", dimension="", chart="bars"))
        session.flush()
    session.rollback()


def test_ana_07_shared_by_role_and_changed_by_its_owner_alone(
    staff: Callable[..., Any], session: Session, board: Board, admin: Any
) -> None:
    manager, url = staff("Manager"), f"/admin/board/show/{board.id}"
    assert manager.get(url).status_code == 404
    operations.save_board(session, board_id=board.id, roles=["Manager"], actor=actor_of(admin))
    assert manager.get(url).status_code == 200
    assert f"/admin/board/edit/{board.id}" not in manager.get(url).text
    with pytest.raises(Forbidden):
        operations.save_board(session, board_id=board.id, title="Taken", actor=actor_of(manager))
    with pytest.raises(Forbidden):
        operations.remove_tile(session, tile_id=board.tiles[0].id, actor=actor_of(manager))
    with pytest.raises(Forbidden):
        operations.save_tile(
            session, board_id=board.id, metric="gross", chart="number", actor=actor_of(manager)
        )
    assert staff("Support").get(url).status_code == 404
    answer = manager.post(
        f"/admin/board/edit/{board.id}",
        data={"title": "Taken", "period": "7_days", "comparison": "none", "roles": [""]},
    )
    assert answer.status_code in (200, 403) and session.scalar(select(Board.title)) == "Mornings"


def test_ana_07_a_seller_reads_a_shared_board_with_own_goods_only(
    staff: Callable[..., Any], session: Session, board: Board, admin: Any, sold: list[int]
) -> None:
    operations.save_board(session, board_id=board.id, roles=["Seller"], actor=actor_of(admin))
    page = staff("Seller").get(f"/admin/board/show/{board.id}")
    assert page.status_code == 200
    assert "€108.90" not in page.text, "nobody's goods are his"


def test_a_page_of_a_board_costs_a_bounded_number_of_statements(
    admin: Any, board: Board, sold: list[int], statements: Callable[[], Any]
) -> None:
    url = f"/admin/board/show/{board.id}"
    admin.get(url)
    with statements() as seen:
        assert admin.get(url).status_code == 200
    assert len(seen) <= 22, "\n".join(seen)


def test_deleting_a_board_takes_its_tiles(admin: Any, session: Session, board: Board) -> None:
    operations.remove_board(session, board_id=board.id, actor=actor_of(admin))
    assert session.scalars(select(BoardTile)).all() == []


def test_filters_are_written_in_lines() -> None:
    filters = {"country": ["BE", "NL"], "brand": ["3"]}
    assert read_filters(show_filters(filters)) == filters
    assert read_filters('{"country": ["BE"]}') == {"country": ["BE"]}


def test_ana_07_a_chart_of_a_dashboard_is_put_on_a_board(
    admin: Any, session: Session, board: Board, sold: list[int]
) -> None:
    page = admin.get("/admin/dashboards/sales?f.country=BE").text
    found = re.search(r'href="(/admin/boardtile/add\?[^"]*dimension=brand[^"]*)"', page)
    assert found, "each chart's menu leads to the form"
    form = admin.get(found.group(1).replace("&amp;", "&")).text
    assert 'value="f.country=BE" selected' in form
    assert re.search(r'<option value="brand"\s+selected|<option selected value="brand"', form)


def test_every_link_of_a_board_leads_somewhere(
    admin: Any, session: Session, board: Board, sold: list[int]
) -> None:
    operations.save_board(
        session, board_id=board.id, filters={"country": ["BE", "NL"]}, actor=actor_of(admin)
    )
    url = f"/admin/board/show/{board.id}"
    page = admin.get(url).text
    links = {
        link.replace("&amp;", "&") for link in re.findall(r'href="(/admin/(?:board|dashboards)[^"]*)"', page)
    }
    files = [link for link in links if "/export." in link]
    assert files and any("/rows?" in link for link in links)
    assert {link: admin.get(link).status_code for link in links if admin.get(link).status_code != 200} == {}
    assert (
        "108.90" in admin.get(f"{url}/export.csv").text
        and "Country: Belgium, Netherlands" in admin.get(f"{url}/export.csv").text
    )
    assert admin.get(f"{url}/export.pdf").status_code == 404
    assert admin.get(f"{url}/export.csv?chart=nothing").status_code == 404


def test_a_board_has_what_its_scripts_look_for(admin: Any, board: Board) -> None:
    page = admin.get(f"/admin/board/show/{board.id}").text
    for mark in ("data-said", "data-caption=", "data-bar data-whole", 'id="plotly.js-style-global"'):
        assert mark in page, f"without {mark} charts break the policy or stay away after a change of days"


def test_the_orders_behind_a_card_of_a_board_add_up_to_it(
    admin: Any, session: Session, board: Board, sold: list[int]
) -> None:
    operations.save_board(session, board_id=board.id, filters={"country": ["BE"]}, actor=actor_of(admin))
    for asked, total in (("", "108.90"), ("?f.country=NL", "0.00")):
        page = admin.get(f"/admin/board/show/{board.id}{asked}").text
        assert shown(page) == total
        link = re.search(r'href="(/admin/dashboards/rows[^"]*metric=gross[^"]*)"', page)
        assert link
        rows = admin.get(link.group(1).replace("&amp;", "&")).text
        assert re.search(rf"data-total>[^0-9]*{re.escape(total)}<", rows), asked


def test_support_finds_no_link_on_a_board_that_is_closed_to_it(
    staff: Callable[..., Any], admin: Any, session: Session, board: Board, sold: list[int]
) -> None:
    operations.save_board(session, board_id=board.id, roles=["Support"], actor=actor_of(admin))
    page = staff("Support").get(f"/admin/board/show/{board.id}").text
    assert "108.90" in page
    assert "/admin/dashboards/rows" not in page and "/admin/boardtile/add" not in page


def test_a_table_of_a_board_ends_at_its_rows(
    admin: Any, session: Session, board: Board, sold: list[int]
) -> None:
    me = actor_of(admin)
    for dimension, chart in (("product", "table"), ("variant", "columns"), ("hour", "columns")):
        given = {"metric": "gross", "dimension": dimension, "chart": chart, "row_limit": 1}
        operations.save_tile(session, board_id=board.id, actor=me, **given)
    page = admin.get(f"/admin/board/show/{board.id}").text
    for title, rows in (("product", 1), ("article", 1), ("hour", 24)):
        table = page.split(f"Gross sales by {title}</caption>")[1].split("</table>")[0]
        assert table.count('scope="row"') == rows, title


def test_a_seller_shows_nobody_the_whole_shop(
    staff: Callable[..., Any], admin: Any, session: Session, sold: list[int]
) -> None:
    """Support reads a board with the eyes of the desk: that is for those to share who see everything themselves."""
    seller = actor_of(staff("Seller"))
    own = operations.save_board(session, title="Mine", roles=["Seller"], actor=seller)
    for values in ({"title": "New"}, {"board_id": own.id}):
        with pytest.raises(InvalidFields) as refused:
            operations.save_board(session, roles=["Seller", "Support"], actor=seller, **values)
        assert list(refused.value.errors) == ["roles"]
    session.expire_all()
    assert session.get_one(Board, own.id).roles == ["Seller"]
    operations.save_board(session, board_id=own.id, roles=["Support"], actor=actor_of(admin))
    operations.save_board(session, board_id=own.id, title="Still mine", actor=seller)
    assert session.get_one(Board, own.id).roles == ["Support"], "what an admin has opened stays open"
