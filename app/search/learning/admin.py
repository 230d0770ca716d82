"""The back office: versions of the learnt order with their figures and reasons, learning now, going back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.catalog.queries import product_cards
from app.core import settings
from app.core.admin import Interface, TrainedView, action, badge, current_actor, panel
from app.core.admin.context import database
from app.core.admin.trained import day, figure, percent
from app.search.learning import queries, rules, switching
from app.search.learning.errors import NoRanking
from app.search.learning.jobs import LEARN, start_learning
from app.search.learning.models import Ranking
from app.search.learning.settings import SearchSettings

WORDS = {
    "reading": _l("Reading what was looked for and chosen"), "choosing": _l("Choosing how much to make of it"),
    "judging": _l("Comparing orders on the searches held back"),
    "interrupted, retrying": _l("Interrupted; it is tried again by itself. The version in use goes on serving."),
}  # fmt: skip
"""The steps of a training in words."""
GOOD = 0.10
"""A gain from here on is what a version should reach."""


def gain(figures: dict[str, Any]) -> str:
    """By how many percent a version is better, with a sign; a dash for none."""
    return percent(figures.get("gain"), signed=True)


def facts(item: Ranking) -> Iterator[tuple[str, str]]:
    """What a version was learnt from, and how long that took."""
    for label, key in (
        (_("Searches"), "searches"), (_("Searches with a choice"), "chosen"), (_("Visits"), "visits"),
        (_("Words something was learnt for"), "words"), (_("Products that move"), "rows"), (_("First"), "first"),
        (_("Last"), "last"), (_("Seconds"), "seconds"),
    ):  # fmt: skip
        value = item.data.get(key)
        if value is not None:
            yield label, day(value) if isinstance(value, str) else figure(value, "#,##0.#")


class LearningView(TrainedView):
    """Versions of the learnt order. Nobody writes one: a training makes it, and it serves when it has won twice."""

    datamodel = Interface(Ranking)
    entity, title, singular, icon = "search-ranking", _l("Search learning"), _l("Version"), "search"
    training, training_words = LEARN, WORDS
    start_training, roll_back = staticmethod(start_learning), staticmethod(switching.rollback)
    list_columns = ["id", "state", "offline", "shadow", "reason", "created_at"]
    show_columns = [
        "id",
        "state",
        "reason",
        "created_at",
        "passed_at",
        "proven_at",
        "promoted_at",
        "retired_at",
    ]
    search_columns = ["state", "created_at"]
    order_columns = ["id", "created_at", "state"]
    base_order = ("id", "desc")
    choices = {"state": list(rules.STATES.items()), "reason": list(rules.REASONS.items())}
    badges = {"state": {"champion": "good", "refused": "bad", "shadow": "wait"}}
    history_words = {"search.switch": _l("Order of results changed"), "search.judge": _l("Judged")}
    label_columns = {
        "id": _l("Version"), "state": _l("State"), "offline": _l("Gain, searches held back"),
        "shadow": _l("Gain, in shadow"), "reason": _l("Why"), "created_at": _l("Learnt"),
        "passed_at": _l("Won on searches held back"), "proven_at": _l("Won in shadow"),
        "promoted_at": _l("In use since"), "retired_at": _l("Replaced"), "ranks": _l("In use"),
    }  # fmt: skip
    list_help = _l(
        "Results move by what customers open, put into the bag and buy. A version serves only when it has won twice."
    )
    empty_text = _l("Nothing was learnt yet.")
    empty_help = _l(
        "Until then results are ordered by their words. Only visitors who agreed are learnt from."
    )

    def cell(self, item: Ranking, name: str, short: bool = False) -> Any:
        """Figures come out of the measurements."""
        if name in ("offline", "shadow"):
            plain = getattr(item, name).get("plain", {})
            return (
                badge(gain(plain), tone="good" if plain.get("gain", 0) >= GOOD else "wait") if plain else "—"
            )
        if name == "reason":
            return str(rules.REASONS.get(item.reason, item.reason))
        return super().cell(item, name, short)

    def panels(self, item: Ranking) -> list[Any]:
        """What was measured both times, what moved furthest and why, the data."""
        rows = [
            (said, figures[against], gain(figures[against]))
            for figures, names in (
                (item.offline, {"plain": _l("Searches held back, against words alone"), "live": _l("Searches held back, against the version in use")}),
                (item.shadow, {"plain": _l("In shadow, against words alone"), "live": _l("In shadow, against the version in use")}),
            )
            for against, said in names.items()
            if against in figures
        ]  # fmt: skip
        found = [panel("nDCG@10", "search/admin/figures.html", rows=rows, figure=figure, item=item)]
        if moved := queries.strongest(database(), item.id):
            language = str(get_locale() or "en")[:2]
            cards = product_cards(database(), [row.product_id for row in moved], language)
            names = {card.id: card.name for card in cards}
            found.append(panel(_l("What moves furthest"), "search/admin/moved.html", rows=moved, names=names, figure=figure))  # fmt: skip
        return [
            *found,
            panel(
                _l("Data and time"),
                "search/admin/data.html",
                where="side",
                item=item,
                facts=list(facts(item)),
            ),
        ]

    def shown_actions(self, item: Ranking) -> list[dict[str, Any]]:
        """What was in use and is kept can be put in use, what is in use or in shadow taken out."""
        wanted = {"retired": "promote", "shadow": "withdraw", "champion": "rollback"}.get(item.state)
        if wanted == "promote" and not switching.VERSIONS.is_kept(database(), item.id):
            wanted = None
        return [one for one in super().shown_actions(item) if one["name"] == wanted]

    def waiting(self) -> Any:
        """How far the version in shadow is."""
        shadow = queries.in_shadow(database())
        if shadow is None:
            return None
        return _(
            "%(version)s is in shadow: %(count)s of %(wanted)s new searches with a choice. Nobody sees its order yet.",
            version=self.name_of(shadow), count=figure(queries.count_chosen(database(), shadow.created_at)),
            wanted=figure(settings.get(database(), SearchSettings).shadow_sessions),
        )  # fmt: skip

    def earlier(self) -> Ranking | None:
        """The version before the one in use, where what it learnt is kept."""
        return queries.earlier(database())

    def back_words(self) -> str:
        """Only from a version in use: to the one before, or to the order by words."""
        if queries.live(database()) is None:
            return ""
        return super().back_words() or _("Back to the order by words")

    def said_back(self, earlier: Any) -> str:
        """The version before, or none."""
        return super().said_back(earlier) if earlier else _("Results are ordered by their words alone again.")

    @action(
        "promote", _l("Put in use"), _l("Let this version serve from now on?"), icon="play", multiple=False
    )
    def promote(self, items: list[Ranking]) -> str:
        """Put an earlier version in use again."""
        for item in items:
            switching.promote(database(), ranking_id=item.id, actor=current_actor())
        return _("The version is in use.")

    @action(
        "withdraw", _l("Take out of the shadow"), _l("Set this version aside without a result?"), icon="ban",
        multiple=False,
    )  # fmt: skip
    def withdraw(self, items: list[Ranking]) -> str:
        """Set the version in shadow aside."""
        for item in items:
            switching.withdraw(database(), ranking_id=item.id, actor=current_actor())
        return _("The version is out of the shadow.")

    @action(
        "rollback",
        _l("Take out of use"),
        _l("Go back to what was before this version?"),
        icon="undo",
        multiple=False,
    )
    def rollback(self, items: list[Ranking]) -> str:
        """Go back to what ranked before the version in use."""
        for item in items:
            if item.state != "champion":
                raise NoRanking()
            switching.rollback(database(), actor=current_actor())
        return _("The version is out of use.")
