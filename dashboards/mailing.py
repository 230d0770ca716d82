"""Mailings: which are due, and what each recipient gets. Nothing leaves twice: each mail is named by its moment.

The cron's job moves a due mailing on to its next moment and asks for its sending in one unit of work; the sending may
run again. A board travels as figures in the mail and as PDF with its charts; a report as its file, or by a link where
it is too large for mail.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import format_date, get_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.analytics import queries as figures
from app.core import jobs, settings
from app.core.admin.ownership import EXEMPT_ROLES
from app.core.clock import utcnow
from app.core.db import db
from app.core.i18n import speak
from app.core.jobs import Progress
from app.core.unit_of_work import unit_of_work
from app.identity.models import User
from app.identity.queries import role_names
from app.notifications.attachments import File
from app.notifications.operations import send_mail
from app.storefront.settings import ShopSettings
from dashboards import boards, reports, rules
from dashboards.asked import Asked
from dashboards.drawing import Drawn
from dashboards.models import Mailing
from dashboards.operations import sees_board
from dashboards.pages import Kind
from dashboards.periods import PRESETS, Comparison
from dashboards.waiting import WHOLE
from dashboards.wording import days_text

SEND = "dashboards.send_mailing"
MOST_ROWS = 5
"""Rows of a chart that stand in the mail itself; its PDF has more."""
HEAVIEST = 10 * 1024 * 1024
"""Bytes that still travel by mail; beyond, the mail says where the report is made."""
READERS = frozenset({"Admin", "Manager", "Seller"})
"""Roles that get reports, as on their screen."""
PERSONAL = frozenset({"orders", "customers"})
"""Reports that name people: not for whoever sees only own goods."""


def start_due(_progress: Progress) -> dict[str, Any]:
    """Job: ask for the sending of every mailing that is due, and move each on. Twice in a row asks once."""
    session, now, started = db.session, utcnow(), 0
    zone = figures.timezone(session)
    with unit_of_work(session):
        due = select(Mailing).where(Mailing.is_active, Mailing.next_at <= now).order_by(Mailing.id)
        for mailing in session.scalars(due.limit(200).with_for_update(skip_locked=True)):
            jobs.start(session, SEND, mailing_id=mailing.id, moment=mailing.next_at.isoformat())
            mailing.next_at = rules.next_moment(now, mailing.rhythm, mailing.day, mailing.hour, zone)
            started += 1
    return {"started": started}


def send(progress: Progress, *, mailing_id: int, moment: str) -> dict[str, Any]:
    """Job: mail a board or a report to each recipient who may see it. Run again, nobody gets it twice."""
    session = db.session
    mailing = session.get(Mailing, mailing_id)
    if mailing is None:
        return {"sent": 0}
    sent = 0
    for place, user_id in enumerate(mailing.recipients):
        progress.step(place, len(mailing.recipients))
        user = session.get(User, user_id)
        if user is None or not user.active or not _may_read(session, mailing, user):
            continue
        sent += _send_to(session, mailing, user, moment)
    with unit_of_work(session):
        held = session.get(Mailing, mailing_id, with_for_update=True)
        if held is not None and sent:
            held.sent_at = utcnow()
    return {"sent": sent}


def _may_read(session: Session, mailing: Mailing, user: User) -> bool:
    names = role_names(session, user.id)
    if mailing.board_id is not None:
        return sees_board(session, mailing.board_id, user.id)
    return bool(names & READERS) and not (mailing.report in PERSONAL and not names & EXEMPT_ROLES)


def _seller(session: Session, user: User) -> str:
    return "" if role_names(session, user.id) & EXEMPT_ROLES else str(user.id)


def _send_to(session: Session, mailing: Mailing, user: User, moment: str) -> int:
    language = getattr(user, "language", "") or "en"
    with speak(language):
        make = _board_mail if mailing.board_id is not None else _report_mail
        values, files = make(session, mailing, user, language, datetime.fromisoformat(moment))
        found = send_mail(
            session, to=user.email, template="dashboard", language=language, values=values, attachments=files,
            dedupe_key=f"dashboards.mailing:{mailing.id}:{moment}:{user.id}",
        )  # fmt: skip
    return int(found is not None)


def _board_mail(
    session: Session, mailing: Mailing, user: User, language: str, moment: datetime
) -> tuple[dict[str, Any], list[File]]:
    from dashboards import paper  # reportlab: the worker carries it, a web worker need not

    board = mailing.board
    assert board is not None
    today = moment.astimezone(figures.timezone(session)).date()
    days = PRESETS[mailing.period][1](today)
    asked = Asked(
        days, mailing.period, Comparison(board.comparison), mailing.currency or board.currency or None,
        seller=_seller(session, user), language=language,
    )  # fmt: skip
    cards = boards.cards(session, board, asked, {WHOLE: "1"})
    words = days_text(days)
    narrowed = [
        " ".join((_("Only"), said)) for said in boards.only(session, [board.filters], language) if said
    ]
    zone = _("Days in the time zone %(zone)s", zone=figures.timezone(session).key)
    frame = paper.Frame(
        language, settings.get(session, ShopSettings).name, board.title, (words, *narrowed, zone),
        _("Page %(page)s of %(pages)s", page="{page}", pages="{pages}"), _("As of %(moment)s", moment=_moment(cards)),
    )  # fmt: skip
    name = f"board-{board.id}-{days.start:%Y%m%d}-{days.end:%Y%m%d}.pdf"
    values = {
        "title": board.title, "days": words, "only": "".join(narrowed),
        "url": f"{current_app.config['SITE_URL']}/admin/board/show/{board.id}",
        "figures": [(card.title, card.total or card.message, card.change.text if card.change else "", card.remark) for card in cards if card.is_tile],
        "charts": [(card.title, card.remark, _first_rows(card), card.message) for card in cards if not card.is_tile],
        "note": "",
    }  # fmt: skip
    return values, [File(name, "application/pdf", paper.board(frame, cards))]


def _first_rows(card: Drawn) -> list[tuple[str, str]]:
    """What a mail tells of a chart: the first rows, along time the last ones; nothing where a sentence says why."""
    if card.state != "ok":
        return []
    rows = card.rows[-MOST_ROWS:] if card.kind is Kind.LINE else card.rows[:MOST_ROWS]
    return [(row.label, row.texts[0]) for row in rows]


def _moment(cards: list[Drawn]) -> str:
    known = [card.as_of for card in cards if card.as_of is not None]
    return str(format_date(min(known), "medium")) if known and get_locale() else ""


def _report_mail(
    session: Session, mailing: Mailing, user: User, language: str, moment: datetime
) -> tuple[dict[str, Any], list[File]]:
    kind = str(mailing.report)
    days = PRESETS[mailing.period][1](moment.astimezone(figures.timezone(session)).date())
    parameters = {"start": days.start.isoformat(), "end": days.end.isoformat(), "currency": mailing.currency}
    seller = _seller(session, user)
    path = reports.folder() / f".mailing-{mailing.id}-{user.id}.part"
    try:
        reports.write(path, kind, mailing.format, language, parameters, int(seller) if seller else None)
        size = path.stat().st_size
        data = path.read_bytes() if size <= HEAVIEST else b""
    finally:
        path.unlink(missing_ok=True)
    words = days_text(days)
    note = (
        "" if data else _("The file is too large for a mail. Ask for it in the back office, under Reports.")
    )
    values: dict[str, Any] = {
        "title": str(reports.TITLES[kind]), "days": words, "only": "",
        "url": f"{current_app.config['SITE_URL']}/admin/report/list/",
        "figures": [], "charts": [], "note": note,
    }  # fmt: skip
    name = f"{kind}-{days.start:%Y%m%d}-{days.end:%Y%m%d}.{mailing.format}"
    return values, [File(name, reports.MIMETYPES[mailing.format], data)] if data else []
