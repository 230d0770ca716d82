"""The back office: every version with its figures and its place, training now, going back, the experiment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask_babel import format_date, format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.admin import Interface, OperationView, TrainedView, action, badge, current_actor, panel
from app.core.admin.context import database
from recommender import operations, publish, queries, rules
from recommender.jobs import TRAIN, start_training
from recommender.models import Experiment, Model

WORDS = {
    "reading": _l("Reading what was chosen"), "choosing": _l("Comparing models on the last month"),
    "learning": _l("Learning from everything"), "lists": _l("Making the lists"), "publishing": _l("Publishing"),
    "interrupted, retrying": _l("Interrupted; it is tried again by itself. The version in use goes on serving."),
}  # fmt: skip
"""The steps of a training in words."""
TWICE = 2.0


def figure(value: Any, digits: str = "0.0000") -> str:
    """A figure as people of this language write it; a dash for none."""
    return "—" if value is None else str(format_decimal(value, digits))


def day(text: str | None) -> str:
    """A day as people of this language write it; a dash for none."""
    return str(format_date(date.fromisoformat(text), "medium")) if text else "—"


def facts(item: Model) -> Iterator[tuple[str, str]]:
    """What a version was learnt from, and how long that took."""
    for label, key in (
        (_("Choices"), "choices"), (_("Orders in it"), "baskets"), (_("Customers with an account"), "accounts"),
        (_("Products"), "products"), (_("First"), "first"), (_("Last"), "last"),
        (_("Rows of product lists"), "item_rows"), (_("Customers with a list"), "people_with_list"),
    ):  # fmt: skip
        value = item.data.get(key)
        if value is not None:
            yield label, day(value) if isinstance(value, str) else figure(value, "#,##0")
    for label, key in (
        (_("Seconds to read"), "read"), (_("Seconds to choose"), "choose"), (_("Seconds to learn"), "learn"),
        (_("Most memory (MB)"), "peak_mb"),
    ):  # fmt: skip
        if item.timings.get(key) is not None:
            yield label, figure(item.timings[key], "#,##0.##")


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
    badges = {"state": {"champion": "good", "refused": "bad", "candidate": "wait"}}
    label_columns = {
        "id": _l("Version"), "kind": _l("Model"), "state": _l("State"), "recall": "Recall@20", "ndcg": "NDCG@20",
        "times": _l("Times popularity"), "reason": _l("Why"), "created_at": _l("Learnt"),
        "promoted_at": _l("In use since"), "retired_at": _l("Replaced"),
    }  # fmt: skip
    list_help = _l(
        "A version serves only when it is surely better than popularity and not worse than the one before it."
    )
    empty_text = _l("Nothing was learnt yet.")
    empty_help = _l("Until then the shop shows what is bought most, and products of the same department.")

    def name_of(self, item: Model) -> str:
        """The number of a version and what it is."""
        return str(
            _("Version %(number)s: %(model)s", number=item.id, model=rules.KINDS.get(item.kind, item.kind))
        )

    def cell(self, item: Model, name: str, short: bool = False) -> Any:
        """Figures come out of the measurements."""
        if name == "recall":
            return figure(item.metrics.get("model", {}).get("recall@20"))
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
            (label, [figure(item.metrics.get(who, {}).get(key)) for who in ("model", "popularity", "champion")])
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
        return [
            panel(_l("Figures on the held-out month"), "recommender/admin/figures.html", **values),
            panel(_l("Data and time"), "recommender/admin/data.html", where="side", facts=list(facts(item))),
            panel(_l("Model card"), "recommender/admin/card.html", card=item.card, say=rules.card_words),
        ]

    def shown_actions(self, item: Model) -> list[dict[str, Any]]:
        """Only a version that passed and is kept can be put in use."""
        can = item.state == "retired" and publish.has_lists(database(), item.id)
        return super().shown_actions(item) if can else []

    @action(
        "promote", _l("Put in use"), _l("Let this version serve from now on?"), icon="play", multiple=False
    )
    def promote(self, items: list[Model]) -> str:
        """Put an earlier version in use again."""
        for item in items:
            publish.promote(database(), model_id=item.id, actor=current_actor())
        return _("The version is in use.")


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
        return [panel(_l("Result"), "recommender/admin/result.html", rows=rows, found=found)]

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
    return f"{hits} ({figure(100 * hits / count, '0.0')} %)" if count else "—"


def _points(value: float) -> str:
    return f"{'+' if value > 0 else ''}{figure(100 * value, '0.0')} %"
