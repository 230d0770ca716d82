"""The agents' inbox, and the replies kept ready. Every action is a plain POST; sockets only make it quicker."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from app.core import settings
from app.core.admin import Interface, OperationView, ReadOnlyView, current_actor, moment, money
from app.core.admin.context import database
from app.core.clock import utcnow
from app.core.errors import NotFound, ShopError
from app.core.i18n import LANGUAGES
from app.notifications.rendering import shop_name
from app.support.chat import customers, operations, queries, rules, views, who
from app.support.chat.models import CannedReply, Conversation
from app.support.chat.operations.announcing import as_sent
from app.support.chat.states import STATE_LABELS
from app.support.settings import SupportSettings
from app.support.tickets import queries as tickets

TABS: dict[str, Any] = {
    "mine": _l("Mine"), "unassigned": _l("Unassigned"), "all": _l("All"), "closed": _l("Closed"),
}  # fmt: skip
PRIORITY_LABELS: dict[str, Any] = {
    "low": _l("Low"), "normal": _l("Normal"), "high": _l("High"), "urgent": _l("Urgent"),
}  # fmt: skip
TONES = {"open": "good", "waiting": "wait", "snoozed": "quiet", "closed": "quiet"}
SNOOZES: dict[str, Any] = {
    "1": _l("One hour"),
    "4": _l("Four hours"),
    "24": _l("One day"),
    "168": _l("One week"),
}
SHOWN = 100
Work = Callable[[Conversation, Any], str]


class ConversationView(ReadOnlyView):
    """Live chat: the inbox in three columns, and the table of all conversations."""

    datamodel = Interface(Conversation)
    entity, title, singular, icon = "chat", _l("Live chat"), _l("Conversation"), "message-circle"
    default_view = "inbox"
    load_options = (joinedload(Conversation.user), joinedload(Conversation.assignee))
    list_columns = [
        "subject",
        "user",
        "state",
        "assignee",
        "priority",
        "language",
        "rating",
        "last_message_at",
    ]
    show_columns = [
        *list_columns, "email", "labels", "page", "with_bot", "ticket_reference", "close_reason", "comment",
        "first_asked_at", "first_answered_at", "closed_at", "created_at",
    ]  # fmt: skip
    search_columns = ["subject", "email", "state", "priority", "language", "rating", "last_message_at"]
    order_columns = ["state", "priority", "rating", "last_message_at"]
    quick_search_columns = ("subject", "email")
    base_order = ("last_message_at", "desc")
    choices = {"state": list(STATE_LABELS.items()), "priority": list(PRIORITY_LABELS.items())}
    badges = {"state": TONES}
    label_columns = {
        "subject": _l("Subject"), "user": _l("Customer"), "assignee": _l("Who answers"), "state": _l("State"),
        "priority": _l("Priority"), "language": _l("Language"), "rating": _l("Stars"), "last_message_at": _l("Last message"),
        "email": _l("E-mail"), "labels": _l("Labels"), "page": _l("Page"), "with_bot": _l("With the bot"),
        "ticket_reference": _l("Ticket"), "close_reason": _l("Reason"), "comment": _l("Comment"),
        "first_asked_at": _l("First question"), "first_answered_at": _l("First answer"), "closed_at": _l("Closed"),
        "created_at": _l("Begun"),
    }  # fmt: skip
    empty_text = _l("No conversations yet.")
    empty_help = _l("They appear here as soon as somebody writes in the shop.")
    grants = {"Support": ("can_list", "can_show", "can_answer")}

    @expose("/")
    @has_access
    @permission_name("list")
    def inbox(self) -> ResponseReturnValue:
        """The lists, one conversation, its customer."""
        if not who.in_request().answers:
            return redirect(f"{self.route_base}/list/")
        if request.headers.get("X-Fragment") is None:
            operations.touch_agent(database(), user_id=current_actor().user_id or 0)
        return self._page(request.args.get("c", ""))

    def _page(self, key: str, refusal: ShopError | None = None) -> ResponseReturnValue:
        session, me = database(), current_actor().user_id or 0
        tab = request.values.get("tab", "")
        tab = tab if tab in TABS else "all"
        found = views.inbox(session, me, tab)
        values: dict[str, Any] = {
            "title": self.title, "view": self, "tabs": TABS, "tab": tab, "inbox": found, "me": me, "row": None,
            "moment": moment, "money": money, "priorities": PRIORITY_LABELS, "snoozes": SNOOZES, "refusal": refusal,
            "typed": request.form if refusal is not None else {}, "minutes": settings.get(session, SupportSettings).chat_minutes,
            "desk": queries.desk(session), "state_labels": STATE_LABELS, "tones": TONES,
        }  # fmt: skip
        if key:
            values |= self._talk(queries.by_key(session, key), tab, found["conversations"])
        page = self.render_template("support/chat_inbox.html", **values)
        return (page, refusal.status) if refusal is not None else page

    def _talk(self, row: Conversation, tab: str, listed: list[dict[str, Any]]) -> dict[str, Any]:
        """One conversation with everything around it, and its neighbours in the list."""
        session, key = database(), str(row.public_id)
        said = queries.messages(session, row.id, max(0, row.last_seq - SHOWN))
        name = views.customer_name(row)
        person = customers.of(session, row, name)
        ticket = tickets.of_conversation(session, row.id) if row.ticket_reference else None
        keys = [one["conversation"] for one in listed]
        at = keys.index(key) if key in keys else -1
        return {
            "row": row, "key": key, "name": name, "person": person, "client_id": uuid.uuid4().hex,
            "messages": [as_sent(row, one, one.file) for one in said], "notes": queries.notes(session, row.id),
            "ticket_id": ticket.id if ticket is not None else None,
            "agents": queries.agents(session), "canned": self._canned(row, person),
            "before": keys[at - 1] if at > 0 else "", "after": keys[at + 1] if 0 <= at < len(keys) - 1 else "",
        }  # fmt: skip

    def _canned(self, row: Conversation, person: customers.Customer) -> list[dict[str, str]]:
        """Replies kept ready, filled in for this customer and this agent."""
        filled = {
            "customer": person.name, "agent": who.in_request().name, "shop": shop_name(database()),
            "order": person.orders[0].number if person.orders else "",
        }  # fmt: skip
        return [
            {"shortcut": one.shortcut, "title": one.title, "text": rules.fill_in(one.text, filled)}
            for one in queries.canned(database(), row.language)
        ]

    # --- actions ---------------------------------------------------------------------------------

    def _do(self, key: str, work: Work) -> ResponseReturnValue:
        """Run one action; a refusal shows the page again with what was typed."""
        session = database()
        try:
            if not who.in_request().answers:
                raise NotFound()
            words = work(queries.by_key(session, key), request.form)
        except ShopError as refusal:
            session.rollback()
            if isinstance(refusal, NotFound):
                raise
            return self._page(key, refusal)
        if words:
            flash(words, "success")
        return redirect(f"{self.route_base}/?tab={request.form.get('tab', 'all')[:12]}&c={key}")

    @expose("/say/<key>", methods=["POST"])
    @has_access
    @permission_name("answer")
    def say(self, key: str) -> ResponseReturnValue:
        """Answer, where no socket is open."""

        def work(row: Conversation, form: Any) -> str:
            operations.post(
                database(), conversation_id=row.id, client_id=form.get("client_id", ""), text=form.get("text", ""),
                author_kind="agent", actor=current_actor(), author_name=who.in_request().name,
            )  # fmt: skip
            return ""

        return self._do(key, work)

    @expose("/note/<key>", methods=["POST"])
    @has_access
    @permission_name("answer")
    def note(self, key: str) -> ResponseReturnValue:
        """Write something only colleagues read."""

        def work(row: Conversation, form: Any) -> str:
            operations.note(
                database(), conversation_id=row.id, text=form.get("text", ""), actor=current_actor()
            )
            return ""

        return self._do(key, work)

    @expose("/change/<key>/<verb>", methods=["POST"])
    @has_access
    @permission_name("answer")
    def change(self, key: str, verb: str) -> ResponseReturnValue:
        """Take over, assign, snooze, label, close, reopen, make a ticket: by the name of the action."""
        change = CHANGES.get(verb)
        if change is None:
            raise NotFound()
        return self._do(key, change)

    @expose("/available", methods=["POST"])
    @has_access
    @permission_name("answer")
    def available(self) -> ResponseReturnValue:
        """Take conversations from now on, or no longer."""
        actor = current_actor()
        on = request.form.get("on") == "1"
        operations.set_available(database(), user_id=actor.user_id or 0, is_available=on, actor=actor)
        flash(_("You take conversations now.") if on else _("You take no conversations now."), "success")
        return redirect(
            f"{self.route_base}/?tab={request.form.get('tab', 'all')[:12]}&c={request.form.get('c', '')[:40]}"
        )


def _take(row: Conversation, form: Any) -> str:
    person = who.in_request()
    operations.take_over(database(), conversation_id=row.id, actor=person.actor, name=person.name)
    return str(_("The conversation is yours."))


def _assign(row: Conversation, form: Any) -> str:
    raw = form.get("assignee", "")
    user_id = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else None
    operations.assign(database(), conversation_id=row.id, user_id=user_id, actor=current_actor())
    return str(_("Assigned."))


def _snooze(row: Conversation, form: Any) -> str:
    hours = int(form.get("hours", "")) if form.get("hours") in SNOOZES else 0
    operations.snooze(
        database(), conversation_id=row.id, until=utcnow() + timedelta(hours=hours), actor=current_actor()
    )
    return str(_("It comes back then, or when the customer writes."))


def _label(row: Conversation, form: Any) -> str:
    operations.label(database(), conversation_id=row.id, labels=form.get("labels", ""), actor=current_actor())
    operations.set_priority(
        database(), conversation_id=row.id, priority=form.get("priority", ""), actor=current_actor()
    )
    return str(_("Saved."))


def _close(row: Conversation, form: Any) -> str:
    operations.close(database(), conversation_id=row.id, actor=current_actor(), reason=form.get("reason", ""))
    return str(_("The conversation is closed."))


def _reopen(row: Conversation, form: Any) -> str:
    operations.reopen(database(), conversation_id=row.id, actor=current_actor())
    return str(_("The conversation is open again."))


def _ticket(row: Conversation, form: Any) -> str:
    operations.to_ticket(database(), conversation_id=row.id, actor=current_actor())
    return str(_("A ticket is being made of it."))


CHANGES: dict[str, Work] = {
    "take": _take, "assign": _assign, "snooze": _snooze, "label": _label, "close": _close, "reopen": _reopen,
    "ticket": _ticket,
}  # fmt: skip


class CannedReplyView(OperationView):
    """Replies kept ready, for conversations and tickets."""

    datamodel = Interface(CannedReply)
    imports = _l("Replies are written where they are used, one at a time.")
    entity, title, singular, icon = "canned-reply", _l("Canned replies"), _l("Canned reply"), "notebook-text"
    id_argument = "canned_id"
    add_operation = staticmethod(operations.save_canned)
    edit_operation = staticmethod(operations.save_canned)
    delete_operation = staticmethod(operations.delete_canned)
    list_columns = ["shortcut", "title", "language", "text", "is_active"]
    show_columns = [*list_columns, "created_at", "updated_at"]
    add_columns = edit_columns = ["shortcut", "title", "language", "text", "is_active"]
    search_columns = ["shortcut", "title", "language", "text", "is_active"]
    quick_search_columns = ("shortcut", "title", "text")
    base_order = ("shortcut", "asc")
    choices = {"language": [(code, name) for code, name in LANGUAGES.items()]}
    label_columns = {
        "shortcut": _l("Shortcut"), "title": _l("Title"), "language": _l("Language"), "text": _l("Text"),
        "is_active": _l("In use"), "created_at": _l("Written"), "updated_at": _l("Changed"),
    }  # fmt: skip
    column_help = {
        "shortcut": _l("Typed after a slash in an answer: /thanks."),
        "title": _l("By which colleagues find it in the list; customers never see it."),
        "language": _l("Replies in the customer’s language are offered first."),
        "is_active": _l("Switched off, it is kept but offered to nobody."),
        "text": _l(
            "Filled in for each customer: {customer}, {agent}, {shop}, {order} (the last order's number)."
        ),
    }
    empty_text = _l("No canned replies yet.")
    grants = {"Support": ("*",)}
