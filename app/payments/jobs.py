"""What payments do by themselves."""

from __future__ import annotations

from typing import Any

from flask import current_app

from app.core.db import session_maker
from app.payments import operations


def reconcile(progress: Any) -> dict[str, int]:
    """Ask providers what became of open charges, send refunds nobody sent, place parked notices."""
    return operations.reconcile(session_maker(current_app))
