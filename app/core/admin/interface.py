"""Our data interface: every PostgreSQL type known, estimated counts, keyset pages.

Mapping is looked at late, so that a view may be declared before all models are imported.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from flask_appbuilder.models.base import BaseInterface
from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy import ARRAY, JSON, Uuid, func, select, text
from sqlalchemy import types as sa_types
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, RelationshipProperty, Session, class_mapper
from sqlalchemy.sql import Executable, Select
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.schema import Column

from app.core.admin import filters as our_filters
from app.core.admin.filters import FilterConverter
from app.core.admin.values import parse_key
from app.core.db import Base

EXACT_UP_TO = 10_000
"""Above this many rows a count is an estimate of the planner's ("about 100,000")."""


class _Explain(Executable, ClauseElement):
    """EXPLAIN of a statement, with the statement's own parameters."""

    inherit_cache = False

    def __init__(self, statement: Select[Any]):
        self.statement = statement


@compiles(_Explain)
def _compile_explain(element: _Explain, compiler: Any, **kw: Any) -> str:
    return "EXPLAIN (FORMAT JSON) " + compiler.process(element.statement, **kw)


def planned_rows(session: Session, statement: Select[Any]) -> int:
    """How many rows the planner expects; costs no look at the rows themselves."""
    plan = session.execute(_Explain(statement)).scalar()
    return int(plan[0]["Plan"]["Plan Rows"])


