"""The doors of the shop: sign in and out, register, confirm an address, recover a password."""

from __future__ import annotations

from typing import Any

from flask import request
from flask import session as cookie
from flask_babel import gettext as _
from flask_login import current_user

from app.core.actor import GUEST
from app.core.errors import ShopError
from app.core.i18n import current_language
from app.core.web import shop_session
from app.identity import operations, rules, sessions, throttle
from app.identity.errors import LinkExpired, WrongCredentials
from app.identity.models import User
from app.storefront.accounts_forms import ButtonForm, CodeForm, ForgotForm, LoginForm, RegisterForm, ResetForm
from app.storefront.accounts_gate import (
    errors_of,
    form_view,
    go,
    next_url,
    notices_of,
    private,
    refuse,
    show,
    shown_fields,
    with_currency,
)
from app.storefront.pages import Link, LoginView, Notice
from app.storefront.pages.account import MessageView
from app.storefront.shell import meta, root

_SENT_TO = "mail_sent_to"
_NOTICE = "entry_notice"


def login() -> Any:
    """Sign in with e-mail address and password, then with a code where the account asks for one."""
    if current_user.is_authenticated:
        return _arrive(current_user)
    if request.method == "POST":
        return _check_code() if "otp" in request.form else _check_password()
    if request.args.get("step") == "code" and sessions.parked_second_step(staff=False):
        return _code_page(CodeForm())
    return _login_page(LoginForm(formdata=None))


def _check_password() -> Any:
    form = LoginForm()
    if not form.validate_on_submit():
        return _login_page(form, status=422)
    try:
        user = operations.authenticate(
            shop_session(), email=form.email.data, password=form.password.data, ip=sessions.client_ip()
        )
    except ShopError as refusal:
        form.form_errors.append(refusal.text)
        return _login_page(form, refusal)
    if user.has_two_factor:
        sessions.park_second_step(user, staff=False, remember=bool(form.remember.data), next_url=next_url())
        return _code_page(CodeForm(formdata=None))
    sessions.login(user, remember=bool(form.remember.data))
    return _arrive(user)


def _check_code() -> Any:
    parked = sessions.parked_second_step(staff=False)
    form = CodeForm()
    if parked is None:
        again = LoginForm(formdata=None)
        again.form_errors.append(_("That took a little too long. Please sign in again."))
        return _login_page(again, WrongCredentials())
    user, values = parked
    try:
        operations.check_second_factor(
            shop_session(), user=user, code=request.form.get("otp", ""), ip=sessions.client_ip()
        )
    except ShopError as refusal:
        refuse(form, refusal)
        return _code_page(form, refusal)
    sessions.finish_second_step()
    sessions.login(user, remember=bool(values.get("remember")))
    return _arrive(user, str(values.get("next") or ""))


def _arrive(user: User, wanted: str = "") -> Any:
    from flask import make_response, redirect

    target = sessions.safe_next(wanted, next_url()) if wanted else next_url()
    return with_currency(make_response(redirect(target, 303)), user.currency)


def _login_page(form: LoginForm, refusal: ShopError | None = None, status: int = 200) -> Any:
    notice = cookie.pop(_NOTICE, None)
    told = (Notice(str(notice), "success"),) if notice else ()
    view = LoginView(
        meta=meta(_("Sign in"), robots="noindex"),
        fields=shown_fields(form),
        next=next_url() if request.values.get("next") else "",
        errors=errors_of(form),
        notices=(*told, *notices_of(form)),
    )
    return show("auth/login", view, refusal, status)


def _code_page(form: CodeForm, refusal: ShopError | None = None) -> Any:
    view = form_view(
        form, title=_("One more step"), action="/login", submit=_("Continue"),
        text=_("Your account asks for a second proof that it is you."),
        links=(Link(_("Start again"), f"{root()}/login"),),
    )  # fmt: skip
    return show("auth/form", view, refusal)


def logout() -> Any:
    """Sign out, on the server as well."""
    sessions.logout()
    return go("/")


def register() -> Any:
    """Open an account. The answer is the same whether the address is known or not."""
    if current_user.is_authenticated:
        return go("/account")
    form = RegisterForm()
    if form.validate_on_submit():
        try:
            throttle.note_request("register", email=form.email.data, ip=sessions.client_ip())
            operations.register(
                shop_session(), email=form.email.data, password=form.password.data,
                first_name=form.first_name.data or "", last_name=form.last_name.data or "",
                language=current_language(), actor=GUEST,
            )  # fmt: skip
        except ShopError as refusal:
            refuse(form, refusal)
            return _register_page(form, refusal)
        cookie[_SENT_TO] = rules.typed_email(form.email.data)
        return go("/register/sent")
    return _register_page(form, status=422 if form.is_submitted() else 200)


def _register_page(form: RegisterForm, refusal: ShopError | None = None, status: int = 200) -> Any:
    view = form_view(
        form, title=_("Create an account"), action="/register", submit=_("Create my account"),
        text=_("Follow your orders, keep your addresses, and be faster next time."),
        links=(Link(_("I have an account already"), f"{root()}/login"),),
    )  # fmt: skip
    return show("auth/form", view, refusal, status)


