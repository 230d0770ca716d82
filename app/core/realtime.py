"""Live messages to open pages. Never the record of anything: pages also ask, and catch up.

Emitting goes through the Redis message queue, so that any process can reach any browser. A message
that cannot be sent is dropped and noted; nothing ever waits for it.
"""

from __future__ import annotations

from typing import Any

import structlog
from flask import Flask
from flask_socketio import SocketIO
from socketio import RedisManager

from app.core import redis_client

log = structlog.get_logger("core.realtime")
CHANNEL = "comptoir:realtime"
socketio = SocketIO()
_writers: dict[str, RedisManager] = {}


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
