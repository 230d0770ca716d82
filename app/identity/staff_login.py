"""The door of the back office: /admin/login/ with an optional second step, /admin/logout/."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, request
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.views import AuthView
from flask_login import current_user

from app.core.errors import ShopError, TooMany
from app.core.i18n import _l
from app.core.web import shop_session
from app.identity import operations, sessions
from app.identity.errors import EmailNotVerified, WrongCredentials

HOME = "/admin/"


class StaffAuthView(AuthView):
    """Log staff in and out. Every failure reads the same; five in a minute make a pause."""

    route_base = "/admin"
    title = _l("Sign in")
    login_template = "identity/admin_login.html"

    @expose("/login/", methods=["GET", "POST"])
    def login(self) -> Any:
        """E-mail address and password; then a code where the account has a second step."""
        if current_user.is_authenticated:
            return redirect(self._next())
        if request.method == "POST":
            return self._check_code() if "otp" in request.form else self._check_password()
        if request.args.get("step") == "code" and sessions.parked_second_step(staff=True):
            return self._page(step="code")
        return self._page()

    def _next(self) -> str:
        return sessions.safe_next(request.values.get("next"), HOME, inside="/admin")

    def _check_password(self) -> Any:
        email, password = request.form.get("email", ""), request.form.get("password", "")
        try:
            user = operations.authenticate(
                shop_session(), email=email, password=password, ip=sessions.client_ip(), staff=True
            )
        except EmailNotVerified:
            return self._page(error=WrongCredentials(), email=email)
        except ShopError as refusal:
            return self._page(error=refusal, email=email)
        if user.has_two_factor:
            sessions.park_second_step(user, staff=True, remember=False, next_url=self._next())
            return self._page(step="code")
        sessions.login(user, staff=True)
        return redirect(self._next())

    def _check_code(self) -> Any:
        parked = sessions.parked_second_step(staff=True)
        if parked is None:
            return self._page(error=WrongCredentials())
        user, values = parked
        try:
            operations.check_second_factor(
                shop_session(), user=user, code=request.form.get("otp", ""), ip=sessions.client_ip()
            )
        except ShopError as refusal:
            return self._page(step="code", error=refusal)
        sessions.finish_second_step()
        sessions.login(user, staff=True)
        return redirect(sessions.safe_next(values.get("next"), HOME, inside="/admin"))

    def _page(self, *, step: str = "password", error: ShopError | None = None, email: str = "") -> Any:
        body = self.render_template(
            self.login_template, title=self.title, step=step, error=error.text if error else "",
            email=email[:254], next=self._next(), appbuilder=self.appbuilder,
        )  # fmt: skip
        response = make_response(body, error.status if error else 200)
        response.headers["Cache-Control"] = "no-store"
        if isinstance(error, TooMany):
            response.headers["Retry-After"] = str(error.retry_after)
        return response

    @expose("/logout/", methods=["POST"])
    def logout(self) -> Any:
        """End this login, on the server as well."""
        sessions.logout()
        return redirect("/admin/login/")

    @expose("/me/")
    def userinfo(self) -> Any:
        """The own account: in the shop, where its password and sessions are kept."""
        return redirect("/account/security")
