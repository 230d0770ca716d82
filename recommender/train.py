"""One training from the shop's data to a version that serves, or to the reason why it does not.

Runs in a worker or a command, never in a web process: this module loads numpy and scikit-learn.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import scipy.sparse as sp
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core import settings
from app.core.actor import Actor
from app.core.clock import utcnow
from recommender import dataset, publish, selection
from recommender.algorithms.content import Content
from recommender.algorithms.port import Algorithm, recommend, similar
from recommender.dataset import Choices
from recommender.evaluation import K
from recommender.models import Model
from recommender.rules import GOES_LIVE, Trial, verdict
from recommender.selection import Recipe
from recommender.settings import RecommenderSettings

PER_ITEM, PER_PERSON, POPULAR = 40, 30, 300
"""How long the lists are: longer than what is shown, because what is sold out is left away when they are read."""
STEPS = 6


class Quiet:
    """Progress that nobody watches."""

    def step(self, done: int, total: int | None = None, message: str | None = None) -> None:
        """Say nothing."""


@dataclass(slots=True)
class Clock:
    """Seconds of each step."""

    begun: float = field(default_factory=time.perf_counter)
    seconds: dict[str, float] = field(default_factory=dict)

    def lap(self, name: str) -> None:
        """Note how long the step took that ends now."""
        now = time.perf_counter()
        self.seconds[name] = round(now - self.begun, 2)
        self.begun = now


def train(session: Session, *, actor: Actor, progress: Any = None, job_id: int | None = None) -> Model:
    """Learn from the shop's choices, judge on the last month, and let the version serve if it is better.

    Each step is reported and may be cancelled before the next one. Run again with the same job, it finds what the
    first run has finished.
    """
    progress, clock = progress or Quiet(), Clock()
    if (
        job_id is not None
        and (done := session.scalar(select(Model).where(Model.job_id == job_id))) is not None
    ):
        return done
    progress.step(0, STEPS, "reading")
    now = dataset.end_of_history(session, utcnow())
    choices = dataset.read(session, now)
    ids, texts = dataset.texts(session)
    half_life = float(settings.get(session, RecommenderSettings).half_life_days)
    champion = session.scalar(select(Model).where(Model.state == "champion"))
    session.rollback()  # hours of arithmetic hold no transaction open
    clock.lap("read")
    progress.step(1, STEPS, "choosing")
    recipe, trial, metrics = appraise(choices, half_life, champion.card.get("recipe") if champion else None)
    reason = verdict(trial)
    clock.lap("choose")
    progress.step(3, STEPS, "learning")
    data = {**choices.described(), "published": len(ids), "half_life_days": half_life}
    version: dict[str, Any] = {"popular": popular(choices, now, half_life, set(ids.tolist()))}
    if reason in GOES_LIVE:
        lists = Lists(session, choices, now, half_life, ids, texts)
        version |= lists.made(selection.make(recipe), progress)
        data |= lists.counts
    clock.lap("learn")
    progress.step(5, STEPS, "publishing")
    timings = {**clock.seconds, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}
    made = publish.Version(
        kind=recipe["kind"], reason=reason, metrics=metrics, data=data, timings=timings,
        card=card(recipe, data, metrics), **version,
    )  # fmt: skip
    stored = publish.store(session, made, job_id=job_id, actor=actor)
    progress.step(STEPS, STEPS, stored.reason)
    return stored


def appraise(
    choices: Choices, half_life: float, champion: Recipe | None
) -> tuple[Recipe, Trial, dict[str, Any]]:
    """The recipe chosen before the held-out month, and what it reaches in it."""
    if not choices.count:
        return {"kind": "popularity", "params": {}}, Trial(0, False, 0.0), {}
    cut = selection.cut_of(choices.at)
    recipe = selection.choose(choices, cut, half_life)
    held = selection.split(choices, cut, float(choices.at.max()) + 1, half_life)
    trial, metrics = selection.judge(held, recipe, champion)
    return recipe, trial, {**metrics, "cut": datetime.fromtimestamp(cut, UTC).date().isoformat()}


def popular(choices: Choices, now: datetime, half_life: float, published: set[int]) -> list[int]:
    """Published products by what was bought and looked at lately, the most first."""
    if not choices.count:
        return []
    x = choices.matrix(np.ones(choices.count, dtype=bool), now.timestamp(), min(half_life, 60.0))
    weight = np.asarray(x.sum(axis=0)).ravel()
    order = np.lexsort((choices.items, -weight))
    return [int(choices.items[at]) for at in order if int(choices.items[at]) in published][:POPULAR]


class Lists:
    """The lists of a version: learnt from everything up to now, over published products only."""

    def __init__(
        self,
        session: Session,
        choices: Choices,
        now: datetime,
        half_life: float,
        ids: np.ndarray,
        texts: list[str],
    ):
        self.session, self.choices, self.ids = session, choices, ids
        self.matrix = choices.matrix(np.ones(choices.count, dtype=bool), now.timestamp(), half_life)
        self.gone = ~np.isin(choices.items, ids)
        self.texts = texts
        self.counts: dict[str, int] = {}

    def made(self, model: Algorithm, progress: Any) -> dict[str, Any]:
        """The lists of products and of customers."""
        model.fit(self.matrix)
        near, figures = similar(model, len(self.choices.items), min(PER_ITEM + 20, len(self.choices.items)))
        progress.step(4, STEPS, "lists")
        items = list(self._items(near, figures))
        people = list(self._people(model, near, figures))
        self.counts = {
            "item_rows": len(items),
            "person_rows": len(people),
            "people_with_list": len({p[0] for p in people}),
        }
        return {"items": items, "people": people}

    def _items(self, near: np.ndarray, figures: np.ndarray) -> Iterator[publish.Item]:
        """What goes with each published product: by what was chosen together, then by what it is."""
        place = {int(item): at for at, item in enumerate(self.choices.items)}
        alike, closeness = self._alike()
        for at, product in enumerate(self.ids.tolist()):
            known = place.get(product)
            found: dict[int, tuple[float, str]] = {}
            if known is not None:
                top = max(float(figures[known][0]), 1e-9)
                for other, figure in zip(near[known], figures[known], strict=True):
                    if np.isfinite(figure) and figure > 0 and not self.gone[other]:
                        found[int(self.choices.items[other])] = (float(figure) / top, "bought")
            for other, figure in zip(alike[at], closeness[at], strict=True):
                if np.isfinite(figure) and figure > 0 and len(found) < PER_ITEM:
                    found.setdefault(int(self.ids[other]), (0.05 * float(figure), "alike"))
            for rank, (other_id, (figure, why)) in enumerate(list(found.items())[:PER_ITEM], 1):
                yield product, rank, other_id, figure, why

    def _alike(self) -> tuple[np.ndarray, np.ndarray]:
        count = len(self.ids)
        if count < 2:
            return np.zeros((count, 0), np.int32), np.zeros((count, 0), np.float32)
        empty = sp.csr_matrix((1, count), dtype=np.float32)
        return similar(Content(self.texts).fit(empty), count, min(PER_ITEM, count - 1))

    def _people(self, model: Algorithm, near: np.ndarray, figures: np.ndarray) -> Iterator[publish.Person]:
        """What each account may like, and the product they bought that says so most."""
        accounts = np.flatnonzero(self.choices.users > 0)
        if not len(accounts):
            return
        rows = self.matrix[accounts]
        bought = self.choices.matrix(self.choices.basket > 0, 0.0, 1.0)[accounts]
        weights = self._weights(near, figures)
        ids, scores = recommend(model, rows, min(PER_PERSON, rows.shape[1]), seen=self._owned()[accounts])
        for at, account in enumerate(accounts):
            held = bought.indices[bought.indptr[at] : bought.indptr[at + 1]]
            good = np.isfinite(scores[at]) & (scores[at] > 0) & ~self.gone[ids[at]]
            chosen = ids[at][good]
            said = (
                weights[held][:, chosen].toarray()
                if len(held) and len(chosen)
                else np.zeros((0, len(chosen)))
            )
            for rank, (product, figure) in enumerate(zip(chosen, scores[at][good], strict=True), 1):
                column = said[:, rank - 1] if len(said) else np.zeros(0)
                best = int(held[column.argmax()]) if len(column) and column.max() > 0 else None
                because = None if best is None or best == product else int(self.choices.items[best])
                user = int(self.choices.users[account])
                yield user, rank, int(self.choices.items[product]), because, float(figure)

    def _weights(self, near: np.ndarray, figures: np.ndarray) -> sp.csr_matrix:
        count, width = near.shape
        rows = np.repeat(np.arange(count), width)
        good = np.isfinite(figures.ravel()) & (figures.ravel() > 0)
        values = (figures.ravel()[good], (rows[good], near.ravel()[good]))
        return sp.csr_matrix(values, shape=(count, len(self.choices.items)))

    def _owned(self) -> sp.csr_matrix:
        """What people have bought and buy once."""
        again = _bought_again(self.session, self.choices.items)
        chosen = (self.choices.basket > 0) & ~again[self.choices.item]
        return self.choices.matrix(chosen, 0.0, 1.0)


def _bought_again(session: Session, items: np.ndarray) -> np.ndarray:
    """Which products lie in departments whose goods are bought again."""
    paths = list(settings.get(session, RecommenderSettings).paths_again)
    query = text("""
        SELECT p.id FROM catalog_product p JOIN catalog_category k ON k.id = p.category_id
         WHERE EXISTS (SELECT 1 FROM catalog_category c WHERE c.id = ANY(k.lineage) AND c.path = ANY(CAST(:paths AS text[])))""")
    found = list(session.scalars(query, {"paths": paths})) if paths else []
    session.rollback()
    return np.isin(items, found)


def card(recipe: Recipe, data: dict[str, Any], metrics: dict[str, Any]) -> dict[str, Any]:
    """The model card (Mitchell et al., "Model Cards for Model Reporting", 2019), kept with the version.

    Its sentences are kept as codes with their figures (`rules.CARD`): who reads them reads their own language.
    """
    return {
        "recipe": recipe,
        "purpose": {},
        "learns_from": {},
        "left_out": {"years": dataset.BACK.days // 365},
        "judged_by": {"places": K},
        "weak_where": {},
        "data": {name: data.get(name) for name in ("choices", "people", "products", "first", "last")},
        "figures": metrics.get("model", {}),
    }
