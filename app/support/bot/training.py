"""Teaches the bot: sentences to weights, with scikit-learn, in a worker or a command; never in a web process."""

from __future__ import annotations

import array
import csv
import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.errors import Invalid
from app.core.i18n import LANGUAGES
from app.support.bot import rules
from app.support.bot.rules import Weights

DATA = Path(__file__).parent / "data"
STRENGTH = 20.0
"""How closely the model follows its sentences (scikit-learn's C)."""
MANY = 5_000
"""From so many sentences on, features that occur once are left out."""
FOLDS = 5


@dataclass(frozen=True)
class Trained:
    """A model with what was measured: by sentences that it had not seen, five times a fifth."""

    weights: Weights
    accuracy: float
    sentences: int
    pipeline: Any
    mark: str


def own_sentences() -> list[tuple[str, str]]:
    """The shop's own sentences in all languages."""
    return [
        pair
        for code in LANGUAGES
        for pair in rules.read_sentences((DATA / f"{code}.txt").read_text(encoding="utf-8"))
    ]


def mark_of(pairs: Sequence[tuple[str, str]]) -> str:
    """A name for exactly these sentences and this way of reading them."""
    words = "\n".join(f"{intent}\t{text}" for text, intent in pairs)
    made_by = f"{STRENGTH}:{rules.SHORTEST}:{rules.LONGEST}"
    return hashlib.sha256(f"{made_by}\n{words}".encode()).hexdigest()[:16]


def _pipeline(many: bool) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import FeatureUnion, Pipeline

    least = 2 if many else 1
    read = [
        (name, TfidfVectorizer(analyzer=features, sublinear_tf=True, min_df=least))
        for name, features in (("words", rules.word_features), ("pieces", rules.piece_features))
    ]
    learns = LogisticRegression(C=STRENGTH, max_iter=60 if many else 300)
    return Pipeline([("read", FeatureUnion(read)), ("learn", learns)])


def train(pairs: Sequence[tuple[str, str]], *, measure: bool = True) -> Trained:
    """Fit the model and temper its confidence by what it says of sentences it has not seen.

    Without `measure` the confidence stays as it is and the accuracy is 0: for figures on a test set of its own.

    Raises:
        Invalid: fewer than two labels.
    """
    texts, labels = [text for text, _label in pairs], [label for _text, label in pairs]
    if len(set(labels)) < 2:
        raise Invalid()
    made = _pipeline(len(texts) > MANY)
    accuracy = temperature = 1.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "not converged": the measure tells how good it is
        if measure:
            accuracy, temperature = _measured(made, texts, labels)
        made.fit(texts, labels)
    learned = made.named_steps["learn"]
    learned.coef_ /= temperature
    learned.intercept_ /= temperature
    return Trained(_weights(made), accuracy if measure else 0.0, len(texts), made, mark_of(pairs))


def _measured(made: Any, texts: list[str], labels: list[str]) -> tuple[float, float]:
    """Accuracy on unseen sentences, and the temperature at which the confidence is most truthful."""
    import numpy as np
    from scipy.optimize import minimize_scalar
    from scipy.special import log_softmax
    from sklearn.base import clone
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=7)
    scores = cross_val_predict(clone(made), texts, labels, cv=folds, method="decision_function")
    known = sorted(set(labels))
    truth = np.array([known.index(label) for label in labels])

    def surprise(temperature: Any) -> Any:
        return -log_softmax(scores / temperature, axis=1)[np.arange(len(truth)), truth].mean()

    best = minimize_scalar(surprise, bounds=(0.05, 10.0), method="bounded")
    return float((scores.argmax(axis=1) == truth).mean()), float(best.x)


def _weights(made: Any) -> Weights:
    parts = dict(made.named_steps["read"].transformer_list)
    words, pieces = (parts[name].vocabulary_ for name in ("words", "pieces"))
    rarity = array.array("f", [*parts["words"].idf_.tolist(), *parts["pieces"].idf_.tolist()])
    learned = made.named_steps["learn"]
    rows, offsets = learned.coef_, learned.intercept_.tolist()
    if len(rows) == 1:  # two labels share one row
        rows, offsets = [-rows[0] / 2, rows[0] / 2], [-offsets[0] / 2, offsets[0] / 2]
    flat = array.array("f", [float(value) for column in zip(*rows, strict=True) for value in column])
    shift = len(words)
    return Weights(
        tuple(str(label) for label in learned.classes_),
        (
            dict(sorted(words.items(), key=lambda item: item[1])),
            {piece: n + shift for piece, n in sorted(pieces.items(), key=lambda item: item[1])},
        ),
        rarity, flat, tuple(offsets),
    )  # fmt: skip


def read_csv(path: Path) -> tuple[list[str], list[str]]:
    """Texts of a CSV file, and their labels where it has some: columns text and label (or category, intent).

    Raises:
        Invalid: it has no column called text, or is no table.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (UnicodeError, csv.Error) as wrong:
        raise Invalid() from wrong
    if not rows or "text" not in rows[0]:
        raise Invalid()
    name = next((name for name in ("label", "category", "intent") if name in rows[0]), "")
    return [row["text"] or "" for row in rows], [row[name] or "" for row in rows] if name else []
