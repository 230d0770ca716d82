"""The models: what each finds in small matrices, figures against hand-made ones, and that a bad one is told apart."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from recommender.algorithms.blend import Blend
from recommender.algorithms.content import Content
from recommender.algorithms.ease import Ease, mirror
from recommender.algorithms.graph import Graph, Walks
from recommender.algorithms.neighbours import Neighbours
from recommender.algorithms.popularity import Popularity
from recommender.algorithms.port import Algorithm, best, best_of_few, dense, recommend, similar
from recommender.evaluation import hold_out, score, surely_above


def tastes(people: int = 120, items: int = 40, seed: int = 1) -> sp.csr_matrix:
    """People of four tastes, each of whom holds six of the ten items of their taste."""
    dice = np.random.default_rng(seed)
    x = np.zeros((people, items), dtype=np.float32)
    for person in range(people):
        x[person, (person % 4) * 10 + dice.permutation(10)[:6]] = 1
    return sp.csr_matrix(x)


MODELS = [
    Neighbours(shrink=1.0), Ease(ridge=5.0), Ease(ridge=5.0, most=35), Graph(), Graph(alpha=0.0, wanted=0.2),
    Blend([(Ease(ridge=5.0), 1.0), (Graph(), 1.0)]),
]  # fmt: skip


@pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model.name}")
def test_each_model_suggests_of_the_same_taste_and_nothing_that_is_there(model: Algorithm) -> None:
    x = tastes()
    ids, figures = recommend(model.fit(x), x, 4)
    own = np.arange(120) % 4
    assert (ids // 10 == own[:, None]).mean() > (0.85 if getattr(model, "most", 40) < 40 else 0.99)
    assert not any(x[row, at] for row in range(120) for at in ids[row])
    assert (np.diff(figures, axis=1) <= 0).all(), "the best first"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model.name}")
def test_somebody_new_is_answered_too(model: Algorithm) -> None:
    new = sp.csr_matrix(([1.0, 1.0], ([0, 0], [21, 22])), shape=(1, 40), dtype=np.float32)
    ids, _ = recommend(model.fit(tastes()), new, 5)
    assert set(ids[0] // 10) == {2}


def test_ease_is_the_closed_form() -> None:
    x = tastes(60, 40)
    gram = (x.T @ x).toarray() + 3.0 * np.eye(40)
    inverse = np.linalg.inv(gram)
    wanted = -inverse / np.diag(inverse)[None, :]
    np.fill_diagonal(wanted, 0)
    assert np.allclose(Ease(ridge=3.0).fit(x).weights, wanted, atol=1e-4)
    whole = np.tril(np.random.default_rng(0).random((1200, 1200)))
    halves = whole.copy()
    mirror(halves)
    assert np.array_equal(halves, np.tril(whole) + np.tril(whole, -1).T)


def test_neighbours_are_a_damped_cosine() -> None:
    x = sp.csr_matrix(np.array([[1, 1, 0], [1, 1, 0], [1, 0, 1]], dtype=np.float32))
    near = Neighbours(shrink=2.0).fit(x).near.toarray()
    assert near[0, 1] == pytest.approx(2 / np.sqrt(6) * (2 / 4)), "two meetings, damped by two"
    assert near[0, 2] == pytest.approx(1 / np.sqrt(3) * (1 / 3)) and near[1, 2] == 0
    assert (Neighbours(keep=1).fit(x).near.getnnz(axis=0) <= 1).all()


def test_the_walk_of_the_graph_by_hand() -> None:
    x = sp.csr_matrix(np.array([[1, 1, 0], [0, 1, 1]], dtype=np.float32))
    walk = (
        Graph(people=1.0, given=0.0, wanted=1.0, alpha=0.0)
        .fit(x)
        .score(sp.csr_matrix(np.eye(3, dtype=np.float32)))
    )
    assert np.allclose(walk, [[0.5, 0.25, 0.0], [0.5, 0.5, 0.5], [0.0, 0.25, 0.5]])


def test_one_walk_answers_for_all_exponents_of_what_is_wanted() -> None:
    x = tastes()
    walks = Walks(x, x[:9])
    for people, given, wanted in ((0.5, 0.5, 0.0), (0.5, 0.5, 0.3), (0.4, 0.6, 0.3)):
        model = Graph(people=people, given=given, wanted=wanted, alpha=0.0).fit(x)
        quick = walks.damped(people, given, wanted).toarray()
        assert np.allclose(quick, dense(model.score(x[:9])), rtol=1e-4, atol=1e-6)


def test_the_best_of_sparse_rows_are_those_of_whole_rows() -> None:
    dice = np.random.default_rng(8)
    scores = sp.random(50, 200, density=0.2, random_state=3, format="csr", dtype=np.float32)
    scores.data = np.round(scores.data, 1) + np.float32(0.1)  # many that are equal
    seen = sp.csr_matrix((dice.random((50, 200)) < 0.1).astype(np.float32))
    ids, figures = best_of_few(scores, seen, 12)
    whole = scores.toarray()
    whole[seen.toarray() > 0] = -np.inf
    for row in range(50):
        wanted = np.lexsort((np.arange(200), -whole[row]))[:12]
        assert ids[row].tolist() == wanted.tolist() and figures[row] == pytest.approx(whole[row][wanted])
    few = sp.csr_matrix(([2.0, 1.0], ([0, 0], [3, 1])), shape=(1, 5), dtype=np.float32)
    ids, figures = best_of_few(few, sp.csr_matrix((1, 5), dtype=np.float32), 4)
    assert ids[0][:2].tolist() == [3, 1] and np.isneginf(figures[0][2:]).all(), "nothing is left for the rest"


def test_content_finds_what_is_called_alike() -> None:
    words = ["oak lamp shelf:light", "brass lamp shelf:light", "wool coat shelf:wear", ""]
    ids, figures = similar(Content(words).fit(sp.csr_matrix((1, 4))), 4, 2)
    assert ids[0][0] == 1 and figures[2].max() == 0 and figures[3].max() <= 0
    assert similar(Content(["", ""]).fit(sp.csr_matrix((1, 2))), 2, 1)[1].max() == 0


def test_figures_by_hand() -> None:
    class Fixed:
        name = "fixed"

        def score(self, rows: sp.csr_matrix) -> np.ndarray:
            return np.repeat(np.array([[4.0, 3.0, 2.0, 1.0]], dtype=np.float32), rows.shape[0], axis=0)

    given = sp.csr_matrix(np.array([[1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]], dtype=np.float32))
    wanted = sp.csr_matrix(np.array([[0, 0, 1, 1], [0, 1, 0, 0], [0, 0, 0, 0]], dtype=np.float32))
    found = score(Fixed(), given, wanted, np.array([2, 1, 1, 1]), k=2)  # type: ignore[arg-type]
    assert found.cases == 2, "who has nothing held out is not asked"
    assert found.recalls.tolist() == [0.5, 1.0] and found.recall == 0.75
    second = 1 / np.log2(3)
    assert found.ndcg == pytest.approx((second / (1 + second) + second) / 2)
    assert found.coverage == 0.75


def test_the_best_are_in_order_and_ties_go_to_the_lower_number() -> None:
    ids, _ = best(np.array([[1.0, 5.0, 5.0, 2.0]]), 3)
    assert ids[0].tolist() == [1, 2, 3]


def test_holding_out_keeps_one_and_loses_none() -> None:
    x = tastes()
    kept, held = hold_out(x, 0.2, seed=2)
    assert (kept + held != x).nnz == 0 and kept.multiply(held).nnz == 0
    assert np.diff(kept.indptr).min() >= 1
    single = sp.csr_matrix(np.eye(3, dtype=np.float32))
    assert hold_out(single, 0.5, seed=2)[1].nnz == 0


def test_models_beat_popularity_surely_and_noise_does_not() -> None:
    x = tastes(400)
    kept, held = hold_out(x, 0.3, seed=2)
    counts = np.asarray(kept.sum(axis=0)).ravel()
    low = score(Popularity().fit(kept), kept, held, counts, k=5)
    good = score(Graph().fit(kept), kept, held, counts, k=5)
    assert surely_above(good.recalls, low.recalls) and not surely_above(low.recalls, good.recalls)
    assert not surely_above(low.recalls, low.recalls)
