"""A customer at the shop's doors: what the tests of accounts share. A test names what it needs by importing it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.identity.models import User
from tests.identity.conftest import no_counters
from tests.identity.people import person, sign_in

__all__ = ["anna", "no_counters", "session"]


@pytest.fixture
def session(session_maker: Callable[[], Session]) -> Iterator[Session]:
    """A session without an application context: what requests keep in `g` must not outlive them."""
    with session_maker() as own:
        yield own


@pytest.fixture
def anna(session: Session, client: Any) -> User:
    """Anna, signed in."""
    user = person(session)
    sign_in(client)
    return user
