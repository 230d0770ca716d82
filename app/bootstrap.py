"""Builds the application from the features' manifests: the only module that imports every feature."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flask import Flask
from flask_babel import Babel
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.middleware.proxy_fix import ProxyFix

import config
from app.core import (
    assets,
    caching,
    cli,
    crypto,
    dispatch,
    feature,
    i18n,
    jobs,
    lean,
    logs,
    outbox,
    packing,
    page_cache,
    realtime,
    redis_client,
    routing,
    security,
    slots,
    templating,
    web,
)  # fmt: skip
from app.core.db import db, session_maker
from app.core.feature import Feature

FLOORS: tuple[str, ...] = (
    "core", "identity", "regions", "media", "customers", "catalog", "notifications", "search", "pricing",
    "inventory", "tax", "promotions", "shipping", "cart", "orders", "payments", "checkout", "fulfilment",
    "invoicing", "reviews", "cms", "support", "analytics", "storefront", "api", "ops",
)  # fmt: skip
"""Features from the ground up; a name is added here when its package comes into the house."""

HERE = Path(__file__).parent
OUTSIDE = HERE.parent
"""Where the packages lie that the shop does not know: those named by the setting EXTENSIONS."""
babel = Babel()


def manifests(extra: Sequence[Feature] = ()) -> list[Feature]:
    """Every feature's manifest, floor by floor, then those handed in from outside `app`."""
    found = []
    for name in FLOORS:
        module = importlib.import_module(f"app.{name}.feature" if name != "core" else "app.core.manifest")
        found.append(module.FEATURE)
    return [*found, *extra]


def load_models(extensions: Sequence[str] = ()) -> None:
    """Import every table, so that migrations see all of them."""
    packages = [*((HERE / name, f"app.{name}") for name in FLOORS), *((OUTSIDE / n, n) for n in extensions)]
    for folder, package in packages:
        if (folder / "models.py").exists() or (folder / "models").is_dir():
            importlib.import_module(f"{package}.models")


def extended(names: Sequence[str]) -> list[Feature]:
    """The manifests of packages outside `app` that a deployment names (dashboards, recommender)."""
    return [importlib.import_module(f"{name}.feature").FEATURE for name in names]


@lean.nothing_collected()
def create_app(overrides: Mapping[str, Any] | None = None, extra: Sequence[Feature] = ()) -> Flask:
    """Make the application: settings, database, security, features, back office, pages, commands.

    `overrides` replaces settings (tests); `extra` adds manifests to those of the setting EXTENSIONS.
    """
    app = Flask("app", root_path=str(HERE), static_folder=None)
    app.url_rule_class = routing.LazyRule
    app.jinja_environment = templating.ShopEnvironment
    app.json = web.SentJson(app)
    app.config.from_object(config.load())
    app.config.update(overrides or {})
    logs.configure(app.config.get("LOG_LEVEL", "INFO"))
    redis_client.configure(app.config["REDIS_URL"])
    keys = dict(part.split(":", 1) for part in app.config["ENCRYPTION_KEYS"].split(","))
    crypto.configure(keys, next(iter(keys)))
    extensions = app.config["EXTENSIONS"]
    load_models(extensions)
    features = manifests([*extended(extensions), *extra])
    feature.collect(features)
    db.init_app(app)
    if app.config.get("MIGRATES", True):
        _migrations(app)
    babel.init_app(app, locale_selector=i18n.choose_locale)
    _templates(app, features)
    security.init_app(app)
    web.init_app(app)
    for manifest in features:
        outbox.register(manifest.handlers)
        jobs.register(dict(manifest.jobs), manifest.slow_jobs)
        slots.register(manifest.slots)
    outbox.on_committed(lambda inline, other: dispatch.ring(session_maker(app), inline, other))
    with app.app_context():
        _back_office(app, features)
        for manifest in features:
            for blueprint in manifest.blueprints:
                app.register_blueprint(blueprint)
            for group in manifest.cli:
                app.cli.add_command(group)
            if manifest.setup:
                manifest.setup(app)
    # Flask-AppBuilder brings a choice of language of its own; pages, mails and back office follow ours
    app.extensions["babel"].locale_selector = i18n.choose_locale
    i18n.quick_texts(app.jinja_env)
    cli.init_app(app, features)
    realtime.init_app(app, serve=app.config.get("SERVE_SOCKETS", True))
    page_cache.init_app(app)
    app.wsgi_app = packing.Packing(app.wsgi_app)  # type: ignore[method-assign]
    app.wsgi_app = i18n.LanguagePrefix(app.wsgi_app)  # type: ignore[method-assign]
    if proxies := app.config["PROXY_COUNT"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, proxies, proxies, proxies)  # type: ignore[method-assign]
    return app


def _migrations(app: Flask) -> None:
    from flask_migrate import Migrate

    Migrate().init_app(app, db, directory=str(HERE.parent / "migrations"), compare_type=True)


def _templates(app: Flask, features: Sequence[Feature]) -> None:
    packages = [*(HERE / name for name in FLOORS), *(OUTSIDE / name for name in app.config["EXTENSIONS"])]
    folders = [package / "templates" for package in packages]
    app.jinja_loader = ChoiceLoader([FileSystemLoader([str(f) for f in folders if f.is_dir()])])  # type: ignore[assignment]
    assets.set_roots([package / "static" for package in packages] + [HERE / "static"])
    app.register_blueprint(assets.blueprint)
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        asset=assets.asset,
        slot=slots.render,
        languages=i18n.LANGUAGES,
        current_language=i18n.current_language,
        language_name=i18n.language_name,
    )
    app.jinja_env.filters.update(moment=i18n.format_moment, score=i18n.format_score)


def _back_office(app: Flask, features: Sequence[Feature]) -> None:
    from app.core import admin
    from app.core.admin import system
    from app.core.admin.home import AdminIndex, error_page
    from app.identity.security_manager import ShopSecurityManager
    from app.identity.sessions import act_as, bearer_user, current_actor

    admin.set_actor_provider(current_actor)
    admin.bearer_provider.set(bearer_user)
    admin.acting_provider.set(act_as)
    builder = admin.AdminBuilder(
        security_manager_class=ShopSecurityManager,
        indexview=AdminIndex,
        base_template="admin/base.html",
        update_perms=False,
    )
    builder.init_app(app, db.session)
    web.set_error_page(error_page, "/admin")
    slots.register(system.SLOTS)
    screens = [*system.SCREENS, *(screen for manifest in features for screen in manifest.admin)]
    for screen in sorted(screens, key=lambda s: s.position):
        if screen.in_menu:
            builder.add_view(
                screen.view,
                str(screen.view.__name__),
                label=screen.label,
                icon=screen.icon,
                category=screen.category,
            )
        else:
            builder.add_view_no_menu(screen.view)
    caching.forget_local()
