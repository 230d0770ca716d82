"""ANA-03: who gives an age is counted with others of that age, and nobody is told apart by it."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.analytics import queries
from app.analytics.errors import NothingBehind
from app.analytics.rules import Figures, Period, Question
from app.core.actor import SYSTEM
from app.core.unit_of_work import unit_of_work
from app.customers import operations, personal
from app.customers.models import Profile
from app.identity import operations as identity
from app.orders.models import Order
from tests.analytics import making

DAYS = Period(making.START.date(), making.START.date().replace(year=2027))


@pytest.fixture
def buyers(session: Session) -> dict[str, int]:
    """Twenty customers with an account who bought once: eleven of 25, six of 45, one of 65, two who say nothing."""
    rng, articles = random.Random(3), making.catalogue(session)
    ids: dict[str, int] = {}
    made = []
    with unit_of_work(session):
        for number in range(20):
            email = f"Age{number}@example.org"
            ids[email] = identity.create_user(
                session, email=email, first_name="A", last_name="B", actor=SYSTEM
            ).id
            operations.ensure_profile(session, user_id=ids[email])
            made.append(
                making.order(
                    session, rng, articles, user_id=ids[email], email=email, state="paid",
                    country="LU" if number == 0 else "BE",
                )
            )  # fmt: skip
    said = ["25_34"] * 11 + ["45_54"] * 6 + ["65_up"]
    operations.set_age_bands(session, bands=dict(zip(list(ids.values())[: len(said)], said, strict=True)))
    making.told(session, made)
    return ids


def ask(session: Session, metric: str, by: str = "", **filters: str) -> Figures:
    wanted = {name: (key,) for name, key in filters.items()}
    return queries.ask(session, [Question(metric, DAYS, by, wanted)])[0]


def rows(session: Session, metric: str, by: str, **filters: str) -> dict[str, Decimal]:
    return {row.key: row.value for row in ask(session, metric, by, **filters).rows}


@pytest.mark.parametrize("metric", ["new_customers", "customers"])
def test_small_groups_stand_together(session: Session, buyers: dict[str, int], metric: str) -> None:
    found = rows(session, metric, "age_band")
    assert found == {"25_34": 11, "_other": 9}, (
        "one of 65 and two silent ones are three, so six of 45 join them"
    )


def test_a_filter_by_age_counts_only_them(session: Session, buyers: dict[str, int]) -> None:
    of_age = session.scalar(
        select(func.count(func.distinct(Order.email_key)))
        .join(Profile, Profile.user_id == Order.user_id)
        .where(Profile.age_band == "25_34")
    )
    assert ask(session, "new_customers", age_band="25_34").total == of_age == 11
    assert sum(rows(session, "new_customers", "day", age_band="25_34").values()) == 11
    assert ask(session, "lifetime_value", age_band="25_34").total > 0
    silent = ask(session, "customers", age_band="_none")
    assert (silent.is_withheld, silent.total) == (True, 0), "two people"


def test_fewer_than_five_people_in_all_tell_nothing(session: Session, buyers: dict[str, int]) -> None:
    for metric in ("customers", "new_customers", "lifetime_value", "orders_per_customer"):
        alone = ask(session, metric, country="LU")
        assert (alone.is_withheld, alone.total, alone.rows) == (True, 0, ()), metric
    assert ask(session, "customers", "day", country="LU").rows == ()
    assert ask(session, "customers", country="LU", age_band="25_34").is_withheld
    nobody = ask(session, "customers", country="FR")
    assert (nobody.is_withheld, nobody.total) == (False, 0), "nobody at all is no secret"
    assert not ask(session, "customers", channel="phone").is_withheld, "a channel says nothing of people"
    assert not ask(session, "customers", country="BE").is_withheld
    by_currency = rows(session, "customers", "currency", country="BE")
    assert all(value >= 5 for value in by_currency.values()), (
        "nor are few of a country told apart by anything else"
    )


def test_nobody_reads_an_age_off_an_order(session: Session, buyers: dict[str, int]) -> None:
    assert queries.has_rows("new_customers") and not queries.has_rows("new_customers", ("age_band",))
    with pytest.raises(NothingBehind):
        queries.rows_behind(session, Question("new_customers", DAYS, "", {"age_band": ("25_34",)}))


def test_taking_it_back_counts_at_once(session: Session, buyers: dict[str, int]) -> None:
    user_id = next(iter(buyers.values()))
    operations.save_profile(
        session, user_id=user_id, first_name="A", last_name="B", age_band="", actor=SYSTEM
    )
    assert ask(session, "new_customers", age_band="25_34").total == 10
    assert personal.export(session, user_id=user_id)[0]["age_band"] is None


def test_it_is_exported_and_erased(session: Session, buyers: dict[str, int]) -> None:
    user_id = next(iter(buyers.values()))
    assert personal.export(session, user_id=user_id)[0]["age_band"] == "25_34"
    for _ in range(2):
        assert personal.erase(session, user_id=user_id, actor=SYSTEM) == 0
    session.expire_all()
    assert session.get_one(Profile, user_id).age_band is None
    assert personal.export(session, user_id=0) == []


def test_the_database_keeps_it_to_the_bands(session: Session, buyers: dict[str, int]) -> None:
    with pytest.raises(Exception, match="ck_customers_profile_age_band"):
        session.execute(update(Profile).values(age_band="34"))
    session.rollback()