def register_sent() -> Any:
    """Say that a mail is on its way, and offer to send it again."""
    address = cookie.get(_SENT_TO, "")
    view = MessageView(
        meta=meta(_("Look into your mailbox"), robots="noindex"),
        title=_("Look into your mailbox"),
        text=_("We have sent you a message. Follow the link in it, and your account is open."),
        detail=str(address),
        action_url=f"{root()}/register/resend" if address else "",
        action_label=_("Send it again"),
        links=(Link(_("Another address"), f"{root()}/register"), Link(_("Sign in"), f"{root()}/login")),
        icon="mail",
    )
    return show("auth/message", view)


def resend() -> Any:
    """Send the confirmation again to the address this browser has just registered with."""
    ButtonForm()
    address = str(cookie.get(_SENT_TO, ""))
    if address:
        throttle.note_request("register", email=address, ip=sessions.client_ip())
        operations.resend_verification(shop_session(), email=address)
    return go("/register/sent")


def verify(token: str) -> Any:
    """Confirm an address: a page with one button, so that mail scanners confirm nothing.

    Who registered in this very browser is signed in; anybody else signs in with the password.
    """
    if request.method == "POST":
        try:
            user = operations.verify_email(shop_session(), token=token)
        except LinkExpired as refusal:
            return _expired(refusal, "/login")
        if cookie.pop(_SENT_TO, None) == user.email and user.is_active and not user.has_two_factor:
            sessions.login(user)
            return go("/account")
        cookie[_NOTICE] = _("Your e-mail address is confirmed. You can sign in now.")
        return go("/login")
    try:
        operations.check_verification(shop_session(), token=token)
    except LinkExpired as refusal:
        return _expired(refusal, "/login")
    view = MessageView(
        meta=meta(_("Confirm your e-mail address"), robots="noindex"),
        title=_("Confirm your e-mail address"),
        text=_(
            "One click, and your account is open. Did you not register here? Then simply close this page."
        ),
        action_url=f"{root()}/verify/{token}",
        action_label=_("Confirm my address"),
        icon="mail",
    )
    return show("auth/message", view)


def _expired(refusal: LinkExpired, path: str) -> Any:
    view = MessageView(
        meta=meta(_("This link is no longer valid"), robots="noindex"),
        title=_("This link is no longer valid"),
        text=_("It was used already, is too old, or a newer one has taken its place."),
        links=(
            Link(_("Sign in"), f"{root()}/login"),
            Link(_("Ask for a new password"), f"{root()}/password/forgot"),
        ),
        icon="clock",
    )
    return show("auth/message", view, refusal)


def forgot() -> Any:
    """Ask for a link to choose a new password. The answer is the same for every address."""
    form = ForgotForm()
    if form.validate_on_submit():
        try:
            address = rules.normal_email(form.email.data)
            throttle.note_request("reset", email=address, ip=sessions.client_ip())
            operations.request_password_reset(shop_session(), email=address, language=current_language())
        except ShopError as refusal:
            refuse(form, refusal)
            return _forgot_page(form, refusal)
        cookie[_SENT_TO] = address
        return go("/password/sent")
    return _forgot_page(form, status=422 if form.is_submitted() else 200)


def _forgot_page(form: ForgotForm, refusal: ShopError | None = None, status: int = 200) -> Any:
    view = form_view(
        form, title=_("Forgot your password?"), action="/password/forgot", submit=_("Send me a link"),
        text=_("Enter your e-mail address. If it has an account, we send a link to choose a new password."),
        links=(Link(_("Back to sign-in"), f"{root()}/login"),),
    )  # fmt: skip
    return show("auth/form", view, refusal, status)


def password_sent() -> Any:
    """Say that, if there is an account, a mail is on its way."""
    view = MessageView(
        meta=meta(_("Look into your mailbox"), robots="noindex"),
        title=_("Look into your mailbox"),
        text=_("If this address has an account, a link is on its way. It is good for 30 minutes."),
        detail=str(cookie.get(_SENT_TO, "")),
        links=(
            Link(_("Another address"), f"{root()}/password/forgot"),
            Link(_("Back to sign-in"), f"{root()}/login"),
        ),
        icon="mail",
    )
    return show("auth/message", view)


def reset(token: str) -> Any:
    """Choose a new password with a link from a mail; all sessions end."""
    form = ResetForm()
    try:
        staff = operations.check_reset_link(shop_session(), token=token)
        if form.validate_on_submit():
            operations.reset_password(shop_session(), token=token, password=form.password.data)
            cookie[_NOTICE] = _("Your new password is set. Please sign in with it.")
            return private(_to_login(staff))
    except LinkExpired as refusal:
        return _expired(refusal, "/password/forgot")
    except ShopError as refusal:
        refuse(form, refusal)
        return _reset_page(form, token, refusal)
    return _reset_page(form, token, status=422 if form.is_submitted() else 200)


def _to_login(staff: bool) -> Any:
    from flask import redirect

    return redirect("/admin/login/", 303) if staff else go("/login")


def _reset_page(form: ResetForm, token: str, refusal: ShopError | None = None, status: int = 200) -> Any:
    view = form_view(
        form, title=_("Choose a new password"), action=f"/password/reset/{token}", submit=_("Save my password"),
        text=_("You will be signed out everywhere, and sign in again with the new password."),
    )  # fmt: skip
    return show("auth/form", view, refusal, status)
