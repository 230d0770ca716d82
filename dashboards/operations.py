"""The verbs of boards, mailings and reports. Whoever calls has checked the screen's right; ownership is checked here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.analytics import queries as figures
from app.analytics.errors import UnknownMetric
from app.core import audit, jobs, locks, records
from app.core.actor import Actor
from app.core.admin.ownership import EXEMPT_ROLES
from app.core.clock import utcnow
from app.core.errors import Conflict, Forbidden, InvalidFields, NotFound
from app.core.i18n import _l
from app.core.unit_of_work import unit_of_work
from app.identity.models import User
from app.identity.queries import role_names
from app.regions import queries as regions
from dashboards import rules
from dashboards.models import Board, BoardTile, Mailing, Report
from dashboards.periods import COMPARISONS, EARLIEST, LATEST, LONGEST_DAYS, OWN, PRESETS

MAKE = "dashboards.make_report"
SUPPORT = "Support"
SHARED_WITH = ("Admin", "Manager", "Seller", SUPPORT)
Errors = dict[str, Any]
R = TypeVar("R", Board, BoardTile, Mailing)
_BOARD: dict[str, Any] = {
    "title": "", "roles": [], "period": "30_days", "comparison": "previous", "currency": "", "filters": {},
}  # fmt: skip
_TILE: dict[str, Any] = {
    "metric": "", "dimension": "", "chart": "number", "title": "", "filters": {}, "row_limit": 10, "span": 1, "position": None,
}  # fmt: skip
_MAILING: dict[str, Any] = {
    "board_id": None, "report": None, "format": "pdf", "period": "30_days", "currency": "", "recipients": [], "rhythm": "week",
    "day": 0, "hour": 7, "is_active": True,
}  # fmt: skip
_NOT_ONE = _l("Choose one of the possible values.")


def save_board(session: Session, *, board_id: int | None = None, actor: Actor, **values: Any) -> Board:
    """Make a board, or change the one with `board_id`; only its owner and admins may.

    Raises:
        InvalidFields: naming each wrong field. Forbidden: it is somebody else's. NotFound: there is no such board.
    """

    def check(given: dict[str, Any], row: Board | None) -> Errors:
        errors = _title_errors(given, needed=True) | _view_errors(session, given)
        if not isinstance(given["roles"], list) or not set(given["roles"]) <= set(SHARED_WITH):
            errors["roles"] = _NOT_ONE
        elif _opens_too_much(session, set(given["roles"]) - set(row.roles if row is not None else ()), actor):
            errors["roles"] = _l(
                "Only managers share with Support, who would see the figures of the whole shop."
            )
        if given["comparison"] not in [value for value, _label in COMPARISONS]:
            errors["comparison"] = _NOT_ONE
        given["filters"] = rules.clean_filters(given["filters"])
        return errors

    return _save(session, Board, board_id, actor, _BOARD, values, check)


def remove_board(session: Session, *, board_id: int, actor: Actor) -> None:
    """Delete a board with its tiles and its mailings.

    Raises:
        Forbidden: it is somebody else's. NotFound: there is no such board.
    """
    _remove(session, Board, board_id, actor, _BOARD)


def save_tile(session: Session, *, tile_id: int | None = None, actor: Actor, **values: Any) -> BoardTile:
    """Put a figure on a board, or change one that is there. Without a position it comes last.

    Raises:
        InvalidFields: naming each wrong field. Forbidden: the board is somebody else's. Conflict: the board is full.
    """

    def check(given: dict[str, Any], row: BoardTile | None) -> Errors:
        errors = _title_errors(given, needed=False) | _figure_errors(given)
        if given["position"] is None:
            last = select(func.max(BoardTile.position)).where(BoardTile.board_id == board_id)
            given["position"] = (session.scalar(last) or 0) + 10
        for name, least, most in (("row_limit", 1, 50), ("span", 1, 2), ("position", -10_000, 10_000)):
            if not _is_whole(given[name], least, most):
                errors[name] = _l("A whole number from %(least)s to %(most)s.", least=least, most=most)
        count = select(func.count()).where(BoardTile.board_id == board_id)
        if row is None and (session.scalar(count) or 0) >= rules.MOST_TILES:
            raise Conflict(_l("A board holds at most %(most)s figures."), most=rules.MOST_TILES)
        return errors

    with unit_of_work(session):
        board_id = values.pop("board_id", None)
        if tile_id is not None:
            board_id = locks.row(session, BoardTile, tile_id).board_id
        board = session.get(Board, board_id, with_for_update=True) if isinstance(board_id, int) else None
        if board is None:
            raise InvalidFields({"board_id": _l("There is no such board.")})
        _own(session, board, actor)
        return _save(session, BoardTile, tile_id, actor, _TILE, values, check, board_id=board.id)


def remove_tile(session: Session, *, tile_id: int, actor: Actor) -> None:
    """Take a figure off a board.

    Raises:
        Forbidden: the board is somebody else's. NotFound: there is no such figure.
    """
    _remove(session, BoardTile, tile_id, actor, _TILE)


def move_tile(session: Session, *, tile_id: int, steps: int, actor: Actor) -> BoardTile:
    """Move a figure of a board by one place: -1 up, 1 down. At the end of the board it stays where it is.

    All positions of the board are written anew, ten apart, under a lock of the board.

    Raises:
        Forbidden: the board is somebody else's. NotFound: there is no such figure.
    """
    with unit_of_work(session):
        tile = session.get(BoardTile, tile_id)
        if tile is None:
            raise NotFound()
        locks.row(session, Board, tile.board_id)
        _own(session, tile, actor)
        order = (BoardTile.position, BoardTile.id)
        query = select(BoardTile).where(BoardTile.board_id == tile.board_id).order_by(*order)
        tiles = list(session.scalars(query.execution_options(populate_existing=True)))
        before = [one.id for one in tiles]
        place = before.index(tile.id)
        tiles.insert(min(max(place + steps, 0), len(tiles) - 1), tiles.pop(place))
        for number, one in enumerate(tiles, 1):
            if one.position != number * 10:
                one.position = number * 10
        session.flush()
        audit.record(
            session, actor=actor, action="dashboards_tile.move", entity="dashboards_board", entity_id=tile.board_id,
            before={"tiles": before}, after={"tiles": [one.id for one in tiles]},
        )  # fmt: skip
    return tile


def save_mailing(session: Session, *, mailing_id: int | None = None, actor: Actor, **values: Any) -> Mailing:
    """Have a board or a report mailed by itself to people of the shop, from the next moment of its rhythm on.

    `recipients` are e-mail addresses of staff accounts. What each of them may not see is not sent to them.

    Raises:
        InvalidFields: naming each wrong field. Forbidden: it is somebody else's. NotFound: there is no such mailing.
    """

    def check(given: dict[str, Any], _row: Mailing | None) -> Errors:
        errors = _view_errors(session, given) | _rhythm_errors(given)
        if (given["board_id"] is None) == (given["report"] is None):
            errors["board_id"] = _l("Choose a board or a report, one of them.")
        elif given["board_id"] is not None and not sees_board(session, given["board_id"], actor.user_id):
            errors["board_id"] = _l("There is no such board.")
        if given["report"] not in (None, *rules.REPORTS):
            errors["report"] = _NOT_ONE
        if given["format"] not in rules.FORMATS:
            errors["format"] = _NOT_ONE
        given["recipients"], problem = _recipients(session, given["recipients"])
        if problem:
            errors["recipients"] = problem
        if not errors:
            zone = figures.timezone(session)
            given["next_at"] = rules.next_moment(utcnow(), given["rhythm"], given["day"], given["hour"], zone)
        return errors

    return _save(session, Mailing, mailing_id, actor, _MAILING, values, check)


def remove_mailing(session: Session, *, mailing_id: int, actor: Actor) -> None:
    """Stop a mailing for good.

    Raises:
        Forbidden: it is somebody else's. NotFound: there is no such mailing.
    """
    _remove(session, Mailing, mailing_id, actor, _MAILING)


def ask_report(
    session: Session, *, kind: str, format: str, period: str = "30_days", start: date | None = None, end: date | None = None,
    currency: str = "", language: str = "en", seller_id: int | None = None, actor: Actor,
) -> Report:  # fmt: skip
    """Ask for a report; its job begins after the commit. Returns the report, whose file comes later.

    Raises:
        InvalidFields: naming each wrong field.
    """
    given = {"period": period, "currency": currency or ""}
    errors = _view_errors(session, given, own=True)
    if kind not in rules.REPORTS:
        errors["kind"] = _NOT_ONE
    if format not in rules.FORMATS:
        errors["format"] = _NOT_ONE
    if period == OWN:
        if start is None or end is None:
            errors["start" if start is None else "end"] = _l("Choose a date.")
        elif end < start:
            errors["end"] = _l("The end lies before the start.")
        elif not EARLIEST <= start <= LATEST:
            errors["start"] = _l("Choose a date from 2000 to 2099.")
        elif not EARLIEST <= end <= LATEST:
            errors["end"] = _l("Choose a date from 2000 to 2099.")
        elif (end - start).days >= LONGEST_DAYS:
            errors["end"] = _l("At most ten years at a time.")
    if actor.user_id is None:
        raise Forbidden()
    if errors:
        raise InvalidFields(errors)
    if period in PRESETS:
        days = PRESETS[period][1](figures.today(session))
        start, end = days.start, days.end
    assert start is not None and end is not None
    with unit_of_work(session):
        report = Report(
            kind=kind, format=format, language=language, owner_id=actor.user_id, seller_id=seller_id,
            parameters={"start": start.isoformat(), "end": end.isoformat(), "currency": currency or ""},
        )  # fmt: skip
        session.add(report)
        session.flush()
        report.job_id = jobs.start(session, MAKE, actor=actor, report_id=report.id)
        audit.record(
            session, actor=actor, action="dashboards_report.ask", entity="dashboards_report", entity_id=report.id,
            after={"kind": kind, "format": format, **report.parameters},
        )  # fmt: skip
    return report


def ask_again(session: Session, *, report_id: int, actor: Actor) -> Report:
    """Make the file of a report anew, with the figures of now: after a failure, a stop, or a week. Its days stay.

    A file that is there can be fetched until the new one takes its place. Asked twice, it is made once.

    Raises:
        Conflict: it is being made. Forbidden: it is somebody else's. NotFound: there is no such report.
    """
    with unit_of_work(session):
        report = locks.row(session, Report, report_id)
        _own(session, report, actor)
        job = session.get(jobs.JobRow, report.job_id) if report.job_id else None
        if job is not None and job.state in ("queued", "running"):
            raise Conflict(_l("This report is being made already."))
        if not report.stored:
            report.made_at = report.rows = report.size = None
        report.job_id = jobs.start(session, MAKE, actor=actor, report_id=report.id)
        session.flush()
        session.expire(report, ["job"])
        audit.record(
            session, actor=actor, action="dashboards_report.again", entity="dashboards_report", entity_id=report.id,
            after={"kind": report.kind, "format": report.format, **report.parameters},
        )  # fmt: skip
    return report


def sees_board(session: Session, board_id: Any, user_id: int | None) -> bool:
    """Whether a person may look at a board: it is theirs, shared with a role of theirs, or they are an admin."""
    board = session.get(Board, board_id) if isinstance(board_id, int) else None
    if board is None or user_id is None:
        return False
    names = role_names(session, user_id)
    return board.owner_id == user_id or "Admin" in names or bool(names & set(board.roles))


def _opens_too_much(session: Session, roles: set[str], actor: Actor) -> bool:
    """True where somebody who sees only own goods would show everybody's to a role that has no dashboards."""
    return (
        SUPPORT in roles
        and actor.user_id is not None
        and not role_names(session, actor.user_id) & EXEMPT_ROLES
    )


