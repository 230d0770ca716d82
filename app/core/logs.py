"""Structured logs: one JSON object a line, with the request's id; secrets and personal data masked."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET = re.compile(r"(pass(word|wd)?|secret|token|authorization|cookie|card|cvc|iban)", re.IGNORECASE)
_EMAIL = re.compile(r"([\w.+-])[\w.+-]*@([\w-]+\.[\w.-]+)")
_PAN = re.compile(r"\b(?:\d[ -]?){13,19}\b")


def mask(text: str) -> str:
    """Hide e-mail addresses (but their first letter and domain) and card-like numbers."""
    return _PAN.sub("[number]", _EMAIL.sub(r"\1***@\2", text))


def _masking(_: Any, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in entry.items():
        if _SECRET.search(key):
            entry[key] = "[masked]"
        elif isinstance(value, str):
            entry[key] = mask(value)
    return entry


def configure(level: str = "INFO") -> None:
    """Send our own and other libraries' logs to standard error as JSON lines."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _masking,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in (
        "flask_appbuilder",
        "rq.worker",
        "engineio",
        "socketio",
        "werkzeug",
        "PIL",
        "alembic",
    ):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
