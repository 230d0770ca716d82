"""The screens of help: categories and articles, in every language of the shop."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.catalog.admin import texts
from app.core.admin import Interface, by, related
from app.core.admin.formats import readable
from app.support.help import operations
from app.support.help.models import HelpArticle, HelpCategory

EDITS = {"Support": ("can_list", "can_show", "can_add", "can_edit")}
ARTICLE_TEXTS: texts.Columns = {
    "title": (_l("Question"), 160), "summary": (_l("In one sentence"), 300), "body": (_l("Answer"), 30_000),
}  # fmt: skip
CATEGORY_TEXTS: texts.Columns = {"title": (_l("Title"), 160)}


class HelpArticleView(texts.WrittenView):
    """Answers to questions that many ask."""

    datamodel = Interface(HelpArticle)
    imports = by("slug", fold=True)
    entity, title, singular, icon = "helparticle", _l("Help articles"), _l("Help article"), "circle-help"
    list_help = _l("Found at /help and in answers of the bot. Readers say whether they were helpful.")
    own_texts = ARTICLE_TEXTS
    id_argument = "article_id"
    add_operation = staticmethod(operations.save_article)
    edit_operation = staticmethod(operations.save_article)
    delete_operation = staticmethod(operations.remove_article)
    list_columns = ["title", "category", "state", "helpful", "unhelpful", "position", "updated_at"]
    show_columns = [*list_columns, "slug", "summary", "body", "translations"]
    search_columns = ["title", "slug", "state", "body", "category", "helpful", "unhelpful"]
    choices = {"state": [("draft", _l("Draft")), ("published", _l("Published"))]}
    badges = {"state": {"draft": "wait", "published": "good"}}
    formatters_columns = {"body": readable}
    relations = {
        "category": related("title", "slug", order_by="title"),
        "category_id": related("title", "slug", order_by="title"),
    }
    base_order = ("position", "asc")
    add_fieldsets = edit_fieldsets = [
        (_l("Help article"), {"fields": ["title", "slug", "category_id", "state", "position", "summary", "body"]}),
        *texts.fieldsets(ARTICLE_TEXTS),
    ]  # fmt: skip
    add_form_extra_fields = edit_form_extra_fields = texts.fields(ARTICLE_TEXTS)
    label_columns = {
        "title": _l("Question"), "slug": _l("Address name"), "category": _l("Category"), "category_id": _l("Category"),
        "state": _l("State"), "summary": _l("In one sentence"), "body": _l("Answer"), "helpful": _l("Helpful"),
        "unhelpful": _l("Not helpful"),
    }  # fmt: skip
    column_help = {
        "title": _l("As a customer would ask it; the English text."),
        "slug": _l("The article is found at /help/ and this name."),
        "category_id": _l("The shelf it stands on."),
        "state": _l("Drafts are seen by staff only."),
        "position": _l("Lower comes first."),
        "summary": _l("For lists, search engines and the bot."),
        "body": _l(
            "Plain text with blank lines between paragraphs, or HTML. Scripts and styles are taken out."
        ),
    }
    grants = EDITS


class HelpCategoryView(texts.WrittenView):
    """The shelves of help."""

    datamodel = Interface(HelpCategory)
    imports = by("slug", fold=True)
    entity, title, singular, icon = "helpcategory", _l("Help categories"), _l("Help category"), "folder"
    own_texts = CATEGORY_TEXTS
    id_argument = "category_id"
    add_operation = staticmethod(operations.save_category)
    edit_operation = staticmethod(operations.save_category)
    delete_operation = staticmethod(operations.remove_category)
    list_columns = ["title", "slug", "position", "updated_at"]
    show_columns = [*list_columns, "translations"]
    search_columns = ["title", "slug"]
    base_order = ("position", "asc")
    add_fieldsets = edit_fieldsets = [
        (_l("Help category"), {"fields": ["title", "slug", "position"]}),
        *texts.fieldsets(CATEGORY_TEXTS),
    ]  # fmt: skip
    add_form_extra_fields = edit_form_extra_fields = texts.fields(CATEGORY_TEXTS)
    label_columns = {"title": _l("Title"), "slug": _l("Address name")}
    column_help = {
        "title": _l("The name of the shelf; the English text."),
        "slug": _l("The part of /help with this shelf."),
        "position": _l("Lower comes first."),
    }
    grants = EDITS
