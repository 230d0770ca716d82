"""What the list template reads: rows, columns, chips and addresses, all decided here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError

from app.core.admin import formats, relation_search
from app.core.admin.context import database
from app.core.admin.listing import NoSuchPage, State, cursor_of, narrowed, paged


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table and how its header sorts."""

    name: str
    label: str
    sort_url: str = ""
    direction: str = ""
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table."""

    key: str
    url: str
    name: str
    cells: list[Any]
    token: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, in words."""

    label: str
    operator: str
    value: str
    remove_url: str
    problem: str = ""


@dataclass
class ListPage:
    """One page of a list."""

    state: State
    columns: list[Column] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)
    count: int = 0
    is_about: bool = False
    first: int = 0
    previous_url: str = ""
    next_url: str = ""
    first_url: str = ""
    last_url: str = ""

    @property
    def count_text(self) -> str:
        """How many there are, in words: "1,204 rows", "about 100,000 rows"."""
        number = format_decimal(rounded(self.count) if self.is_about else self.count)
        if self.is_about:
            return _("about %(count)s", count=number)
        return ngettext("%(count)s row", "%(count)s rows", self.count, count=number)

    @property
    def range_text(self) -> str:
        """Which rows of how many are shown."""
        if not self.rows or not self.first:
            return self.count_text
        first, last = format_decimal(self.first), format_decimal(self.first + len(self.rows) - 1)
        return _("%(first)s–%(last)s of %(count)s", first=first, last=last, count=self.count_text)


def rounded(count: int) -> int:
    """An estimate to two figures: nobody should take 104,233 for exact."""
    step = 10 ** max(0, len(str(count)) - 2)
    return round(count / step) * step


def build(view: Any, state: State, columns: list[str]) -> ListPage:
    """Read one page. Whatever the database refuses becomes a sentence and an empty list."""
    page = ListPage(state)
    rows: list[Any] = []
    has_before = has_after = False
    try:
        rows, has_before, has_after = _read(view, state, columns)
        _count(view, page, rows, has_before, has_after)
    except NoSuchPage as refusal:
        state.problems.append(refusal.text)
        state.page = 1
        rows, has_before, has_after = _read(view, state, columns)
        _count(view, page, rows, has_before, has_after)
    except DBAPIError:
        database().rollback()
        state.problems.append(_("The list cannot be shown with these filters."))
    _links(view, page, rows, has_before, has_after)
    page.columns = [_column(view, state, name) for name in columns]
    page.rows = [_row(view, row, columns) for row in rows]
    page.chips = [_chip(view, state, active) for active in state.filters]
    return page


def _read(view: Any, state: State, columns: list[str]) -> tuple[list[Any], bool, bool]:
    statement = narrowed(view, view.visible(), state).options(*view.loading(columns))
    statement, backwards = paged(view, statement, state)
    rows = list(database().scalars(statement).unique())
    more = len(rows) > state.size
    rows = rows[: state.size]
    if backwards:
        return rows[::-1], more, state.before != "end"
    return rows, state.page > 1 or bool(state.after), more


def _count(view: Any, page: ListPage, rows: list[Any], has_before: bool, has_after: bool) -> None:
    if not has_before and not has_after:
        page.count = len(rows)
    else:
        page.count, page.is_about = view.datamodel.count(narrowed(view, view.visible(), page.state))
    state = page.state
    if not state.before:
        page.first = (state.page - 1) * state.size + 1 if rows else 0
    elif not has_after and not page.is_about:
        page.first = page.count - len(rows) + 1
    page.count = max(page.count, page.first + len(rows) - 1 if page.first else len(rows))


def _links(view: Any, page: ListPage, rows: list[Any], has_before: bool, has_after: bool) -> None:
    state, here = page.state, view.url("list")
    if rows and has_after:
        page.next_url = (
            f"{here}?{state.query_string(after=cursor_of(view, state, rows[-1]), page=state.page + 1)}"
        )
        page.last_url = f"{here}?{state.query_string(before='end')}"
    if has_before:
        page.first_url = f"{here}?{state.query_string()}"
        back = max(1, state.page - 1)
        page.previous_url = page.first_url
        if rows and (back > 1 or state.before):
            page.previous_url = (
                f"{here}?{state.query_string(before=cursor_of(view, state, rows[0]), page=back)}"
            )


