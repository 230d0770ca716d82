"""The ways the search can refuse. Queries are never refused: what makes no sense finds nothing."""

from __future__ import annotations

from app.core.errors import Invalid
from app.core.i18n import _l


class UnreadableJudgements(Invalid):
    """The file of judgements has no column for query, product and rating."""

    code = "unreadable_judgements"
    message = _l("Line %(line)s of the judgements cannot be read: query, product, rating.")
