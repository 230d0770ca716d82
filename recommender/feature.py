"""Manifest of the recommender."""

from __future__ import annotations

from app.core.feature import Admin, Every, Feature, Handler, Slot
from app.core.i18n import _l
from app.events.orders import OrderPlaced
from app.notifications.suggested import SLOT
from recommender import admin, cli, handlers, jobs, mails, models, personal, storefront
from recommender.forecasting import feature as forecasting
from recommender.settings import RecommenderSettings

FEATURE = Feature(
    name="recommender",
    models=models,
    blueprints=(storefront.blueprint,),
    admin=(
        Admin(admin.VersionView, _l("Suggestions"), category="Catalogue", icon="spark", position=80),
        Admin(admin.ExperimentView, _l("Experiments"), category="Catalogue", icon="scale", position=85),
        *forecasting.ADMIN,
    ),
    handlers=(Handler(OrderPlaced, handlers.count_order),),
    jobs={
        jobs.TRAIN: jobs.learn,
        "recommender.learn_daily": jobs.learn_daily,
        jobs.WATCH: jobs.watch_shadow,
        **forecasting.JOBS,
    },
    slow_jobs=(jobs.TRAIN, "recommender.learn_daily", jobs.WATCH, *forecasting.JOBS),
    schedules=(
        Every(seconds=86_400, job="recommender.learn_daily"),
        Every(seconds=3600, job=jobs.WATCH),
        *forecasting.SCHEDULES,
    ),
    settings=RecommenderSettings,
    slots=(
        Slot("product.alike", storefront.product_alike),  # type: ignore[arg-type]
        Slot("product.end", storefront.at_product, position=90),
        Slot("home.end", storefront.at_home, position=20),
        Slot("cart.end", storefront.at_cart, position=20),
        Slot("account.home", storefront.at_account, position=40),
        Slot(SLOT, mails.in_mail),  # type: ignore[arg-type]
        Slot("account.menu", storefront.in_menu, position=40),
    ),
    cli=(cli.commands, *forecasting.CLI),
    personal_data=(personal,),
)