# --- checks --------------------------------------------------------------------------------------


def _title_errors(given: Mapping[str, Any], *, needed: bool) -> Errors:
    title = given["title"]
    if not isinstance(title, str) or len(title) > rules.LONGEST_TITLE:
        return {"title": _l("At most %(most)s characters.", most=rules.LONGEST_TITLE)}
    return {"title": _l("Please fill in this field.")} if needed and not title.strip() else {}


def _view_errors(session: Session, given: Mapping[str, Any], *, own: bool = False) -> Errors:
    errors: Errors = {}
    if given["period"] not in PRESETS and not (own and given["period"] == OWN):
        errors["period"] = _NOT_ONE
    if given["currency"] not in ("", *regions.enabled_currencies(session)):
        errors["currency"] = _NOT_ONE
    return errors


def _figure_errors(given: dict[str, Any]) -> Errors:
    try:
        metric = figures.metric(str(given["metric"]))
    except UnknownMetric:
        return {"metric": _NOT_ONE}
    dimension, errors = given["dimension"], dict[str, Any]()
    if dimension and dimension not in metric.dimensions:
        errors["dimension"] = _l("This figure cannot be split by that.")
    elif given["chart"] not in rules.charts_for(metric, dimension):
        errors["chart"] = (
            _l("A chart needs something to split by; a single number has nothing.") if not dimension or given["chart"] == "number"
            else _l("This kind of chart does not suit what it is split by.")
        )  # fmt: skip
    wanted = given["filters"] if isinstance(given["filters"], Mapping) else {}
    if unknown := sorted(set(wanted) - metric.dimensions):
        errors["filters"] = _l(
            "This figure cannot be narrowed by: %(names)s.", names=", ".join(unknown)[:100]
        )
    given["filters"] = rules.clean_filters(wanted, metric)
    return errors


