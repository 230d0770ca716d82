"""The sidebar: Flask-AppBuilder's menu, by category, as far as this person may see it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from flask import current_app, request

from app.core.admin.icons import icon_name
from app.core.i18n import _, _l

HIDDEN = {
    "User's Statistics", "User Statistics", "User Registrations", "Base Permissions", "Views/Menus",
    "Permission on Views/Menus", "Permission Views", "Action Log", "List Groups",
}  # fmt: skip
"""Stock entries that nobody needs in a shop (or that load a chart from another company's server)."""
RENAMED = {"List Users": _l("Users"), "List Roles": _l("Roles")}
_LAST = ("Settings", "Security", "System")
_ORDER = ("", "Dashboards", "Sales", "Catalogue", "Stock", "Customers", "Prices", "Content")
CATEGORY_LABELS = {
    "Dashboards": _l("Dashboards"), "Sales": _l("Sales"), "Catalogue": _l("Catalogue"), "Stock": _l("Stock"),
    "Customers": _l("Customers"), "Prices": _l("Prices"), "Content": _l("Content"), "Settings": _l("Settings"), "Security": _l("Security"),
    "System": _l("System"),
}  # fmt: skip
"""What the groups are called; features name them by their English word."""
CATEGORY_ICONS = {
    "Dashboards": "chart",
    "Catalog": "tag",
    "Catalogue": "tag",
    "Sales": "receipt",
    "Stock": "warehouse",
    "Customers": "users",
    "Prices": "percent",
    "Content": "image",
    "Settings": "settings",
    "Security": "shield",
    "System": "server",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of the sidebar."""

    label: str
    url: str
    icon: str
    is_active: bool


@dataclass
class Group:
    """A heading with its links; folded until needed when `is_folded`."""

    label: str
    icon: str
    entries: list[Entry] = field(default_factory=list)
    is_folded: bool = False
    key: str = ""

    @property
    def is_active(self) -> bool:
        """True when the current page is in this group."""
        return any(entry.is_active for entry in self.entries)


def sidebar() -> list[Group]:
    """The groups of the sidebar; all rights are known after one query, however long the menu is."""
    appbuilder = current_app.appbuilder
    if appbuilder.menu is None:
        return []
    open_to_them = appbuilder.sm.views_with("menu_access")
    found: list[Group] = []
    for item in appbuilder.menu.get_list():
        if item.name in HIDDEN or item.name not in open_to_them or not item.should_render():
            continue
        children = item.childs or []
        label = str(CATEGORY_LABELS.get(item.name) or _(str(item.label)))
        if not children:
            loose = next((g for g in found if not g.label), None)
            if loose is None:
                found.insert(0, loose := Group("", ""))
            loose.entries.append(_entry(item, label))
            continue
        group = Group(
            label,
            CATEGORY_ICONS.get(item.name, icon_name(item.icon)),
            is_folded=item.name in _LAST,
            key=item.name,
        )
        for child in children:
            if child.name in open_to_them and child.name not in HIDDEN and child.should_render():
                group.entries.append(_entry(child, str(RENAMED.get(child.name) or child.label)))
        if group.entries:
            group.entries = _nearest(group.entries)
            found.append(group)
    return sorted(found, key=_rank)


def _nearest(entries: list[Entry]) -> list[Entry]:
    """Of entries below which the current page lies only the nearest is the current one."""
    active = [entry for entry in entries if entry.is_active]
    nearest = max(active, key=lambda entry: len(entry.url), default=None)
    return [
        replace(entry, is_active=False) if entry.is_active and entry is not nearest else entry
        for entry in entries
    ]


def _rank(group: Group) -> tuple[int, int]:
    """Daily work first, settings last; categories of nobody's list in between, as they came."""
    if group.key in _LAST:
        return 2, _LAST.index(group.key)
    return (0, _ORDER.index(group.key)) if group.key in _ORDER else (1, 0)


def _entry(item: Any, label: str) -> Entry:
    url, base, icon = _drawn(item, request.script_root)
    here = request.path
    return Entry(label, url, icon, bool(base) and (here == base or here.startswith(base + "/")))


@lru_cache(maxsize=1000)
def _drawn(item: Any, _root: str) -> tuple[str, str, str]:
    """What of an entry is the same on every page below this root: address, what it covers, icon."""
    url = item.get_url()
    return url, url.rsplit("/list", 1)[0].rstrip("/"), icon_name(item.icon)
