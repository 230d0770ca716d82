"""The table of children: start in order, restart who dies, stop in reverse order."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.ops.supervisor.processes import Child, wait_until
from app.ops.supervisor.sentinel import Sentinel

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
STEADY_SECONDS = 30.0


@dataclass(slots=True)
class Row:
    """A child with the history that decides when it is started again."""

    child: Child
    started_at: float = 0.0
    restarts_in_a_row: int = 0
    due_at: float | None = None


class ProcessTable:
    """Everything that runs; use it from one thread, since children die with their thread."""

    def __init__(self, say: Callable[[str], None], sentinel: Sentinel | None = None) -> None:
        self.rows: list[Row] = []
        self.say = say
        self.sentinel = sentinel

    def adopt(self, child: Child) -> None:
        """Watch a child that was started already."""
        self.rows.append(Row(child, started_at=time.monotonic()))
        self._tell(opened=child.pid)

    def start(self, child: Child) -> None:
        """Start a child and watch it from now on."""
        child.start()
        self.adopt(child)

    def look(self) -> None:
        """Start again whoever died, after a pause that doubles while it keeps dying."""
        now = time.monotonic()
        for row in self.rows:
            if row.child.is_running():
                continue
            if row.due_at is None:
                self._plan(row, now)
            elif now >= row.due_at:
                row.due_at = None
                row.child.start()
                row.started_at = now
                self._tell(opened=row.child.pid)
                self.say(f"{row.child.name} runs again (process {row.child.pid}).")

    def failing(self, times: int) -> Child | None:
        """Return a child that died this often without a steady stretch in between."""
        return next((row.child for row in self.rows if row.restarts_in_a_row >= times), None)

    def stop_all(self, seconds: float) -> None:
        """Stop the newest first and the servers last, all within the given time."""
        limit = time.monotonic() + seconds
        for group in self._stop_groups():
            children = [row.child for row in group]
            for child in children:
                child.ask_to_stop()
            left = max(0.5, min(max(c.stop_seconds for c in children), limit - time.monotonic()))
            wait_until(lambda group=children: not any(c.is_running() for c in group), left)  # type: ignore[misc]
            for child in children:
                child.stop(0.1)
                self._tell(closed=child.pid)
        self.rows.clear()

    def _stop_groups(self) -> Iterable[list[Row]]:
        """Everything that uses the servers stops at once, then the servers at once."""
        servers = [row for row in self.rows if row.child.name in {"postgres", "redis"}]
        others = [row for row in self.rows if row not in servers]
        return [group for group in (others, servers) if group]

    def _plan(self, row: Row, now: float) -> None:
        row.child.kill_remains()
        self._tell(closed=row.child.pid)
        steady = now - row.started_at > STEADY_SECONDS
        row.restarts_in_a_row = 1 if steady else row.restarts_in_a_row + 1
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (row.restarts_in_a_row - 1))
        row.due_at = now + pause
        self.say(
            f"{row.child.name} ended ({ending(row.child.exit_code())}); it starts again in {pause:.1f} s."
        )

    def _tell(self, opened: int | None = None, closed: int | None = None) -> None:
        if self.sentinel is not None:
            self.sentinel.tell(opened=opened, closed=closed)


def ending(code: int | None) -> str:
    """Describe an exit code to a person."""
    if code is None:
        return "unknown"
    return f"signal {-code}" if code < 0 else f"exit code {code}"
