"""The state of a list: read from the address, turned into a query, and back into addresses.

Addresses read `?q=lamp&state.eq=draft&price.ge=10&sort=-created_at&page=2&view=5`. Flask-AppBuilder's
own spelling (`_flt_0_state`, `_oc_…`, `page_…`) is understood too. Nothing in an address can fail:
what makes no sense is dropped with a sentence, and a filter whose value is impossible matches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, String, and_, cast, false, or_, tuple_
from werkzeug.datastructures import MultiDict

from app.core.admin.values import BadValue, parse_text
from app.core.errors import Invalid
from app.core.pagination import BadCursor, decode_cursor, encode_cursor

PAGE_SIZES = (25, 50, 100, 200)
DEEPEST_OFFSET = 10_000
"""Beyond this many rows pages are reached by cursor only."""
_RESERVED = {"q", "sort", "page", "size", "after", "before", "view", "columns", "format"}
_STOCK_FILTER = re.compile(r"^_flt_(\d{1,2})_(.+)$")


@dataclass(frozen=True, slots=True)
class Active:
    """One filter in force. `problem` is set when its value is impossible."""

    column: str
    filter: Any
    raw: str
    value: Any = None
    problem: str = ""

    @property
    def key(self) -> str:
        """The parameter's name in an address."""
        return f"{self.column}.{self.filter.arg_name}"


@dataclass
class State:
    """What the address asks for, already checked."""

    q: str = ""
    filters: list[Active] = field(default_factory=list)
    sort: str = ""
    descending: bool = False
    page: int = 1
    size: int = 25
    after: str = ""
    before: str = ""
    view_id: int | None = None
    columns: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def pairs(self) -> list[tuple[str, str]]:
        """The lasting part of the state (search, filters, order) as address parameters."""
        found = [("q", self.q)] if self.q else []
        found += [(active.key, active.raw) for active in self.filters]
        if self.sort:
            found.append(("sort", f"-{self.sort}" if self.descending else self.sort))
        return found

    def query_string(self, drop: Any = None, **changes: Any) -> str:
        """Address parameters with changes; pages start anew unless given. `drop` leaves a filter out."""
        found = [(key, raw) for key, raw in self.pairs() if key not in changes]
        if drop is not None:
            found.remove((drop.key, drop.raw))
        if self.size != 25 and "size" not in changes:
            found.append(("size", str(self.size)))
        if self.view_id and "view" not in changes:
            found.append(("view", str(self.view_id)))
        found += [(key, str(value)) for key, value in changes.items() if value not in (None, "")]
        return urlencode(found)


def _whole(raw: str | None, lowest: int, highest: int) -> int | None:
    if raw and raw.isascii() and raw.isdigit() and len(raw) < 10 and lowest <= int(raw) <= highest:
        return int(raw)
    return None


def read_state(view: Any, args: Mapping[str, Any] | MultiDict[str, str]) -> State:
    """Read the state of a list from address parameters."""
    pairs = list(args.items(multi=True)) if isinstance(args, MultiDict) else list(args.items())
    single = dict(reversed(pairs))
    name = type(view).__name__
    state = State(size=view.page_size if view.page_size in PAGE_SIZES else 25)
    try:
        state.q = parse_text(single.get("q", "")).strip()
    except BadValue as wrong:
        state.problems.append(str(wrong))
    _read_order(view, state, single, name)
    raw_page = single.get("page") or single.get(f"page_{name}")
    page = _whole(raw_page, 0, 10**8)
    if raw_page and page is None:
        state.problems.append(_("There is no such page; this is the first one."))
    state.page = max(1, page or 1)
    state.size = _whole(single.get("size") or single.get(f"psize_{name}"), 1, 200) or state.size
    state.after, state.before = single.get("after", ""), single.get("before", "")
    state.view_id = _whole(single.get("view"), 1, 10**9)
    for key, raw in pairs:
        if key not in _RESERVED:
            _read_filter(view, state, key, raw)
    return state


def _read_order(view: Any, state: State, single: Mapping[str, str], name: str) -> None:
    wanted = single.get("sort", "")
    if not wanted and single.get(f"_oc_{name}"):
        wanted = ("-" if single.get(f"_od_{name}") == "desc" else "") + single[f"_oc_{name}"]
    column = wanted.lstrip("-")
    if column and column in view.order_columns:
        state.sort, state.descending = column, wanted.startswith("-")
    elif column:
        state.problems.append(_("This list cannot be sorted by “%(name)s”.", name=column[:60]))


def _read_filter(view: Any, state: State, key: str, raw: str) -> None:
    stock = _STOCK_FILTER.match(key)
    offered = view.filters_offered()
    if stock:
        column, kinds = stock[2], offered.get(stock[2], [])
        found = kinds[int(stock[1])] if int(stock[1]) < len(kinds) else None
    else:
        column, _dot, operator = key.rpartition(".")
        if not column:
            return
        kinds = offered.get(column, [])
        found = next((kind for kind in kinds if kind.arg_name == operator), None)
        if found is None and operator in ("eq", "has") and kinds:
            found = kinds[0] if kinds[0].arg_name.startswith("rel_") else None
    if found is None:
        if key[:1] != "_" or stock:
            state.problems.append(_("This list cannot be filtered by “%(name)s”.", name=column[:60]))
        return
    if len(state.filters) >= 20:
        return
    try:
        value = found.parse(raw)
        check_choice(view, column, found, raw)
        state.filters.append(Active(column, found, raw[:1000], value))
    except BadValue as wrong:
        clean = raw.encode("utf-8", "replace").decode()[:200].replace("\x00", "")
        state.filters.append(Active(column, found, clean, problem=str(wrong)))


