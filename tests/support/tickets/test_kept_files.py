"""Files of a form that came back with an error: kept, listed, removed, taken once, forgotten; limits hold all the while."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.core.errors import Unavailable
from app.support.tickets import files, jobs, operations, queries
from app.support.tickets.files import Sent
from app.support.tickets.models import KeptFile, Ticket, TicketFile
from app.support.tickets.operations import keeping
from tests.support import making
from tests.support.making import PDF, PNG
from tests.support.tickets.test_pages import GOOD, form_of, hidden

Files = list[tuple[BytesIO, str]]


@pytest.fixture
def own(client: Any, session_maker: Callable[[], Session]) -> Iterator[Session]:
    with session_maker() as session:
        yield session


def chosen(*names: str) -> Files:
    """PDF files of these names, as a browser sends them."""
    return [(BytesIO(PDF), name) for name in names]


def send(client: Any, page: Any, **more: Any) -> Any:
    """Send the form as the page has it; `body` empty is what brings it back."""
    return client.post("/contact", data={**GOOD, **form_of(page), "kept": hidden(page, "kept"), **more})


def names(page: Any) -> list[str]:
    """The files that a page says it keeps."""
    return [name.strip() for name in re.findall(r'class="kept-name">([^<]+)<', page.text)]


def kept(own: Session) -> int:
    own.rollback()
    return own.scalar(select(func.count()).select_from(KeptFile)) or 0


def sent_files(own: Session) -> list[str]:
    own.rollback()
    return list(own.scalars(select(TicketFile.filename).order_by(TicketFile.id)))


def test_what_was_chosen_survives_and_is_sent_once(client: Any, own: Session) -> None:
    back = send(
        client, client.get("/contact"), body="", files=[*chosen("bill.pdf"), (BytesIO(PNG), "lamp.png")]
    )
    assert back.status_code == 422 and names(back) == ["bill.pdf", "lamp.png"] and kept(own) == 2
    again = send(client, back, body="", files=chosen("more.pdf"))
    assert names(again) == ["bill.pdf", "lamp.png", "more.pdf"]
    drop = re.search(r'name="drop" value="([^"]+)"', again.text)
    assert drop is not None
    done = send(client, again, drop=drop[1], files=chosen("last.pdf"))
    assert done.status_code in (302, 303), done.text
    assert sent_files(own) == ["lamp.png", "more.pdf", "last.pdf"] and kept(own) == 0
    old = send(client, client.get("/contact"), kept=hidden(again, "kept"))
    assert old.status_code == 422 and "choose them again" in old.text, "nobody believes that files were sent"
    assert own.query(Ticket).count() == 1


def test_removing_alone_brings_the_form_back_without_it(client: Any, own: Session) -> None:
    back = send(client, client.get("/contact"), body="", files=chosen("a.pdf", "b.pdf"))
    drop = re.findall(r'name="drop" value="([^"]+)"', back.text)
    assert names(send(client, back, body="", drop=drop)) == [] and kept(own) == 0


def test_what_may_not_be_sent_is_not_kept(client: Any, own: Session) -> None:
    back = send(client, client.get("/contact"), files=[*chosen("good.pdf"), (BytesIO(b"MZ"), "evil.exe")])
    assert back.status_code == 422 and names(back) == ["good.pdf"] and "evil" in back.text
    many = send(client, back, body="", files=chosen("1.pdf", "2.pdf", "3.pdf", "4.pdf", "5.pdf"))
    assert len(names(many)) == 5 and "At most 5 files." in many.text
    over = send(client, many, files=chosen("6.pdf"))
    assert over.status_code == 422 and kept(own) == 5 and own.query(Ticket).count() == 0


@pytest.mark.parametrize("token", ["x", "\x00", "e30.e30.e30", "x" * 5000])
def test_a_forged_way_to_files_opens_nothing(client: Any, own: Session, token: str) -> None:
    send(client, client.get("/contact"), body="", files=chosen("theirs.pdf"))
    page = send(client, client.get("/contact"), kept=token)
    assert page.status_code == 422 and names(page) == [] and sent_files(own) == []
    odd = send(client, send(client, client.get("/contact"), body="", files=chosen("a.pdf")), drop="no-uuid")
    assert odd.status_code == 422


def test_an_answer_to_a_ticket_keeps_its_files_too(client: Any, own: Session) -> None:
    made = making.ticket(own)
    own.commit()
    path = f"/support/{made.token}"
    form = {"csrf_token": hidden(client.get(path), "csrf_token"), "body": "", "files": chosen("bill.pdf")}
    back = client.post(path, data=form)
    assert back.status_code == 422 and names(back) == ["bill.pdf"]
    form = {"csrf_token": hidden(back, "csrf_token"), "kept": hidden(back, "kept"), "body": "See the bill."}
    assert client.post(path, data=form).status_code in (302, 303)
    assert sent_files(own) == ["bill.pdf"] and kept(own) == 0


def test_two_hours_and_no_longer(session: Session) -> None:
    assert operations.keep_files(session, draft="d" * 32, sent=[Sent("a.pdf", PDF)]) is None
    assert jobs.promises(None)["files"] == 0
    session.execute(update(KeptFile).values(created_at=KeptFile.created_at - timedelta(hours=3)))
    session.commit()
    assert [jobs.promises(None)["files"] for _time in range(2)] == [1, 0]
    assert queries.kept_files(session, "d" * 32) == [] and operations.take_kept(session, draft="") == []


def test_there_is_room_for_so_much_of_all(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_BYTES", len(PDF) + 10)
    refusal = operations.keep_files(session, draft="d" * 32, sent=[Sent("a.pdf", PDF), Sent("b.pdf", PDF)])
    assert refusal is not None and refusal.code == "files_not_kept"
    assert [row.filename for row in queries.kept_files(session, "d" * 32)] == ["a.pdf"]


def test_kept_files_are_scanned(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def scanner(file: files.Checked) -> files.Checked:
        looked.append(file.filename)
        if file.filename == "silent.pdf":
            raise Unavailable()
        return files.replace(file, state="infected", finding="Eicar")

    monkeypatch.setattr(files, "scanned", scanner)
    operations.keep_files(session, draft="d" * 32, sent=[Sent("bad.pdf", PDF)])
    made = making.ticket(session, files=operations.take_kept(session, draft="d" * 32))
    (held,) = queries.by_id(session, made.id).messages[0].files
    assert (held.state, looked) == ("infected", ["bad.pdf"]), "what was scanned is not scanned again"
    with pytest.raises(Unavailable):
        operations.keep_files(session, draft="d" * 32, sent=[Sent("silent.pdf", PDF)])
    session.rollback()
    assert session.query(KeptFile).count() == 0
