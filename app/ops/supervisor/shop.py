"""One Comptoir from nothing to "ready", and back to nothing."""

import errno
import http.client
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.ops.supervisor import home as home_files
from app.ops.supervisor import preflight
from app.ops.supervisor.embedded import EmbeddedPostgres, EmbeddedRedis, prepare_home
from app.ops.supervisor.errors import CannotStart
from app.ops.supervisor.logs import cut_long_logs
from app.ops.supervisor.processes import Child
from app.ops.supervisor.sentinel import Sentinel
from app.ops.supervisor.table import ProcessTable, ending

STOP_SECONDS = 13.0
DEATHS_BEFORE_GIVING_UP = 4
LOOK_EVERY = 0.2
CUT_LOGS_EVERY = 60.0


@dataclass(frozen=True, slots=True)
class Program:
    """One of the shop's own programs, started after the servers."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    death_signal: int = signal.SIGKILL
    stop_seconds: float = 8.0
    waits: bool = False  # starts once the shop is ready, so that whoever answers people has the machine first


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run and where; `prepare` runs to its end before the programs start."""

    home: Path
    folder: Path
    addresses: Sequence[str]
    port: int
    prepare: Program | None
    programs: Sequence[Program]
    greeting: Sequence[str] = ()
    ready_seconds: float = 120.0
    embedded: bool = True


class Stopped(Exception):
    """Somebody asked us to stop while we were starting."""


