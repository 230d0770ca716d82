"""Screens of the search: synonyms, and what people look for."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.admin import Interface, ModelView, ReadOnlyView, by
from app.core.i18n import LANGUAGES
from app.search.models import QueryCount, Synonym


class SynonymView(ModelView):
    """Words that mean the same."""

    datamodel = Interface(Synonym)
    imports = by("lang", "words")
    entity = "synonym"
    title = _l("Synonyms")
    singular = _l("Synonyms")
    list_columns = ["lang", "words", "is_one_way", "updated_at"]
    add_columns = ["lang", "words", "is_one_way"]
    edit_columns = add_columns
    search_columns = ["lang", "words"]
    choices = {"lang": list(LANGUAGES.items())}
    label_columns = {"lang": _l("Language"), "words": _l("Words"), "is_one_way": _l("One way")}
    column_help = {
        "lang": _l("Counts for searches in this language only."),
        "words": _l("Separated by commas: “laptop, notebook”. Customers who look for one find all."),
        "is_one_way": _l("Only the first word also finds the others."),
    }
    list_help = _l("Changes reach customers within a minute.")


class QueryCountView(ReadOnlyView):
    """What customers looked for, by day; nobody's name is kept."""

    datamodel = Interface(QueryCount)
    entity = "search_query"
    title = _l("Searches")
    singular = _l("Search")
    list_columns = ["day", "lang", "query", "times", "hits"]
    search_columns = ["day", "lang", "query", "times", "hits"]
    choices = {"lang": list(LANGUAGES.items())}
    label_columns = {
        "day": _l("Day"), "lang": _l("Language"), "query": _l("Looked for"), "times": _l("Times"),
        "hits": _l("Products found"),
    }  # fmt: skip
    base_order = ("times", "desc")
    grants = {"Support": ("can_list", "can_show")}