class Interface(SQLAInterface):
    """FAB's model interface, corrected. `Interface(Product)` in a view."""

    filter_converter_class = FilterConverter

    def __init__(self, obj: type[Any], session: Session | None = None):
        self._session = session
        BaseInterface.__init__(self, obj)

    @cached_property
    def list_properties(self) -> dict[str, Any]:  # type: ignore[override]
        """All mapped properties by name."""
        return {prop.key: prop for prop in class_mapper(self.obj).iterate_properties if hasattr(prop, "info")}

    @cached_property
    def list_columns(self) -> dict[str, Any]:  # type: ignore[override]
        """The mapped columns by attribute name."""
        columns = self.obj.__mapper__.columns
        return {name: columns[name] for name in columns.keys() if name in self.list_properties}  # noqa: SIM118

    # --- types -----------------------------------------------------------------------------------

    def _type(self, name: str) -> Any:
        column = self.list_columns.get(name)
        kind = getattr(column, "type", None)
        return kind.impl if isinstance(kind, sa_types.TypeDecorator) else kind

    def is_array(self, name: str) -> bool:
        """A list of values (PostgreSQL ARRAY)."""
        return isinstance(self._type(name), ARRAY | postgresql.ARRAY)

    def is_uuid(self, name: str) -> bool:
        """A UUID."""
        return isinstance(self._type(name), Uuid)

    def is_json(self, name: str) -> bool:
        """JSON or JSONB."""
        return isinstance(self._type(name), JSON)

    def is_numeric(self, name: str) -> bool:
        """An exact decimal."""
        return isinstance(self._type(name), sa_types.Numeric) and not self.is_float(name)

    def is_string(self, name: str) -> bool:
        """Text of any length, but not an enumeration."""
        return isinstance(self._type(name), sa_types.String) and not self.is_enum(name)

    def is_known(self, name: str) -> bool:
        """True when this is a mapped attribute of the model."""
        return name in self.list_properties

    def is_function(self, col_name: str) -> bool:
        """A method of the model, shown in a list."""
        return callable(getattr(self.obj, col_name, None)) and col_name not in self.list_properties

    # --- relations -------------------------------------------------------------------------------

    def target_of(self, name: str) -> type[Any] | None:
        """The model behind a relationship, or behind a bare foreign key column."""
        prop = self.list_properties.get(name)
        if isinstance(prop, RelationshipProperty):
            return prop.mapper.class_
        column = self.list_columns.get(name)
        for key in getattr(column, "foreign_keys", ()):
            for mapper in Base.registry.mappers:
                if mapper.local_table is key.column.table and mapper.inherits is None:
                    return mapper.class_
        return None

    def key_column(self, name: str) -> str | None:
        """The local foreign key attribute behind a many-to-one relationship (or the column itself)."""
        prop = self.list_properties.get(name)
        if not isinstance(prop, RelationshipProperty):
            return name if name in self.list_columns else None
        local = next(iter(prop.local_columns))
        return next((key for key, column in self.list_columns.items() if column is local), None)

    def get_search_columns_list(self) -> list[str]:
        """Nothing by default: screens name what may be filtered (a relation filter is never free)."""
        return []

    def get_order_columns_list(self, list_columns: list[str] | None = None) -> list[str]:
        """Real columns only: a method or a relation cannot be sorted by the database."""
        return [name for name in list_columns or self.list_columns if self.sort_column(name) is not None]

    def sort_column(self, name: str) -> InstrumentedAttribute[Any] | None:
        """The attribute to sort by, or None when this name cannot be sorted."""
        if name not in self.list_columns or self.is_json(name) or self.is_array(name):
            return None
        return getattr(self.obj, name)

    # --- reading ---------------------------------------------------------------------------------

    def parse_pk(self, value: Any) -> Any | None:
        """A primary key from an address; None when no row can have it."""
        keys: list[Column[Any]] = list(self.obj.__mapper__.primary_key)
        if len(keys) > 1:
            if not isinstance(value, list | tuple) or len(value) != len(keys):
                return None
            parts = [parse_key(column, part) for column, part in zip(keys, value, strict=True)]
            return None if any(part is None for part in parts) else tuple(parts)
        return parse_key(keys[0], value)

    def get(
        self, id: Any, filters: Any = None, select_columns: Any = None, outer_default_load: bool = False
    ) -> Any:
        """The row with this key, seen through the filters; None for any impossible key."""
        key = self.parse_pk(id)
        if key is None:
            return None
        query = select(self.obj)
        if filters:
            query = filters.apply_all(query)
        for column, part in zip(
            self.obj.__mapper__.primary_key, key if isinstance(key, tuple) else (key,), strict=True
        ):
            query = query.where(column == part)
        return self.session.scalars(query).unique().one_or_none()

    def query(
        self, filters: Any = None, order_column: str = "", order_direction: str = "", page: int | None = None,
        page_size: int | None = None, select_columns: Any = None, outer_default_load: bool = False,
    ) -> tuple[int, list[Any]]:  # fmt: skip
        """FAB's own entry (its security screens use it): bad pages and orders fall back, never fail."""
        statement = select(self.obj)
        if filters:
            statement = filters.apply_all(statement)
        count = self.count(statement)[0]
        column = self.sort_column(order_column) if order_column else None
        if column is not None:
            statement = statement.order_by(column.asc() if order_direction == "asc" else column.desc())
        statement = statement.order_by(*self.obj.__mapper__.primary_key)
        if page_size:
            size = max(1, min(int(page_size), 500))
            statement = statement.limit(size).offset(max(0, min(int(page or 0), 10**6)) * size)
        return count, list(self.session.scalars(statement).unique())

    def count(self, statement: Select[Any], exact_up_to: int = EXACT_UP_TO) -> tuple[int, bool]:
        """How many rows, and whether that is an estimate."""
        bare = statement.with_only_columns(*self.obj.__mapper__.primary_key, maintain_column_froms=True)
        bare = bare.order_by(None)
        unfiltered = bare.whereclause is None
        expected = self._rows_of_table() if unfiltered else planned_rows(self.session, bare)
        if expected > exact_up_to:
            return expected, True
        few = bare.limit(exact_up_to + 1).subquery()
        found = int(self.session.scalar(select(func.count()).select_from(few)) or 0)
        if found > exact_up_to:
            return max(planned_rows(self.session, bare), found), True
        return found, False

    def _rows_of_table(self) -> int:
        """PostgreSQL's own statistics of the table; 0 or less when it was never analysed."""
        query = text("SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(:name)")
        name = self.obj.__mapper__.local_table.fullname
        return int(self.session.scalar(query, {"name": name}) or 0)


for _name, _filter in our_filters.STOCK_NAMES.items():
    setattr(Interface, _name, _filter)
