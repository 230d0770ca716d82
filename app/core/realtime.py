"""Live messages to open pages. Never the record of anything: pages also ask, and catch up.

Emitting goes through the Redis message queue, so that any process can reach any browser. A message
that cannot be sent is dropped and noted; nothing ever waits for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from flask import Flask, current_app
from flask_socketio import SocketIO
from socketio import RedisManager
from sqlalchemy.exc import SQLAlchemyError

from app.core import redis_client

log = structlog.get_logger("core.realtime")
CHANNEL = "comptoir:realtime"
socketio = SocketIO()
Still = Callable[[], bool]
_writers: dict[str, RedisManager] = {}
_guarded: dict[tuple[str, str], tuple[Flask, Still]] = {}
_watching: list[str] = []


def _queue(url: str, *, write_only: bool) -> RedisManager:
    """The message queue; made here because Flask-SocketIO knows no Redis behind a unix socket."""
    return RedisManager(url, channel=CHANNEL, write_only=write_only)


def init_app(app: Flask, *, serve: bool) -> None:
    """Attach Socket.IO to the application; `serve` only where sockets are answered."""
    if serve:
        url = redis_client.url()
        socketio.init_app(
            app,
            client_manager=_queue(url, write_only=False) if url else None,
            async_mode=app.config.get("SOCKETIO_ASYNC_MODE", "threading"),
            transports=["websocket"],
            cors_allowed_origins=app.config.get("SOCKETIO_ORIGINS"),
            max_http_buffer_size=64_000,
            manage_session=False,
        )


def emit(namespace: str, event: str, body: dict[str, Any], room: str | list[str] | None = None) -> None:
    """Tell open pages something; who is in several of the rooms hears it once. Quiet when nobody can be told."""
    url = redis_client.url()
    if not url:
        return

    def send(_: Any) -> None:
        if url not in _writers:
            _writers[url] = _queue(url, write_only=True)
        _writers[url].emit(event, body, namespace=namespace, room=room)

    redis_client.attempt(send)


def guard(namespace: str, sid: str, still: Still) -> None:
    """Let a socket be in rooms for as long as `still` holds: its login has not ended, its person may still listen.

    A call on a socket is checked when it comes; who only listens makes none, and would hear on after a logout
    elsewhere, a suspension or a lost right. So it is asked every `SOCKETS_ASKED_SECONDS`, outside of any request.
    """
    _guarded[namespace, sid] = (current_app._get_current_object(), still)  # type: ignore[attr-defined]
    if not _watching:
        _watching.append(namespace)
        socketio.start_background_task(_watch, current_app.config["SOCKETS_ASKED_SECONDS"])


def unguard(namespace: str, sid: str) -> None:
    """Forget a socket that has gone."""
    _guarded.pop((namespace, sid), None)


def _watch(seconds: int) -> None:
    while True:
        socketio.sleep(seconds)
        try:
            ask_again()
        except Exception:  # a watch that ended would ask nobody any more
            log.exception("sockets were not asked")


def ask_again() -> None:
    """Ask for each guarded socket whether it may still listen, and take those out of all rooms that may not.

    They stay connected, so that their page can ask and is told why. What cannot be asked now is asked next time.
    """
    for (namespace, sid), (app, still) in list(_guarded.items()):
        try:
            with app.app_context():
                holds = still()
        except SQLAlchemyError as problem:
            log.warning("not asked", problem=repr(problem)[:300])
            continue
        if not holds:
            unguard(namespace, sid)
            for room in socketio.server.rooms(sid, namespace):
                if room != sid:
                    socketio.server.leave_room(sid, room, namespace)
