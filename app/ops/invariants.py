"""The shop's promises about itself, checked over the whole database."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.core.feature import collected


def check_all(session: Session) -> list[tuple[str, list[str]]]:
    """Every declared invariant with the sentences about its violations (none: it holds)."""
    results = []
    for feature in collected():
        for check in feature.checks:
            results.append((f"{feature.name}: {check.name}", check.find(session)))
    return results
