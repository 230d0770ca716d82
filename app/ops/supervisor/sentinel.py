"""The last one to leave: kills what is left when the supervisor itself was killed.

Death signals reach our direct children. What those forked (a job's work-horse, a browser)
may live on, so a small forked process holds one end of a pipe; when the other end closes, the
supervisor is gone and every session that it had opened is ended by force.
"""

import contextlib
import os
import signal
import time

from app.ops.supervisor.processes import kill_session, session_members

GRACE_SECONDS = 8.0


class Sentinel:
    """A forked guard that knows the sessions of the running children."""

    def __init__(self, grace: float = GRACE_SECONDS, close: tuple[int, ...] = ()) -> None:
        self.grace = grace
        self.close = close  # descriptors that the guard must not keep, such as the home's lock
        self.pid = 0
        self.sessions: set[int] = set()
        self._pipe = -1

    def start(self) -> None:
        """Fork the guard and tell it what runs already."""
        theirs, ours = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                for number in (ours, *self.close):
                    os.close(number)
                self._guard(theirs)
            finally:
                os._exit(0)
        os.close(theirs)
        self._pipe = ours
        for session in self.sessions:
            self._write(f"+{session}\n")

    def tell(self, opened: int | None = None, closed: int | None = None) -> None:
        """Note a session that was opened or is gone; replace the guard if somebody killed it."""
        for sign, session, note in (("+", opened, self.sessions.add), ("-", closed, self.sessions.discard)):
            if session is None or self._pipe < 0:
                continue
            note(session)
            try:
                self._write(f"{sign}{session}\n")
            except BrokenPipeError:
                self._bury()
                self.start()

    def stop(self) -> None:
        """Dismiss the guard after everything was stopped in good order."""
        if self._pipe >= 0:
            with contextlib.suppress(BrokenPipeError):
                self._write("bye\n")
            self._bury()

    def _write(self, line: str) -> None:
        os.write(self._pipe, line.encode())

    def _bury(self) -> None:
        os.close(self._pipe)
        self._pipe = -1
        os.waitpid(self.pid, 0)

    def _guard(self, pipe: int) -> None:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):  # whoever reads our output must not wait for the guard
            os.dup2(nothing, descriptor)
        sessions: set[int] = set()
        with os.fdopen(pipe, "r") as lines:
            for line in lines:
                if line.startswith("bye"):
                    return
                change = sessions.add if line.startswith("+") else sessions.discard
                change(int(line[1:]))
        limit = time.monotonic() + self.grace
        while sessions:
            for session in list(sessions):
                members = session_members(session)
                # A leader may end in good order; what outlives its leader is an orphan.
                if session not in members or time.monotonic() > limit:
                    kill_session(session)
                    sessions.discard(session)
            time.sleep(0.1)
