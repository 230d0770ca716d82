"""What a deployment leans on: light web workers, proxies that are believed, commands that exist."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("alembic", "numpy", "openpyxl", "pandas", "plotly", "pymupdf_fonts", "reportlab", "scipy", "sklearn")
"""They stay out of a web worker until somebody asks for what they do."""
LOOK = f"""
import sys
import app.wsgi
print([name for name in {HEAVY!r} if name in sys.modules])
print([line.split()[1] for line in open("/proc/self/status") if line.startswith("VmRSS")][0])
"""
MOST_MB = 158
"""150 at start, and a twentieth for what is built next."""


def test_a_web_worker_starts_without_what_is_heavy(app: Any) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOK], cwd=ROOT, capture_output=True, text=True, env=environment(app)
    )
    assert done.returncode == 0, done.stderr
    loaded, kilobytes = done.stdout.splitlines()[-2:]
    assert loaded == "[]"
    assert int(kilobytes) // 1024 <= MOST_MB


def environment(app: Any) -> dict[str, str]:
    """The variables under which another process sees the test's own servers."""
    return {
        **os.environ,
        "APP_ENV": "testing",
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "REDIS_URL": app.config["REDIS_URL"],
        "FLASK_APP": "app.bootstrap:create_app",
    }


@pytest.mark.parametrize(("proxies", "seen"), [(0, "10.0.0.1"), (1, "192.0.2.7"), (2, "198.51.100.9")])
def test_only_as_many_proxies_are_believed_as_there_are(proxies: int, seen: str) -> None:
    from app.bootstrap import create_app

    shop = create_app({"PROXY_COUNT": proxies})
    shop.add_url_rule("/_who", view_func=lambda: __import__("flask").request.remote_addr)
    said = {"X-Forwarded-For": "203.0.113.1, 198.51.100.9, 192.0.2.7"}
    answer = shop.test_client().get("/_who", headers=said, environ_base={"REMOTE_ADDR": "10.0.0.1"})
    assert answer.get_data(as_text=True) == seen


def test_each_process_has_its_command() -> None:
    script = ROOT / "deploy" / "process"
    assert os.access(script, os.X_OK)
    unknown = subprocess.run([script, "kitchen"], capture_output=True, text=True)
    assert unknown.returncode == 64 and "web|realtime|worker|outbox|cron|prepare" in unknown.stderr
    text = script.read_text() + (ROOT / "deploy" / "compose.yaml").read_text()
    target = (ROOT / "deploy" / "systemd" / "comptoir.target").read_text()
    for part in ("web", "realtime", "worker", "outbox", "cron"):
        assert f"[deploy/process, {part}]" in text and f"comptoir@{part}.service" in target
