"""What shop people may set about the search that learns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from app.core.i18n import _l
from app.core.settings import setting


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """When the search learns, and how long a version is tried before anybody sees it."""

    TITLE: ClassVar[Any] = _l("Search")
    HELP: ClassVar[Any] = _l("How the order of search results follows what customers choose.")
    ICON: ClassVar[str] = "search"
    POSITION: ClassVar[int] = 62

    learns_daily: bool = setting(
        True,
        _l("Learn every night"),
        _l("Off: it learns only when somebody presses the button. A version in use stays in use."),
    )
    shadow_sessions: int = setting(
        200,
        _l("Searches in shadow"),
        _l("So many new searches with a choice are compared before a version may be seen by anybody."),
        least=50,
    )
