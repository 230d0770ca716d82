"""What the bot has learned from all its sentences, once for a test run."""

from __future__ import annotations

import pytest

from app.support.bot import training


@pytest.fixture(scope="session")
def learned() -> training.Trained:
    """The model as the shop serves it."""
    return training.train(training.own_sentences())
