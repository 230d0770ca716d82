"""All tables of support."""

from app.support.bot.models import BotModel, BotTurn
from app.support.chat.models import CannedReply, ChatAgent, ChatFile, ChatMessage, ChatNote, Conversation
from app.support.help.models import HelpArticle, HelpCategory, HelpVote, HelpWords
from app.support.tickets.models import DroppedMail, SpentChallenge, Ticket, TicketFile, TicketMessage

__all__ = [
    "BotModel", "BotTurn", "CannedReply", "ChatAgent", "ChatFile", "ChatMessage", "ChatNote", "Conversation",
    "DroppedMail", "HelpArticle", "HelpCategory", "HelpVote", "HelpWords", "SpentChallenge", "Ticket", "TicketFile", "TicketMessage",
]  # fmt: skip
