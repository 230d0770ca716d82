"""A real server for the tests that speak with it over sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.support.chat.sockets import Server, Talker


@pytest.fixture(scope="session")
def server(
    app: Any, migrated_url: str, redis_server: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The server; its tables are those of the test process."""
    one = Server(migrated_url, redis_server.url, Path(tmp_path_factory.mktemp("chat")) / "server.log")
    one.start()
    yield one
    one.kill()


@pytest.fixture
def talk(server: Server, session: Session) -> Iterator[Callable[..., Talker]]:
    """Opens sockets; they are closed after the test."""
    opened: list[Talker] = []

    def one(**who: Any) -> Talker:
        opened.append(Talker(server.url, **who).connect())
        return opened[-1]

    yield one
    for talker in opened:
        talker.close()


@pytest.fixture
def token(app: Any, session: Session) -> Callable[[Any], str]:
    """Makes access tokens."""
    from app.identity import signing

    def made(user: Any) -> str:
        return signing.access_token(user_id=user.id, stamp=user.session_stamp)

    return made
