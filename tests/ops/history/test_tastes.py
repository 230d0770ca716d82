"""People of the demo have tastes: what they buy together belongs together, and the popular sells more."""

from __future__ import annotations

from collections import Counter
from random import Random

from app.ops.demo import orders
from app.ops.demo.tastes import DEPARTMENTS, FAITH, Liked, Tastes

GOODS = [Liked(100 * department + n, department, 1 + n) for department in range(1, 21) for n in range(6)]
"""Twenty departments of six articles, the last liked six times as much as the first."""


def baskets(email: str, count: int = 200) -> list[list[int]]:
    tastes, dice = Tastes.of(GOODS), Random(f"dice:{email}")
    return [tastes.basket(email, 4, dice) for _ in range(count)]


def departments(basket: list[int]) -> Counter[int]:
    return Counter(article // 100 for article in basket)


def test_a_purchase_is_mostly_about_one_department() -> None:
    most = [departments(basket).most_common(1)[0][1] for basket in baskets("ann@example.org")]
    assert FAITH - 0.05 < sum(most) / len(most) / 4 < FAITH + 0.1


def test_everybody_comes_back_to_a_few_departments_and_not_all_to_the_same() -> None:
    def home(email: str) -> set[int]:
        bought = sum((departments(basket) for basket in baskets(email)), Counter[int]())
        return {department for department, _ in bought.most_common(DEPARTMENTS)}

    homes = [home(f"p{n}@example.org") for n in range(12)]
    assert homes == [home(f"p{n}@example.org") for n in range(12)], "the same demo again has the same tastes"
    assert len({frozenset(one) for one in homes}) > 8


def test_what_is_popular_sells_more() -> None:
    sold = Counter(
        article % 100 for n in range(40) for basket in baskets(f"p{n}@example.org", 20) for article in basket
    )
    assert sold[5] > 3 * sold[0] > 0


def test_nothing_on_sale_is_nobodys_taste() -> None:
    assert Tastes.of([]).everything == []


def test_a_shop_of_the_usual_size_has_a_year_to_look_at() -> None:
    assert orders.usual(1000) == 4000 > orders.MOST_SINGLY, "written in bulk"
    assert orders.usual(40) == 13 and orders.usual(499) == orders.FIRST
