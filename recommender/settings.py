"""What shop people may set about suggestions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from app.core.i18n import _l
from app.core.settings import setting


@dataclass(frozen=True, slots=True)
class RecommenderSettings:
    """`bought_again` holds paths of departments; what lies elsewhere is bought once and not suggested again."""

    TITLE: ClassVar[Any] = _l("Suggestions")
    HELP: ClassVar[Any] = _l("What the shop suggests to customers, and what it learns from.")
    ICON: ClassVar[str] = "spark"
    POSITION: ClassVar[int] = 60

    is_on: bool = setting(
        True, _l("Suggest products"), _l("Off: product pages show products of the same department only.")
    )
    learns_daily: bool = setting(
        True, _l("Learn every night"), _l("A version that is not better than the one in use is kept aside.")
    )
    shadow_choices: int = setting(
        200,
        _l("Choices in shadow"),
        _l(
            "So many new choices are compared before a version replaces the one in use. 0: it does so at once."
        ),
    )
    tries_first: bool = setting(
        False,
        _l("Try the first version too"),
        _l(
            "Off: the first version that surely beats popularity serves at once, so that a new shop need not wait."
        ),
    )
    half_life_days: int = setting(
        180,
        _l("Days until a choice counts half"),
        _l("Newer orders and views count more than old ones."),
        least=7,
    )
    groups_guests: bool = setting(
        False,
        _l("Learn from guests by address"),
        _l(
            "Orders of a guest's address count as one person's. Off: each order stands alone. Guests get no list."
        ),
    )
    bought_again: str = setting(
        "",
        _l("Departments bought again"),
        _l("Paths such as “kitchen/coffee”, one a line. What lies elsewhere is not suggested to who has it."),
        area=True,
    )

    @property
    def paths_again(self) -> tuple[str, ...]:
        """The departments, cleaned of blanks and slashes at the ends."""
        return tuple(path for line in self.bought_again.splitlines() if (path := line.strip().strip("/")))
