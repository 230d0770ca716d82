"""Every screen with a form takes tables or says why not; what a list exports comes back and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.cms.models import Redirect
from app.core.actor import SYSTEM
from app.core.admin.imports.declaring import Imports
from app.core.audit import AuditRow
from app.identity import operations
from app.inventory.models import Movement, Stock
from app.pricing.models import Price
from tests.core.admin.tables import BASE, Taker, counts, rows_of, said
from tests.keeping import Beginnings
from tests.pricing.desk import Desk
from tests.pricing.wares import product

TABLES: dict[str, str] = {
    "brand": "name\nOak & Co\n+Plus\n",
    "category": "path,name,description\nrooms,Rooms,All\nrooms/kitchen,Kitchen,\nrooms/kitchen/pots,Pots,x\n",
    "attribute": "name,code,kind,unit,is_filter\nColour,colour,List of options,,yes\nWeight,weight,number,kg,no\n",
    "option": "attribute,value,label,swatch\nColour,red,Red,#ff0000\nColour,blue,Blue,\n",
    "producttype": "name,code\nChairs,chairs\n",
    "coupon": "code,kind,value,currency,minimum,is_active\nTEN,percent,10,,,yes\nfive,amount,5,EUR,50,no\n",
    "promotion": "name,scope,kind,value,categories,priority,is_active\nSpring,line,percent,10,Lamps,5,yes\n",
    "taxrate": "country,tax_class,rate,valid_from\nCH,standard,8.1,2024-01-01\nCH,reduced,2.6,2024-01-01\n",
    "shippingzone": "code,name,countries\nalps,Alps,CH|AT\n",
    "shippingmethod": "code,name,zone,kind,price,min_weight,max_weight\nslow,Slow,Alps,standard,9.90,0,5000\nslow,Slow,Alps,standard,19,5000,\n",
    "price": "variant,currency,amount,compare_at\nA,USD,10,12\nB,USD,11.5,\n",
    "warehouse": "code,name,country,priority\nnorth,North,BE,7\n",
    "stock": "variant,warehouse,on_hand,reason\nA,North,5,first count\nB,North,0,first count\n",
    "redirect": "source,target\n/old/Lamp,/c/lamps\n/index.php/x,/search?q=x\n",
    "menulink": "label,place,url,position\nHelp,help,/pages/help,3\n",
    "page": "title,slug,state,body,title_fr,body_fr\nStory,story,published,\"Once\n\nupon\",Histoire,Il\nTerms two,terms-two,draft,x,,\n",
    "banner": "title,place,url,position,is_active\nSummer,hero,/search,1,yes\n",
    "synonym": "lang,words,is_one_way\nen,\"sofa, couch\",no\n",
    "carriers": "code,name,tracking_url,is_active,position\nsnail,Snail,https://snail.example/{number},yes,9\n",
}  # fmt: skip
REFERENCE = ("country", "currency", "customer-group")
"""Rows that the shop comes with: they go out and come in as they are."""

MADE = """
DELETE FROM shipping_method WHERE code = 'slow'; DELETE FROM shipping_zone WHERE code = 'alps';
DELETE FROM inventory_warehouse WHERE lower(code) = 'north'; DELETE FROM fulfilment_carrier WHERE code = 'snail';
DELETE FROM tax_rate WHERE country = 'CH'
"""
"""What these tests add to tables that hold reference data."""


def two_wares(session: Session) -> None:
    product(session, "A")
    product(session, "B")


@pytest.fixture
def taker(
    app: Any, session: Session, session_maker: Callable[[], Session], beginnings: Beginnings
) -> Iterator[Taker]:
    beginnings.give(session, "core.wares_to_import", lambda: two_wares(session))
    yield Taker(app, Desk(app, session).browser, session_maker)
    session.rollback()
    session.execute(text("SET LOCAL session_replication_role = replica"))
    session.execute(text(MADE))
    session.commit()


def screen(app: Any, entity: str) -> Any:
    return next(v for v in app.appbuilder.baseviews if getattr(v, "entity", "") == entity)


def test_every_screen_with_a_form_takes_tables_or_says_why_not(app: Any) -> None:
    forms = [
        view
        for view in app.appbuilder.baseviews
        if hasattr(view, "imports") and (view.can_ever("add") or view.can_ever("edit"))
    ]
    silent = [
        type(view).__name__
        for view in forms
        if not isinstance(view.imports, Imports) and not str(view.imports or "")
    ]
    assert silent == [], "give them `imports = by(…)`, or a sentence that says why nothing can be imported"
    taking = {view.entity for view in forms if isinstance(view.imports, Imports)}
    assert taking >= {*TABLES, *REFERENCE, "variant", "customer"}


@pytest.mark.parametrize("entity", sorted(TABLES))
def test_a_table_is_taken_and_the_export_comes_back_unchanged(
    app: Any, session: Session, taker: Taker, entity: str
) -> None:
    for needed, later in (
        ("attribute", "option"),
        ("shippingzone", "shippingmethod"),
        ("warehouse", "stock"),
    ):
        if entity == later:
            taker.whole(needed, TABLES[needed])
    rows = len(rows_of(TABLES[entity].encode())) - 1
    made = taker.whole(entity, TABLES[entity])
    assert counts(made) == (rows, 0, 0, 0), taker.wrong(made.id)
    again = taker.whole(entity, TABLES[entity])
    assert counts(again) == (0, 0, rows, 0), taker.wrong(again.id)
    address = screen(app, entity).route_base
    number = session.scalar(select(func.count(AuditRow.id)))
    for kind in ("csv", "xlsx"):
        data = taker.exported(address, kind)
        back = taker.whole(entity, data, f"export.{kind}")
        assert back.same >= rows and (back.created, back.updated, back.wrong) == (0, 0, 0), taker.wrong(
            back.id
        )
    assert session.scalar(select(func.count(AuditRow.id))) == number + 2, "each import, and nothing else"


@pytest.mark.parametrize("entity", [*REFERENCE, "variant", "customer"])
def test_what_the_shop_comes_with_goes_out_and_in(
    app: Any, taker: Taker, session: Session, entity: str
) -> None:
    if entity == "customer":
        operations.create_user(session, email="ada@shop.example", first_name="Ada", actor=SYSTEM)
        session.commit()
    back = taker.whole(entity, taker.exported(screen(app, entity).route_base))
    assert back.same > 0 and (back.created, back.updated, back.wrong) == (0, 0, 0), taker.wrong(back.id)


def test_stock_goes_through_the_books_with_a_reason(session: Session, taker: Taker) -> None:
    taker.whole("warehouse", TABLES["warehouse"])
    taker.whole("stock", TABLES["stock"])
    done = taker.whole("stock", "variant,warehouse,on_hand\nA,North,9\nB,North,0\n")
    assert taker.wrong(done.id)[0][:2] == (2, "reason") and counts(done) == (0, 0, 1, 1)
    done = taker.whole(
        "stock", "variant,warehouse,on_hand\nA,North,9\nB,North,0\n", **{"fixed.reason": "Counted in May"}
    )
    assert counts(done) == (0, 1, 1, 0)
    session.expire_all()
    moved = session.scalars(select(Movement).order_by(Movement.id.desc())).first()
    assert (moved.quantity, moved.reason, moved.actor_label) == (4, "Counted in May", "admin@desk.example")
    assert sorted(session.scalars(select(Stock.on_hand))) == [0, 9]


def test_prices_are_found_by_article_and_refused_beside_their_field(session: Session, taker: Taker) -> None:
    done = taker.whole(
        "price", "Article,Currency,Price,Earlier price\nA,eur,11,10\nA,USD,3.005,\nC,EUR,1,\nB,eur,9.5,\n"
    )
    assert counts(done) == (0, 1, 0, 3)
    assert [row[:2] for row in taker.wrong(done.id)] == [(2, "compare_at"), (3, "amount"), (4, "variant")]
    session.expire_all()
    assert [str(p.amount) for p in session.scalars(select(Price).order_by(Price.id))] == ["12.9000", "9.5000"]


def test_old_addresses_are_told_apart_as_they_are_kept(session: Session, taker: Taker) -> None:
    taker.whole("redirect", "source,target\n/Old/,/search\n")
    kept = session.scalars(select(Redirect.source)).one()
    assert counts(taker.whole("redirect", f"source,target\n/Old/,/c/lamps\n{kept},/c/lamps\n"))[:3] in (
        (0, 1, 0),
        (0, 1, 1),
    )
    assert session.scalar(select(func.count(Redirect.id))) == 1


def test_a_child_of_a_row_of_the_same_table_passes_the_check(taker: Taker) -> None:
    pk = taker.upload("category", "name,below\nAttic,\n" + "".join(f"Box {n},Attic\n" for n in range(30)))
    item = taker.check(pk, **{"column.parent_id": "1"})
    assert counts(item) == (31, 0, 0, 0)
    assert counts(taker.take(pk)) == (31, 0, 0, 0)


def test_screens_offer_what_they_take(taker: Taker) -> None:
    assert "/admin/tableimport/new/brand" in taker.browser.get("/admin/brand/list/").text
    assert "/admin/tableimport/new/" not in taker.browser.get("/admin/image/list/").text
    page = taker.browser.get(f"{BASE}/new/price")
    assert page.status_code == 200 and "Article tells rows apart" in said(page)
    head = rows_of(taker.browser.get(f"{BASE}/template/price").data)[0]
    assert head == ["Article", "Currency", "Price", "Earlier price"]
    assert taker.browser.get(f"{BASE}/list/").status_code == 200
