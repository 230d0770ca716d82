"""The media library: every picture of the shop, what it shows, and where new ones are sent."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_appbuilder.forms import DynamicForm
from markupsafe import Markup
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, FileField
from wtforms import validators as checks

from app.core.admin import Interface, OperationView, Panel, current_actor, panel
from app.core.admin.context import database
from app.core.admin.fields import Storable, TextField
from app.core.admin.widgets import SwitchWidget, TextWidget
from app.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, _l
from app.media import operations
from app.media.models import Image
from app.media.rules import LONGEST_ALT

OTHERS = tuple(code for code in LANGUAGES if code != DEFAULT_LANGUAGE)
_PICTURE = Markup(
    '<img src="{0}" width="56" height="56" alt="" loading="lazy"'
    ' style="width:56px;height:56px;border-radius:8px;object-fit:cover;display:block;background:{1}">'
)


def thumbnail(image: Image) -> Markup:
    """A small picture for the list."""
    shown = image.image_set()
    return _PICTURE.format(shown.webp.partition(" ")[0] or shown.src, image.colour or "transparent")


HELP = {
    "alt": _l("In one sentence, for people who cannot see the picture and for search engines."),
    "is_kept": _l("Otherwise a picture that nothing shows is cleared away after a while."),
}


def _words(label: Any) -> TextField:
    rules = [checks.Optional(), Storable(), checks.Length(max=LONGEST_ALT)]
    return TextField(
        label, widget=TextWidget(maxlength=LONGEST_ALT), validators=rules, description=HELP["alt"]
    )


def _fields(with_file: bool) -> type[DynamicForm]:
    made: dict[str, Any] = {}
    if with_file:
        made["data"] = FileField(
            _l("File"), render_kw={"accept": "image/jpeg,image/png,image/webp,image/avif"},
            description=_l("JPEG, PNG, WebP or AVIF. Place and camera are removed, sizes for every screen are made."),
        )  # fmt: skip
    made["alt"] = _words(_l("What it shows"))
    made |= {f"alt_{code}": _words(f"{_l('What it shows')} ({LANGUAGES[code]})") for code in OTHERS}
    made["is_kept"] = BooleanField(
        _l("Keep although nothing uses it"), widget=SwitchWidget(), false_values=(False, "false", "", "0"),
        description=HELP["is_kept"],
    )  # fmt: skip
    return type("ImageForm", (DynamicForm,), made)


class ImageView(OperationView):
    """Pictures. A seller sees those that he sent himself."""

    datamodel = Interface(Image)
    imports = _l("Pictures are files, not cells: several can be sent at once with Add.")
    entity = "image"
    title, singular = _l("Media library"), _l("Picture")
    icon = "image"
    list_columns = ["itself", "filename", "alt", "width", "height", "kind", "created_at"]
    search_columns = ["filename", "alt", "kind", "width", "created_at", "is_kept"]
    quick_search_columns = ["filename", "alt"]
    base_order = ("id", "desc")
    formatters_columns = {"itself": thumbnail}
    label_columns = {
        "itself": _l("Picture"), "filename": _l("File"), "alt": _l("What it shows"), "width": _l("Width"),
        "height": _l("Height"), "kind": _l("Sent as"), "is_kept": _l("Kept"), "bytes": _l("Bytes"),
        "renditions": _l("Sizes"),
    }  # fmt: skip
    add_columns = edit_columns = ["alt", "is_kept"]
    column_help = HELP
    show_columns = ["filename", "alt", "translations", "width", "height", "kind", "bytes", "renditions", "is_kept", "created_at"]  # fmt: skip
    add_template = "media/admin/add.html"
    add_operation = staticmethod(operations.store_image)
    edit_operation = staticmethod(operations.describe_image)
    delete_operation = staticmethod(operations.remove_image)
    owner_filter = staticmethod(lambda model, user_id: model.created_by == user_id)
    grants = {"Seller": ("*",), "Support": ("can_list", "can_show")}

    def new_form(self, data: Any = None) -> Any:
        """A file and its texts."""
        made = _fields(True)(data, meta={"csrf": False})
        made._key = None
        return made

    def form_of(self, item: Image, data: Any = None) -> Any:
        """The texts of a picture."""
        texts = {f"alt_{code}": (item.translations.get(code) or {}).get("alt", "") for code in OTHERS}
        made = _fields(False)(data, obj=item, data=texts, meta={"csrf": False})
        made._key = (item.id,)
        return made

    def sections(self, form: Any, adding: bool) -> list[tuple[Any, list[Any]]]:
        """One section."""
        return [("", [field for field in form if field.name != "csrf_token"])]

    def values_of(self, form: Any) -> dict[str, Any]:
        """What the operations receive."""
        texts = {code: {"alt": form[f"alt_{code}"].data or ""} for code in OTHERS}
        return {
            "alt": form["alt"].data or "", "is_kept": bool(form["is_kept"].data),
            "translations": {code: held for code, held in texts.items() if held["alt"]},
        }  # fmt: skip

    def create(self, form: Any) -> Image:
        """Check and keep the file that was sent."""
        file = request.files.get("data") or FileStorage()
        return operations.store_image(
            database(),
            data=file.read(),
            filename=file.filename,
            actor=current_actor(),
            **self.values_of(form),
        )

    def panels(self, item: Image) -> list[Panel]:
        """The picture itself, as large as the page allows."""
        return [panel("", "media/admin/picture.html", where="top", image=item.image_set())]