def _rhythm_errors(given: Mapping[str, Any]) -> Errors:
    errors: Errors = {}
    if given["rhythm"] not in rules.RHYTHMS:
        errors["rhythm"] = _NOT_ONE
    elif given["rhythm"] == "week" and not _is_whole(given["day"], 0, 6):
        errors["day"] = _l("For a weekly mail: 0 is Monday, 6 is Sunday.")
    elif given["rhythm"] == "month" and not _is_whole(given["day"], 1, 28):
        errors["day"] = _l("For a monthly mail: a day from 1 to 28.")
    if not _is_whole(given["hour"], 0, 23):
        errors["hour"] = _l("A whole number from %(least)s to %(most)s.", least=0, most=23)
    return errors


def _recipients(session: Session, wanted: Any) -> tuple[list[int], Any]:
    """Accounts of staff by their addresses; the second value says what is wrong."""
    if not isinstance(wanted, list | tuple) or not wanted:
        return [], _l("Please name at least one person.")
    if len(wanted) > rules.MOST_RECIPIENTS:
        return [], _l("At most %(most)s people.", most=rules.MOST_RECIPIENTS)
    known: dict[str, int] = {}
    addresses = [str(one).strip().lower() for one in wanted if isinstance(one, str)]
    kept = [one for one in wanted if isinstance(one, int)]
    for user in session.scalars(
        select(User).where(func.lower(User.email).in_(addresses), User.active.is_(True))
    ):
        if role_names(session, user.id) & set(SHARED_WITH):
            known[user.email.lower()] = user.id
    missing = [one for one in addresses if one not in known]
    if missing:
        return [], _l("Nobody of the shop has this address: %(names)s.", names=", ".join(missing)[:200])
    return list(dict.fromkeys([*kept, *(known[one] for one in addresses)])), None


