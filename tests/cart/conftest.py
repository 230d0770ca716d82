"""Articles, carts and people for cart tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.cart import operations
from app.cart.models import Cart
from app.core.actor import SYSTEM, Actor
from app.identity import operations as identity
from tests.inventory.shelves import Article, article


@pytest.fixture
def make(session: Session) -> Callable[..., Article]:
    """Makes articles: `make(stock=3, price="12.50")`."""
    return lambda **values: article(session, **values)


@pytest.fixture
def cart(session: Session) -> Cart:
    """A guest's cart."""
    return operations.create_cart(session, currency="EUR", language="en")


@pytest.fixture
def person(session: Session) -> Callable[..., Actor]:
    """Makes customers: `person("anna")`."""

    def make_person(name: str = "anna") -> Actor:
        user = identity.create_user(
            session, email=f"{name}@example.com", first_name=name, last_name="T", actor=SYSTEM
        )
        return Actor("customer", user.id, user.email)

    return make_person
