"""Whatever goes wrong inside a call over a socket, there is an answer: who waits for one would never repeat."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.support.chat import realtime
from app.support.chat.errors import ConversationNotFound
from app.support.chat.who import Holder


class Desk:
    """As much of the namespace as a call needs."""

    def held(self) -> Holder:
        """A guest who was never here."""
        return Holder()


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (OperationalError("SELECT 1", {}, Exception("lock timeout")), "unavailable"),
        (UnicodeError("half a character"), "unavailable"),
        (RuntimeError("nobody thought of this"), "unexpected"),
        (ConversationNotFound(), "conversation_not_found"),
    ],
)
def test_a_failed_call_is_answered(
    app: Any, session: Session, monkeypatch: pytest.MonkeyPatch, problem: Exception, code: str
) -> None:
    monkeypatch.setattr(Holder, "person", lambda self: None)

    def on_message(self: Any, held: Any, person: Any, body: Any) -> Any:
        raise problem

    with app.test_request_context("/"):
        answer = realtime.answered(on_message)(Desk(), {"conversation": "x"})
    assert answer["error"] == code
