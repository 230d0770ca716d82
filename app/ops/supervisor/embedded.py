"""PostgreSQL and Redis straight from the wheels' programs, for one home folder.

Used by `run.py`, by the tests and by the command line. Both servers listen on Unix sockets
only, so no port is taken and nobody else on the machine can connect.
"""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

from app.ops.supervisor import places
from app.ops.supervisor.errors import CannotStart
from app.ops.supervisor.processes import Child, before_exec, processes, send, wait_until

USER = "shop"
DATABASE = "comptoir"
POSTGRES_PORT = 5432  # part of the socket's name, not a TCP port
PLAIN_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": "/"}

POSTGRES_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",  # only the owner of the server, and root
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",  # the wheel has no LLVM
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_duration_statement": "1000",
    "log_line_prefix": "%m [%p] %a ",
}
# For data that may be lost: a test run needs no disk flush.
FAST_AND_FORGETFUL: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "log_min_duration_statement": "-1",
}


def prepare_home(home: Path) -> Path:
    """Create the folder that holds all state; other accounts may pass through it.

    Raises: CannotStart when it cannot be made.
    """
    home = Path(home).absolute()
    try:
        if not home.exists():
            home.mkdir(parents=True)
            home.chmod(0o755)
        (home / "logs").mkdir(exist_ok=True)
    except OSError as error:
        raise CannotStart(
            f"The folder {home} cannot be used: {error.strerror}.",
            "Make it writable, or set COMPTOIR_HOME to another folder.",
        ) from error
    return home


def _start_and_wait(name: str, child: Child, is_ready: Callable[[], bool], seconds: float) -> None:
    child.start()
    wait_until(lambda: is_ready() or not child.is_running(), seconds)
    if not is_ready():
        child.stop()
        raise CannotStart(
            f"{name} did not start; its last words were:\n{child.last_words()}\n",
            f"The whole log is {child.log}.",
        )


