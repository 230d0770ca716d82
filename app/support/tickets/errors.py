"""The ways a ticket can refuse."""

from __future__ import annotations

from app.core.errors import Conflict, Invalid, NotFound
from app.core.i18n import _l


class TicketNotFound(NotFound):
    """No such ticket, or it is somebody else's."""

    code = "ticket_not_found"
    message = _l("This ticket was not found.")


class NotYourOrder(Invalid):
    """The account has no such order; the same words whether it exists or not."""

    code, field = "order_not_found", "order"
    message = _l("There is no order with this number in your account.")


class TicketClosed(Conflict):
    """A closed ticket takes no more messages."""

    code = "ticket_closed"
    message = _l("This ticket is closed. Please write a new one; you can name this number in it.")


class ThreadFull(Conflict):
    """A ticket with so many messages is a fault or an attack."""

    code = "thread_full"
    message = _l("This ticket has become too long. Please write a new one.")


class FileRefused(Invalid):
    """Not a picture or PDF."""

    code, field = "file_not_allowed", "files"
    message = _l("“%(name)s” cannot be taken. Pictures (JPEG, PNG, WebP, AVIF) and PDF files can.")


class FileTooLarge(Invalid):
    """Heavier than a file may be."""

    code, field = "file_too_large", "files"
    message = _l("“%(name)s” is too large. At most %(most)s MB each.")


class TooManyFiles(Invalid):
    """More files than one message carries."""

    code, field = "too_many_files", "files"
    message = _l("At most %(most)s files.")


class FilesNotKept(Invalid):
    """There is no room for the files of a form that comes back."""

    code, field = "files_not_kept", "files"
    message = _l("Please choose your files again.")


class CannotMerge(Conflict):
    """These two are one already, or one of them was merged before."""

    code, field = "cannot_merge", "number"
    message = _l("These tickets cannot be merged.")


class NoChallenge(Invalid):
    """No proof came with the form, or a wrong, old or used one."""

    code, field = "challenge", "proof"
    message = _l("Please answer the question, so that we know that a person is writing.")


class Unreadable(Invalid):
    """The bytes are no mail."""

    code = "unreadable_mail"
    message = _l("This is not a mail.")
