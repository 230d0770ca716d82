"""Teaches the bot: sentences to weights, with scikit-learn, in a worker or a command; never in a web process."""

from __future__ import annotations

import array
import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.errors import Invalid
from app.core.i18n import LANGUAGES
from app.support.bot import meanings, rules
from app.support.bot.rules import Weights

DATA = Path(__file__).parent / "data"
STRENGTH = 1.5
"""How closely the model follows its sentences (scikit-learn's C)."""
MANY = 8_000
"""From so many sentences on, every feature that occurs once is left out (else only such pieces of words), and so are the
meanings: they say what words mean in a shop, and so many sentences say it better themselves."""
FOLDS = 5
READING = 2
"""Counted up when sentences are read or learned in another way: models of before are learned anew."""


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
        for file in sorted((DATA / code).glob("*.txt"))
        for pair in rules.read_sentences(file.read_text(encoding="utf-8"))
    ]


def mark_of(pairs: Sequence[tuple[str, str]]) -> str:
    """A name for exactly these sentences and this way of reading them."""
    words = "\n".join(f"{intent}\t{text}" for text, intent in pairs)
    made_by = (
        f"{READING}:{STRENGTH}:{rules.SHORTEST}:{rules.LONGEST}:{meanings.FILE.read_text(encoding='utf-8')}"
    )
    return hashlib.sha256(f"{made_by}\n{words}".encode()).hexdigest()[:16]


def train(pairs: Sequence[tuple[str, str]], *, measure: bool = True) -> Trained:
    """Fit the model and temper its confidence by what it says of sentences it has not seen.

    A linear support vector machine for each label: a second of a processor. Without `measure` the confidence stays as
    it is and the accuracy is 0: for figures on a test set of its own.

    Raises:
        Invalid: fewer than two labels.
    """
    texts, labels = [text for text, _label in pairs], [label for _text, label in pairs]
    if len(set(labels)) < 2:
        raise Invalid()
    made = _pipeline(len(texts) > MANY)
    accuracy, temperature = _measured(texts, labels) if measure else (0.0, 1.0)
    made.fit(texts, labels)
    learned = made.named_steps["learn"]
    learned.coef_ /= temperature
    learned.intercept_ /= temperature
    return Trained(_weights(made), accuracy, len(texts), made, mark_of(pairs))


def _pipeline(many: bool) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import FeatureUnion, Pipeline

    read = [
        (
            name,
            TfidfVectorizer(
                analyzer=features, sublinear_tf=True, min_df=2 if many or name == "pieces" else 1
            ),
        )
        for name, (features, _factor) in rules.READERS.items()
        if not (many and name == "meanings")
    ]
    weighed = FeatureUnion(
        read, transformer_weights={name: rules.READERS[name][1] for name, _vectorizer in read}
    )
    return Pipeline([("read", weighed), ("learn", _learner())])


def _learner() -> Any:
    from sklearn.svm import LinearSVC

    return LinearSVC(C=STRENGTH, random_state=7)


def _measured(texts: list[str], labels: list[str]) -> tuple[float, float]:
    """Accuracy on unseen sentences, and the temperature at which the confidence is most truthful.

    Sentences are taken apart once; what is rare or known at all is decided anew for each fifth that is left out.
    """
    import numpy as np
    from scipy.optimize import minimize_scalar
    from scipy.sparse import hstack
    from scipy.special import log_softmax
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
    from sklearn.model_selection import StratifiedKFold

    counts = [
        (CountVectorizer(analyzer=features, min_df=2 if name == "pieces" else 1).fit_transform(texts), factor)
        for name, (features, factor) in rules.READERS.items()
    ]
    known, truth = np.unique(labels, return_inverse=True)
    scores = np.zeros((len(texts), len(known)))
    for seen, unseen in StratifiedKFold(FOLDS, shuffle=True, random_state=7).split(texts, labels):
        learn_from, asked = [], []
        for held, factor in counts:
            there = np.asarray(held[seen].sum(axis=0)).ravel() > 0
            rarity = TfidfTransformer(sublinear_tf=True)
            learn_from.append(rarity.fit_transform(held[seen][:, there]) * factor)
            asked.append(rarity.transform(held[unseen][:, there]) * factor)
        made = _learner().fit(hstack(learn_from).tocsr(), truth[seen])
        found = made.decision_function(hstack(asked).tocsr())
        scores[unseen] = found if found.ndim == 2 else np.stack([-found, found], axis=1) / 2

    def surprise(temperature: Any) -> Any:
        return -log_softmax(scores / temperature, axis=1)[np.arange(len(truth)), truth].mean()

    best = minimize_scalar(surprise, bounds=(0.02, 10.0), method="bounded")
    return float((scores.argmax(axis=1) == truth).mean()), float(best.x)


def _weights(made: Any) -> Weights:
    parts = dict(made.named_steps["read"].transformer_list)
    rarity = array.array("f", [value for name in parts for value in parts[name].idf_.tolist()])
    learned = made.named_steps["learn"]
    rows, offsets = learned.coef_, learned.intercept_.tolist()
    if len(rows) == 1:  # two labels share one row
        rows, offsets = [-rows[0] / 2, rows[0] / 2], [-offsets[0] / 2, offsets[0] / 2]
    flat = array.array("f", [float(value) for column in zip(*rows, strict=True) for value in column])
    vocabularies, before = [], 0
    for name in rules.READERS:
        ordered = sorted(parts[name].vocabulary_.items(), key=lambda item: item[1]) if name in parts else []
        vocabularies.append({feature: n + before for feature, n in ordered})
        before += len(ordered)
    return Weights(
        tuple(str(label) for label in learned.classes_), tuple(vocabularies), rarity, flat, tuple(offsets)
    )


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
