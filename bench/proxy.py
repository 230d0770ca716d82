"""Debian's nginx with the configuration of `deploy/`, adapted in addresses and folders and in nothing else.

Used by the tests of that configuration and by the experiment that loads it.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType

from bench.shop import ROOT, free_port, until

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


class Proxy:
    """`with Proxy(folder, web, realtime, media) as proxy:` listens on `proxy.port`."""

    def __init__(self, folder: Path, web: int, realtime: int, media: Path):
        self.folder, self.port = folder, free_port()
        folder.mkdir(parents=True, exist_ok=True)
        self.config = folder / "nginx.conf"
        self.own = {
            "server web:8000": f"server 127.0.0.1:{web}",
            "server realtime:8000": f"server 127.0.0.1:{realtime}",
            "/tmp/nginx.pid": str(folder / "pid"),
            "/dev/stdout": str(folder / "access.log"),
            "/dev/stderr": str(folder / "error.log"),
            "/var/lib/comptoir/media/": f"{media}/",
            "listen 8080": f"listen 127.0.0.1:{self.port}",
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.write({})

    def write(self, more: dict[str, str]) -> None:
        """Write the configuration, with further words replaced.

        Raises:
            LookupError: a word to be replaced is not in it.
        """
        text = (ROOT / "deploy" / "nginx.conf").read_text()
        for old, new in {**self.own, **more}.items():
            if old not in text:
                raise LookupError(f"deploy/nginx.conf does not say {old!r}")
            text = text.replace(old, new)
        self.config.write_text(text)

    def check(self) -> subprocess.CompletedProcess[str]:
        """What `nginx -t` says."""
        return subprocess.run([*self._command(), "-t"], capture_output=True, text=True)

    def reload(self) -> None:
        """Take what was written since."""
        assert self.process is not None
        self.process.send_signal(signal.SIGHUP)
        time.sleep(0.5)

    def _command(self) -> list[str]:
        assert NGINX is not None
        return [NGINX, "-e", str(self.folder / "error.log"), "-c", str(self.config), "-p", str(self.folder)]

    def __enter__(self) -> Proxy:
        self.process = subprocess.Popen([*self._command(), "-g", "daemon off;"])
        until(lambda: (self.folder / "pid").exists(), 10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
