"""What the bot is called: what it is, in the language of who reads, so that nobody takes it for a person."""

from __future__ import annotations

from typing import Any

import pytest
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.core import settings
from app.core.actor import SYSTEM
from app.core.i18n import LANGUAGES, speak
from app.support.chat import operations, queries
from app.support.chat.operations.announcing import as_sent
from app.support.chat.operations.ending import who_says
from app.support.settings import SupportSettings
from tests.identity.people import sign_in_staff
from tests.support.chat import talking
from tests.support.chat.talking import asks, conversation


def spoken(session: Session, name: str = "") -> Any:
    """A conversation in which the bot has answered; with the name it had once."""
    settings.change(session, SupportSettings, actor=SYSTEM, bot=True)
    row = conversation(session)
    asks(session, row)
    operations.post(
        session, conversation_id=row.id, client_id="b", text="Here it is.", author_kind="bot", actor=SYSTEM, author_name=name,
    )  # fmt: skip
    return talking.fresh(session, row)


@pytest.mark.parametrize("name", ["", "Bot"])
def test_the_desk_and_the_transcript_say_that_it_is_automatic(
    session: Session, client: Any, name: str
) -> None:
    row = spoken(session, name)
    said = queries.messages(session, row.id)[-1]
    assert as_sent(row, said)["name"] == "" and as_sent(row, said)["author"] == "bot"
    assert who_says(said) == "Assistant (automatic)"
    talking.agent(session)
    sign_in_staff(client, "anna@shop.example")
    shown = client.get(f"/admin/chat/?c={row.public_id}").text
    assert '<span class="chat-name">Assistant (automatic)</span>' in shown and ">Bot<" not in shown
    assert "With the automatic assistant" in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_window_calls_it_so_in_every_language(session: Session, client: Any, language: str) -> None:
    root = "" if language == "en" else f"/{language}"
    shown = client.get(f"{root}/pages/terms").text
    with speak(language):
        assert f'data-bot="{_("Assistant (automatic)")}"' in shown
