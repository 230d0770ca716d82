"""The shop as `deploy/` runs it: gunicorn's processes in production, beside the database of the experiments' shop."""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Mapping
from types import TracebackType

from app.ops.supervisor.home import services
from bench.shop import ROOT, RealShop, free_port, until
from tests.torture.client import Client


class Deployed:
    """`with Deployed(shop, "web", "realtime") as processes:` answers on `processes.port["web"]`."""

    def __init__(self, shop: RealShop, *parts: str, environment: Mapping[str, str] | None = None):
        self.port = {part: free_port() for part in parts}
        self.log = shop.home / "logs" / "deployed.log"
        self.environment = {
            **os.environ, "APP_ENV": "production", "COMPTOIR_HOME": str(shop.home), "DATABASE_URL": shop.dsn,
            "REDIS_URL": services(shop.home)["REDIS_URL"], "SECRET_KEY": secrets.token_urlsafe(48),
            "SITE_URL": "https://shop.example", "PROXY_COUNT": "1", "HOST": "127.0.0.1", "WEB_WORKERS": "2",
            "FORWARDED_ALLOW_IPS": "*", "PROMETHEUS_MULTIPROC_DIR": str(shop.home / "deployed-metrics"),
            **(environment or {}),
        }  # fmt: skip
        self.processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Deployed:
        with self.log.open("ab") as log:
            for part, port in self.port.items():
                self.processes.append(
                    subprocess.Popen(
                        [ROOT / "deploy" / "process", part],
                        cwd=ROOT,
                        stdout=log,
                        stderr=log,
                        env={**self.environment, "PORT": str(port)},
                        start_new_session=True,
                    )  # fmt: skip
                )
        for port in self.port.values():
            assert until(lambda port=port: _answers(port), 90, 0.2), self.log.read_text()[-3000:]  # type: ignore[misc]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _answers(port: int) -> bool:
    client = Client(port, timeout=10)
    try:
        return client.get("/readyz").status == 200
    except OSError:
        return False
    finally:
        client.close()
