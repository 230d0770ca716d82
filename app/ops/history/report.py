"""What became of a file: every line counted once, what each month adds up to, and the lines that were not taken."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.catalog.importing.formats.generic import safe
from app.ops.history.lines import BadLine, Kind, Line

ZERO = Decimal(0)
MOST_BAD = 100_000
PARTS = ("sales", "cancellations", "other")


@dataclass
class Report:
    """`rows_read = created + updated + unchanged + bad`, by lines. Amounts are in pounds.

    `kinds` tells what the good lines are. `duplicates` are lines that stand in their invoice more than once, word for
    word: they count, as they do in the published sums. `shop` in a month is what the shop's own tables add up to.
    """

    rows_read: int = 0
    created: int = 0
    unchanged: int = 0
    bad: int = 0
    duplicates: int = 0
    orders: int = 0
    carried_forward: int = 0
    refunds: int = 0
    movements: int = 0
    products: int = 0
    customers: int = 0
    dry_run: bool = False
    seconds: float = 0
    bad_rows_file: str | None = None
    kinds: Counter[str] = field(default_factory=Counter)
    months: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    _bad: list[BadLine] = field(default_factory=list)

    def note_bad(self, line: BadLine) -> None:
        """A line that is not taken."""
        self.bad += 1
        if len(self._bad) < MOST_BAD:
            self._bad.append(line)

    def note_invoice(self, lines: Sequence[Line], *, is_known: bool) -> None:
        """Count the lines of an invoice that is in the shop now."""
        self.created += 0 if is_known else len(lines)
        self.unchanged += len(lines) if is_known else 0
        if len(lines) > 1:
            seen = {(x.code, x.text, x.quantity, x.price, x.at, x.customer, x.country) for x in lines}
            self.duplicates += len(lines) - len(seen)
        for line in lines:
            self.kinds[line.kind.value] += 1
            month = self.months.setdefault(line.month, dict.fromkeys(PARTS, ZERO))
            month[_part(line)] += line.amount

    def as_dict(self) -> dict[str, Any]:
        """For JSON; amounts as text, so that no cent is lost."""
        names = (
            "rows_read", "created", "unchanged", "bad", "bad_rows_file", "duplicates", "orders", "carried_forward",
            "refunds", "movements", "products", "customers", "dry_run", "seconds",
        )  # fmt: skip
        said: dict[str, Any] = {name: getattr(self, name) for name in names}
        return {"updated": 0, **said, "kinds": dict(sorted(self.kinds.items())), "months": self._months()}

    def _months(self) -> dict[str, dict[str, str]]:
        return {
            month: {name: str(amount) for name, amount in parts.items()}
            | {"total": str(sum((parts[name] for name in PARTS), ZERO))}
            for month, parts in sorted(self.months.items())
        }

    def write_bad(self, path: Path) -> None:
        """Write the lines that were not taken beside the file of reports."""
        if not self._bad:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["line", "invoice", "field", "reason"])
            for bad in sorted(self._bad, key=lambda bad: bad.number):
                writer.writerow([bad.number, *map(safe, (bad.invoice, bad.field, bad.reason))])
        self.bad_rows_file = str(path)


def _part(line: Line) -> str:
    if line.kind is Kind.BAD_DEBT:
        return "other"
    return "cancellations" if line.kind is Kind.CANCELLATION else "sales"
