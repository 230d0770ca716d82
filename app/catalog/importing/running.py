"""Runs an import: batch by batch, each in a transaction of its own; the same file again changes nothing."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog import operations
from app.catalog.importing import images, links
from app.catalog.importing.building import Builder, Options
from app.catalog.importing.errors import UnknownFormat
from app.catalog.importing.exporting import unchanged_keys
from app.catalog.importing.formats import READERS
from app.catalog.importing.formats.generic import safe
from app.catalog.importing.records import Bad, Record
from app.catalog.models import Product, Variant
from app.catalog.operations.bulk import BulkResult, errors_of
from app.core.actor import Actor
from app.core.admin.imports.files import unreadable
from app.core.errors import ShopError
from app.core.i18n import _l
from app.core.unit_of_work import unit_of_work

BATCH = 300
MOST_BAD = 100_000


class _Undo(Exception):
    """Leaves a dry run's transaction without keeping anything."""


@dataclass(slots=True)
class Summary:
    """What became of a file. `drafts` were made but cannot be shown yet; the report says why.

    `links` are products that stand beside other ones than before.
    """

    rows_read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    bad: int = 0
    bad_rows_file: str | None = None
    drafts: int = 0
    images: int = 0
    links: int = 0
    dry_run: bool = False
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


@dataclass
class Import:
    """One file on its way into the catalogue."""

    session: Session
    path: Path
    format: str
    actor: Actor
    options: Options = field(default_factory=Options)
    dry_run: bool = False
    report: Callable[[int], None] | None = None
    bad_file: Path | None = None
    summary: Summary = field(default_factory=Summary)
    _bad: list[Bad] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _same: set[str] = field(default_factory=set)
    _refused: set[str] = field(default_factory=set)
    _skus: set[str] = field(default_factory=set)
    _links: list[links.Wanted] = field(default_factory=list)

    def run(self) -> Summary:
        """Take the whole file.

        Raises:
            UnknownFormat, UnreadableFile: before or while reading; batches already taken stay.
        """
        started = time.monotonic()
        reader = READERS.get(self.format)
        if reader is None:
            raise UnknownFormat()
        self.summary.dry_run = self.dry_run
        try:
            records = self._good(reader(self.path))
            while batch := list(islice(records, BATCH)):
                self._take(batch)
                if self.report is not None:
                    self.report(self.summary.rows_read)
            if not self.summary.rows_read:
                raise unreadable(_l("there are no products in it."))
            self._settle_links()
            if self.options.with_images and not self.dry_run:
                self.summary.images = images.fetch(self.session, self.format, self.actor)
        finally:
            self._write_report()
            self.summary.seconds = round(time.monotonic() - started, 1)
        return self.summary

    def _good(self, found: Iterator[Record | Bad]) -> Iterator[Record]:
        for record in found:
            self.summary.rows_read += 1
            if isinstance(record, Bad):
                self._note(record)
            elif record.key in self._seen:
                reason = _l("This product stands in the file twice; only the first one was taken.")
                self._note(Bad(record.line, "", str(reason), record.key))
            else:
                self._seen.add(record.key)
                if self.dry_run:
                    self._skus.update(variant.sku for variant in record.variants)
                if said := links.wanted(record):
                    self._links.append(said)
                yield record

    def _settle_links(self) -> None:
        """Say what stands beside the products: now those that come further down in the file are there too."""
        taken = [row for row in self._links if row.key not in self._refused]
        if self.dry_run:
            self._bad += links.unknown(self.session, taken, self._skus)
            return
        changed = links.settle(self.session, taken, self.actor, self._bad.append)
        held, same = self.summary, self._same.intersection(changed)
        held.links = len(changed)
        held.unchanged, held.updated = held.unchanged - len(same), held.updated + len(same)

    def _note(self, bad: Bad) -> None:
        self.summary.bad += 1
        self._refused.add(bad.key)
        if len(self._bad) < MOST_BAD:
            self._bad.append(bad)

    def _take(self, batch: Sequence[Record]) -> None:
        held = self.summary
        before = (held.created, held.updated, held.unchanged, held.bad, held.drafts)
        noted = len(self._bad)
        try:
            with unit_of_work(self.session):
                self._write(batch)
                if self.dry_run:
                    raise _Undo
        except _Undo:
            self.session.expunge_all()
        except ShopError:
            # What one record refers to cannot be made: find out whose, one by one.
            held.created, held.updated, held.unchanged, held.bad, held.drafts = before
            del self._bad[noted:]
            if len(batch) == 1:
                raise
            self._take_singly(batch)

    def _take_singly(self, batch: Sequence[Record]) -> None:
        for record in batch:
            try:
                self._take([record])
            except ShopError as refusal:
                for name, problem in errors_of(refusal).items():
                    self._note(Bad(record.line, name, str(problem), record.key))
                    break

    def _write(self, batch: Sequence[Record]) -> None:
        same = unchanged_keys(self.session, batch) if self.format == "generic" else set()
        self.summary.unchanged += len(same)
        self._same |= same
        wanted = [record for record in batch if record.key not in same]
        if not wanted:
            return
        builder = Builder(self.session, self.actor, self.options)
        builder.prepare(wanted)
        sellers = self._sellers(wanted)
        taken, incoming = [], []
        for record in wanted:
            try:
                seller = next((sellers[v.sku] for v in record.variants if v.sku in sellers), None)
                incoming.append(builder.incoming(record, seller))
                taken.append(record)
            except ShopError as refusal:
                name, problem = next(iter(errors_of(refusal).items()))
                self._note(Bad(record.line, name, str(problem), record.key))
        results = operations.upsert_products_bulk(self.session, self.format, incoming, self.actor)
        for record, result in zip(taken, results, strict=True):
            self._count(record, result)
        images.remember(self.session, self.format, zip(taken, results, strict=True))

    def _sellers(self, records: Sequence[Record]) -> dict[str, int]:
        skus = [v.sku for record in records for v in record.variants if v.sku and "\x00" not in v.sku]
        query = select(Variant.sku, Product.seller_id).join(Product, Product.id == Variant.product_id)
        rows = self.session.execute(query.where(Variant.sku.in_(skus), Product.seller_id.is_not(None)))
        return {row.sku: row.seller_id for row in rows}

    def _count(self, record: Record, result: BulkResult) -> None:
        if result.outcome == "refused":
            name, problem = next(iter(result.errors.items()), ("", _l("This is not possible.")))
            self._note(Bad(self._line(record, name), name, str(problem), record.key))
            return
        counted = {"created": "created", "updated": "updated", "unchanged": "unchanged"}[result.outcome]
        setattr(self.summary, counted, getattr(self.summary, counted) + 1)
        if result.errors:
            self.summary.drafts += 1
            name, problem = next(iter(result.errors.items()))
            reason = str(_l("Taken, but not shown yet: %(reason)s"))
            self._bad.append(Bad(record.line, name, reason % {"reason": problem}, record.key))

    def _line(self, record: Record, name: str) -> int:
        """The line of the variant a field speaks of, else that of the product."""
        parts = name.split(".")
        if (
            len(parts) > 1
            and parts[0] == "variants"
            and parts[1].isdigit()
            and int(parts[1]) < len(record.variants)
        ):
            return record.variants[int(parts[1])].line or record.line
        return record.line

    def _write_report(self) -> None:
        if not self._bad or self.bad_file is None:
            return
        self.bad_file.parent.mkdir(parents=True, exist_ok=True)
        with self.bad_file.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["line", "product", "field", "reason"])
            for bad in self._bad:
                writer.writerow([bad.line, *map(safe, (bad.key, bad.field, bad.reason))])
        self.summary.bad_rows_file = str(self.bad_file)
