"""Messages reach the queue from a process without sockets, also over a unix socket."""

from __future__ import annotations

import json
from typing import Any

from app.core import realtime
from app.ops.supervisor.embedded import EmbeddedRedis


def test_a_message_reaches_the_queue(app: Any, redis_server: EmbeddedRedis) -> None:
    import redis

    listener = redis.Redis.from_url(redis_server.url).pubsub()
    listener.subscribe(realtime.CHANNEL)
    assert listener.get_message(timeout=2)["type"] == "subscribe"
    realtime.emit("/notifications", "order", {"number": "2026-000001", "status": "paid"}, room="order:tok")
    heard = json.loads(listener.get_message(timeout=2)["data"])
    assert (heard["event"], heard["namespace"], heard["room"]) == ("order", "/notifications", "order:tok")
    assert heard["data"] in (
        {"number": "2026-000001", "status": "paid"},
        [{"number": "2026-000001", "status": "paid"}],
    )
    listener.close()


def test_nobody_to_tell(monkeypatch: Any) -> None:
    monkeypatch.setattr(realtime.redis_client, "url", lambda: "")
    realtime.emit("/notifications", "order", {}, room="x")
