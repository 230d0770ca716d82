"""How the shop talks with its customers; admins change it in the back office."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from zoneinfo import available_timezones

from app.core.i18n import _l
from app.core.settings import setting
from app.support.hours import Hours, WrongHours


@dataclass(frozen=True, slots=True)
class SupportSettings:
    """Hours, promised times, the bot."""

    TITLE: ClassVar[Any] = _l("Support")
    HELP: ClassVar[Any] = _l("When people are there to answer, how fast they promise to, and the bot.")
    ICON: ClassVar[str] = "chat"
    POSITION: ClassVar[int] = 60

    hours: str = setting(
        "mon-fri 09:00-17:30", _l("Hours"),
        _l("Days and times at which somebody answers, such as: mon-thu 09:00-17:30, fri 09:00-16:00."), needed=True,
    )  # fmt: skip
    timezone: str = setting(
        "Europe/Brussels", _l("Time zone"), _l("In which the hours are meant, such as Europe/Brussels."), needed=True
    )  # fmt: skip
    first_urgent: int = setting(
        1,
        _l("First answer, urgent"),
        _l("Within how many hours of work an urgent ticket is answered."),
        least=1,
    )
    first_high: int = setting(4, _l("First answer, high"), _l("The same for high priority."), least=1)
    first_normal: int = setting(8, _l("First answer, normal"), _l("The same for normal priority."), least=1)
    first_low: int = setting(16, _l("First answer, low"), _l("The same for low priority."), least=1)
    solve_urgent: int = setting(
        8, _l("Solution, urgent"), _l("Within how many hours of work an urgent ticket is solved."), least=1
    )
    solve_high: int = setting(16, _l("Solution, high"), _l("The same for high priority."), least=1)
    solve_normal: int = setting(40, _l("Solution, normal"), _l("The same for normal priority."), least=1)
    solve_low: int = setting(80, _l("Solution, low"), _l("The same for low priority."), least=1)
    close_days: int = setting(
        7, _l("Days until a solved ticket is closed"), _l("Until then an answer opens it again."), least=1
    )
    chat: bool = setting(True, _l("Live chat"), _l("A button on every page of the shop."))
    chat_minutes: int = setting(
        5,
        _l("Answer in the chat"),
        _l("Within how many minutes visitors are told to expect a first answer."),
        least=1,
    )
    bot: bool = setting(
        False, _l("A bot answers first"), _l("In the chat: simple questions, from the shop’s own data; people take over.")
    )  # fmt: skip
    bot_confidence: int = setting(
        95, _l("How sure the bot must be"), _l("In percent. Below it, the bot hands over to people."), least=1
    )

    def problems(self) -> dict[str, Any]:
        """What does not fit together."""
        wrong: dict[str, Any] = {}
        try:
            Hours.read(self.hours)
        except WrongHours:
            wrong["hours"] = _l("Write days and times such as: mon-fri 09:00-17:30.")
        if self.timezone not in available_timezones():
            wrong["timezone"] = _l("There is no such time zone.")
        if self.bot_confidence > 99:
            wrong["bot_confidence"] = _l("At most 99.")
        return wrong

    @property
    def working_hours(self) -> Hours:
        """The hours with their time zone."""
        return Hours.read(self.hours, self.timezone)
