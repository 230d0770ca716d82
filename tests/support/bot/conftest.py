"""What the bot has learned from all its sentences, once for a test run."""

from __future__ import annotations

import pytest

from app.support.bot import training


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """To learn all sentences takes seconds: who needs that is a group, so that one process learns them once."""
    for item in items:
        if "learned" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("bot"))


@pytest.fixture(scope="session")
def learned() -> training.Trained:
    """The model as the shop serves it."""
    return training.train(training.own_sentences())
