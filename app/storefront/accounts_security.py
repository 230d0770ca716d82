"""The customer's security page: password, e-mail address, second step, open sessions."""

from __future__ import annotations

from typing import Any

from flask import flash, request
from flask_babel import format_date
from flask_babel import gettext as _

from app.core.clock import utcnow
from app.core.errors import ShopError
from app.core.web import shop_session
from app.identity import operations, queries, rules, sessions
from app.identity.errors import LinkExpired
from app.storefront.accounts_forms import ButtonForm, ConfirmForm, EmailForm, EnableForm, PasswordForm
from app.storefront.accounts_gate import customer, form_view, go, refuse, show, signed_in
from app.storefront.pages import Notice, SecurityView, SessionRow
from app.storefront.pages.account import MessageView, TwoFactorView
from app.storefront.shell import meta, root

PASSWORD, EMAIL = "password-form", "email-form"


@signed_in
def security() -> Any:
    """Everything that keeps the account safe, on one page."""
    return _page()


def _page(
    password: PasswordForm | None = None, email: EmailForm | None = None, refusal: ShopError | None = None
) -> Any:
    person = customer()
    password = password or PasswordForm(formdata=None, prefix=PASSWORD)
    email = email or EmailForm(formdata=None, prefix=EMAIL)
    view = SecurityView(
        meta=meta(_("Security"), robots="noindex"),
        address=person.email,
        password=form_view(
            password, title=_("Password"), action="/account/security/password", submit=_("Change password")
        ),
        email=form_view(
            email, title=_("E-mail address"), action="/account/security/email", submit=_("Change address")
        ),
        two_factor_on=person.has_two_factor,
        two_factor_url=f"{root()}/account/security/two-factor",
        codes_left=len(person.recovery_hashes or []),
        sessions=_session_rows(),
        end_url=f"{root()}/account/security/sessions/end",
        end_all_url=f"{root()}/account/security/sessions/end-others",
    )
    return show("account/security", view, refusal)


def _session_rows() -> tuple[SessionRow, ...]:
    held = queries.open_logins(shop_session(), customer().id, sessions.current_login_token() or "")
    today = utcnow().date()
    rows = []
    for row in held:
        seen = row.last_seen_at.date()
        when = _("today") if seen == today else format_date(row.last_seen_at, "medium")
        place = _("Back office") if row.is_staff else ""
        text = " · ".join(part for part in (place, row.ip, _("last used %(when)s", when=when)) if part)
        rows.append(SessionRow(row.device or _("Unknown device"), text, row.is_current, row.handle))
    return tuple(rows)


@signed_in
def change_password() -> Any:
    """Change the password; every other session ends."""
    form = PasswordForm(prefix=PASSWORD)
    if not form.validate_on_submit():
        return _page(password=form)
    try:
        operations.change_password(
            shop_session(), user=customer(), current_password=form.current_password.data,
            password=form.password.data, ip=sessions.client_ip(), keep=sessions.current_login_token(),
        )  # fmt: skip
    except ShopError as refusal:
        _refuse(form, refusal, PASSWORD)
        return _page(password=form, refusal=refusal)
    flash(_("Your password is changed. You are signed out everywhere else."), "success")
    return go("/account/security")


@signed_in
def change_email() -> Any:
    """Ask both addresses whether the account may move. The same answer for a taken address."""
    form = EmailForm(prefix=EMAIL)
    if not form.validate_on_submit():
        return _page(email=form)
    try:
        operations.request_email_change(
            shop_session(), user=customer(), new_email=form.email.data, password=form.password.data,
            ip=sessions.client_ip(),
        )  # fmt: skip
    except ShopError as refusal:
        _refuse(form, refusal, EMAIL)
        return _page(email=form, refusal=refusal)
    flash(_("We have written to both addresses. The account moves once both have agreed."), "success")
    return go("/account/security")


def _refuse(form: Any, refusal: ShopError, prefix: str) -> None:
    """Refusals name plain fields; the fields of this page carry a prefix."""
    name = "password" if prefix == EMAIL and refusal.field == "current_password" else refusal.field
    if name and name in form:
        form[name].errors = [*form[name].errors, refusal.text]
    else:
        form.form_errors.append(refusal.text)


def confirm_email(token: str) -> Any:
    """Agree to the move from one of the two addresses: a page with one button."""
    try:
        if request.method == "POST":
            return _moved(operations.confirm_email_change(shop_session(), token=token))
        address = operations.check_email_change(shop_session(), token=token)
    except LinkExpired as refusal:
        view = MessageView(
            meta=meta(_("This link is no longer valid"), robots="noindex"),
            title=_("This link is no longer valid"),
            text=_("It was used already, is too old, or a newer one has taken its place."),
            icon="clock",
        )
        return show("auth/message", view, refusal)
    view = MessageView(
        meta=meta(_("Move your account"), robots="noindex"),
        title=_("Move your account"),
        text=_("Your account moves to this address once both addresses have agreed:"),
        detail=address,
        action_url=f"{root()}/account/email/confirm/{token}",
        action_label=_("I agree"),
        icon="mail",
    )
    return show("auth/message", view)


