"""The ways search learning can refuse."""

from __future__ import annotations

from app.core.errors import Conflict, NotFound
from app.core.i18n import _l


class NotProven(Conflict):
    """A version may not rank: it did not win both times."""

    code = "not_proven"
    message = _l("This version may not be put in use: %(reason)s")


class NoRanking(NotFound):
    """There is no such version, what it learnt is gone, or nothing is in use that one could go back from."""

    code = "no_ranking"
    message = _l("There is no version to go back from or to.")


class LearningRuns(Conflict):
    """Only one training at a time."""

    code = "learning_runs"
    message = _l("The search is learning already.")


class ShadowTaken(Conflict):
    """Only one version waits in shadow; another one would begin its test anew."""

    code = "shadow_taken"
    message = _l("Version %(number)s is in shadow. Wait for its result, or take it out first.")
