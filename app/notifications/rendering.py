"""Turns a mail template into subject, text and HTML in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, g
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from app.core import slots
from app.core.i18n import localized_path, speak
from app.notifications.rules import one_line

_app: list[Flask] = []


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message ready to be written down."""

    subject: str
    text: str
    html: str


def setup(app: Flask) -> None:
    """Remember the application whose templates and translations are used."""
    _app[:] = [app]


def shop_name(session: Session) -> str:
    """What customers call the shop: as the feature with its settings says (slot `shop.name`), else the deployment's name."""
    for slot in slots.filling("shop.name"):
        return str(slot.render(session=session))
    return str(_app[0].config.get("APP_NAME", "Comptoir"))


def site_url(language: str, path: str) -> str:
    """A complete address of the shop in a language, for links in messages."""
    base = _app[0].config.get("SITE_URL", "") if _app else ""
    return base + localized_path(language, path)


def mail(name: str, language: str, values: Mapping[str, Any], shop: str) -> Rendered:
    """Render `mail/<name>/{subject.txt,body.txt,body.html}` of whichever feature brings it.

    Templates get `values` and `language`, `site_url(path)`, `shop_name`, `base_html` and `base_text`
    to extend. Styles of the HTML part are moved into the elements, as mail readers want it.
    """
    app = _app[0]
    with app.app_context():
        g.language = language
        with speak(language):
            environment = app.jinja_env
            known = {
                **values,
                "_": gettext,
                "gettext": gettext,
                "ngettext": ngettext,
                "language": language,
                "shop_name": shop,
                "site_url": lambda path: site_url(language, path),
                "base_html": _first("mail/base.html", "notifications/mail_base.html"),
                "base_text": _first("mail/base.txt", "notifications/mail_base.txt"),
            }
            subject = environment.get_template(f"mail/{name}/subject.txt").render(known)
            known["subject"] = one_line(subject)
            body = environment.get_template(f"mail/{name}/body.txt").render(known)
            html = environment.get_template(f"mail/{name}/body.html").render(known)
    import css_inline  # mails are written by the outbox; a web worker need not carry it

    inlined = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True).inline(html)
    return Rendered(known["subject"], body.strip() + "\n", inlined)


def _first(*names: str) -> Any:
    return _app[0].jinja_env.select_template(list(names))