def _moved(is_done: bool) -> Any:
    if is_done:
        title, text = _("Your account has moved"), _("From now on, sign in with your new address.")
    else:
        title = _("Half of it is done")
        text = _("Now follow the link in the message to the other address, and your account moves.")
    view = MessageView(
        meta=meta(title, robots="noindex"), title=title, text=text, icon="ok" if is_done else "mail"
    )
    return show("auth/message", view)


@signed_in
def end_session() -> Any:
    """End one login of the customer; the own one signs out."""
    ButtonForm()
    handle = request.form.get("session", "")[: rules.HANDLE_LENGTH]
    own = rules.fingerprint(sessions.current_login_token() or "")[: rules.HANDLE_LENGTH]
    if handle == own:
        sessions.logout()
        return go("/login")
    if len(handle) == rules.HANDLE_LENGTH and handle.isascii() and handle.isalnum():
        operations.end_login(shop_session(), handle=handle, user_id=customer().id)
        flash(_("That device is signed out."), "success")
    return go("/account/security")


@signed_in
def end_others() -> Any:
    """End every login and every program's token but this login."""
    operations.end_all_logins(shop_session(), user=customer(), keep=sessions.current_login_token())
    flash(_("You are signed out everywhere else."), "success")
    return go("/account/security")


# --- the second step -----------------------------------------------------------------------------


@signed_in
def two_factor() -> Any:
    """Switch the second step on, or renew its recovery codes, or switch it off."""
    form = EnableForm()
    if customer().has_two_factor or not form.validate_on_submit():
        return _two_factor_page(enable=form)
    try:
        codes = operations.enable_two_factor(
            shop_session(), user=customer(), code=form.code.data, password=form.password.data,
            ip=sessions.client_ip(), keep=sessions.current_login_token(),
        )  # fmt: skip
    except ShopError as refusal:
        _refuse_second(form, refusal)
        return _two_factor_page(enable=form, refusal=refusal)
    return _two_factor_page(codes=tuple(codes), notices=(Notice(_("Two-step sign-in is on."), "success"),))


@signed_in
def renew_codes() -> Any:
    """New recovery codes; the old ones no longer work."""
    form = ConfirmForm(prefix="renew")
    if not customer().has_two_factor or not form.validate_on_submit():
        return _two_factor_page(renew=form)
    try:
        codes = operations.renew_recovery_codes(
            shop_session(), user=customer(), password=form.password.data, ip=sessions.client_ip()
        )
    except ShopError as refusal:
        _refuse_second(form, refusal)
        return _two_factor_page(renew=form, refusal=refusal)
    return _two_factor_page(codes=tuple(codes))


@signed_in
def disable_two_factor() -> Any:
    """Switch the second step off."""
    form = ConfirmForm(prefix="disable")
    if not customer().has_two_factor or not form.validate_on_submit():
        return _two_factor_page(disable=form)
    try:
        operations.disable_two_factor(
            shop_session(), user=customer(), password=form.password.data, ip=sessions.client_ip()
        )
    except ShopError as refusal:
        _refuse_second(form, refusal)
        return _two_factor_page(disable=form, refusal=refusal)
    flash(_("Two-step sign-in is off."), "success")
    return go("/account/security")


def _refuse_second(form: Any, refusal: ShopError) -> None:
    named = {"current_password": "password", "otp": "code"}
    refuse_field = named.get(refusal.field or "", refusal.field or "")
    if refuse_field in form:
        form[refuse_field].errors = [*form[refuse_field].errors, refusal.text]
    else:
        refuse(form, refusal)


def _two_factor_page(
    *,
    enable: EnableForm | None = None,
    renew: ConfirmForm | None = None,
    disable: ConfirmForm | None = None,
    codes: tuple[str, ...] = (),
    notices: tuple[Notice, ...] = (),
    refusal: ShopError | None = None,
) -> Any:
    person, here = customer(), "/account/security/two-factor"
    title = _("Two-step sign-in")
    if person.has_two_factor:
        view = TwoFactorView(
            meta=meta(title, robots="noindex"), is_on=True, codes=codes, notices=notices,
            codes_left=len(person.recovery_hashes or []),
            renew=form_view(
                renew or ConfirmForm(formdata=None, prefix="renew"), title=_("New recovery codes"),
                action=f"{here}/codes", submit=_("Make new codes"),
            ),
            disable=form_view(
                disable or ConfirmForm(formdata=None, prefix="disable"), title=_("Switch it off"),
                action=f"{here}/off", submit=_("Switch off"),
            ),
        )  # fmt: skip
        return show("account/two_factor", view, refusal)
    secret = operations.begin_two_factor(shop_session(), user=person)
    view = TwoFactorView(
        meta=meta(title, robots="noindex"), is_on=False, notices=notices,
        secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        app_url=rules.totp_address(secret, email=person.email, issuer=sessions.site_name()),
        enable=form_view(enable or EnableForm(formdata=None), title=title, action=here, submit=_("Switch on")),
    )  # fmt: skip
    return show("account/two_factor", view, refusal)
