"""Every column that a screen of the back office shows or offers is named in the reader's language.

Complete by construction: the columns come from the screens of the running application, so that a new column
without a name fails here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel.speaklater import LazyString

from app.core.admin.views import ModelView

SAME_EVERYWHERE = {"Recall@20"}
"""Names of measures, the same in every language."""


def named(view: Any) -> Iterator[str]:
    """The columns whose names a person can meet: list, chooser of columns, filters, and the page of one row."""
    has_own_list = type(view).list is not ModelView.list  # with columns of its own
    if view.can_ever("list") and not has_own_list:
        yield from (*view.possible_columns(), *view.search_columns)
    if view.can_ever("show") and view.show_template == ModelView.show_template:
        yield from (name for _title, more in view.show_fieldsets or () for name in more["fields"])
        yield from view.show_columns if not view.show_fieldsets else ()


def test_no_two_columns_of_a_list_have_the_same_name(app: Any) -> None:
    """Nobody could choose between them, and a table of both would have one heading twice."""
    for view in (view for view in app.appbuilder.baseviews if hasattr(view, "possible_columns")):
        names = [str(view.label_columns.get(name, name)) for name in view.possible_columns()]
        assert len(set(names)) == len(names), f"{type(view).__name__}: {sorted(names)}"


def test_every_column_that_is_offered_has_a_name_in_all_languages(app: Any) -> None:
    """A name made of the column's own English words would stand so in every language."""
    screens = [view for view in app.appbuilder.baseviews if hasattr(view, "possible_columns")]
    assert len(screens) > 50, "the screens were not found"
    bare = [
        f"{type(view).__name__}.{name}: {view.label_columns.get(name, name)}"
        for view in screens
        for name in dict.fromkeys(named(view))
        if not isinstance(label := view.label_columns.get(name), LazyString) and label not in SAME_EVERYWHERE
    ]
    assert not bare, "say under `label_columns` how each is called:\n" + "\n".join(sorted(bare))
