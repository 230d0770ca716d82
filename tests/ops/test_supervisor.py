"""The supervisor on a stand-in shop: what dies comes back, what stops leaves nothing."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.ops.supervisor.embedded import EmbeddedPostgres
from app.ops.supervisor.processes import processes, wait_until

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("supervised.py")


@dataclass
class Run:
    """One supervisor in a process of its own, with what it has printed so far."""

    process: subprocess.Popen[bytes]
    output: Path

    def said(self) -> str:
        """Return everything it printed."""
        return self.output.read_text(errors="replace")

    def wait_ready(self) -> None:
        """Wait for the greeting."""
        assert wait_until(lambda: "standin is ready" in self.said(), 20), self.said()

    def children(self) -> dict[str, int]:
        """Return its direct children by name."""
        names = {
            "postgres": "/postgres",
            "redis": "redis-server",
            "web": "standin.py web",
            "worker": "standin.py worker",
        }
        found = {}
        for info in processes():
            if info.parent != self.process.pid:
                continue
            command = command_of(info.pid)
            found.update({name: info.pid for name, mark in names.items() if mark in command})
        return found


def command_of(pid: int) -> str:
    """Return a process's command line, empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def marked(mark: str) -> list[str]:
    """List the live processes whose environment or command line carries a mark."""
    found = []
    for info in processes():
        try:
            text = Path(f"/proc/{info.pid}/environ").read_bytes() + command_of(info.pid).encode()
            folder = os.readlink(f"/proc/{info.pid}/cwd")
        except OSError:
            continue
        if info.pid != os.getpid() and (mark.encode() in text or mark in folder):
            found.append(f"{info.pid} {command_of(info.pid)}")
    return found


@pytest.fixture
def home() -> Iterator[Path]:
    """Give a folder that an unprivileged account can reach, and check that nothing is left on it."""
    folder = Path(tempfile.mkdtemp(prefix="comptoir-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder / "home"
    left = marked(folder.name)
    shutil.rmtree(folder, ignore_errors=True)
    assert left == []


@pytest.fixture
def port() -> int:
    """Give a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def start(home: Path, port: int) -> Iterator:
    """Start supervisors on the home; stop by force what a failed test leaves."""
    runs: list[Run] = []

    def run(prepare: str = "prepare", home: Path = home, port: int = port) -> Run:
        output = home.with_name(f"output-{len(runs)}")
        with output.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, str(SCRIPT), str(home), str(port), prepare],
                stdout=file,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": str(ROOT), "DATABASE_URL": "", "REDIS_URL": ""},
            )
        runs.append(Run(process, output))
        return runs[-1]

    yield run
    for one in runs:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()
    wait_until(lambda: not marked(home.parent.name), 12)


def test_sigterm_stops_everything_within_15_s(start, home) -> None:
    run = start()
    run.wait_ready()
    assert set(run.children()) == {"postgres", "redis", "web", "worker"}
    assert set(json.loads((home / "services.json").read_text())) == {"DATABASE_URL", "REDIS_URL"}
    begun = time.monotonic()
    run.process.terminate()
    assert run.process.wait(15) == 0
    assert time.monotonic() - begun < 15
    assert marked(home.parent.name) == []
    assert not (home / "services.json").exists()
    assert "prepared" in run.said() and "has stopped" in run.said()
    assert {p.name for p in (home / "logs").iterdir()} >= {
        "postgres.log",
        "redis.log",
        "web.log",
        "worker.log",
    }


def test_kill_9_of_the_supervisor_leaves_no_process_and_the_next_start_works(start, home) -> None:
    run = start()
    run.wait_ready()
    run.process.kill()
    run.process.wait()
    assert wait_until(lambda: not marked(home.parent.name), 10), marked(home.parent.name)
    again = start()
    again.wait_ready()
    again.process.send_signal(signal.SIGINT)
    assert again.process.wait(15) == 0


def test_whoever_is_killed_comes_back_within_10_s_with_its_data(start, home) -> None:
    run = start()
    run.wait_ready()
    before = run.children()
    database = EmbeddedPostgres(home)
    database.sql("CREATE TABLE kept AS SELECT 42 AS answer", "comptoir")
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)

    def back() -> bool:
        now = run.children()
        return len(now) == 4 and not set(now.values()) & set(before.values())

    assert wait_until(back, 10), run.said()
    assert wait_until(lambda: "ready" in (home / "postgres" / "postmaster.pid").read_text(), 10)
    assert database.sql("SELECT answer FROM kept", "comptoir") == "42"
    work_horses = [line for line in marked(home.parent.name) if "standin.py worker" in line]
    assert len(work_horses) == 2, "the killed worker's work-horse went with it"
    assert "postgres runs again" in (home / "logs" / "supervisor.log").read_text()
    run.process.terminate()
    assert run.process.wait(15) == 0


def test_a_second_copy_says_so_in_a_plain_sentence(start, port) -> None:
    first = start()
    first.wait_ready()
    second = start(port=port + 1)
    assert second.process.wait(10) == 1
    assert "Another copy of Comptoir is already running on" in second.said()
    assert f"kill {first.process.pid}" in second.said()
    first.process.terminate()
    assert first.process.wait(15) == 0


def test_a_port_in_use_says_so_in_a_plain_sentence(start, home, port) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        run = start()
        assert run.process.wait(10) == 1
    assert f"Port {port} is in use by another program." in run.said()
    assert f"PORT={port + 1} make run" in run.said()
    assert not (home / "postgres").exists(), "nothing was started"


def test_a_failed_preparation_stops_everything_and_names_the_log(start, home) -> None:
    run = start(prepare="fail")
    assert run.process.wait(20) == 1
    assert "the migration is broken" in run.said()
    assert str(home / "logs" / "prepare.log") in run.said()


def test_stop_while_it_is_starting(start) -> None:
    run = start(prepare="worker")
    assert wait_until(lambda: "worker" in run.children(), 15), run.said()
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(15) == 0
    assert "Stopped before it was ready." in run.said()
