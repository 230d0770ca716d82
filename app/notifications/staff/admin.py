"""The bell in the back office's header, and the list behind it."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, g, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup, escape
from sqlalchemy import ColumnElement, Select, Text, cast
from sqlalchemy.orm import selectinload

from app.core.admin import Interface, ReadOnlyView, action, badge
from app.core.admin.context import database, person_id
from app.notifications.channels import onsite
from app.notifications.staff import operations, queries
from app.notifications.staff.models import StaffNotice, StaffSeen
from app.notifications.staff.telling import SCREEN, tell_read, title_of

MOST = 99
TOPICS: dict[str, Any] = {
    "low_stock": _l("Low stock"),
    "carrier_unmatched": _l("Carrier's news"),
    "parcel_trouble": _l("Trouble"),
    "ticket-late": _l("Late"),
}


def may_see(screen: str) -> bool:
    """True when this person may open the list a notice belongs to. No statement: rights are known."""
    return bool(screen) and current_app.appbuilder.sm.has_access("can_list", screen)


def unread() -> int:
    """How many notices wait for this person: one statement a page."""
    user_id = person_id()
    if user_id is None:
        return 0
    if "staff_unread" not in g:
        found = queries.unread_by_screen(database(), user_id)
        g.staff_unread = sum(count for screen, count in found.items() if may_see(screen))
    return int(g.staff_unread)


def bell() -> str:
    """The bell with its number, for who may see the list behind it."""
    if person_id() is None or not may_see(SCREEN):
        return ""
    waiting = unread()
    label = (
        ngettext("Notices: %(num)s unread", "Notices: %(num)s unread", waiting) if waiting else _("Notices")
    )
    shown = f"{MOST}+" if waiting > MOST else str(waiting or "")
    return render_template("notifications/admin/bell.html", count=shown, label=label)


class StaffNoticeView(ReadOnlyView):
    """What waits for people of the shop. A notice goes by itself when its cause is gone."""

    datamodel = Interface(StaffNotice)
    entity, title, singular, icon = "staffnotice", _l("Notices"), _l("Notice"), "bell"
    load_options = (selectinload(StaffNotice.seen).joinedload(StaffSeen.user),)
    list_columns = ["subject", "url", "topic", "raised_at", "cleared_at", "seen"]
    show_columns = list_columns
    search_columns = ["topic", "raised_at", "cleared_at"]
    order_columns = ["raised_at", "cleared_at"]
    base_order = ("id", "desc")
    choices = {"topic": list(TOPICS.items())}
    label_columns = {
        "subject": _l("Notice"), "url": _l("Cause"), "topic": _l("About"), "raised_at": _l("Since"), "cleared_at": _l("Over since"),
        "seen": _l("Read by"),
    }  # fmt: skip
    list_template = "notifications/admin/list.html"
    empty_text = _l("Nothing waits for you.")
    empty_help = _l("The bell rings when stock runs low or a carrier tells of a parcel nobody knows.")
    rest = False
    grants = {"Support": ("can_list", "can_show", "seen", "can_seen_all")}

    def visible(self) -> Select[Any]:
        """Notices of the screens that this person may open."""
        mine = [screen for screen in queries.screens(database()) if may_see(screen)]
        return super().visible().where(StaffNotice.screen.in_(mine))

    def quick_search(self, q: str) -> ColumnElement[bool]:
        """Search in what the notice is about: an SKU, a name, the number of a parcel."""
        return cast(StaffNotice.facts, Text).icontains(q.strip(), autoescape=True)

    def name_of(self, item: StaffNotice) -> str:
        """What it says."""
        return title_of(item)

    def cell(self, item: StaffNotice, name: str, short: bool = False) -> Any:
        """The words, a link to their cause, and who has read them."""
        if name == "subject":
            return self._words(item)
        if name == "url":
            return self._cause(item)
        if name == "seen":
            return ", ".join(seen.user.first_name or seen.user.email for seen in item.seen) or Markup("–")
        return super().cell(item, name, short)

    def _words(self, item: StaffNotice) -> Markup:
        is_new = item.cleared_at is None and all(seen.user_id != person_id() for seen in item.seen)
        words = escape(title_of(item))
        return words + Markup(" ") + badge("new", _("New"), "wait") if is_new else words

    def _cause(self, item: StaffNotice) -> Markup:
        if not item.url.startswith("/admin/"):
            return Markup("–")
        link = Markup('<a class="whole" href="{}" data-reads="{}">{}</a>')
        return link.format(item.url, onsite.notice_id(onsite.STAFF, item.id), _("Look at it"))

    @action("seen", _l("Mark as read"), icon="check")
    def seen(self, items: list[StaffNotice]) -> str:
        """Take these off this person's bell; colleagues keep theirs."""
        return self._mark([item.id for item in items])

    @expose("/seen_all", methods=["POST"])
    @has_access
    @permission_name("seen_all")
    def seen_all(self) -> ResponseReturnValue:
        """Take everything off this person's bell."""
        mine = [screen for screen in queries.screens(database()) if may_see(screen)]
        flash(self._mark(queries.unread_ids(database(), person_id() or 0, mine)), "success")
        return redirect(self.url("list"))

    def _mark(self, ids: list[int]) -> str:
        done = operations.mark_seen(database(), notice_ids=ids, user_id=person_id() or 0)
        tell_read(database(), person_id() or 0, ids)
        g.pop("staff_unread", None)
        return ngettext("%(num)s notice marked as read.", "%(num)s notices marked as read.", done)

    @property
    def has_unread(self) -> bool:
        """True while something waits for this person."""
        return unread() > 0
