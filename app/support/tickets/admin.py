"""The desk of tickets: the list, the board, and the page on which one is answered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, g, request
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload
from werkzeug.datastructures import FileStorage

from app.core import settings
from app.core.admin import (
    Interface,
    OperationView,
    Tile,
    action,
    badge,
    current_actor,
    moment,
    money,
    panel,
    related,
)
from app.core.admin.context import database
from app.core.admin.formats import nothing
from app.core.clock import utcnow
from app.core.errors import InvalidFields
from app.core.slots import Slot
from app.identity import queries as people
from app.identity.models import User
from app.notifications.rendering import shop_name
from app.support.chat import rules as chat_rules
from app.support.settings import SupportSettings
from app.support.tickets import operations, queries, rules
from app.support.tickets.files import Sent
from app.support.tickets.forms import (
    AnswerForm,
    AssignForm,
    LabelForm,
    MergeForm,
    MoveForm,
    NoteForm,
    OrderForm,
    PriorityForm,
    caller_fields,
)
from app.support.tickets.models import Ticket
from app.support.tickets.states import CHANNEL_LABELS, PRIORITY_LABELS, STATE_LABELS, TICKET

STATE_TONES = {"new": "busy", "open": "wait", "waiting": "quiet", "solved": "good", "closed": "quiet"}
PRIORITY_TONES = {"urgent": "bad", "high": "wait", "normal": "quiet", "low": "quiet"}
DUE_TONES = {"late": "bad", "soon": "wait", "fine": "quiet"}
BOARD = ("new", "open", "waiting", "solved")
WORK = ("answer", "note", "move", "assign", "prioritise", "label", "link_order", "merge")


def account_name(user: User) -> str:
    """An account as agents find it: name and address."""
    return f"{user.name} ({user.email})" if user.name != user.email else user.email


def timer(due: Any, done: Any = None) -> Any:
    """A promised moment in the colour of how near it is; nothing once it was kept."""
    if due is None or done is not None:
        return ""
    return badge(due.isoformat(), label=moment(due), tone=DUE_TONES[rules.urgency(due, utcnow())])


class TicketView(OperationView):
    """Questions of customers: listed, on a board, and one with its thread."""

    datamodel = Interface(Ticket)
    entity, title, singular, icon = "ticket", _l("Tickets"), _l("Ticket"), "inbox"
    global_search = True
    audit_entity = "support_ticket"
    show_template = "support/tickets/ticket.html"
    load_options = (joinedload(Ticket.assignee), joinedload(Ticket.order))
    load_relations = False
    imports = _l("Tickets are questions of people; each is asked by itself.")
    add_operation = staticmethod(operations.open_for_caller)
    add_columns = ["user", "email", "name", "language", "subject", "body", "priority", "order_number"]
    add_form_extra_fields = caller_fields()
    add_title = _l("New ticket for somebody who calls")
    add_row_message = _l("The ticket is open, and a confirmation is on its way.")
    list_columns = ["number", "subject", "customer", "state", "priority", "assignee", "due", "created_at"]
    show_columns = [
        "number", "subject", "customer", "email", "state", "priority", "channel", "language", "label_text", "order",
        "assignee", "first_due", "solve_due", "first_answer_at", "solved_at", "closed_at", "created_at",
    ]  # fmt: skip
    search_columns = [
        "state", "priority", "assignee", "channel", "email", "subject", "number", "first_late_at", "solve_late_at", "created_at",
    ]  # fmt: skip
    order_columns = ["number", "state", "priority", "created_at", "solve_due"]
    choices = {
        "state": list(STATE_LABELS.items()), "priority": list(PRIORITY_LABELS.items()), "channel": list(CHANNEL_LABELS.items()),
    }  # fmt: skip
    badges = {"state": STATE_TONES, "priority": PRIORITY_TONES}
    relations = {
        "assignee": related("first_name", "last_name", "email", order_by="email"),
        "user": related("email", "first_name", "last_name", label=account_name, order_by="email"),
    }
    base_order = ("created_at", "desc")
    label_columns = {
        "user": _l("Customer"), "name": _l("Name"), "number": _l("Number"), "subject": _l("Subject"), "customer": _l("Customer"), "state": _l("State"),
        "priority": _l("Priority"), "assignee": _l("Assigned to"), "due": _l("Promised by"), "created_at": _l("Asked"),
        "channel": _l("Came by"), "email": _l("E-mail"), "language": _l("Language"), "label_text": _l("Labels"),
        "order": _l("Order"), "first_due": _l("First answer by"), "solve_due": _l("Solution by"),
        "first_answer_at": _l("First answered"), "solved_at": _l("Solved"), "closed_at": _l("Closed"),
        "first_late_at": _l("First answer late since"), "solve_late_at": _l("Solution late since"),
    }  # fmt: skip
    column_help = {
        "user": _l("Somebody with an account: search by name or address."),
        "subject": _l("In a few words what it is about."),
        "priority": _l("The promised times follow."),
    }
    list_help = _l(
        "Messages from the form, by mail, from the chat and from programs. The board shows them by state."
    )
    empty_text = _l("No tickets yet.")
    empty_help = _l("They appear here the moment a customer writes.")
    grants = {"Support": ("can_list", "can_show", "can_add", *WORK)}

    def quick_search(self, q: str) -> ColumnElement[bool]:
        """Number (or its end), address, name or a word of the subject."""
        words = q.strip()
        return or_(
            Ticket.number == words.upper(), Ticket.number.endswith(words, autoescape=True),
            func.lower(Ticket.email).contains(words.lower(), autoescape=True),
            Ticket.name.icontains(words, autoescape=True), Ticket.subject.icontains(words, autoescape=True),
        )  # fmt: skip

    def cell(self, item: Any, name: str, short: bool = False) -> Any:
        """The next promise wears its colour."""
        if name == "due":
            if item.state not in ("new", "open"):
                return nothing()
            return timer(item.first_due, item.first_answer_at) or timer(item.solve_due) or nothing()
        return super().cell(item, name, short)

    # --- pages -----------------------------------------------------------------------------------

    @expose("/board/")
    @has_access
    @permission_name("list")
    def board(self) -> ResponseReturnValue:
        """Tickets by state, most urgent first; dragged, or moved with the buttons."""
        mine = request.args.get("mine") == "1"
        columns = queries.board(database(), BOARD, assignee_id=current_actor().user_id, mine=mine)
        return self.render_template(
            "support/tickets/board.html", view=self, title=_("Board"), columns=columns, labels=STATE_LABELS, mine=mine,
            priorities=PRIORITY_LABELS, tones=PRIORITY_TONES, timer=timer, may_move=self.may_act("move"), steps=steps_of,
            states=BOARD,
        )  # fmt: skip

    def page_values(self, item: Ticket) -> dict[str, Any]:
        """The thread, who asks, replies kept ready, and what may be done."""
        session = database()
        ticket = queries.by_id(session, item.id)
        before, after = queries.neighbours(session, ticket)
        typed = g.pop("refused_answer", None) or AnswerForm()
        values = {
            "customer": (ticket.name or ticket.email).split()[0], "agent": _own_name(session),
            "shop": shop_name(session), "order": ticket.order.number or "" if ticket.order else "",
        }  # fmt: skip
        canned = [
            (reply.title, chat_rules.fill_in(reply.text, values), reply.language)
            for reply in queries.canned(session, ticket.language)
        ]
        return {
            "ticket": ticket, "who": queries.requester(session, ticket), "canned": canned, "before": before, "after": after,
            "may": {name: self.may_act(name) for name in WORK}, "states": steps_of(ticket), "labels": STATE_LABELS,
            "priorities": PRIORITY_LABELS, "channels": CHANNEL_LABELS, "timer": timer, "moment": moment, "money": money,
            "badge": badge, "state_tones": STATE_TONES, "priority_tones": PRIORITY_TONES,
            "colleagues": _colleagues(session) if self.may_act("assign") else [],
            "conversation": queries.conversation_key(session, ticket), "me": current_actor().user_id or 0,
            "merged_into": queries.final(session, ticket) if ticket.merged_into_id else None,
            "is_open": settings.get(session, SupportSettings).working_hours.is_open(utcnow()),
            "typed": typed, "wrong": [*typed.form_errors, *(words for field in typed for words in field.errors)],
        }  # fmt: skip

    @expose("/file/<pk>/<uuid:file_id>")
    @has_access
    @permission_name("show")
    def file(self, pk: str, file_id: UUID) -> Response:
        """A file of a thread; a browser runs nothing of it. Infected ones are opened by nobody."""
        found = queries.file_of(database(), self.item_or_404(pk).id, file_id, staff=True)
        response = Response(found.data, mimetype=found.content_type)
        response.headers.set("Content-Disposition", "attachment", filename=found.filename)
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response.headers["Cache-Control"] = "no-store"
        return response

    # --- what is done with tickets -----------------------------------------------------------------

    def action_values(self, name: str, rows: list[Any]) -> dict[str, Any]:
        """The forms begin with what is there."""
        if len(rows) != 1:
            return {}
        row = rows[0]
        return {
            "state": row.state, "priority": row.priority, "labels": row.label_text, "version": row.version,
            "assignee": row.assignee.email if row.assignee else "",
        }  # fmt: skip

    def _action_page(self, name: str, form: Any, back: str) -> ResponseReturnValue:
        """A refused answer comes back with its words, below the thread as it is now."""
        pk = (request.view_args or {}).get("pk")
        is_sent = name == "answer" and request.method == "POST" and pk is not None
        if not is_sent or not self.can("show") or self.item_or_404(pk).state == "closed":
            return super()._action_page(name, form, back)
        g.refused_answer = form
        return self.show(pk)

    @action("answer", _l("Answer"), icon="send", multiple=False, form=AnswerForm)
    def answer(self, items: list[Ticket], body: str, then: str, files: Any = None, version: str = "") -> str:
        """Answer the customer, who gets a mail."""
        seen = int(version) if str(version or "").isdecimal() and len(str(version)) < 10 else None
        for item in items:
            operations.answer(
                database(), ticket_id=item.id, body=body, actor=current_actor(), then=then, files=_sent(files), version=seen
            )  # fmt: skip
        return _("The answer is on its way.")

    @action("note", _l("Add a note"), icon="edit", multiple=False, form=NoteForm)
    def note(self, items: list[Ticket], body: str) -> str:
        """Write something that only staff read."""
        for item in items:
            operations.note(database(), ticket_id=item.id, body=body, actor=current_actor())
        return _("The note is in the thread.")

    @action("move", _l("Change the state"), icon="workflow", form=MoveForm)
    def move(self, items: list[Ticket], state: str) -> str:
        """Lead tickets to another state."""
        for item in items:
            operations.move(database(), ticket_id=item.id, state=state, actor=current_actor())
        return ngettext("%(num)s ticket was moved.", "%(num)s tickets were moved.", len(items))

    @action("assign", _l("Assign"), icon="user", form=AssignForm)
    def assign(self, items: list[Ticket], assignee: str = "") -> str:
        """Give tickets to somebody, or to nobody."""
        user_id = None
        if (assignee or "").strip():
            person = people.user_by_email(database(), assignee.strip().lower())
            if person is None:
                raise InvalidFields({"assignee": _("This person does not work here.")})
            user_id = person.id
        for item in items:
            operations.assign(database(), ticket_id=item.id, user_id=user_id, actor=current_actor())
        return ngettext("%(num)s ticket was assigned.", "%(num)s tickets were assigned.", len(items))

    @action("prioritise", _l("Set the priority"), icon="flag", form=PriorityForm)
    def prioritise(self, items: list[Ticket], priority: str) -> str:
        """Say how urgent tickets are."""
        for item in items:
            operations.prioritise(database(), ticket_id=item.id, priority=priority, actor=current_actor())
        return _("The priority is set.")

    @action("label", _l("Set labels"), icon="tag", form=LabelForm)
    def label(self, items: list[Ticket], labels: str = "") -> str:
        """Give tickets words to be found by."""
        for item in items:
            operations.label(database(), ticket_id=item.id, labels=labels or "", actor=current_actor())
        return _("The labels are set.")

    @action("link_order", _l("Link an order"), icon="receipt", multiple=False, form=OrderForm)
    def link_order(self, items: list[Ticket], number: str = "") -> str:
        """Say which order a ticket is about."""
        for item in items:
            operations.link_order(database(), ticket_id=item.id, number=number or "", actor=current_actor())
        return _("Saved.")

    @action("merge", _l("Merge"), icon="copy", multiple=False, danger=True, form=MergeForm)
    def merge(self, items: list[Ticket], number: str) -> str:
        """Make two tickets one."""
        for item in items:
            operations.merge(database(), ticket_id=item.id, into=number, actor=current_actor())
        return _("Both are one ticket now: %(number)s.", number=number.strip().upper())


def steps_of(ticket: Ticket) -> list[str]:
    """The states that a ticket may be led to now."""
    return [step.target for step in TICKET.transitions.values() if ticket.state in step.sources]


def _sent(files: Any) -> list[Sent]:
    return [
        Sent(file.filename, file.read())
        for file in files or ()
        if isinstance(file, FileStorage) and file.filename
    ]


def _own_name(session: Session) -> str:
    user_id = current_actor().user_id
    person = session.get(User, user_id) if user_id is not None else None
    return person.first_name if person is not None else ""


def _colleagues(session: Session) -> list[tuple[str, str]]:
    query = select(User).where(User.is_staff, User.active).order_by(User.first_name, User.id).limit(100)
    return [(person.email, person.name) for person in session.scalars(query)]


def waiting(session: Session) -> list[Tile]:
    """How many tickets wait for an answer, and how many are late; nothing while there are none."""
    query = select(func.count(), func.count(func.coalesce(Ticket.first_late_at, Ticket.solve_late_at)))
    count, late = session.execute(query.where(Ticket.state.in_(("new", "open")))).one()
    if not count:
        return []
    note = ngettext("%(num)s is late", "%(num)s are late", late) if late else ""
    tone = "bad" if late else ""
    return [
        Tile(
            _("Tickets to answer"),
            count,
            url="/admin/ticket/board/",
            icon="inbox",
            view="TicketView",
            note=note,
            tone=tone,
        )
    ]


def of_customer(user_id: int) -> Any:
    """The panel of tickets on a customer's page."""
    session = database()
    found = queries.of_customer(session, user_id, limit=5)
    if not found.items:
        return None
    return panel(
        _("Tickets"),
        "support/tickets/of_customer.html",
        where="side",
        tickets=found.items,
        labels=STATE_LABELS,
    )


def late_words(number: str, subject: str) -> str:
    """What the bell says of a broken promise."""
    return _("Late: %(number)s, %(subject)s", number=number, subject=subject)


SLOTS = (
    Slot("admin.home", waiting, position=25),  # type: ignore[arg-type]
    Slot("admin.customer", of_customer, position=60),
    Slot("staff.notice.ticket-late", late_words),
)
"""Tiles and panels are values; a slot's type speaks of markup only."""
