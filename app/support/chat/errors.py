"""The ways a conversation can refuse."""

from __future__ import annotations

from app.core.errors import Conflict, Invalid, NotFound
from app.core.i18n import _l


class ConversationNotFound(NotFound):
    """No such conversation, or it is somebody else's."""

    code = "conversation_not_found"
    message = _l("This conversation was not found.")


class ConversationClosed(Conflict):
    """It has ended; the next question begins a new one."""

    code = "conversation_closed"
    message = _l("This conversation has ended. Please begin a new one.")


class ClientIdTaken(Conflict):
    """The other side has used this client id in this conversation."""

    code = "client_id_taken"
    message = _l("This message cannot be told from another one. Please send it again.")


class BadClientId(Invalid):
    """Not a short piece of text."""

    code, field = "bad_client_id", "client_id"


class NoText(Invalid):
    """A message without words."""

    code, field = "no_text", "text"
    message = _l("Please write something.")


class TextTooLong(Invalid):
    """A message is a paragraph or ten, not a book."""

    code, field = "text_too_long", "text"
    message = _l("At most %(count)s characters.")


class BadText(Invalid):
    """Not text, or characters that cannot be stored."""

    code, field = "bad_text", "text"
    message = _l("This text holds characters that cannot be sent.")


class BadRating(Invalid):
    """A rating is one to five stars."""

    code, field = "bad_rating", "rating"
    message = _l("Please choose one to five stars.")


class NoEmail(Invalid):
    """Nobody could answer: there is no account and no address."""

    code, field = "email_needed", "email"
    message = _l("Please give an e-mail address where we can answer you.")


class NotInFuture(Invalid):
    """A conversation sleeps until a moment that has not been yet, thirty days away at most."""

    code, field = "not_in_future", "until"
    message = _l("Please choose a moment in the next thirty days.")


class BadLabel(Invalid):
    """A label is one short line, and there are not too many."""

    code, field = "bad_label", "labels"
    message = _l("At most ten labels of 30 characters each.")


class NotAnAgent(Invalid):
    """A conversation is given to people who may answer it."""

    code, field = "not_an_agent", "assignee"
    message = _l("This person cannot answer conversations.")


class FileNotAllowed(Invalid):
    """Neither a picture nor a PDF, whatever its name says."""

    code, field = "file_not_allowed", "file"
    message = _l("Only pictures (JPEG, PNG, WebP, AVIF) and PDF files can be sent.")


class FileTooLarge(Invalid):
    """More bytes than a conversation takes."""

    code, field = "file_too_large", "file"
    message = _l("This file is too large: %(most)s MB at most.")
