"""The forms of the account pages. They check that something was typed; operations check what."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from app.core.i18n import LANGUAGES
from app.customers.ages import AgeBand
from app.identity.rules import SHORTEST_PASSWORD


def _email(label: Any = _l("E-mail address"), autocomplete: str = "email") -> StringField:
    return StringField(
        label,
        [InputRequired(_l("Please enter an e-mail address."))],
        render_kw={"kind": "email", "autocomplete": autocomplete, "inputmode": "email", "maxlength": 254},
    )


def _current_password(label: Any = _l("Your password")) -> PasswordField:
    return PasswordField(
        label,
        [InputRequired(_l("Please enter your password."))],
        render_kw={"autocomplete": "current-password", "maxlength": 256},
    )


def _new_password(label: Any = _l("New password")) -> PasswordField:
    return PasswordField(
        label,
        [InputRequired(_l("Please choose a password."))],
        render_kw={
            "autocomplete": "new-password",
            "maxlength": 256,
            "hint": _l("At least %(count)s characters. A few words are easy to remember.", count=SHORTEST_PASSWORD),
        },
    )  # fmt: skip


def _name(label: Any, autocomplete: str) -> StringField:
    return StringField(
        label, render_kw={"autocomplete": autocomplete, "maxlength": 64, "width": "half", "required": False}
    )


class LoginForm(FlaskForm):
    """Sign in."""

    email = _email(autocomplete="username")
    password = _current_password(_l("Password"))
    remember = BooleanField(_l("Keep me signed in on this device"), render_kw={"required": False})


class CodeForm(FlaskForm):
    """The second step of signing in."""

    otp = StringField(
        _l("Code"),
        [InputRequired(_l("Please enter the code."))],
        render_kw={
            "autocomplete": "one-time-code",
            "maxlength": 40,
            "hint": _l("Six digits from your authenticator app, or one of your recovery codes."),
        },
    )


class RegisterForm(FlaskForm):
    """Open an account."""

    first_name = _name(_l("First name"), "given-name")
    last_name = _name(_l("Last name"), "family-name")
    email = _email()
    password = _new_password(_l("Password"))


class ForgotForm(FlaskForm):
    """Ask for a link to choose a new password."""

    email = _email()


class ResetForm(FlaskForm):
    """Choose a new password with a link from a mail."""

    password = _new_password()


class ProfileForm(FlaskForm):
    """Name, telephone, language, currency."""

    first_name = _name(_l("First name"), "given-name")
    last_name = _name(_l("Last name"), "family-name")
    phone = StringField(
        _l("Telephone"),
        render_kw={"kind": "tel", "autocomplete": "tel", "inputmode": "tel", "maxlength": 40, "required": False},
    )  # fmt: skip
    language = SelectField(
        _l("Language"),
        choices=[SelectChoice(value=code, label=name) for code, name in LANGUAGES.items()],
        validate_choice=False,
        render_kw={"width": "half", "hint": _l("For the pages and for our mails.")},
    )
    currency = SelectField(_l("Currency"), choices=[], validate_choice=False, render_kw={"width": "half"})
    age_band = SelectField(
        _l("Age"),
        choices=[SelectChoice(value="", label=_l("Rather not say"))]
        + [SelectChoice(value=band.value, label=band.label) for band in AgeBand],
        validate_choice=False,
        render_kw={
            "required": False,
            "hint": _l("We only count it, together with other customers, to know whom we choose our goods for."
                       " You can take it back here at any time."),
        },
    )  # fmt: skip


class AddressForm(FlaskForm):
    """The two choices beside an address; its own fields follow the country."""

    is_default_shipping = BooleanField(_l("Use as my delivery address"), render_kw={"required": False})
    is_default_billing = BooleanField(_l("Use as my billing address"), render_kw={"required": False})


class PasswordForm(FlaskForm):
    """Change the own password."""

    current_password = _current_password(_l("Current password"))
    password = _new_password()


class EmailForm(FlaskForm):
    """Move to another address."""

    email = _email(_l("New e-mail address"))
    password = _current_password()


class ConfirmForm(FlaskForm):
    """The current password, asked for again."""

    password = _current_password()


class EnableForm(FlaskForm):
    """A first code and the password switch the second step on."""

    code = StringField(
        _l("Code"),
        [InputRequired(_l("Please enter the code."))],
        render_kw={
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
            "maxlength": 10,
            "hint": _l("The six digits your app shows now."),
        },
    )
    password = _current_password()


class ButtonForm(FlaskForm):
    """One button; `item` names what it is about."""

    item = HiddenField()
