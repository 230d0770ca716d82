"""FAB's security manager as a door: our users, our login, our sessions; none of FAB's own ways in."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_login import LoginManager

from app.core.actor import SYSTEM
from app.core.admin.permissions import RequestPermissions
from app.core.errors import ShopError
from app.identity import operations, queries, sessions
from app.identity.models import User
from app.identity.staff_login import StaffAuthView


class ShopSecurityManager(RequestPermissions, SecurityManager):
    """Keeps FAB's permissions; replaces its login, its REST login and its user screens.

    Screens for users and roles are declared in identity's manifest like those of any feature.
    """

    user_model = User
    authdbview = StaffAuthView

    def register_views(self) -> None:
        """Only the staff login. FAB's registration, password and API views are not there at all."""
        if not current_app.config.get("FAB_ADD_SECURITY_VIEWS", True):
            return
        self.auth_view = self.authdbview()
        self.appbuilder.add_view_no_menu(self.auth_view)
        self.user_view = self.auth_view  # FAB's pages link to its `userinfo`

    def create_login_manager(self, app: Flask) -> LoginManager:
        """Flask-Login with our sessions behind it."""
        manager = LoginManager(app)
        manager.login_view = "StaffAuthView.login"
        manager.session_protection = None  # a login is a row of ours; it ends there
        manager.user_loader(self.load_user)
        return manager

    def load_user(self, pk: Any) -> User | None:
        """The user behind a cookie's token; None once the login has ended."""
        return sessions.load_login(pk)

    def load_user_jwt(self, _jwt_header: Any, jwt_data: Any) -> None:
        """FAB's own tokens are not accepted: ours carry an audience and a stamp (`api_identity`)."""
        return

    def get_user_by_id(self, pk: Any) -> User | None:
        """The user with this number."""
        text = str(pk)
        return queries.user_by_id(self.session, int(text)) if text.isascii() and text.isdigit() else None

    def auth_user_db(self, username: str, password: str) -> User | None:
        """FAB's entry to a login; the same rules and limits as ours."""
        try:
            return operations.authenticate(
                self.session, email=username, password=password, ip=sessions.client_ip(), staff=True
            )
        except ShopError:
            return None

    def reset_password(self, userid: Any, password: str) -> None:
        """FAB's entry to a new password; all sessions end."""
        operations.set_password(self.session, user_id=int(userid), password=password, actor=SYSTEM)

    def update_user_auth_stat(self, user: User, success: bool = True) -> None:
        """Nothing: our operations keep these figures themselves."""
