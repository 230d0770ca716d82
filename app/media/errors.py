"""The ways a picture can be refused. Nothing of a refused picture is kept."""

from __future__ import annotations

from app.core.errors import Conflict, Invalid, NotFound
from app.core.i18n import _l


class NoSuchImage(NotFound):
    """There is no such picture."""

    code = "no_such_image"
    message = _l("There is no such picture.")


class NotAPicture(Invalid):
    """The content is not a JPEG, PNG, WebP or AVIF picture, whatever its name says."""

    code, field = "not_a_picture", "data"
    message = _l("This is not a picture we can use. Please choose a JPEG, PNG, WebP or AVIF file.")


class BrokenPicture(Invalid):
    """It begins like a picture and cannot be read to its end."""

    code, field = "broken_picture", "data"
    message = _l("This picture is damaged and cannot be read.")


class PictureTooHeavy(Invalid):
    """More bytes than the shop takes."""

    code, field = "picture_too_heavy", "data"
    message = _l("This file is too large: %(most)s MB at most.")


class PictureTooLarge(Invalid):
    """More pixels than the shop takes: memory would run out long before a customer saw it."""

    code, field = "picture_too_large", "data"
    message = _l("This picture has too many pixels: %(most)s million at most.")


class PictureTooSmall(Invalid):
    """Too few pixels to be looked at, or a strip."""

    code, field = "picture_too_small", "data"
    message = _l("This picture is too small or too narrow: each side needs at least %(least)s pixels.")


class PictureMoves(Invalid):
    """It has several frames."""

    code, field = "picture_moves", "data"
    message = _l("Moving pictures cannot be used.")


class ImageInUse(Conflict):
    """Something still shows it."""

    code = "image_in_use"
    message = _l("This picture is still used and cannot be removed.")
