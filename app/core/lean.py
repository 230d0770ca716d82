"""Keeps out of memory what libraries load just in case.

A library that can do without a package asks for it in a `try`. Where the shop never uses that side of the library,
the package costs every process megabytes for nothing: the answer is then "not installed", for as long as the
library is being loaded. Where a library insists, it gets a stand-in: one that loads the package when somebody first
uses it, or, for a few names that the shop's columns and clients cannot meet, one that is nothing.
"""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


class _Late(ModuleType):
    """Stands for a module until a name of it is used; then that module is loaded and answers."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)


class _Unused(ModuleType):
    """Stands for a module of classes of which nothing in the shop is an instance."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


@contextmanager
def without(*packages: str) -> Iterator[None]:
    """Import inside of it as if these packages were not installed; those already loaded stay."""
    with _instead(dict.fromkeys(packages)):
        yield


@contextmanager
def late(*modules: str) -> Iterator[None]:
    """Import inside of it without loading these modules before somebody uses them."""
    with _instead({name: _Late(name) for name in modules}):
        yield


@contextmanager
def unused(*modules: str) -> Iterator[None]:
    """Import inside of it with classes of nothing in place of those of these modules."""
    with _instead({name: _Unused(name) for name in modules}):
        yield


@contextmanager
def _instead(given: dict[str, Any]) -> Iterator[None]:
    absent = {name: module for name, module in given.items() if name not in sys.modules}
    sys.modules.update(absent)
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


@contextmanager
def nothing_collected() -> Iterator[None]:
    """Look for no garbage inside of it: what a start loads is none, and looking costs a quarter of the start."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def import_libraries() -> None:
    """Load the libraries with such sides, before anybody else does: 25 MB less in each process."""
    with without("rich", "pygments"):  # coloured tracebacks; logs are JSON
        import structlog  # noqa: F401
    with (
        without("requests", "websocket", "aiohttp"),  # Socket.IO's client; the shop is the server
        without("cryptography"),  # certificates that Redis staples (OCSP)
        late("redis.asyncio"),  # nobody awaits Redis
        unused("redis.asyncio.observability.recorder", "flask_socketio.test_client"),
    ):
        import flask_socketio  # noqa: F401
    with (
        without("PIL"),  # Flask-AppBuilder's own pictures; the shop has app.media
        without("cryptography"),  # tokens signed by a pair of keys; ours have one (HS256)
        late("limits.aio", "jsonschema", "yaml"),  # checks and describes Flask-AppBuilder's own REST
        unused("sqlalchemy_utils.types.uuid", "sqlalchemy.dialects.mssql", "sqlalchemy.dialects.mysql"),
        unused("flask_login.test_client"),
    ):
        import flask_appbuilder  # noqa: F401
