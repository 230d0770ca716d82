"""What must be true before anything starts; each failure is a sentence and a way out."""

import errno
import fcntl
import os
import shutil
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from app.ops.supervisor.errors import CannotStart
from app.ops.supervisor.processes import wait_until

LEAST_FREE_MB = 500
LOCK = "comptoir.lock"


def require_linux() -> None:
    """Refuse other systems: death signals and /proc are Linux.

    Raises: CannotStart elsewhere.
    """
    if not sys.platform.startswith("linux"):
        raise CannotStart(
            f"`make run` works on Linux; this is {sys.platform}.",
            "Use the container instead: docs/install.md.",
        )


def free_mb(folder: Path) -> int:
    """Return the space that is left where a folder lives."""
    return shutil.disk_usage(folder).free // 2**20


def require_space(home: Path, measure: Callable[[Path], int] = free_mb) -> None:
    """Refuse to start on a disk that is nearly full, before a half-written file says so.

    Raises: CannotStart with the space that is needed.
    """
    left = measure(home)
    if left < LEAST_FREE_MB:
        raise CannotStart(
            f"The disk that holds {home} is full: {left} MB are left and {LEAST_FREE_MB} MB are needed.",
            "Free some space, or set COMPTOIR_HOME to a folder on another disk.",
        )


class HomeLock:
    """One running Comptoir per home; the kernel lets go when we die, however we die."""

    def __init__(self, home: Path) -> None:
        self.path = home / LOCK
        self.handle = -1
        self.was_unclean = False

    def take(self, port: int) -> None:
        """Hold the home and note who we are.

        Raises: CannotStart when another copy holds it.
        """
        try:
            self.handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise CannotStart(
                f"The lock file {self.path} cannot be written: {error.strerror}.",
                "Make the folder writable, or set COMPTOIR_HOME to another one.",
            ) from error
        try:
            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise self._taken() from error
        self.was_unclean = bool(os.read(self.handle, 1))
        self._write(f"{os.getpid()} {port}\n")

    def is_held(self) -> bool:
        """Tell whether a running copy holds the home, without taking it."""
        try:
            with self.path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def release(self) -> None:
        """Let the next copy in; an emptied file says that we stopped in good order."""
        if self.handle >= 0:
            self._write("")
            os.close(self.handle)
            self.handle = -1

    def _write(self, text: str) -> None:
        os.ftruncate(self.handle, 0)
        os.pwrite(self.handle, text.encode(), 0)

    def _taken(self) -> CannotStart:
        pid, _, port = os.pread(self.handle, 64, 0).decode(errors="replace").strip().partition(" ")
        os.close(self.handle)
        self.handle = -1
        who = f"process {pid}, http://localhost:{port}" if port else "its process number is not known yet"
        return CannotStart(
            f"Another copy of Comptoir is already running on {self.path.parent} ({who}).",
            f"Stop it with Ctrl-C or `kill {pid or '<pid>'}`, or set COMPTOIR_HOME and PORT to other values.",
        )


def hosts(environment_host: str | None) -> list[str]:
    """Return the addresses to listen on: HOST, else every loopback this machine has."""
    if environment_host:
        return [environment_host]
    return ["127.0.0.1", *(["::1"] if _bind_error("::1", 0) is None else [])]


def _bind_error(host: str, port: int) -> OSError | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            probe.listen(1)
    except OSError as error:
        return error
    return None


def require_port(addresses: list[str], port: int, patience: float = 0.0) -> None:
    """Refuse a port that is taken or forbidden; wait a little after an unclean end.

    Raises: CannotStart naming the port.
    """
    for host in addresses:
        wait_until(lambda host=host: _bind_error(host, port) is None, patience, 0.2)  # type: ignore[misc]
        error = _bind_error(host, port)
        if error is None:
            continue
        if error.errno == errno.EADDRINUSE:
            raise CannotStart(
                f"Port {port} is in use by another program.",
                f"Stop that program, or choose another port: `PORT={port + 1} make run`.",
            )
        if error.errno in (errno.EACCES, errno.EPERM):
            raise CannotStart(
                f"Port {port} cannot be used: {error.strerror}.", "Choose another one: `PORT=8000 make run`."
            )
        raise CannotStart(
            f"HOST={host} is not an address of this machine: {error.strerror}.",
            "Leave HOST empty for this machine only, or set it to 0.0.0.0 for every address.",
        )


def require_server(name: str, url: str, default_port: int) -> None:
    """Refuse to start when a server that was configured does not answer.

    Raises: CannotStart naming the variable; never shows a password.
    """
    parts = urlsplit(url)
    if not parts.hostname:  # a Unix socket: the first real connection will tell
        return
    try:
        port = parts.port or default_port
        socket.create_connection((parts.hostname, port), timeout=5).close()
    except (OSError, ValueError) as error:
        raise CannotStart(
            f"{name} points to {parts.hostname}, where nothing answers ({error}).",
            f"Start that server, correct {name}, or unset it to use the embedded one.",
        ) from error
