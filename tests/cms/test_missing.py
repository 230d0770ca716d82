"""Missing translations: found in every kind and language, counted, page by page, as a file, quick by index."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.catalog import operations as catalog
from app.cms import missing, missing_admin, operations
from app.cms.missing import KINDS, OTHERS
from app.core import caching
from app.core.actor import SYSTEM
from tests.counting import counted
from tests.identity.people import sign_in_staff, staff

ALL = {code: {"title": "x", "summary": "x", "body": "x"} for code in OTHERS}


@pytest.fixture
def session(session_maker: Callable[[], Session]) -> Iterator[Session]:
    """A session apart from those of the requests."""
    caching.purge("cms.missing")
    with session_maker() as own:
        yield own


@pytest.fixture
def desk(app: Any, session: Session) -> Any:
    """An administrator's browser."""
    staff(session)
    browser = app.test_client()
    sign_in_staff(browser)
    return browser


def page(session: Session, slug: str, translations: dict[str, Any] | None = None, **values: Any) -> int:
    filled = {"title": slug.title(), "summary": "", "body": "Text.", "state": "draft"} | values
    made = operations.save_page(session, slug=slug, translations=translations or {}, actor=SYSTEM, **filled)
    return int(made.id)


def products(session: Session, count: int, translations: str = "{}") -> None:
    shelf = catalog.create_category(session, name="Shelf", translations={}, actor=SYSTEM)
    kind = catalog.create_product_type(session, code="thing", name="Thing", actor=SYSTEM)
    session.execute(
        text(
            "INSERT INTO catalog_product (type_id, category_id, name, slug, description, translations, state) "
            "SELECT :kind, :shelf, 'Thing ' || g, 'thing-' || g, 'Words', CAST(:held AS jsonb), 'published' "
            "FROM generate_series(1, :count) g"
        ),
        {"kind": kind.id, "shelf": shelf.id, "held": translations, "count": count},
    )
    session.commit()


def found(session: Session, kind: str, language: str = "") -> list[tuple[str, str, tuple[str, ...]]]:
    return [
        (gap.name, gap.language, gap.columns) for gap in missing.gaps(session, KINDS[kind], language).items
    ]


def test_i18_02_a_text_is_missing_where_english_has_one_and_the_language_has_none(session: Session) -> None:
    page(session, "whole", ALL)
    page(session, "half", {"fr": {"title": "Moitié"}, "nl": {"title": "Half", "body": "Woorden"}})
    assert found(session, "page", "fr") == [("Half", "fr", ("body",))]
    assert found(session, "page", "nl") == []
    assert found(session, "page", "de") == [("Half", "de", ("title", "body"))], (
        "an empty summary is not missed"
    )
    assert missing.counts(session, KINDS["page"]) == {"fr": 1, "nl": 0, "de": 1, "es": 1}
    assert [line[1] for line in found(session, "page")] == ["de", "es", "fr"]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_read_in_one_statement(session: Session, kind: str) -> None:
    page(session, "half")
    products(session, 3)
    operations.save_menu_link(session, label="Help", place="help", url="/", position=1, is_active=True, translations={}, actor=SYSTEM)  # fmt: skip
    with counted(session.get_bind()) as seen:
        missing.gaps(session, KINDS[kind])
        missing.counts(session, KINDS[kind])
    assert len([one for one in seen if one.startswith("SELECT")]) == 2


def test_archived_products_are_left_out_and_pages_neither_repeat_nor_lose_a_line(session: Session) -> None:
    products(session, 30)
    session.execute(text("UPDATE catalog_product SET state = 'archived' WHERE name = 'Thing 7'"))
    kind, after, lines = KINDS["product"], missing.START, []
    while after is not None:
        part = missing.gaps(session, kind, after=after, limit=7)
        lines += [(gap.id, gap.language) for gap in part.items]
        after = part.after
    assert len(lines) == len(set(lines)) == 29 * 4 and lines == sorted(lines)
    assert missing.counts(session, kind) == dict.fromkeys(OTHERS, 29)
    assert len(list(missing.every(session, kind, "fr"))) == 29


def test_products_are_found_by_their_index_however_many_there_are(session: Session) -> None:
    held = {code: {"name": "x", "slug": "x", "description": "x"} for code in OTHERS}
    products(session, 3_000, str(held).replace("'", '"'))
    session.execute(text("UPDATE catalog_product SET translations = '{}' WHERE name = 'Thing 2999'"))
    session.commit()
    session.execute(text("ANALYZE catalog_product"))
    for code in OTHERS:
        sql = f"EXPLAIN SELECT id FROM catalog_product WHERE {KINDS['product'].lacking(code)} ORDER BY id LIMIT 50"
        plan = "\n".join(session.scalars(text(sql)))
        assert f"ix_catalog_product_lacks_{code}" in plan, plan
    assert [line[0] for line in found(session, "product", "es")] == ["Thing 2999"]


def test_the_page_counts_filters_and_leads_to_the_form_at_the_right_language(
    session: Session, desk: Any
) -> None:
    half = page(session, "half", {"fr": {"title": "Moitié"}})
    shown = desk.get("/admin/missing/list/?kind=page&language=fr").get_data(as_text=True)
    assert f'href="/admin/page/edit/{half}#body_fr"' in shown and f"{half}#title_de" not in shown
    assert 'id="body_fr"' in desk.get(f"/admin/page/edit/{half}").get_data(as_text=True)
    assert "?kind=page&amp;language=de" in shown


def test_the_page_goes_on_behind_its_last_line(session: Session, desk: Any) -> None:
    products(session, 60)
    first = desk.get("/admin/missing/list/?kind=product&language=nl").get_data(as_text=True)
    cursor = first.rsplit("cursor=", 1)[1].split('"')[0]
    second = desk.get(f"/admin/missing/list/?kind=product&language=nl&cursor={cursor}").get_data(as_text=True)
    assert ">Next<" in first and "Thing 50<" in first and "Thing 51<" not in first
    assert "Thing 51<" in second and "Thing 50<" not in second and ">Next<" not in second


@pytest.mark.parametrize("query", ["kind=x", "language=xx", "cursor=%00", "cursor=W10", "cursor=WyItMSIsICIiXQ", "kind=page&cursor=WzEsICJmciJd", "cursor=W3RydWUsICJmciJd", "cursor=WzFlOTk5LCAiZnIiXQ"])  # fmt: skip
def test_addresses_that_were_made_up_show_the_beginning(desk: Any, query: str) -> None:
    assert desk.get(f"/admin/missing/list/?{query}").status_code == 200


def test_the_file_holds_every_line_and_no_formula(session: Session, desk: Any) -> None:
    page(session, "calc", {"fr": {"title": "x", "body": "x"}}, title="=1+1")
    answer = desk.get("/admin/missing/export.csv?kind=page&language=nl")
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert rows[0] == ["Kind", "Number", "Name", "Language", "Missing"]
    assert [(row[0], row[2], row[3], row[4]) for row in rows[1:]] == [("page", "'=1+1", "nl", "title body")]
    assert desk.get("/admin/missing/export.xlsx").status_code == 404


def test_the_first_page_says_how_many_in_the_worst_language(app: Any, session: Session) -> None:
    with app.test_request_context("/admin/"):
        assert missing_admin.tile(session) is None
        caching.purge("cms.missing")
        page(session, "half", {"fr": {"title": "x", "body": "x"}})
        shown = missing_admin.tile(session)
    assert shown is not None and shown.value == 1 and shown.view == "MissingView"
