"""Manifest of support."""

from __future__ import annotations

from typing import Any

from app.core.feature import Admin, Check, Every, Feature, Handler
from app.core.i18n import _l
from app.events import support as events
from app.identity.rules import SUPPORT, Permission
from app.support import cli, models
from app.support.bot import handlers as bot_handlers
from app.support.bot import jobs as bot_jobs
from app.support.chat import admin as chat_admin
from app.support.chat import jobs as chat_jobs
from app.support.chat import personal as chat_personal
from app.support.chat import queries as chat_queries
from app.support.chat import realtime as chat_realtime
from app.support.chat import storefront as chat_storefront
from app.support.help import admin as help_admin
from app.support.settings import SupportSettings
from app.support.tickets import admin as ticket_admin
from app.support.tickets import challenge, files, inbox
from app.support.tickets import handlers as ticket_handlers
from app.support.tickets import jobs as ticket_jobs
from app.support.tickets import messages as ticket_messages
from app.support.tickets import personal as ticket_personal


def setup(app: Any) -> None:
    """Open the namespace of the chat, hear of logins, learn where the mailbox and the scanner are."""
    challenge.configure(app.config["SECRET_KEY"])
    files.configure(app.config.get("CLAMD_URL"))
    inbox.configure(app.config)
    chat_realtime.setup()
    chat_storefront.setup()


FEATURE = Feature(
    name="support",
    models=models,
    settings=SupportSettings,
    cli=(cli.commands,),
    blueprints=(chat_storefront.blueprint,),
    admin=(
        Admin(
            chat_admin.ConversationView,
            _l("Live chat"),
            category="Customers",
            icon="message-circle",
            position=18,
        ),
        Admin(
            chat_admin.CannedReplyView,
            _l("Canned replies"),
            category="Customers",
            icon="notebook-text",
            position=64,
        ),
        Admin(ticket_admin.TicketView, _l("Tickets"), category="Customers", icon="inbox", position=20),
        Admin(
            help_admin.HelpArticleView,
            _l("Help articles"),
            category="Content",
            icon="circle-help",
            position=402,
        ),
        Admin(
            help_admin.HelpCategoryView,
            _l("Help categories"),
            category="Content",
            icon="folder",
            position=404,
        ),
    ),
    handlers=(
        Handler(events.ConversationNeedsTicket, ticket_handlers.open_from_chat),
        Handler(events.ChatMessagePosted, bot_handlers.answer_message),
        Handler(events.ChatMessagePosted, ticket_handlers.follow_chat),
        Handler(events.TicketOpened, ticket_messages.send_received),
        Handler(events.TicketAnswered, ticket_messages.send_answer),
        Handler(events.TicketAnswered, ticket_handlers.repeat_answer),
        Handler(events.TicketReplied, ticket_handlers.repeat_reply),
    ),
    jobs={
        "support.chat": chat_jobs.look_after,
        ticket_jobs.PROMISES: ticket_jobs.promises,
        ticket_jobs.MAIL: ticket_jobs.fetch_mail,
        bot_jobs.LEARN: bot_jobs.learn,
    },
    schedules=(
        Every(seconds=chat_jobs.SECONDS, job="support.chat"),
        Every(seconds=60, job=ticket_jobs.PROMISES),
        Every(seconds=60, job=ticket_jobs.MAIL),
        Every(seconds=3600, job=bot_jobs.LEARN),
    ),
    permissions=(Permission(chat_queries.ANSWER, SUPPORT),),
    slots=(*chat_storefront.SLOTS, *ticket_admin.SLOTS),
    checks=(
        Check("messages of conversations have no gap", chat_queries.with_gaps),
        Check("unread messages are counted", chat_queries.miscounted),
    ),
    personal_data=(chat_personal, ticket_personal),
    setup=setup,
)
