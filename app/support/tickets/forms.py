"""Forms of the desk: what may be done with a ticket, on its page and by programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField, MultipleFileField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from app.core.admin.fields import Storable
from app.core.admin.widgets import AreaWidget, ChoiceWidget, TextWidget
from app.core.i18n import DEFAULT_LANGUAGE, LANGUAGES
from app.support.tickets import rules
from app.support.tickets.states import PRIORITY_LABELS, STATE_LABELS

_AFTER = ("waiting", "solved", "open")


def _choices(labels: Mapping[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(value=value, label=label) for value, label in labels.items()]


def caller_fields() -> dict[str, Any]:
    """What an agent asks who calls, beside the customer and how urgent it is."""
    return {
        "email": StringField(
            _l("E-mail"), [Optional(), Storable(), Length(max=254)], widget=TextWidget("email"),
            description=_l("For who has no account. The confirmation goes there."),
        ),
        "name": StringField(
            _l("Name"), [Optional(), Storable(), Length(max=rules.LONGEST_NAME)], widget=TextWidget(),
            description=_l("Empty: the account's."),
        ),
        "language": SelectField(
            _l("Language"), choices=_choices(LANGUAGES), default=DEFAULT_LANGUAGE, widget=ChoiceWidget(),
            description=_l("In which the shop writes to this address. Accounts have their own."),
        ),
        "order_number": StringField(
            _l("Order number"), [Optional(), Storable(), Length(max=60)], widget=TextWidget(),
            description=_l("An order of this customer. Empty: none."),
        ),
        "body": TextAreaField(
            _l("What was asked"), [InputRequired(), Storable(), Length(max=rules.LONGEST_TYPED)], widget=AreaWidget(rows=8),
            description=_l("The customer reads it in the confirmation and on the page of the ticket."),
        ),
    }  # fmt: skip


class AnswerForm(Form):
    """What the customer reads."""

    body = TextAreaField(
        _l("Answer"), [InputRequired(), Storable(), Length(max=rules.LONGEST_TYPED)], widget=AreaWidget(rows=8),
        description=_l("The customer gets it by mail and reads it on the page of the ticket."),
    )  # fmt: skip
    then = SelectField(
        _l("Then the ticket"), choices=_choices({state: STATE_LABELS[state] for state in _AFTER}), default="waiting",
        description=_l("Its state after the answer."),
    )  # fmt: skip
    files = MultipleFileField(_l("Files"), description=_l("Pictures and PDF files, at most five of 10 MB."))
    version = HiddenField()


class NoteForm(Form):
    """What only staff read."""

    body = TextAreaField(
        _l("Note"), [InputRequired(), Storable(), Length(max=rules.LONGEST_TYPED)], widget=AreaWidget(rows=4),
        description=_l("Only people of the shop read it."),
    )  # fmt: skip


class MoveForm(Form):
    """Another state."""

    state = SelectField(
        _l("State"), choices=_choices({state: label for state, label in STATE_LABELS.items() if state != "new"}),
        description=_l("While the customer is waited for, the promised time rests. A closed ticket stays closed."),
    )  # fmt: skip


class PriorityForm(Form):
    """How urgent it is."""

    priority = SelectField(
        _l("Priority"), choices=_choices(PRIORITY_LABELS),
        description=_l("The promised times follow, counted from when the ticket was opened."),
    )  # fmt: skip


class AssignForm(Form):
    """Who looks after it."""

    assignee = StringField(
        _l("Assigned to"), [Optional(), Storable(), Length(max=254)],
        description=_l("E-mail address of somebody who works here. Empty: nobody."),
    )  # fmt: skip


class LabelForm(Form):
    """Words to find it by."""

    labels = StringField(
        _l("Labels"), [Optional(), Storable(), Length(max=500)], description=_l("At most ten, with commas between them.")
    )  # fmt: skip


class OrderForm(Form):
    """What it is about."""

    number = StringField(
        _l("Order number"), [Optional(), Storable(), Length(max=60)],
        description=_l("An order of this customer. Empty: none."),
    )  # fmt: skip


class MergeForm(Form):
    """The ticket that it belongs to."""

    number = StringField(
        _l("Number of the other ticket"), [InputRequired(), Storable(), Length(max=40)],
        description=_l("All messages go there, and this one is closed. Both must be of one customer."),
    )  # fmt: skip