class EmbeddedPostgres:
    """A PostgreSQL server whose data lives in `home`; start it twice and it is the same one."""

    def __init__(self, home: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self.home = prepare_home(home)
        self.place = places.choose(self.home)
        self.settings = {**POSTGRES_SETTINGS, **(settings or {})}
        self.child = Child(
            name="postgres",
            command=self._command(),
            log=self.home / "logs" / "postgres.log",
            environment=PLAIN_ENVIRONMENT,
            stop_signal=signal.SIGINT,  # "fast": break off sessions, end clean
            death_signal=signal.SIGINT,
            stop_seconds=8.0,
            user=self.place.account,
            before_start=self._clear_earlier_life,
        )

    @property
    def notes(self) -> list[str]:
        """Return what a person should know about where the data is."""
        return [self.place.note] if self.place.note else []

    @property
    def socket(self) -> Path:
        """Return the socket that clients connect to."""
        return self.place.sockets / f".s.PGSQL.{POSTGRES_PORT}"

    def dsn(self, database: str = DATABASE) -> str:
        """Return the address of a database, as SQLAlchemy wants it."""
        return f"postgresql+psycopg://{USER}@/{database}?host={quote(str(self.place.sockets), safe='/')}"

    def conninfo(self, database: str = DATABASE) -> str:
        """Return the address of a database, as psycopg and the PostgreSQL tools want it."""
        return self.dsn(database).replace("postgresql+psycopg:", "postgresql:", 1)

    def start(self, seconds: float = 60.0) -> None:
        """Create the data folder if there is none, start the server, return when it answers.

        Raises: CannotStart with the server's own last words.
        """
        if not (self.place.data / "PG_VERSION").exists():
            self._create_data()
        self._check_version()
        _start_and_wait("PostgreSQL", self.child, self.is_ready, seconds)

    def stop(self) -> None:
        """Stop the server cleanly; sessions that are still open are broken off."""
        self.child.stop()

    def is_ready(self) -> bool:
        """Tell whether the server we started accepts connections."""
        try:
            lines = (self.place.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0] == str(self.child.pid) and lines[7].startswith("ready")

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement outside a transaction and return its bare output.

        Raises: CannotStart with the server's message.
        """
        tool = self.place.programs / "bin" / "psql"
        options = ["-XAtq", "-v", "ON_ERROR_STOP=1", "-U", USER, "-d", database]
        address = ["-h", str(self.place.sockets), "-p", str(POSTGRES_PORT)]
        done = subprocess.run(
            [str(tool), *options, *address, "-c", statement],
            capture_output=True,
            text=True,
            env=PLAIN_ENVIRONMENT,
        )
        if done.returncode:
            raise CannotStart(f"PostgreSQL refused: {done.stderr.strip()}", f"See {self.child.log}.")
        return done.stdout.strip()

    def create_database(self, name: str = DATABASE, template: str = "template1") -> None:
        """Create a database unless it exists, from a template that nobody is using."""
        if not self.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
            self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def drop_database(self, name: str) -> None:
        """Drop a database and break off whoever is in it."""
        self.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def remove(self) -> None:
        """Delete the data and the socket folder for ever; meant for tests."""
        self.stop()
        outside = self.place.data.parent if self.place.data.parent != self.home else self.place.data
        for folder in (outside, self.place.sockets):
            shutil.rmtree(folder, ignore_errors=True)

    def _command(self) -> list[str]:
        command = [str(self.place.programs / "bin" / "postgres"), "-D", str(self.place.data)]
        command += ["-k", str(self.place.sockets), "-p", str(POSTGRES_PORT)]
        for name, value in self.settings.items():
            command += ["-c", f"{name}={value}"]
        return command

    def _create_data(self) -> None:
        """Run initdb beside the final place and rename, so that half a data folder never counts."""
        part = self.place.data.with_name(self.place.data.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        places.own_folder(part, 0o700, self.place.account)
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        done = subprocess.run(
            [
                str(self.place.programs / "bin" / "initdb"),
                *("-D", str(part), "-U", USER, "--auth=trust", "-E", "UTF8", "--no-instructions"),
                *locale,
            ],
            capture_output=True,
            text=True,
            env=PLAIN_ENVIRONMENT,
            cwd="/",
            preexec_fn=before_exec(signal.SIGKILL, self.place.account),
        )
        if done.returncode:
            shutil.rmtree(part, ignore_errors=True)
            raise CannotStart(
                f"PostgreSQL could not create its data folder {self.place.data}: {done.stderr.strip()}",
                "Free some disk space or set COMPTOIR_HOME to another folder.",
            )
        part.rename(self.place.data)

    def _check_version(self) -> None:
        """Refuse data written by another major version before the server does it in its own words."""
        data = (self.place.data / "PG_VERSION").read_text().strip()
        sample = (self.place.programs / "share" / "postgresql" / "postgres.bki").open().readline()
        program = sample.split()[-1]
        if data != program:
            raise CannotStart(
                f"The data in {self.place.data} was written by PostgreSQL {data}, this one is {program}.",
                "Restore a backup into a new COMPTOIR_HOME (docs/operations.md, upgrades).",
            )

    def _orphans(self) -> list[int]:
        """Find server processes on our data that are not children of this run."""
        found = []
        for info in processes():
            try:
                folder = os.readlink(f"/proc/{info.pid}/cwd")
            except OSError:
                continue
            if folder == str(self.place.data.resolve()):
                found.append(info.pid)
        return found

    def _clear_earlier_life(self) -> None:
        """Wait for what a killed server left running, then drop its lock files.

        The lock of `home` says that no other Comptoir uses this data, so what is left is ours.
        """
        if not wait_until(lambda: not self._orphans(), 3.0):
            for pid in self._orphans():
                send(pid, signal.SIGKILL)
            wait_until(lambda: not self._orphans(), 3.0)
        (self.place.data / "postmaster.pid").unlink(missing_ok=True)
        self.socket.unlink(missing_ok=True)
        self.socket.with_name(self.socket.name + ".lock").unlink(missing_ok=True)


class EmbeddedRedis:
    """A Redis server whose append-only file lives in `home`."""

    def __init__(self, home: Path) -> None:
        self.home = prepare_home(home)
        self.socket = places.socket_folder(self.home) / "redis.sock"
        self.data = self.home / "redis"
        self.child = Child(
            name="redis",
            command=self._command(),
            log=self.home / "logs" / "redis.log",
            environment=PLAIN_ENVIRONMENT,
            stop_seconds=5.0,
            before_start=lambda: self.data.mkdir(exist_ok=True),
        )

    @property
    def url(self) -> str:
        """Return the address as redis-py wants it."""
        return f"unix://{self.socket}?db=0"

    def start(self, seconds: float = 20.0) -> None:
        """Start the server and return when it answers.

        Raises: CannotStart with the server's own last words.
        """
        _start_and_wait("Redis", self.child, self.is_ready, seconds)

    def stop(self) -> None:
        """Stop the server; what was acknowledged is in the append-only file."""
        self.child.stop()

    def is_ready(self) -> bool:
        """Tell whether the server answers PING."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
                client.settimeout(1.0)
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def _command(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "appendonly": "yes",
            "save": "",
            "daemonize": "no",
            "maxmemory": "256mb",
            "maxmemory-policy": "volatile-lru",  # caches carry a time to live, queues do not
        }
        command = [str(places.redis_program())]
        for name, value in options.items():
            command += [f"--{name}", value]
        return command
