"""Shapes of what belongs to an account beside its address book: the mails it wants, the reviews it wrote."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields

from app.api.fields import Text
from app.api.questions import Body
from app.core.i18n import _l
from app.notifications.topics import ASKED

WORDING = "choices-1"
"""The sentence of the choice, the same as on the page of the account."""


class Flag(fields.Boolean):
    """True or false, as JSON has them; consent is not read out of a word or a number."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError(str(_l("This must be true or false.")))
        return value


class _WithWording(Body):
    """The sentence that was shown."""

    wording = Text(longest=40, load_default="", metadata={"enum": ["", WORDING]})


TOPIC_FLAGS: dict[str, Any] = {code: Flag() for code in ASKED}
ChangedTopics: type[Schema] = type("ChangedTopics", (_WithWording,), dict(TOPIC_FLAGS))
"""Topics to switch on or off; one that is not sent stays. `wording` is the version of the sentence that was shown."""


class TopicShape(Schema):
    """Something an account may be told by mail."""

    code = fields.String(required=True)
    label = fields.String(required=True)
    help = fields.String(required=True)
    is_wanted = fields.Boolean(required=True)


class WordingShape(Schema):
    """The sentence that has to be shown above the choice, and the version that names it in the proof."""

    version = fields.String(required=True)
    text = fields.String(required=True)


class TopicsShape(Schema):
    """What an account may be told. `is_confirmation_sent`: the address has to be confirmed by mail first."""

    email = fields.String(required=True)
    items = fields.List(fields.Nested(TopicShape), required=True)
    next = fields.String(required=True, allow_none=True)
    total = fields.Integer(required=True)
    wording = fields.Nested(WordingShape, required=True)
    is_confirmation_sent = fields.Boolean(required=True)


class MyReviewShape(Schema):
    """A review, for who wrote it. `product` is None while the product is not on show; `reason` says why it is not."""

    id = fields.String(required=True)
    product = fields.String(required=True, allow_none=True)
    product_name = fields.String(required=True)
    rating = fields.Integer(required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    language = fields.String(required=True)
    status = fields.String(required=True)
    reason = fields.String(required=True)
    answer = fields.String(required=True, allow_none=True)
    written_at = fields.DateTime(required=True)


class MyReviewsShape(Schema):
    """A page of what an account wrote, newest first."""

    items = fields.List(fields.Nested(MyReviewShape), required=True)
    next = fields.String(required=True, allow_none=True)
    total = fields.Integer(required=True)
