"""The back office: every version with its figures and its place, training now, going back, the experiment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import settings
from app.core.admin import Interface, OperationView, TrainedView, action, badge, current_actor, panel
from app.core.admin.context import database
from app.core.admin.trained import day, figure, percent
from recommender import operations, publish, queries, rules
from recommender.jobs import TRAIN, start_training
from recommender.models import Experiment, Model
from recommender.settings import RecommenderSettings

WORDS = {
    "reading": _l("Reading what was chosen"), "choosing": _l("Comparing models on the last month"),
    "learning": _l("Learning from everything"), "lists": _l("Making the lists"), "publishing": _l("Publishing"),
    "interrupted, retrying": _l("Interrupted; it is tried again by itself. The version in use goes on serving."),
}  # fmt: skip
"""The steps of a training in words."""
TWICE, SCORE = 2.0, "0.0000"


def facts(item: Model) -> Iterator[tuple[str, str]]:
    """What a version was learnt from, and how long that took."""
    for label, key in (
        (_("Choices"), "choices"), (_("Orders in it"), "baskets"), (_("Customers with an account"), "accounts"),
        (_("Products"), "products"), (_("First"), "first"), (_("Last"), "last"),
        (_("Rows of product lists"), "item_rows"), (_("Customers with a list"), "people_with_list"),
    ):  # fmt: skip
        value = item.data.get(key)
        if value is not None:
            yield label, day(value) if isinstance(value, str) else figure(value)
    for label, key in (
        (_("Seconds to read"), "read"), (_("Seconds to choose"), "choose"), (_("Seconds to learn"), "learn"),
        (_("Most memory (MB)"), "peak_mb"),
    ):  # fmt: skip
        if item.timings.get(key) is not None:
            yield label, figure(item.timings[key], "#,##0.##")


def shadow_facts(item: Model) -> Iterator[tuple[str, str]]:
    """What the comparison in shadow came to."""
    found = item.shadow
    yield _("New choices"), figure(found.get("cases"))
    if "own" in found:
        yield _("People behind them"), figure(found["people"])
        yield _("This version would have shown"), percent(found["own"])
        yield _("The version in use would have shown"), percent(found["other"])
        yield (
            _("Difference and its interval"),
            f"{percent(found['own'] - found['other'], True)} ({percent(found['low'], True)} … {percent(found['high'], True)})",
        )


class VersionView(TrainedView):
    """Versions of the recommender. Nobody writes one: a training makes it, and it serves if it is better."""

    datamodel = Interface(Model)
    entity, title, singular, icon = "suggestion-model", _l("Suggestions"), _l("Version"), "spark"
    training, training_words = TRAIN, WORDS
    start_training, roll_back = staticmethod(start_training), staticmethod(publish.rollback)
    list_columns = ["id", "kind", "state", "recall", "times", "reason", "created_at"]
    show_columns = ["id", "kind", "state", "reason", "created_at", "promoted_at", "retired_at"]
    search_columns = ["state", "kind", "created_at"]
    order_columns = ["id", "created_at", "state"]
    base_order = ("id", "desc")
    choices = {
        "kind": list(rules.KINDS.items()),
        "state": list(rules.STATES.items()),
        "reason": list(rules.REASONS.items()),
    }
    badges = {"state": {"champion": "good", "refused": "bad", "candidate": "wait", "shadow": "wait"}}
    history_words = {"recommender.switch": _l("Came into use"), "recommender.judge": _l("Judged")}
    label_columns = {
        "id": _l("Version"), "kind": _l("Model"), "state": _l("State"), "recall": "Recall@20", "ndcg": "NDCG@20",
        "times": _l("Times popularity"), "reason": _l("Why"), "created_at": _l("Learnt"),
        "promoted_at": _l("In use since"), "retired_at": _l("Replaced"), "serves": _l("In use"),
    }  # fmt: skip
    list_help = _l(
        "A version serves only when it is surely better than popularity, and then not worse in shadow than the one in use."
    )
    empty_text = _l("Nothing was learnt yet.")
    empty_help = _l("Until then the shop shows what is bought most, and products of the same department.")

    def earlier(self) -> Model | None:
        """The version before the one in use, where its lists are kept."""
        return queries.earlier(database())

    def waiting(self) -> Any:
        """How far the version in shadow is, and what is missing."""
        shadow = queries.in_shadow(database())
        if shadow is None:
            return None
        wanted = settings.get(database(), RecommenderSettings).shadow_choices
        seen = int(shadow.shadow.get("cases", 0))
        return _(
            "%(version)s is in shadow: nobody sees it yet. %(count)s new choices were counted, %(missing)s more are"
            " needed to compare it with what is shown now.",
            version=self.name_of(shadow), count=figure(seen), missing=figure(max(0, wanted - seen)),
        )  # fmt: skip

    def cell(self, item: Model, name: str, short: bool = False) -> Any:
        """Figures come out of the measurements."""
        if name == "recall":
            return figure(item.metrics.get("model", {}).get("recall@20"), SCORE)
        if name == "times":
            times = rules.times_popularity(item.metrics)
            return (
                "—"
                if times is None
                else badge(f"{figure(times, '0.0')} ×", tone="good" if times >= TWICE else "wait")
            )
        if name == "kind":
            return str(rules.KINDS.get(item.kind, item.kind))
        if name == "reason":
            return str(rules.REASONS.get(item.reason, item.reason))
        return super().cell(item, name, short)

    def panels(self, item: Model) -> list[Any]:
        """Figures beside those of popularity, the data, the time, the model card."""
        times = rules.times_popularity(item.metrics)
        rows = [
            (label, [figure(item.metrics.get(who, {}).get(key), SCORE) for who in ("model", "popularity", "champion")])
            for label, key in (
                ("Recall@20", "recall@20"), ("NDCG@20", "ndcg@20"), (_("Coverage"), "coverage"), (_("Novelty (bits)"), "novelty"),
            )
        ]  # fmt: skip
        values: dict[str, Any] = {
            "item": item,
            "rows": rows,
            "times": times,
            "twice": TWICE,
            "times_text": figure(times, "0.0"),
            "cut": day(item.metrics.get("cut")),
        }
        measured = item.metrics.get("model", {}), item.metrics
        values |= {
            "cases": figure(measured[0].get("cases", 0)),
            "people": figure(measured[1].get("people", 0)),
            "baskets": figure(measured[1].get("baskets", 0)),
        }
        shadow = (
            [panel(_l("In shadow"), "recommender/admin/data.html", facts=list(shadow_facts(item)))]
            if item.shadow
            else []
        )
        return [
            panel(_l("Figures on the held-out month"), "recommender/admin/figures.html", **values),
            *shadow,
            panel(_l("Data and time"), "recommender/admin/data.html", where="side", facts=list(facts(item))),
            panel(_l("Model card"), "recommender/admin/card.html", card=item.card, say=rules.card_words),
        ]

    def shown_actions(self, item: Model) -> list[dict[str, Any]]:
        """What served and is kept can be put in use, what is in shadow taken out."""
        wanted = {"retired": "promote", "shadow": "withdraw"}.get(item.state)
        if wanted == "promote" and not publish.VERSIONS.is_kept(database(), item.id):
            wanted = None
        return [one for one in super().shown_actions(item) if one["name"] == wanted]

    @action(
        "promote", _l("Put in use"), _l("Let this version serve from now on?"), icon="play", multiple=False
    )
    def promote(self, items: list[Model]) -> str:
        """Put an earlier version in use again."""
        for item in items:
            publish.promote(database(), model_id=item.id, actor=current_actor())
        return _("The version is in use.")

    @action(
        "withdraw", _l("Take out of the shadow"), _l("Set this version aside without a result?"), icon="ban",
        multiple=False,
    )  # fmt: skip
    def withdraw(self, items: list[Model]) -> str:
        """Set the version in shadow aside."""
        for item in items:
            publish.withdraw(database(), model_id=item.id, actor=current_actor())
        return _("The version is out of the shadow.")


class ExperimentView(OperationView):
    """The model against popularity, on visitors who agreed."""

    datamodel = Interface(Experiment)
    imports = _l("Experiments are few; each is begun by hand, one at a time.")
    entity, title, singular, icon = "suggestion-experiment", _l("Experiments"), _l("Experiment"), "scale"
    add_operation = staticmethod(operations.start_experiment)
    list_columns = ["name", "share", "started_at", "ended_at"]
    show_columns = ["name", "share", "started_at", "ended_at"]
    add_columns = ["name", "share"]
    search_columns = ["name", "started_at", "ended_at"]
    base_order = ("started_at", "desc")
    label_columns = {
        "name": _l("Name"), "share": _l("Share with the model (%)"), "started_at": _l("Begun"), "ended_at": _l("Ended"),
    }  # fmt: skip
    column_help = {
        "name": _l("What it is about; only people of the shop read it."),
        "share": _l(
            "So many of a hundred visitors who agreed get the model, the others what is bought most."
        ),
    }
    list_help = _l(
        "Visitors stay in their arm without anything being stored. Who did not agree is not counted."
    )
    empty_text = _l("No experiment yet.")

    def panels(self, item: Experiment) -> list[Any]:
        """What came of it, with how sure that is."""
        found = queries.results(database(), item.id)
        model, low = found[rules.MODEL], found[rules.POPULARITY]
        rows = []
        for label, key in ((_("Opened something"), "clicked"), (_("Bought within 7 days"), "bought")):
            own, other = model[key], low[key]
            change, below, above = rules.difference(own, model["visitors"], other, low["visitors"])
            rows.append(
                {
                    "label": label, "model": _share(own, model["visitors"]), "popularity": _share(other, low["visitors"]),
                    "change": _points(change), "interval": (_points(below), _points(above)),
                    "is_sure": bool(model["visitors"] and low["visitors"]) and (below > 0 or above < 0),
                }
            )  # fmt: skip
        return [
            panel(
                _l("Result"),
                "recommender/admin/result.html",
                rows=rows,
                counts=[figure(one["visitors"]) for one in (model, low)],
            )
        ]

    def shown_actions(self, item: Experiment) -> list[dict[str, Any]]:
        """Only what runs can be ended."""
        return super().shown_actions(item) if item.ended_at is None else []

    @action("end", _l("End"), _l("End this experiment? Its figures stay."), icon="ban", multiple=False)
    def end(self, items: list[Experiment]) -> str:
        """End an experiment."""
        for item in items:
            operations.end_experiment(database(), experiment_id=item.id, actor=current_actor())
        return _("The experiment has ended.")


def _share(hits: int, count: int) -> str:
    return f"{figure(hits)} ({percent(hits / count)})" if count else "—"


def _points(value: float) -> str:
    return percent(value, signed=True)
