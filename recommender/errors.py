"""The ways the recommender can refuse."""

from __future__ import annotations

from app.core.errors import Conflict, Invalid, NotFound
from app.core.i18n import _l


class UnreadableBenchmark(Invalid):
    """A file of a benchmark is not in the format that was named."""

    code = "unreadable_benchmark"
    message = _l("%(file)s, line %(line)s: this is not a person's number followed by items' numbers.")


class NotBetter(Conflict):
    """A version may not serve: it was refused, or has not come out of its shadow."""

    code = "not_better"
    message = _l("This version may not be put in use: %(reason)s")


class NoVersion(NotFound):
    """There is no such version, or nothing to go back to."""

    code = "no_version"
    message = _l("There is no earlier version to go back to.")


class TrainingRuns(Conflict):
    """Only one training at a time."""

    code = "training_runs"
    message = _l("A training is under way already.")


class ExperimentRuns(Conflict):
    """Only one experiment at a time, each with a name of its own."""

    code = "experiment_runs"
    message = _l("An experiment runs already, or had this name.")
