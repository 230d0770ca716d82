"""One child process: started so that it dies with us, stopped so that nothing stays behind."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class ProcessInfo:
    """What the kernel tells about one live process."""

    pid: int
    parent: int
    session: int


def before_exec(death_signal: int, user: pwd.struct_passwd | None = None) -> Callable[[], None]:
    """Build what the child runs between fork and exec: own session, own user, death with us."""
    parent = os.getpid()

    def run() -> None:
        os.setsid()  # Ctrl-C in the terminal reaches the supervisor alone
        if user is not None:
            os.initgroups(user.pw_name, user.pw_gid)
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
        _libc.prctl(PR_SET_PDEATHSIG, death_signal)  # after setuid, which clears it
        if os.getppid() != parent:  # the parent died in between
            os._exit(1)

    return run


def die_with_parent(death_signal: int) -> None:
    """Ask the kernel to send this very process a signal when its parent dies."""
    parent = os.getppid()
    _libc.prctl(PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:
        os.kill(os.getpid(), death_signal)


def processes() -> list[ProcessInfo]:
    """List every process that has not ended yet (zombies are left out)."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            text = Path(f"/proc/{entry}/stat").read_text(errors="replace")
        except OSError:  # it ended while we were reading
            continue
        state, parent, _group, session = text.rpartition(")")[2].split()[:4]
        if state not in "ZX":
            found.append(ProcessInfo(int(entry), int(parent), int(session)))
    return found


def session_members(session: int) -> list[int]:
    """List the live processes of a session: a child and whatever it forked."""
    return [info.pid for info in processes() if info.session == session]


def send(pid: int, number: int) -> None:
    """Send a signal to a process that may be gone already."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def kill_session(session: int) -> None:
    """Kill whatever is left of a session at once."""
    for pid in session_members(session):
        send(pid, signal.SIGKILL)


@dataclass(slots=True)
class Child:
    """A program that is kept alive under its name, with one log file.

    `stop_signal` asks it to end well. `death_signal` is what the kernel sends it when the
    supervisor is gone. `before_start` clears what an earlier life left behind.
    """

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path = Path("/")
    stop_signal: int = signal.SIGTERM
    death_signal: int = signal.SIGTERM
    stop_seconds: float = 10.0
    user: pwd.struct_passwd | None = None
    before_start: Callable[[], None] | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the program. The calling thread must live as long as the program should."""
        if self.before_start is not None:
            self.before_start()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                list(self.command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self.environment),
                cwd=self.folder,
                preexec_fn=before_exec(self.death_signal, self.user),
            )

    @property
    def pid(self) -> int | None:
        """Return the process id, or None before the first start."""
        return self.process.pid if self.process else None

    def exit_code(self) -> int | None:
        """Return how the program ended, or None while it runs or was never started."""
        return self.process.poll() if self.process else None

    def is_running(self) -> bool:
        """Tell whether the program lives."""
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        """Send the stop signal without waiting."""
        if self.is_running():
            assert self.process is not None
            self.process.send_signal(self.stop_signal)

    def stop(self, seconds: float | None = None) -> None:
        """Stop the program well within its time, else by force, together with what it forked."""
        if self.process is None:
            return
        self.ask_to_stop()
        try:
            self.process.wait(self.stop_seconds if seconds is None else seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        kill_session(self.process.pid)

    def kill_remains(self) -> None:
        """Kill what a dead program left in its session (a work-horse, a web worker)."""
        if self.process is not None and not self.is_running():
            kill_session(self.process.pid)

    def last_words(self, lines: int = 15) -> str:
        """Return the end of its log, for a person who has to find out what went wrong."""
        try:
            with self.log.open("rb") as log:
                log.seek(max(0, log.seek(0, os.SEEK_END) - 16_384))
                text = log.read().decode(errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-lines:])


def wait_until(condition: Callable[[], bool], seconds: float, pause: float = 0.02) -> bool:
    """Wait for a condition; tell whether it came true in time."""
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            return False
        time.sleep(pause)
    return True
