"""Why a model was chosen or nothing published, in the reader's language. Runs keep the English sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import format_date

from app.core.i18n import _l

MODELS: Mapping[str, Any] = {
    "seasonal_naive": _l("The same as last week"), "smoothing": _l("Exponential smoothing"),
    "intermittent": _l("Demand now and then (TSB)"), "croston": _l("Demand now and then (Croston)"),
    "pooled": _l("Part of what the whole shop sells"), "boosting": _l("Gradient boosting"),
    "middle": _l("Middle of the weeks"), "mixture": _l("Several models together"),
    "blend": _l("Mean of smoothing and boosting"),  # of runs before version 3
}  # fmt: skip
_SENTENCES: tuple[tuple[re.Pattern[str], Any], ...] = tuple(
    (re.compile(pattern), told)
    for pattern, told in (
        ("smallest error", _l("Smallest error")),
        ("not enough history to prove another model", _l("Not enough history to prove another model")),
        (
            r"no model does better than seasonal-naive \((?P<models>.*) tried\)",
            _l("No model does better than the same as last week. Tried: %(models)s."),
        ),
        (
            "the choice as a whole did not do better than seasonal-naive",
            _l("The choice as a whole did not do better than the same as last week"),
        ),
        (
            r"No model did better than seasonal-naive, which is used for every article\.",
            _l("No model did better than the same as last week, which is used for every article."),
        ),
        (r"Nothing has been ordered yet\.", _l("Nothing has been ordered yet.")),
        (
            r"Nothing was sold in the days on which a forecast could be proved\.",
            _l("Nothing was sold in the days on which a forecast could be proved."),
        ),
        (
            r"(?P<days>\d+) days of sales are too few to prove a forecast; (?P<least>\d+) are needed\.",
            _l("%(days)s days of sales are too few to prove a forecast; %(least)s are needed."),
        ),
    )
)
_PROGRESS = re.compile(r"(\d{4}-\d\d-\d\d): (\w+)")


def named(model: str) -> str:
    """A model as people call it."""
    return str(MODELS.get(model, model))


def told(reason: str) -> str:
    """A reason in the reader's language; one that is not known stays as it was written."""
    for pattern, sentence in _SENTENCES:
        if found := pattern.fullmatch(reason):
            values = found.groupdict()
            if "models" in values:
                values["models"] = ", ".join(named(model) for model in values["models"].split(", "))
            return str(sentence) % values if values else str(sentence)
    return reason


def progress(message: str) -> str:
    """What a training is at: the day it forecasts from, and the model."""
    if message == "publish":
        return str(_l("Publishing"))
    found = _PROGRESS.fullmatch(message)
    if found is None:
        return message
    return f"{format_date(date.fromisoformat(found[1]), 'medium', rebase=False)}: {named(found[2])}"