def check_choice(view: Any, column: str, found: Any, raw: str) -> None:
    """Refuse a value that a column with declared choices never has."""
    choices = view.choices.get(column)
    if choices is None or found.arg_name not in ("eq", "neq", "in", "not_in"):
        return
    allowed = {str(value) for value, _label in choices}
    parts = raw.split(",") if found.arg_name.endswith("in") else [raw]
    if not set(parts) <= allowed:
        raise BadValue(_("“%(value)s” is not one of the possible values.", value=raw[:40]))


def narrowed(view: Any, statement: Select[Any], state: State) -> Select[Any]:
    """The statement with search words and filters applied. An impossible filter matches nothing."""
    for active in state.filters:
        statement = statement.where(false()) if active.problem else active.filter.apply(statement, active.raw)
    if state.q:
        statement = statement.where(view.quick_search(state.q))
    return statement


def words_match(view: Any, q: str) -> ColumnElement[bool]:
    """Every word of the search box occurs in one of the view's text columns."""
    model, datamodel, conditions = view.datamodel.obj, view.datamodel, []
    for word in q.split()[:6]:
        options: list[ColumnElement[bool]] = []
        for name in view.quick_columns():
            relation, _dot, column = name.rpartition(".")
            if relation:
                target = datamodel.target_of(relation)
                inner = cast(getattr(target, column), String).icontains(word, autoescape=True)
                attribute = getattr(model, relation)
                options.append(attribute.any(inner) if attribute.property.uselist else attribute.has(inner))
            else:
                options.append(cast(getattr(model, name), String).icontains(word, autoescape=True))
        conditions.append(or_(false(), *options))
    return and_(*conditions)


def _after(column: Any, key: Any, up: bool, value: Any, last: Any, nullable: bool) -> ColumnElement[bool]:
    """Rows that come after (value, last) when sorted `up` or down; PostgreSQL sorts NULL as largest."""
    further = key > last if up else key < last
    if column is key:
        return further
    if not nullable:
        pair = tuple_(column, key)
        return pair > tuple_(value, last) if up else pair < tuple_(value, last)
    if value is None:
        same = and_(column.is_(None), further)
        return same if up else or_(same, column.is_not(None))
    beyond = or_(column > value, column.is_(None)) if up else column < value
    return or_(beyond, and_(column == value, further))


class NoSuchPage(Invalid):
    """The page lies beyond what can be reached by number."""

    message = _l("Use “Next” and “Last” to reach pages this deep, or narrow the list.")


def paged(view: Any, statement: Select[Any], state: State) -> tuple[Select[Any], bool]:
    """Order the statement and cut one page (and one row more); True when rows come out backwards.

    Raises:
        NoSuchPage: for a page number beyond `DEEPEST_OFFSET` rows.
    """
    datamodel, name, up = view.datamodel, state.sort, not state.descending
    if not name and view.base_order and view.base_order[0] in datamodel.list_columns:
        name, up = view.base_order[0], view.base_order[1] != "desc"
    key = datamodel.obj.__mapper__.primary_key[0]
    column = datamodel.sort_column(name) if name else None
    if column is None or column.expression is key:
        column = key
    nullable = bool(getattr(datamodel.list_columns.get(name), "nullable", False))
    backwards = bool(state.before) and not state.after
    cursor = state.before or state.after
    if cursor and cursor != "end":
        try:
            value, last = decode_cursor(cursor, 2)
            value = None if value is None else view.cursor_value(name, value)
            last = view.cursor_value(None, last)
            statement = statement.where(_after(column, key, up != backwards, value, last, nullable))
        except (BadCursor, BadValue):
            state.problems.append(_("There is no such page; this is the first one."))
            state.page, state.after, state.before, backwards, cursor = 1, "", "", False, ""
    rising = up != backwards
    order = [column.asc() if rising else column.desc()] if column is not key else []
    statement = statement.order_by(
        *order, *((k.asc() if rising else k.desc()) for k in datamodel.obj.__mapper__.primary_key)
    )
    if not cursor:
        skip = (state.page - 1) * state.size
        if skip > DEEPEST_OFFSET:
            raise NoSuchPage()
        statement = statement.offset(skip)
    return statement.limit(state.size + 1), backwards


def cursor_of(view: Any, state: State, row: Any) -> str:
    """The cursor that stands on this row."""
    name = state.sort or (view.base_order[0] if view.base_order else "")
    datamodel = view.datamodel
    mapper = datamodel.obj.__mapper__
    key = getattr(row, mapper.get_property_by_column(mapper.primary_key[0]).key)
    value = getattr(row, name) if name in datamodel.list_columns else key
    return encode_cursor([getattr(value, "name", value) if datamodel.is_enum(name) else value, key])
