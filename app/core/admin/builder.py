"""Flask-AppBuilder itself, with all of its addresses under /admin and /api/v1/admin."""

from __future__ import annotations

from typing import Any

from flask_appbuilder import AppBuilder
from flask_appbuilder.api import BaseApi

SCREENS = "/admin"
API = "/api/v1/admin"


class AdminBuilder(AppBuilder):
    """Use it instead of AppBuilder: stock screens (users, login, password) move under /admin."""

    def _add_admin_views(self) -> None:
        """The first page and the security manager's login; none of the stock doors that nobody uses.

        Stock adds a language link that changes the session by GET, a "back" that follows the session's
        history, and two REST doors with tokens of their own.
        """
        self._indexview = self.add_view_no_menu(self.indexview)
        self.sm.register_views()

    def register_blueprint(
        self, baseview: Any, endpoint: str | None = None, static_folder: str | None = None
    ) -> None:
        """Register a screen or an API at its address below our two roots."""
        if isinstance(baseview, BaseApi):
            base = (
                baseview.route_base
                or f"/api/{baseview.version}/{(baseview.resource_name or type(baseview).__name__).lower()}"
            )
            if not base.startswith(API):
                rest = base.removeprefix("/api").removeprefix("/v1")
                baseview.route_base = f"{API}{rest}"
        else:
            base = (
                baseview.route_base
                if baseview.route_base is not None
                else f"/{type(baseview).__name__.lower()}"
            )
            if base != SCREENS and not base.startswith(f"{SCREENS}/"):
                baseview.route_base = f"{SCREENS}{base.rstrip('/')}"
        super().register_blueprint(baseview, endpoint=endpoint, static_folder=static_folder)