def _column(view: Any, state: State, name: str) -> Column:
    label = str(view.label_columns.get(name, name))
    numeric = any(getattr(view.datamodel, kind)(name) for kind in ("is_numeric", "is_integer", "is_float"))
    is_number = numeric and not view.datamodel.is_fk(name)
    if name not in view.order_columns:
        return Column(name, label, is_number=is_number)
    sorted_now = state.sort or (view.base_order[0] if view.base_order else "")
    down = state.descending if state.sort else bool(view.base_order and view.base_order[1] == "desc")
    direction = ("descending" if down else "ascending") if sorted_now == name else ""
    wanted = f"-{name}" if direction == "ascending" else name
    return Column(name, label, f"{view.url('list')}?{state.query_string(sort=wanted)}", direction, is_number)


def _row(view: Any, row: Any, columns: list[str]) -> Row:
    key = view.key_text(row)
    target = "show" if view.can("show") else "edit" if view.can("edit") else ""
    url = view.url(target, pk=key) if target else ""
    token = view.token_of(row) if view.guards_rows() else ""
    return Row(key, url, view.name_of(row), [view.cell(row, name, short=True) for name in columns], token)


def _chip(view: Any, state: State, active: Any) -> Chip:
    remove = f"{view.url('list')}?{state.query_string(drop=active)}"
    label = str(view.label_columns.get(active.column) or view._prettify_column(active.column))
    value = "" if active.filter.takes == "none" else active.raw
    if not active.problem and active.filter.arg_name.startswith(("rel_", "nrel_")):
        spec = view.relations.get(active.column) or relation_search.Related()
        target = view.datamodel.target_of(active.column)
        rows = relation_search.rows_of(database(), target, spec, [active.raw])
        value = relation_search.label_of(rows[0], spec) if rows else active.raw
    elif active.column in view.choices:
        labels = {str(key): str(text) for key, text in view.choices[active.column]}
        value = ", ".join(labels.get(part, part) for part in active.raw.split(","))
    elif view.datamodel.is_boolean(active.column) and not active.problem:
        value = _("yes") if active.value else _("no")
    return Chip(label, str(active.filter.name), value, remove, active.problem)


def filter_menu(view: Any) -> list[dict[str, Any]]:
    """The filters a person may add, for the filter form: column, label, operators, kind of input."""
    found = []
    for column, kinds in view.filters_offered().items():
        label = str(view.label_columns.get(column) or view._prettify_column(column))
        operators = [{"key": f"{column}.{k.arg_name}", "text": str(k.name), "takes": k.takes} for k in kinds]
        found.append({"column": column, "label": label, "operators": operators, **_input(view, column)})
    return found


def _input(view: Any, column: str) -> dict[str, Any]:
    datamodel = view.datamodel
    if "." in column:
        return {"kind": "text"}
    if column in view.choices:
        return {"kind": "choice", "choices": [[str(key), str(text)] for key, text in view.choices[column]]}
    if datamodel.is_relation(column) or datamodel.is_fk(column):
        return {"kind": "relation", "url": view.url("related", column=column)}
    if datamodel.is_enum(column):
        kind = datamodel.list_columns[column].type
        members = kind.enum_class.__members__ if kind.enum_class else {}
        names = [[n, formats.member_label(members.get(n), n)] for n in kind.enums]
        return {"kind": "choice", "choices": names}
    if datamodel.is_boolean(column):
        return {"kind": "choice", "choices": [["yes", _("yes")], ["no", _("no")]]}
    if datamodel.is_datetime(column) or datamodel.is_date(column):
        return {"kind": "date"}
    numeric = datamodel.is_integer(column) or datamodel.is_numeric(column) or datamodel.is_float(column)
    return {"kind": "number" if numeric else "text"}