def say(text: str) -> None:
    """Tell the person at the terminal; a closed terminal must not stop the shop."""
    try:
        print(text, flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - it has to stay open


class Supervisor:
    """Runs a plan: `run` returns the exit code."""

    def __init__(self, plan: Plan, environment: Mapping[str, str], tell: Callable[[str], None] = say) -> None:
        self.plan = plan
        self.environment = dict(environment)
        self.tell = tell
        self.stopping = False
        self.lock = preflight.HomeLock(plan.home)
        self.sentinel = Sentinel()
        self.table = ProcessTable(self._note, self.sentinel)

    def run(self) -> int:
        """Start everything, watch it until a signal comes, stop everything."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            self._start()
            self._watch()
        except Stopped:
            self.tell("Stopped before it was ready.")
        except CannotStart as refusal:
            self.tell(f"\nComptoir cannot start. {refusal.problem}\n{refusal.way_out}")
            return 1
        except OSError as error:
            self.tell(f"\nComptoir cannot start. {self._plain(error)}")
            return 1
        finally:
            self._stop()
        return 0

    def _start(self) -> None:
        self._check()
        self._start_servers()
        self._clear_metrics()
        if self.plan.prepare is not None:
            self._prepare(self.plan.prepare)
        for program in self.plan.programs:
            if not program.waits:
                self.table.start(self._child(program))
        self._wait_until_ready()
        for program in self.plan.programs:
            if program.waits:
                self.table.start(self._child(program))
        for line in self.plan.greeting:
            self.tell(line)

    def _check(self) -> None:
        preflight.require_linux()
        prepare_home(self.plan.home)
        self.lock.take(self.plan.port)
        preflight.require_space(self.plan.home)
        patience = 10.0 if self.lock.was_unclean else 0.0
        preflight.require_port(list(self.plan.addresses), self.plan.port, patience)
        self.sentinel.close = (self.lock.handle,)
        self.sentinel.start()

    def _start_servers(self) -> None:
        """Start the servers that no variable names, and check those that one does."""
        found: dict[str, str] = {}
        for name, port in (("DATABASE_URL", 5432), ("REDIS_URL", 6379)):
            if self.environment.get(name):
                preflight.require_server(name, self.environment[name], port)
        if not self.environment.get("DATABASE_URL") and self.plan.embedded:
            postgres = EmbeddedPostgres(self.plan.home)
            for note in postgres.notes:
                self.tell(note)
            postgres.start()
            self.table.adopt(postgres.child)
            postgres.create_database()
            found["DATABASE_URL"] = postgres.dsn()
        if not self.environment.get("REDIS_URL") and self.plan.embedded:
            redis = EmbeddedRedis(self.plan.home)
            redis.start()
            self.table.adopt(redis.child)
            found["REDIS_URL"] = redis.url
        self.environment.update(found)
        home_files.publish_services(self.plan.home, found)

    def _clear_metrics(self) -> None:
        """Forget the counters of dead processes (Prometheus keeps one file for each)."""
        folder = self.plan.home / "metrics"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        self.environment["PROMETHEUS_MULTIPROC_DIR"] = str(folder)

    def _child(self, program: Program) -> Child:
        return Child(
            name=program.name,
            command=program.command,
            log=self.plan.home / "logs" / f"{program.name}.log",
            environment={**self.environment, "COMPTOIR_PROCESS": program.name, **program.environment},
            folder=self.plan.folder,
            death_signal=program.death_signal,
            stop_seconds=program.stop_seconds,
        )

    def _prepare(self, program: Program) -> None:
        """Run migrations and the seed, and show what they say while they say it."""
        child = self._child(program)
        seen = child.log.stat().st_size if child.log.exists() else 0
        child.start()
        self.sentinel.tell(opened=child.pid)
        try:
            while True:
                ended = not child.is_running()
                with child.log.open("rb") as log:
                    log.seek(seen)
                    text = log.read()
                seen += len(text)
                if text:
                    self.tell(text.decode(errors="replace").rstrip("\n"))
                if ended:
                    break
                self._pause()
        finally:
            child.stop()
            self.sentinel.tell(closed=child.pid)
        if child.exit_code() != 0:
            raise CannotStart(
                f"Preparing the database failed ({ending(child.exit_code())}).",
                f"The reason is above and in {child.log}; run it again after curing it.",
            )

    def _wait_until_ready(self) -> None:
        """Wait for 200 from /readyz.

        Raises: CannotStart with the reason when it does not come, or a program keeps dying.
        """
        limit = time.monotonic() + self.plan.ready_seconds
        reason = "no answer"
        while True:
            status, body = self._ask_readyz()
            if status == 200:
                return
            reason = f"{status}: {body}" if status else body
            self.table.look()
            if dying := self.table.failing(DEATHS_BEFORE_GIVING_UP):
                raise CannotStart(
                    f"The process {dying.name} keeps ending; its last words were:\n{dying.last_words()}\n",
                    f"The whole log is {dying.log}.",
                )
            if time.monotonic() > limit:
                raise CannotStart(
                    f"The shop did not become ready in {self.plan.ready_seconds:.0f} s ({reason[:500]}).",
                    f"The logs are in {self.plan.home / 'logs'}.",
                )
            self._pause()

    def _ask_readyz(self) -> tuple[int, str]:
        wildcard = {"0.0.0.0": "127.0.0.1", "::": "::1"}
        host = wildcard.get(self.plan.addresses[0], self.plan.addresses[0])
        connection = http.client.HTTPConnection(host, self.plan.port, timeout=5)
        try:
            connection.request("GET", "/readyz", headers={"Host": f"localhost:{self.plan.port}"})
            answer = connection.getresponse()
            return answer.status, answer.read(2_000).decode(errors="replace").strip()
        except (OSError, http.client.HTTPException) as error:
            return 0, str(error)
        finally:
            connection.close()

    def _watch(self) -> None:
        logs = self.plan.home / "logs"
        cut_at = time.monotonic() + CUT_LOGS_EVERY
        while not self.stopping:
            self.table.look()
            if time.monotonic() > cut_at:
                cut_at = time.monotonic() + CUT_LOGS_EVERY
                for name in cut_long_logs(logs):
                    self._note(f"{name} was long and was moved to {name}.1.")
            time.sleep(LOOK_EVERY)

    def _pause(self) -> None:
        if self.stopping:
            raise Stopped
        time.sleep(LOOK_EVERY / 2)

    def _stop(self) -> None:
        if self.lock.handle < 0:
            return
        home_files.withdraw_services(self.plan.home)
        self.table.stop_all(STOP_SECONDS)
        self.sentinel.stop()
        self.lock.release()
        if self.stopping:
            self.tell("Comptoir has stopped.")

    def _on_signal(self, _number: int, _frame: object) -> None:
        if not self.stopping:
            self.stopping = True
            os.write(1, b"\nStopping ...\n")

    def _note(self, text: str) -> None:
        """Tell the terminal and the supervisor's own log, which outlives the terminal."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        with (self.plan.home / "logs" / "supervisor.log").open("a") as log:
            log.write(f"{stamp} {text}\n")
        self.tell(text)

    def _plain(self, error: OSError) -> str:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return f"The disk that holds {self.plan.home} is full. Free some space and start it again."
        return (
            f"{error.strerror or error}: {error.filename or self.plan.home}. See {self.plan.home / 'logs'}."
        )
