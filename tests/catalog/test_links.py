"""Products chosen by hand to stand beside others: the order that was said, once each, never itself."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.catalog import operations
from app.catalog.errors import NoSuchProduct
from app.catalog.models import Product, ProductLink
from app.catalog.queries import linked_products, links_of, links_token, shown_links
from app.catalog.rules import LINK_KINDS, MOST_LINKS
from app.core.actor import SYSTEM
from app.core.audit import AuditRow
from app.core.errors import Conflict, InvalidFields
from app.core.outbox import OutboxRow
from app.identity import operations as identity

Make = Callable[..., Product]


@pytest.fixture
def goods(make: Make) -> list[int]:
    """Keys of seven lamps; the links of the first are what the tests look at."""
    return [make(f"Lamp {number}").id for number in range(7)]


def say(session: Session, product_id: int, **links: Any) -> bool:
    return operations.set_links(session, product_id=product_id, links=links, actor=SYSTEM)


def count(session: Session, model: Any) -> int:
    return int(session.scalar(select(func.count()).select_from(model)) or 0)


def test_what_is_said_is_what_stands_there(session: Session, goods: list[int]) -> None:
    own, a, b, c = goods[:4]
    assert say(session, own, related=[c, a], upsell=[b])
    assert links_of(session, own) == {"related": [c, a], "upsell": [b], "cross_sell": []}
    assert say(session, own, related=[a, c, b])
    assert links_of(session, own) == {"related": [a, c, b], "upsell": [b], "cross_sell": []}
    assert say(session, own, upsell=[])
    assert [one.id for one in linked_products(session, own)["related"]] == [a, c, b]
    row = session.scalars(select(AuditRow).where(AuditRow.action == "product.links").order_by(AuditRow.id.desc())).first()  # fmt: skip
    assert row is not None and (row.before, row.after) == ({"upsell": [b]}, {"upsell": []})


def test_saying_the_same_again_writes_nothing(session: Session, goods: list[int]) -> None:
    say(session, goods[0], related=goods[1:4])
    before = count(session, AuditRow), count(session, OutboxRow)
    assert not say(session, goods[0], related=goods[1:4])
    assert not say(session, goods[0])
    assert (count(session, AuditRow), count(session, OutboxRow)) == before


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_order_is_kept_and_steps_lead_where_they_say(
    session: Session, goods: list[int], data: st.DataObject
) -> None:
    own, others = goods[0], goods[1:]
    kind = data.draw(st.sampled_from(LINK_KINDS))
    wanted = data.draw(st.lists(st.sampled_from(others), unique=True))
    say(session, own, **{kind: wanted})
    assert links_of(session, own)[kind] == wanted
    assert not say(session, own, **{kind: wanted}), "a second time changes nothing"
    model = list(wanted)
    for _ in range(data.draw(st.integers(0, 5))):
        target, place = data.draw(st.sampled_from(others)), data.draw(st.integers(-2, 9))
        here = {"product_id": own, "kind": kind, "target_id": target, "actor": SYSTEM}
        step = data.draw(st.sampled_from(("add", "remove", "move")))
        if step == "add":
            operations.add_link(session, **here, place=place)
            if target not in model:
                model.insert(max(0, place), target)
        elif step == "remove":
            operations.remove_link(session, **here)
            model = [i for i in model if i != target]
        elif target in model:
            operations.move_link(session, **here, place=place)
            model.remove(target)
            model.insert(max(0, place), target)
        else:
            with pytest.raises(InvalidFields):
                operations.move_link(session, **here, place=place)
        assert links_of(session, own)[kind] == model
    places = session.scalars(select(ProductLink.position).where(ProductLink.kind == kind)).all()
    assert sorted(places) == list(range(len(model)))


def test_what_cannot_be_is_named_by_its_place(session: Session, make: Make, goods: list[int]) -> None:
    own, a = goods[:2]
    gone = make("Gone").id
    operations.archive_product(session, product_id=gone, actor=SYSTEM)
    with pytest.raises(InvalidFields) as refused:
        say(session, own, related=[a, own, a, gone, 10**15], upsell=[a])
    assert sorted(refused.value.errors) == ["related.1", "related.2", "related.3", "related.4"]
    assert links_of(session, own) == {kind: [] for kind in LINK_KINDS}, "nothing of it was taken"
    for wrong in (["1"], [True], [0], [-1], [2**63], [1.5], [None]):
        with pytest.raises(InvalidFields) as refused:
            say(session, own, related=wrong)
        assert list(refused.value.errors) == ["related.0"], wrong
    with pytest.raises(InvalidFields) as refused:
        say(session, own, friends=[a])
    assert list(refused.value.errors) == ["friends"]
    with pytest.raises(InvalidFields) as refused:
        say(session, own, related=list(range(1, MOST_LINKS + 2)))
    assert list(refused.value.errors) == ["related"]
    with pytest.raises(NoSuchProduct):
        say(session, 10**15, related=[a])


def test_the_database_itself_refuses_what_the_operation_does(session: Session, goods: list[int]) -> None:
    own, a = goods[:2]
    rows = (
        (own, own, "related", 0),
        (own, a, "friend", 0),
        (own, a, "related", -1),
        (own, 10**15, "related", 0),
    )
    for product, target, kind, position in rows:
        values = {"product_id": product, "target_id": target, "kind": kind, "position": position}
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(insert(ProductLink).values(**values))
    say(session, own, related=[a])
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(insert(ProductLink).values(product_id=own, target_id=a, kind="related", position=5))


def test_who_was_slower_is_told(session: Session, goods: list[int]) -> None:
    own, a, b = goods[:3]
    token = links_token(links_of(session, own))
    say(session, own, related=[a])
    with pytest.raises(Conflict):
        operations.set_links(session, product_id=own, links={"related": [b]}, actor=SYSTEM, token=token)
    now = links_token(links_of(session, own))
    assert operations.set_links(session, product_id=own, links={"related": [b]}, actor=SYSTEM, token=now)


def test_a_seller_links_own_products_only(session: Session, make: Make, goods: list[int]) -> None:
    seller = identity.create_user(
        session, email="s@people.example", password="correct horse battery", actor=SYSTEM
    ).id
    mine, other = (make(name, seller_id=seller).id for name in ("Mine", "Mine too"))
    say(session, mine, related=[goods[0]])

    def seller_says(product_id: int, **links: Any) -> bool:
        return operations.set_links(
            session, product_id=product_id, links=links, actor=SYSTEM, seller_id=seller
        )

    assert seller_says(mine, related=[goods[0], other]), "what somebody else chose may stay"
    for kind, ids, place in (("upsell", [goods[0]], 0), ("related", [goods[0], goods[1]], 1)):
        with pytest.raises(InvalidFields) as refused:
            seller_says(mine, **{kind: ids})
        assert list(refused.value.errors) == [f"{kind}.{place}"]
    with pytest.raises(NoSuchProduct):
        seller_says(goods[0], related=[mine])


def test_what_nobody_may_buy_is_not_shown(session: Session, make: Make, goods: list[int]) -> None:
    own, *others = goods
    draft = make("Draft", publish_now=False).id
    say(session, own, related=[draft, *others], upsell=[others[0]])
    operations.archive_product(session, product_id=others[0], actor=SYSTEM)
    operations.withdraw_product(session, product_id=others[1], actor=SYSTEM)
    operations.set_availability(session, product_id=others[2], is_available=False, actor=SYSTEM)
    session.execute(
        text("UPDATE catalog_product SET published_from = now() + interval '1 day' WHERE id = :i"),
        {"i": others[3]},
    )
    shown = shown_links(session, [own], "en")
    assert [one.id for one in shown["related"]] == others[4:] and shown["upsell"] == []
    assert links_of(session, own)["upsell"] == [others[0]], "it stays chosen"
    assert say(session, own, upsell=[others[0], others[4]]), "what was archived later may stay in the list"
    operations.delete_product(session, product_id=others[5], actor=SYSTEM)
    assert others[5] not in links_of(session, own)["related"], "what is removed takes its links with it"


def test_several_products_share_a_row(session: Session, goods: list[int], statements: Any) -> None:
    a, b, c, d, e, f, _ = goods
    say(session, a, cross_sell=[c, d, b])
    say(session, b, cross_sell=[d, e, f])
    shown_links(session, [a, b], "en")
    with statements() as seen:
        shown = shown_links(session, [a, b], "fr", ["cross_sell"])
    assert len(seen) == 1
    assert list(shown) == ["cross_sell"] and [one.id for one in shown["cross_sell"]] == [c, d, e, f]
    assert shown_links(session, [], "en") == {kind: [] for kind in LINK_KINDS}


def test_a_copy_stands_beside_the_same_products(session: Session, goods: list[int]) -> None:
    say(session, goods[0], related=[goods[1], goods[2]], cross_sell=[goods[3]])
    operations.archive_product(session, product_id=goods[1], actor=SYSTEM)
    made = operations.duplicate_product(session, product_id=goods[0], actor=SYSTEM)
    assert links_of(session, made.id) == {"related": [goods[2]], "upsell": [], "cross_sell": [goods[3]]}


def test_products_linked_crosswise_at_once_do_not_block_each_other(
    session_maker: Callable[[], Session], session: Session, goods: list[int]
) -> None:
    session.commit()
    a, b, *others = goods

    def work(own: int, other: int) -> None:
        for step in range(12):
            with session_maker() as one:
                row = [other, *others[step % 3 :]]
                operations.set_links(one, product_id=own, links={"related": row}, actor=SYSTEM)
                operations.move_link(
                    one, product_id=own, kind="related", target_id=other, place=step % 4, actor=SYSTEM
                )
                operations.remove_link(one, product_id=own, kind="related", target_id=others[2], actor=SYSTEM)

    pairs = [(a, b), (b, a), (a, b), (b, a)]
    with ThreadPoolExecutor(len(pairs)) as pool:
        list(pool.map(lambda pair: work(*pair), pairs))
    session.expire_all()
    for own, other in ((a, b), (b, a)):
        row = links_of(session, own)["related"]
        assert other in row and len(row) == len(set(row)) and others[2] not in row
