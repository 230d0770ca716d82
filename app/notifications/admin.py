"""The back office's screen of messages: what was sent to whom, what was refused, and sending again.

Texts hold links that open accounts and orders. Where no mail server is set up, mails end here: Admins read them.
"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.admin import Interface, Panel, ReadOnlyView, action, current_actor, panel
from app.core.admin.context import database, person_id
from app.core.errors import ShopError
from app.identity.queries import role_names
from app.identity.rules import ADMIN
from app.notifications import operations
from app.notifications.models import Message
from app.notifications.states import MESSAGE

STATES = [
    ("queued", _l("Waiting")), ("sending", _l("Being sent")), ("sent", _l("Sent")), ("kept", _l("Kept here")),
    ("failed", _l("Failed")),
]  # fmt: skip


def may_read() -> bool:
    """True for an Admin: a link in a mail to somebody is a key to what is theirs."""
    person = person_id()
    return person is not None and ADMIN in role_names(database(), person)


class MessageView(ReadOnlyView):
    """Mails to customers and staff."""

    datamodel = Interface(Message)
    entity, title, singular, icon = "message", _l("Mails"), _l("Mail"), "mail"
    list_columns = ["created_at", "recipient", "subject", "template", "state", "attempts"]
    show_columns = [
        "recipient",
        "subject",
        "template",
        "language",
        "state",
        "attempts",
        "error",
        "created_at",
        "due_at",
        "sent_at",
    ]
    search_columns = ["recipient", "subject", "template", "state", "created_at", "attempts", "error"]
    quick_search_columns = ["recipient", "subject"]
    base_order = ("id", "desc")
    choices = {"state": STATES}
    badges = {
        "state": {"queued": "wait", "sending": "busy", "sent": "good", "kept": "quiet", "failed": "bad"}
    }
    label_columns = {
        "recipient": _l("To"), "subject": _l("Subject"), "template": _l("Kind"), "attempts": _l("Attempts"),
        "error": _l("Last error"), "due_at": _l("Next try"), "sent_at": _l("Sent"), "created_at": _l("Written"),
    }  # fmt: skip
    empty_help = _l("Every mail of the shop is listed here, whether it could be sent or not.")
    grants = {"Support": ("can_list", "can_show", "again")}

    def show_columns_of_api(self) -> list[str]:
        """REST gives Admins the text of a mail that is kept here."""
        return [*super().show_columns_of_api(), *(["kept_text"] if may_read() else [])]

    def panels(self, item: Message) -> list[Panel]:
        """What a kept mail says, with its links, for Admins only."""
        if item.kept_text is None or not may_read():
            return []
        return [panel(_("Text"), "notifications/admin/text.html", id="text", message=item)]

    @action("again", _l("Send again"), _l("Send this mail again?"), icon="refresh")
    def again(self, items: list[Message]) -> str:
        """Put failed and kept mails into the queue once more; of one alone it is said why it cannot be."""
        done = 0
        for item in items:
            try:
                operations.resend(database(), message_id=item.id, actor=current_actor())
                done += 1
            except ShopError:
                database().rollback()
                if len(items) == 1:
                    raise
        return _("%(count)s put into the queue again.", count=done)

    def shown_actions(self, item: Any) -> list[dict[str, Any]]:
        """Only what was not sent can be sent again."""
        return super().shown_actions(item) if MESSAGE.can(item, "try_again") else []
