"""What all account doors share: who may come in, where to go next, how a form becomes a page."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

from flask import Response, current_app, make_response, redirect, request
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, SelectField
from wtforms import Field as FormField

from app.core.actor import Actor
from app.core.errors import InvalidFields, ShopError, TooMany
from app.identity import sessions
from app.identity.models import User
from app.storefront.pages import Choice, Field, FieldError, FormView, Link, Notice
from app.storefront.shell import CURRENCY_COOKIE, currency_codes, meta, page, root

YEAR = 365 * 24 * 3600
LONGEST_ECHO = 2_000


def customer() -> User:
    """The person this cookie belongs to; only inside doors that `signed_in` guards."""
    return current_user._get_current_object()


def actor() -> Actor:
    """The customer as the one who does something to their own things."""
    person = customer()
    return Actor("customer", person.id, person.email)


def signed_in(view: Callable[..., Any]) -> Callable[..., Any]:
    """Only for people who are signed in; others are asked to, and come back to this page."""

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if current_user.is_authenticated:
            return view(*args, **kwargs)
        if request.method in ("GET", "HEAD"):
            here = request.full_path.rstrip("?") if request.query_string else request.path
            return redirect(login_url(f"{root()}{here}"), 303)
        return redirect(login_url(f"{root()}/account"), 303)

    return guarded


def login_url(next_url: str) -> str:
    """The sign-in page, with the way back."""
    from urllib.parse import urlencode

    return f"{root()}/login?{urlencode({'next': next_url})}"


def next_url() -> str:
    """Where to go after signing in: a page of this shop that was asked for, else the account."""
    home = f"{root()}/account"
    wanted = sessions.safe_next(request.values.get("next"), home)
    return home if wanted.split("?")[0].endswith(("/login", "/logout", "/register")) else wanted


def go(path: str) -> Response:
    """To another page of this shop, in this language."""
    return make_response(redirect(f"{root()}{path}", 303))


def private(answer: Any) -> Response:
    """An answer that nobody keeps: it belongs to one person, or carries a secret in its address."""
    response = make_response(answer)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def with_currency(response: Response, currency: str | None) -> Response:
    """Let the pages speak the currency that the profile names."""
    from app.core.web import shop_session

    if currency and currency in currency_codes(shop_session()):
        secure = bool(current_app.config.get("SESSION_COOKIE_SECURE"))
        response.set_cookie(CURRENCY_COOKIE, currency, max_age=YEAR, samesite="Lax", secure=secure)
    return response


# --- forms ---------------------------------------------------------------------------------------


def refuse(form: FlaskForm, refusal: ShopError) -> None:
    """Put a refusal beside the field it speaks of, or on top of the form."""
    if isinstance(refusal, InvalidFields):
        for name, message in refusal.errors.items():
            _add(form, name, str(message))
    else:
        _add(form, refusal.field or "", refusal.text)


def _add(form: FlaskForm, name: str, message: str) -> None:
    if name in form:
        form[name].errors = [*form[name].errors, message]
    else:
        form.form_errors.append(message)


def shown_fields(form: FlaskForm) -> tuple[Field, ...]:
    """The fields of a form as its page prints them: what was typed, and what was refused."""
    return tuple(_shown(item) for item in form if item.type not in ("CSRFTokenField", "HiddenField"))


def _shown(item: FormField) -> Field:
    kw = dict(item.render_kw or {})
    kind = kw.pop("kind", "password" if isinstance(item, PasswordField) else "text")
    options: tuple[Choice, ...] = ()
    if isinstance(item, BooleanField):
        kind = "checkbox"
    elif isinstance(item, SelectField):
        kind = "select"
        options = tuple(Choice(str(v), str(label), chosen) for v, label, chosen, *_ in item.iter_choices())
    value = "" if kind in ("password", "checkbox") else str(item.data if item.data is not None else "")
    return Field(
        name=item.name,
        label=str(item.label.text),
        value=value[:LONGEST_ECHO],
        error=str(item.errors[0]) if item.errors else "",
        kind=kind,
        options=options,
        checked=kind == "checkbox" and bool(item.data),
        hint=str(kw.pop("hint", "")),
        **kw,
    )


def errors_of(form: FlaskForm) -> tuple[FieldError, ...]:
    """The refusals for the summary on top, each leading to its field."""
    return tuple(FieldError(field.id, field.error) for field in shown_fields(form) if field.error)


def notices_of(form: FlaskForm) -> tuple[Notice, ...]:
    """Refusals that belong to no single field."""
    return tuple(Notice(str(message), "error") for message in form.form_errors)


def form_view(
    form: FlaskForm,
    *,
    title: str,
    action: str,
    submit: str,
    links: Iterable[Link] = (),
    notices: Iterable[Notice] = (),
    **more: Any,
) -> FormView:
    """The page of a form. `action` is its path without the language."""
    return FormView(
        meta=meta(title, robots="noindex"),
        title=title,
        action_url=f"{root()}{action}",
        submit=submit,
        fields=shown_fields(form),
        errors=errors_of(form),
        notices=(*notices, *notices_of(form)),
        links=tuple(links),
        **more,
    )


def show(template: str, view: Any, refusal: ShopError | None = None, status: int = 200) -> Response:
    """A private page; after a refusal with its status and, if it says so, the time to wait."""
    status = refusal.status if refusal is not None else status
    response = private(page(template, view, status))
    if isinstance(refusal, TooMany):
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response
