"""What visitors see: beside a product, in the bag, at home, in the account; reasons, refusals, what is sold out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.analytics.visits import rules as visit_rules
from app.core import caching, settings
from app.core.actor import SYSTEM
from app.identity import operations as identity
from recommender import publish, queries
from recommender.publish import Version
from recommender.settings import RecommenderSettings
from tests.counting import counted
from tests.orders.making import articles
from tests.recommender import making

Goods = list[tuple[int, int]]
AGREED = visit_rules.WORDING + "ap"
PASSWORD = "correct horse battery"


def beside(session: Session, product_id: int) -> tuple[int, ...]:
    """What stands beside a product."""
    return tuple(one.product_id for one in queries.with_product(session, product_id))


@pytest.fixture
def session(session_maker: Callable[[], Session]) -> Iterator[Session]:
    """A session beside those of the requests."""
    with session_maker() as own:
        yield own


@pytest.fixture
def goods(session: Session) -> Goods:
    """Ten products; the first goes with the second to the sixth, the ninth and tenth are popular."""
    found = making.products(session, 10)
    ids = [product for product, _ in found]
    items = [(ids[0], rank, ids[rank], 1.0 / rank, "bought") for rank in range(1, 6)]
    items += [(ids[6], rank, ids[rank], 1.0 / rank, "bought") for rank in (1, 2)]
    user = identity.create_user(
        session, email="kim@people.example", password=PASSWORD, first_name="Kim", actor=SYSTEM
    )
    people = [(int(user.id), rank, ids[rank + 1], ids[0], 1.0) for rank in range(1, 7)]
    publish.store(
        session, Version("graph", "first", {}, {}, {}, {}, [ids[9], ids[8], ids[0]], items, people), job_id=None, actor=SYSTEM
    )  # fmt: skip
    return found


def named(html: str) -> list[str]:
    """The products of a part of a page, in order."""
    return re.findall(r'class="card-name"><a href="[^"]*">([^<]+)</a>', html)


def token(page: Any) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, page.text[:500]
    return found.group(1)


def sign_in(client: Any) -> None:
    form = client.get("/login")
    answer = client.post(
        "/login", data={"email": "kim@people.example", "password": PASSWORD, "csrf_token": token(form)}
    )
    assert answer.status_code in (302, 303), answer.text[-2000:]


def put(client: Any, slug: str, sku: str) -> None:
    page = client.get(f"/p/{slug}")
    answer = client.post("/cart/lines", data={"sku": sku, "quantity": "1", "csrf_token": token(page)})
    assert answer.status_code == 303


def sell_out(session: Session, variant_id: int) -> None:
    session.execute(text("UPDATE inventory_stock SET on_hand = 0 WHERE variant_id = :v"), {"v": variant_id})
    session.commit()


def test_beside_a_product_stands_what_goes_with_it(session: Session, client: Any, goods: Goods) -> None:
    page = client.get("/p/lamp-1").text
    assert "Others also bought" in page
    shown = named(page)
    assert shown == ["Lamp 2", "Lamp 3", "Lamp 4", "Lamp 5", "Lamp 6"]
    assert len(named(client.get("/p/lamp-10").text)) >= 0, (
        "a product nobody chose keeps those of its department"
    )


def test_what_is_sold_out_hidden_or_off_is_never_suggested(
    session: Session, client: Any, goods: Goods
) -> None:
    sell_out(session, goods[1][1])
    for change, product in (
        ("state = 'archived'", 2), ("is_available = false", 3), ("published_from = now() + interval '1 day'", 4)
    ):  # fmt: skip
        session.execute(text(f"UPDATE catalog_product SET {change} WHERE id = :p"), {"p": goods[product][0]})
    session.commit()
    assert beside(session, goods[0][0]) == (goods[5][0],)
    assert named(client.get("/p/lamp-1?sku=LMP-1").text) == ["Lamp 6"]
    sell_out(session, goods[9][1])
    assert [one.product_id for one in queries.popular(session)] == [goods[8][0], goods[0][0]]
    session.execute(
        text("UPDATE inventory_stock SET backorder_limit = 5 WHERE variant_id = :v"), {"v": goods[1][1]}
    )
    session.commit()
    assert goods[1][0] in beside(session, goods[0][0]), "what may be ordered later can be bought"


def test_the_bag_suggests_what_goes_with_it_and_says_why(session: Session, client: Any, goods: Goods) -> None:
    assert 'data-suggestions="cart"' in client.get("/cart").text
    empty = client.get("/suggestions/cart")
    assert named(empty.text) == ["Lamp 10", "Lamp 9", "Lamp 1"] and "Popular now" in empty.text
    put(client, "lamp-1", "LMP-1")
    part = client.get("/suggestions/cart")
    assert named(part.text)[:5] == ["Lamp 2", "Lamp 3", "Lamp 4", "Lamp 5", "Lamp 6"]
    assert "Goes with your bag" in part.text and "Goes with “Lamp 1”" in part.text
    assert "Lamp 1" not in named(part.text), "not what is in it"
    assert part.headers["Cache-Control"] == "no-store"
    assert client.get("/suggestions/cellar").status_code == 404


def test_a_guest_gets_an_own_list_at_home_only_after_a_yes(
    session: Session, client: Any, goods: Goods
) -> None:
    assert 'data-suggestions="home"' in client.get("/").text
    put(client, "lamp-1", "LMP-1")
    assert named(client.get("/suggestions/home").text) == ["Lamp 10", "Lamp 9"], (
        "no yes, no list of one's own"
    )
    client.set_cookie("consent", AGREED)
    own = client.get("/suggestions/home")
    assert named(own.text)[:2] == ["Lamp 2", "Lamp 3"] and "For you" in own.text
    against = client.get("/suggestions/home", headers={"Sec-GPC": "1"})
    assert named(against.text) == ["Lamp 10", "Lamp 9"], "a signal against it is a no"


def test_a_customer_gets_their_list_and_can_refuse_it(session: Session, client: Any, goods: Goods) -> None:
    assert client.get("/account/suggestions").status_code == 303
    sign_in(client)
    assert "/account/suggestions" in client.get("/account").text
    page = client.get("/account/suggestions")
    assert (
        named(page.text)[:3] == ["Lamp 3", "Lamp 4", "Lamp 5"] and "Because you bought “Lamp 1”" in page.text
    )
    for _ in range(2):
        answer = client.post("/account/suggestions", data={"wanted": "no", "csrf_token": token(page)})
        assert answer.status_code == 303
    refused = client.get("/account/suggestions")
    assert named(refused.text) == ["Lamp 10", "Lamp 9", "Lamp 1"] and "Because you" not in refused.text
    assert "Popular now" in refused.text and "Your suggestions</h1>" not in refused.text
    assert named(client.get("/suggestions/cart").text) == ["Lamp 10", "Lamp 9", "Lamp 1"]
    client.post("/account/suggestions", data={"wanted": "yes", "csrf_token": token(refused)})
    assert queries.refuses(session, 1) is False


def test_what_everybody_buys_is_not_called_somebodys_own(session: Session, client: Any, goods: Goods) -> None:
    session.execute(text("DELETE FROM recommender_person"))
    session.commit()
    sign_in(client)
    page = client.get("/account/suggestions").text
    assert "Popular now" in page and "We know too little of what you like yet." in page
    assert "Made from what you bought" not in page and "Your suggestions</h1>" not in page
    sell_out(session, goods[1][1])  # of the two that go with the bag one is left, beside three that many buy
    put(client, "lamp-7", "LMP-7")
    part = client.get("/suggestions/cart").text
    assert "Popular now" in part and "Goes with your bag" not in part


def test_what_was_bought_since_the_training_is_left_out(session: Session, client: Any, goods: Goods) -> None:
    user = int(session.scalar(text("SELECT id FROM ab_user WHERE email = 'kim@people.example'")))
    making.buy(session, [goods[2], goods[9]], making.utcnow(), user)
    assert [one.product_id for one in queries.for_person(session, user)][0] == goods[3][0]
    assert goods[9][0] not in [one.product_id for one in queries.popular(session, user_id=user)]
    settings.change(session, RecommenderSettings, actor=SYSTEM, bought_again="things")
    assert [one.product_id for one in queries.for_person(session, user)][0] == goods[2][0], "coffee runs out"


def test_what_a_customer_has_is_named_to_nobody_else(session: Session, client: Any, goods: Goods) -> None:
    asked = "/suggestions/owned?p=lamp-2&p=lamp-3&p=lamp-4&p=no-such&p=' OR 1"
    user = int(session.scalar(text("SELECT id FROM ab_user WHERE email = 'kim@people.example'")))
    making.buy(session, [goods[1], goods[3], goods[9]], making.utcnow(), user)
    assert "/recommender/owned" in client.get("/p/lamp-1").text
    guest = client.get(asked)
    assert guest.json == {"owned": []} and guest.headers["Cache-Control"] == "no-store"
    sign_in(client)
    assert client.get(asked).json == {"owned": ["lamp-2", "lamp-4"]}, "only what was asked about"
    assert client.get("/suggestions/owned").json == {"owned": []}
    settings.change(session, RecommenderSettings, actor=SYSTEM, bought_again="things")
    assert client.get(asked).json == {"owned": []}, "coffee runs out"
    settings.change(session, RecommenderSettings, actor=SYSTEM, bought_again="")
    assert client.get(asked, headers={"Sec-GPC": "1"}).json == {"owned": []}, (
        "no profile, nothing is looked up"
    )


def test_switched_off_means_the_department(session: Session, client: Any, goods: Goods) -> None:
    settings.change(session, RecommenderSettings, actor=SYSTEM, is_on=False)
    caching.purge("pages")
    assert named(client.get("/p/lamp-1?sku=").text) != ["Lamp 2", "Lamp 3", "Lamp 4", "Lamp 5", "Lamp 6"]
    assert client.get("/suggestions/home").text == ""


def test_one_statement_a_list(session: Session, engine: Any, goods: Goods) -> None:
    beside(session, goods[0][0])
    with counted(engine) as seen:
        beside(session, goods[0][0])
    assert len(seen) == 1, seen
    plan = "\n".join(session.scalars(text(
        f"EXPLAIN SELECT * FROM recommender_item WHERE model_id = 1 AND product_id = {goods[0][0]}"
    )))  # fmt: skip
    assert "pk_recommender_item" in plan


def test_signs_are_taken_from_our_pages_only(client: Any, goods: Goods) -> None:
    own = {"Origin": "http://localhost"}
    assert client.post("/suggestions/seen", json={"clicked": True}).status_code == 400
    assert (
        client.post(
            "/suggestions/seen", json={"clicked": True}, headers={"Origin": "http://evil.example"}
        ).status_code
        == 400
    )
    for wrong in ([], {}, {"clicked": "yes"}, "x" * 300):
        assert client.post("/suggestions/seen", json=wrong, headers=own).status_code == 400, wrong
    assert client.post("/suggestions/seen", json={"clicked": False}, headers=own).status_code == 204


def test_a_shop_that_never_learnt_still_shows_something(session: Session, client: Any) -> None:
    articles(session, 3)
    assert len(named(client.get("/suggestions/home").text)) == 3
    assert beside(session, 1) == () and queries.with_products(session, [1]) == []
