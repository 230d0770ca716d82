"""Load on one address: wrk where it is installed, a client of our own where it is not."""

from __future__ import annotations

import http.client
import itertools
import json
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LUA = r"""
done = function(s, l, r)
  io.write(string.format("\n@@{\"requests\":%d,\"us\":%d,\"errors\":%d,\"p50\":%.3f,\"p95\":%.3f}\n",
    s.requests, s.duration, s.errors.connect+s.errors.read+s.errors.write+s.errors.status+s.errors.timeout,
    l:percentile(50)/1000, l:percentile(95)/1000))
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What came out: requests, errors, and how long an answer took in ms."""

    requests: int
    errors: int
    seconds: float
    p50: float
    p95: float

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds if self.seconds else 0.0


def load(
    port: int,
    paths: Sequence[str],
    *,
    connections: int,
    seconds: int,
    headers: Mapping[str, str] | None = None,
) -> Load:
    """Ask for these paths in turn, as fast as the answers come."""
    if shutil.which("wrk"):
        return _wrk(port, paths, connections, seconds, headers or {})
    return _own(port, paths, connections, seconds, headers or {})


def _wrk(port: int, paths: Sequence[str], connections: int, seconds: int, headers: Mapping[str, str]) -> Load:
    script = "local P = {" + ",".join(json.dumps(path) for path in paths) + "}\nlocal i = 0\n"
    script += "".join(f"wrk.headers[{json.dumps(k)}] = {json.dumps(v)}\n" for k, v in headers.items())
    script += "request = function() i = i % #P + 1; return wrk.format(nil, P[i]) end\n" + LUA
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        command = [
            "wrk",
            "-t",
            "1",
            "-c",
            str(connections),
            "-d",
            f"{seconds}s",
            "--timeout",
            "10s",
            "-s",
            file.name,
        ]
        done = subprocess.run(
            [*command, f"http://127.0.0.1:{port}"], capture_output=True, text=True, timeout=seconds + 60
        )
    found = re.search(r"^@@(\{.*\})$", done.stdout, re.M)
    if not found:
        raise RuntimeError(f"wrk said nothing: {done.stdout[-500:]} {done.stderr[-500:]}")
    told = json.loads(found.group(1))
    return Load(told["requests"], told["errors"], told["us"] / 1e6, told["p50"], told["p95"])


def _own(port: int, paths: Sequence[str], connections: int, seconds: int, headers: Mapping[str, str]) -> Load:
    times: list[float] = []
    errors: list[int] = []
    stop = time.monotonic() + seconds

    def ask(start: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        for path in itertools.islice(itertools.cycle(paths), start, None):
            if time.monotonic() > stop:
                break
            began = time.monotonic()
            try:
                connection.request("GET", path, headers=dict(headers))
                answer = connection.getresponse()
                answer.read()
                if answer.status >= 400:
                    errors.append(answer.status)
            except (OSError, http.client.HTTPException):
                errors.append(0)
                connection.close()
            times.append((time.monotonic() - began) * 1000)
        connection.close()

    threads = [threading.Thread(target=ask, args=(n * 7 % len(paths),)) for n in range(connections)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.sort()
    return Load(
        len(times),
        len(errors),
        time.monotonic() - began,
        times[len(times) // 2],
        times[int(len(times) * 0.95)],
    )
