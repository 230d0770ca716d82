"""Takes tables into screens as somebody of the shop would: upload, columns, check, take, report."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import jobs
from app.core.admin.imports.models import TableImport, WrongRow

BASE = "/admin/tableimport"


class Taker:
    """A browser at the imports, and the worker behind it."""

    def __init__(self, app: Any, browser: Any, maker: Any):
        self.app, self.browser, self.maker = app, browser, maker

    def upload(self, entity: str, data: str | bytes, name: str = "table.csv") -> int:
        """Send a file that has to be accepted; the import's number."""
        answer = self.send(entity, data, name)
        assert answer.status_code == 302, said(answer)
        return int(answer.headers["Location"].rsplit("/", 1)[1])

    def send(self, entity: str, data: str | bytes, name: str = "table.csv") -> Any:
        """Send a file; whatever is answered."""
        raw = data.encode() if isinstance(data, str) else data
        return self.browser.post(f"{BASE}/new/{entity}", data={"file": (io.BytesIO(raw), name)})

    def check(self, pk: int, **fields: Any) -> TableImport:
        """Say what the columns mean (as guessed unless told) and let the worker check."""
        item = self.item(pk)
        form = {f"column.{name}": str(at) for name, at in item.mapping.items()} | fields
        answer = self.browser.post(f"{BASE}/columns/{pk}", data=form)
        assert answer.status_code == 302, said(answer)
        return self.work(pk)

    def take(self, pk: int) -> TableImport:
        """Take what was checked."""
        assert self.browser.post(f"{BASE}/take/{pk}").status_code == 302
        return self.work(pk)

    def work(self, pk: int) -> TableImport:
        """Let the worker do what is queued."""
        with self.app.app_context():
            jobs.run(self.maker, self.item(pk).job_id)
        return self.item(pk)

    def whole(self, entity: str, data: str | bytes, name: str = "table.csv", **fields: Any) -> TableImport:
        """Upload, check and take; the check must have told what the taking did."""
        pk = self.upload(entity, data, name)
        told = counts(self.check(pk, **fields))
        done = self.take(pk)
        assert (done.state, counts(done)) == ("taken", told), (wrong_of(self, pk), done.problem)
        return done

    def item(self, pk: int) -> TableImport:
        """The import as it is now."""
        with self.maker() as session:
            return session.get_one(TableImport, pk)

    def wrong(self, pk: int) -> list[tuple[int, str, str]]:
        """The wrong rows: line, field, sentence."""
        return wrong_of(self, pk)

    def exported(self, address: str, kind: str = "csv") -> bytes:
        """What a list exports."""
        answer = self.browser.get(f"{address}/export.{kind}")
        assert answer.status_code == 200
        return bytes(answer.data)


def wrong_of(taker: Taker, pk: int) -> list[tuple[int, str, str]]:
    """The wrong rows of an import."""
    with taker.maker() as session:
        rows = session.scalars(select(WrongRow).where(WrongRow.import_id == pk).order_by(WrongRow.line))
        return [(row.line, p["field"], p["message"]) for row in rows for p in row.problems]


def counts(item: TableImport) -> tuple[int, int, int, int]:
    """New, changed, the same, wrong."""
    return item.created, item.updated, item.same, item.wrong


def said(answer: Any) -> str:
    """The words of a page."""
    body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", answer.text, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())[:3000]


def rows_of(data: bytes) -> list[list[str]]:
    """A CSV as rows."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def session_maker_of(engine: Any) -> Any:
    """Sessions for the worker."""
    return lambda: Session(engine, expire_on_commit=False)
