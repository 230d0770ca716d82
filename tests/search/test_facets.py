"""Facet counts against a recount in Python, for any combination of filters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.catalog.models import Product
from app.catalog.operations import create_attribute, create_product_type
from app.catalog.rules import NewVariant
from app.core import caching
from app.core.actor import SYSTEM
from app.search.queries import Listing, facets, listing
from tests.catalog.conftest import Shop

COLOURS, SIZES, RAM = ("red", "blue", "green"), ("s", "m", "l"), (8, 16, 32)


@dataclass(frozen=True)
class Thing:
    """What the recount knows of a product."""

    id: int
    tokens: frozenset[str]
    price: Decimal
    has_word: bool


@pytest.fixture
def things(session: Session, shop: Shop, sell: Callable[..., Product]) -> list[Thing]:
    for code, values in (("paint", COLOURS), ("cut", SIZES)):
        create_attribute(
            session, actor=SYSTEM, code=code, name=code.title(), kind="option", is_filter=True, is_variant=True,
            options=[{"value": v, "label": v.upper()} for v in values],
        )  # fmt: skip
    create_product_type(
        session,
        actor=SYSTEM,
        code="shirt",
        name="Shirt",
        attributes=["ram"],
        variant_attributes=["paint", "cut"],
    )
    made = []
    for n in range(24):
        colours = [COLOURS[n % 3]] + ([COLOURS[(n + 1) % 3]] if n % 4 == 0 else [])
        size, ram = SIZES[(n // 2) % 3], RAM[n % 3 if n % 5 else 0]
        variants = [NewVariant(f"T{n}-{c}", {"paint": c, "cut": size}) for c in colours]
        word = n % 2 == 0
        product = sell(
            "Warm shirt" if word else "Coat", f"{n % 6 + 1}.00", type_id=None, type_code="shirt", variants=variants,
            specifications={"ram": ram},
        )  # fmt: skip
        tokens = {f"paint={c}" for c in colours} | {f"cut={size}", f"ram={ram}"}
        made.append(Thing(product.id, frozenset(tokens), Decimal(n % 6 + 1), word))
    return made


def fits(
    thing: Thing, chosen: dict[str, list[str]], low: Decimal | None, high: Decimal | None, word: bool
) -> bool:
    in_price = (low is None or thing.price >= low) and (high is None or thing.price <= high)
    return (
        in_price
        and (thing.has_word or not word)
        and all(any(f"{code}={v}" in thing.tokens for v in values) for code, values in chosen.items())
    )


choices = st.fixed_dictionaries(
    {},
    optional={
        "paint": st.lists(st.sampled_from(COLOURS), min_size=1, max_size=2, unique=True),
        "cut": st.lists(st.sampled_from(SIZES), min_size=1, max_size=2, unique=True),
        "ram": st.lists(st.sampled_from([str(r) for r in RAM]), min_size=1, max_size=2, unique=True),
    },
)
prices = st.one_of(st.none(), st.integers(0, 7).map(Decimal))


def test_sea_03_cat_09_counts_and_rows_equal_a_recount(session: Session, things: list[Thing]) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(choices, prices, prices, st.booleans())
    def check(chosen: dict[str, list[str]], low: Decimal | None, high: Decimal | None, word: bool) -> None:
        query = "warm" if word else ""
        page = listing(session, Listing(query, facets=chosen, price_min=low, price_max=high, per_page=100))
        expected = {t.id for t in things if fits(t, chosen, low, high, word)}
        assert set(page.product_ids) == expected
        assert page.total == len(expected)
        for facet in page.facets:
            if facet.code == "brand":
                continue
            others = {code: values for code, values in chosen.items() if code != facet.code}
            for value in facet.values:
                alone = {**others, facet.code: [value.value]}
                recount = sum(fits(t, alone, low, high, word) for t in things)
                assert value.count == recount, (facet.code, value.value)
                assert value.selected == (value.value in chosen.get(facet.code, []))

    check()


def test_a_count_is_what_a_click_shows(session: Session, things: list[Thing], shop: Shop) -> None:
    page = listing(session, Listing(category_id=shop.tech))
    for facet in page.facets:
        for value in facet.values:
            clicked = Listing(category_id=shop.tech, facets={facet.code: [value.value]})
            assert listing(session, clicked).total == value.count


def test_labels_and_order_come_from_the_attribute(session: Session, things: list[Thing], shop: Shop) -> None:
    page = listing(session, Listing(category_id=shop.tech, facets={"ram": ["8"], "utm_source": ["x"]}))
    by_code = {facet.code: facet for facet in page.facets}
    assert [v.label for v in by_code["paint"].values] == ["RED", "BLUE", "GREEN"]
    assert [v.label for v in by_code["ram"].values] == ["8 GB", "16 GB", "32 GB"]
    assert "utm_source" not in by_code


def test_a_very_large_list_is_counted_on_a_sample(
    session: Session, things: list[Thing], shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.search.queries import lists

    monkeypatch.setattr(lists, "COUNTED_WHOLE", -1)
    caching.purge("search")
    page = listing(session, Listing())
    assert page.total == len(things)
    counted = {v.value: v.count for f in page.facets if f.code == "paint" for v in f.values}
    sampled = [t for t in things if t.id % facets.SAMPLE == 0]
    for colour, count in counted.items():
        assert count == facets.SAMPLE * sum(f"paint={colour}" in t.tokens for t in sampled)


def test_available_only(session: Session, shop: Shop, sell: Any) -> None:
    here, _gone = sell("Here", stock=1), sell("Gone", stock=0)
    assert listing(session, Listing(facets={"available": ["1"]})).product_ids == (here.id,)
