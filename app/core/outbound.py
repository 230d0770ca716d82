"""The one gate to the outside world. Whoever leaves the house passes here: with a time-out, and shut in tests.

`gate.allow(purpose, host, port)` is asked before any connection to a service that is not ours;
tests replace `gate` with a closed one and fail on whatever knocks without being expected.
"""

from __future__ import annotations

import ipaddress
import socket

from app.core.errors import Unavailable

TIMEOUT_SECONDS = 10.0


class Gate:
    """Lets everything pass. The default outside of tests."""

    def allow(self, purpose: str, host: str, port: int) -> None:
        """Raise Unavailable to keep a connection from being made."""


class ClosedGate(Gate):
    """Lets nothing pass but what a test expects, and remembers who knocked."""

    def __init__(self) -> None:
        self.expected: set[tuple[str, int]] = set()
        self.unexpected: list[str] = []

    def expect(self, host: str, port: int) -> None:
        """Allow connections to a stand-in of the test's own."""
        self.expected.add((host, port))

    def allow(self, purpose: str, host: str, port: int) -> None:
        if (host, port) not in self.expected:
            self.unexpected.append(f"{purpose} to {host}:{port}")
            raise Unavailable()


gate: Gate = Gate()


def allow(purpose: str, host: str, port: int) -> None:
    """Ask the current gate."""
    gate.allow(purpose, host, port)


def is_public_address(host: str) -> bool:
    """False for loopback, private and link-local targets: addresses that people type must be public."""
    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return False
    return bool(found) and all(ipaddress.ip_address(item[4][0]).is_global for item in found)
