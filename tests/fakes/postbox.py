"""An SMTP server on this machine that keeps what it is handed: the real protocol, spoken by aiosmtpd."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from app.core import outbound
from app.notifications.channels import smtp


class Postbox:
    """What the server was handed; `answer` refuses when it is set, `close` and `open` unplug it and back."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.answer = ""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        """What MAIL_URL says to reach it."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take a mail, or refuse it."""
        if self.answer:
            return self.answer
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"

    def to(self, address: str) -> list[Any]:
        """The mails to somebody, in the order they came."""
        return [mail for mail in self.mails if address in mail["To"]]

    def files(self, words: str) -> list[Any]:
        """The attachments of the mails whose subject has these words."""
        return [part for mail in self.mails if words in mail["Subject"] for part in mail.iter_attachments()]

    def open(self) -> None:
        """Listen."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def close(self) -> None:
        """Nobody listens any more."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


@pytest.fixture
def postbox(app: Any, outside_world: outbound.ClosedGate) -> Iterator[Postbox]:
    """A running SMTP server on this machine, known to the shop."""
    box = Postbox()
    box.open()
    outside_world.expect("127.0.0.1", box.port)
    smtp.configure({"MAIL_URL": box.url, "MAIL_FROM": "Shop <shop@example.com>"})
    yield box
    smtp.configure({"MAIL_URL": "", "MAIL_FROM": "Shop <shop@example.com>"})
    box.close()
