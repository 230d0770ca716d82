"""A line to the shop that can be cut: a proxy of ours between programs and one port of loopback.

`pass_on()` lets everything through, `hold()` lets nothing through while connections stay (packets are lost and sent
again, as TCP does), `cut()` resets every connection with what was on its way and lets nobody in.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from types import TracebackType

PIECE = 64 * 1024


class Line:
    """`with Line(shop.port) as line:` leads from `line.port` to the shop."""

    def __init__(self, port: int):
        self.target = port
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self.listener.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.passing = threading.Event()
        self.passing.set()
        self.is_cut = False
        self.broken = 0
        self.pairs: set[tuple[socket.socket, socket.socket]] = set()
        self.lock = threading.Lock()

    def __enter__(self) -> Line:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()
        self.listener.close()

    def pass_on(self) -> None:
        """Everything goes through, what was held first."""
        self.is_cut = False
        self.passing.set()

    def hold(self) -> None:
        """Nothing goes through; nobody is told."""
        self.passing.clear()

    def cut(self) -> None:
        """Reset all connections, lose what was on its way, refuse new ones."""
        self.is_cut = True
        with self.lock:
            pairs, self.pairs = self.pairs, set()
        self.broken += len(pairs)
        for pair in pairs:
            for one in pair:
                _reset(one)
        self.passing.set()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the listener was closed: it is over
            while True:
                near, _address = self.listener.accept()
                if self.is_cut:
                    _reset(near)
                else:
                    threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(("127.0.0.1", self.target), timeout=10)
        except OSError:
            return _reset(near)
        far.settimeout(None)
        with self.lock:
            self.pairs.add((near, far))
        for one, other in ((near, far), (far, near)):
            threading.Thread(target=self._pump, args=(one, other, (near, far)), daemon=True).start()
        return None

    def _pump(
        self, one: socket.socket, other: socket.socket, pair: tuple[socket.socket, socket.socket]
    ) -> None:
        with contextlib.suppress(OSError):
            while piece := one.recv(PIECE):
                self.passing.wait()
                if pair not in self.pairs:  # it was cut meanwhile: this piece is lost
                    return
                other.sendall(piece)
        with self.lock:
            self.pairs.discard(pair)
        for end in pair:
            with contextlib.suppress(OSError):
                end.close()


def _reset(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        one.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        one.close()
