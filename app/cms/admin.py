"""The screens of content: pages, banners, menu links, redirects."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from app.catalog.admin import texts
from app.cms import operations, rules
from app.cms.models import Banner, MenuLink, Page, Redirect
from app.core.admin import Interface, OperationView, by, related
from app.core.admin.formats import readable

LOOKS = {"Support": ("can_list", "can_show")}
ADDRESS = _l("An address of this shop (beginning with /), or a whole web address.")
PAGE_TEXTS: texts.Columns = {
    "title": (_l("Title"), 200), "summary": (_l("Summary"), 300), "body": (_l("Text"), 50_000),
}  # fmt: skip
BANNER_TEXTS: texts.Columns = {
    "title": (_l("Title"), 200), "eyebrow": (_l("Line above"), 120), "text": (_l("Text"), 500), "action": (_l("Button"), 60),
}  # fmt: skip
LINK_TEXTS: texts.Columns = {"label": (_l("Label"), 80)}


class PageView(texts.WrittenView):
    """Pages of text, such as delivery, terms or the story of the shop."""

    datamodel = Interface(Page)
    imports = by("slug", fold=True)
    entity, title, singular, icon = "page", _l("Pages"), _l("Page"), "file"
    list_help = _l(
        "Pages called delivery, returns, terms, privacy or contact replace the texts the shop comes with."
    )
    own_texts = PAGE_TEXTS
    id_argument = "page_id"
    add_operation = staticmethod(operations.save_page)
    edit_operation = staticmethod(operations.save_page)
    delete_operation = staticmethod(operations.remove_page)
    list_columns = ["title", "slug", "state", "published_from", "published_until", "updated_at"]
    show_columns = [*list_columns, "summary", "body", "translations"]
    search_columns = ["title", "slug", "state", "body", "published_from", "published_until"]
    choices = {"state": [("draft", _l("Draft")), ("published", _l("Published"))]}
    badges = {"state": {"draft": "wait", "published": "good"}}
    formatters_columns = {"body": readable}
    base_order = ("title", "asc")
    add_fieldsets = edit_fieldsets = [
        (_l("Page"), {"fields": ["title", "slug", "state", "published_from", "published_until", "summary", "body"]}),
        *texts.fieldsets(PAGE_TEXTS),
    ]  # fmt: skip
    add_form_extra_fields = edit_form_extra_fields = texts.fields(PAGE_TEXTS)
    label_columns = {
        "slug": _l("Address name"), "state": _l("State"), "summary": _l("Summary"), "body": _l("Text"),
        "published_from": _l("Shown from"), "published_until": _l("Shown until"),
    }  # fmt: skip
    column_help = {
        "title": _l("Stands at the top of the page and in the browser’s tab."),
        "slug": _l("The page is found at /pages/ and this name."),
        "state": _l("Drafts are seen by staff only."),
        "published_from": _l("In UTC. Empty: from now on."),
        "published_until": _l("In UTC. Empty: until it is switched off."),
        "summary": _l("For search engines and previews."),
        "body": _l(
            "Plain text with blank lines between paragraphs, or HTML. Scripts and styles are taken out."
        ),
    }
    grants = LOOKS


class BannerView(texts.WrittenView):
    """What the home page opens with."""

    datamodel = Interface(Banner)
    imports = by("place", "title")
    entity, title, singular, icon = "banner", _l("Banners"), _l("Banner"), "image"
    list_help = _l(
        "The first banner in force at a place is shown. Without any, the home page shows the first department."
    )
    own_texts = BANNER_TEXTS
    id_argument = "banner_id"
    add_operation = staticmethod(operations.save_banner)
    edit_operation = staticmethod(operations.save_banner)
    delete_operation = staticmethod(operations.remove_banner)
    list_columns = ["title", "place", "url", "position", "starts_at", "ends_at", "is_active"]
    show_columns = [*list_columns, "eyebrow", "text", "action", "image", "translations"]
    search_columns = ["title", "place", "url", "starts_at", "ends_at", "is_active"]
    choices = {"place": [("hero", _l("Top of the home page")), ("editorial", _l("Middle of the home page"))]}
    base_order = ("position", "asc")
    relations = {"image_id": related("filename", "alt")}
    add_fieldsets = edit_fieldsets = [
        (_l("Banner"), {"fields": ["title", "place", "url", "image_id", "eyebrow", "text", "action", "position", "starts_at",
                                   "ends_at", "is_active"]}),
        *texts.fieldsets(BANNER_TEXTS),
    ]  # fmt: skip
    add_form_extra_fields = edit_form_extra_fields = texts.fields(BANNER_TEXTS)
    label_columns = {
        "place": _l("Place"), "url": _l("Leads to"), "image_id": _l("Picture"), "image": _l("Picture"), "eyebrow": _l("Line above"),
        "text": _l("Text"), "action": _l("Button"), "starts_at": _l("From"), "ends_at": _l("Until"),
    }  # fmt: skip
    column_help = {
        "title": _l("The large words on the banner; the English text."),
        "place": _l("Where on the home page it stands."),
        "image_id": _l("Send it under Pictures first, at least 1600 pixels wide."),
        "eyebrow": _l("A few small words over the title. Empty shows none."),
        "text": _l("One or two sentences below the title."),
        "action": _l("The words on the button, such as “See the lamps”."),
        "is_active": _l("Switched off, it is kept here and customers do not see it."),
        "url": ADDRESS, "position": _l("Lower comes first."), "starts_at": _l("In UTC. Empty: from now on."),
        "ends_at": _l("In UTC. Empty: until it is switched off."),
    }  # fmt: skip
    grants = LOOKS


class MenuLinkView(texts.WrittenView):
    """Links beside the departments and in the footer."""

    datamodel = Interface(MenuLink)
    imports = by("place", "label")
    entity, title, singular, icon = "menulink", _l("Menus"), _l("Link"), "list"
    list_help = _l(
        "Departments come from the categories. A menu without links of yours shows what the shop comes with."
    )
    own_texts = LINK_TEXTS
    id_argument = "link_id"
    add_operation = staticmethod(operations.save_menu_link)
    edit_operation = staticmethod(operations.save_menu_link)
    delete_operation = staticmethod(operations.remove_menu_link)
    list_columns = ["label", "place", "url", "position", "is_active"]
    show_columns = [*list_columns, "translations"]
    search_columns = ["label", "place", "url", "is_active"]
    choices = {
        "place": [
            ("main", _l("Beside the departments")),
            ("help", _l("Footer: help")),
            ("legal", _l("Footer: small print")),
        ]
    }
    base_order = ("position", "asc")
    add_fieldsets = edit_fieldsets = [
        (_l("Link"), {"fields": ["label", "place", "url", "position", "is_active"]}),
        *texts.fieldsets(LINK_TEXTS),
    ]  # fmt: skip
    add_form_extra_fields = edit_form_extra_fields = texts.fields(LINK_TEXTS)
    label_columns = {"label": _l("Label"), "place": _l("Menu"), "url": _l("Leads to")}
    column_help = {
        "url": ADDRESS,
        "position": _l("Lower comes first."),
        "label": _l("The word that customers click on; the English text."),
        "place": _l("Beside the departments at the top, or in one column of the footer."),
        "is_active": _l("Switched off, it is kept here and customers do not see it."),
    }
    grants = LOOKS


class RedirectView(OperationView):
    """Addresses that are gone and where they lead."""

    datamodel = Interface(Redirect)
    imports = by("source")

    def import_cells(self, cells: Any) -> dict[str, str]:
        """Old addresses in the spelling they are kept in."""
        source = cells.get("source", "").strip()
        return dict(cells) | ({"source": rules.redirect_key(source)} if rules.is_own_address(source) else {})

    entity, title, singular, icon = "redirect", _l("Redirects"), _l("Redirect"), "undo"
    list_help = _l(
        "Moved products and categories redirect by themselves; this is for addresses of an earlier shop."
    )
    id_argument = "redirect_id"
    add_operation = staticmethod(operations.save_redirect)
    edit_operation = staticmethod(operations.save_redirect)
    delete_operation = staticmethod(operations.remove_redirect)
    list_columns = ["source", "target", "created_at"]
    show_columns = [*list_columns, "updated_at"]
    add_columns = edit_columns = ["source", "target"]
    search_columns = ["source", "target"]
    base_order = ("source", "asc")
    label_columns = {"source": _l("Old address"), "target": _l("Leads to")}
    column_help = {
        "source": _l("For example /index.php/lamps. It counts where nothing else answers."),
        "target": ADDRESS,
    }
    grants = LOOKS