def _is_whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


# --- writing -------------------------------------------------------------------------------------


def _own(session: Session, row: Board | BoardTile | Mailing | Report, actor: Actor) -> None:
    """Refuse whoever is neither the owner nor an admin."""
    owner = row.board.owner_id if isinstance(row, BoardTile) else row.owner_id
    if actor.kind == "system" or owner == actor.user_id:
        return
    if actor.user_id is None or "Admin" not in role_names(session, actor.user_id):
        raise Forbidden(_l("Only its owner can change this."))


def _save(
    session: Session, model: type[R], row_id: int | None, actor: Actor, defaults: Mapping[str, Any],
    values: Mapping[str, Any], check: Any, **fixed: Any,
) -> R:  # fmt: skip
    def make() -> R:
        if model is BoardTile:
            return model(**fixed)
        if actor.user_id is None:
            raise Forbidden()
        return model(owner_id=actor.user_id, **fixed)

    with unit_of_work(session):
        row = locks.row(session, model, row_id) if row_id is not None else None
        if row is not None:
            _own(session, row, actor)
        tidy = {k: v.strip() if k == "title" and isinstance(v, str) else v for k, v in values.items()}
        return records.save(
            session, row, make, actor=actor, defaults=defaults, values=tidy, check=lambda given: check(given, row)
        )  # fmt: skip


def _remove(session: Session, model: type[R], row_id: int, actor: Actor, defaults: Mapping[str, Any]) -> None:
    with unit_of_work(session):
        row = locks.row(session, model, row_id)
        _own(session, row, actor)
        records.remove(session, row, actor=actor, noted=defaults)
