"""Counters of wrong logins start from zero for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.identity import throttle


@pytest.fixture(autouse=True)
def no_counters() -> Iterator[None]:
    """Forget wrong attempts of earlier tests."""
    throttle.forget()
    yield
    throttle.forget()
