"""The ways backups refuse."""

from __future__ import annotations

from app.core.errors import Conflict, NotFound, ShopError, Unavailable
from app.core.i18n import _l


class NoSuchBackup(NotFound):
    """There is no file of this name."""

    code = "no_such_backup"
    message = _l("There is no such backup.")


class NotABackup(ShopError):
    """The file does not begin as a backup of ours does, or its format is newer than this version."""

    code = "not_a_backup"
    message = _l("This file is not a backup that this version can read.")


class WrongKey(ShopError):
    """The key that sealed the file is not among the configured ones."""

    code = "wrong_key"
    message = _l(
        "The key “%(key)s” that sealed this backup is not known here. Set ENCRYPTION_KEYS as it was then."
    )


class Damaged(ShopError):
    """The file was changed or cut short: some of it does not carry its seal."""

    code = "damaged_backup"
    message = _l("This backup is damaged: it was changed or cut short. Nothing of it can be trusted.")


class NewerSchema(ShopError):
    """The backup was made by a newer version of the shop."""

    code = "newer_schema"
    message = _l("This backup was made by a newer version of the shop. Install that version first.")


class NotEmpty(Conflict):
    """The database holds a shop already."""

    code = "not_empty"
    message = _l("The database is not empty. Say --replace to lose what is in it.")


class InUse(Conflict):
    """Processes of the shop are connected to the database."""

    code = "in_use"
    message = _l("The shop is running on this database (%(who)s). Stop it first.")


class AlreadyRunning(Conflict):
    """Another backup of this database is being made."""

    code = "backup_running"
    message = _l("A backup is being made already.")


class NotTheSame(ShopError):
    """What was restored is not what was backed up."""

    code = "not_the_same"
    message = _l("These tables differ from what was backed up: %(tables)s.")


class ToolFailed(Unavailable):
    """PostgreSQL's own program gave up; the message is its last words."""

    code = "tool_failed"
    message = _l("%(tool)s failed: %(words)s")


class NoSpace(Unavailable):
    """The disk is full, or soon would be."""

    code = "no_space"
    message = _l("There is not enough space for a backup in %(folder)s.")
