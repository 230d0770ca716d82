"""How the shop presents itself; admins change it in the back office."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from app.core import settings
from app.core.i18n import _l
from app.core.settings import setting
from app.core.slots import Slot


@dataclass(frozen=True, slots=True)
class ShopSettings:
    """Name and address of the shop, as customers read them in pages and mails."""

    TITLE: ClassVar[Any] = _l("The shop")
    HELP: ClassVar[Any] = _l("Name and address as customers read them in pages and mails.")
    ICON: ClassVar[str] = "store"
    POSITION: ClassVar[int] = 10

    name: str = setting("Maison Lumen", _l("Name"), _l("At the top of every page and mail."), needed=True)
    tagline: str = setting(
        "Good things for daily life", _l("In a few words"), _l("Below the name, and for search engines.")
    )
    notice: str = setting(
        "", _l("Line above every page"), _l("For example: closed until Monday. Empty: none.")
    )
    email: str = setting("hello@comptoir.example", _l("E-mail"), _l("Where customers write to."), needed=True)
    phone: str = setting("", _l("Phone"), _l("In the footer, as people dial it. Empty: not shown."))
    address: str = setting(
        "Rue du Comptoir 12, 1000 Brussels", _l("Address"), _l("Street, postcode and town; the law asks for it."), needed=True
    )  # fmt: skip
    return_days: int = setting(
        30, _l("Days to send something back"), _l("The law asks for fourteen at least."), least=14
    )


def shop_name(session: Session) -> str:
    """The name of the shop, for features that know it by the slot alone: mails, replies kept ready."""
    return settings.get(session, ShopSettings).name


SLOTS = (Slot("shop.name", shop_name),)
