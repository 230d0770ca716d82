"""Manifest of `search`."""

from __future__ import annotations

from app.core.feature import Admin, Check, Every, Feature, Handler
from app.core.i18n import _l
from app.events.catalog import (
    AttributesChanged,
    BrandChanged,
    CategoryChanged,
    ProductChanged,
    ProductsChanged,
)
from app.events.inventory import AvailabilityChanged
from app.events.pricing import PriceChanged
from app.events.search import IndexRebuilt
from app.search import admin, checks, cli, handlers, jobs, models
from app.search.learning import jobs as learning
from app.search.learning.admin import LearningView
from app.search.learning.settings import SearchSettings

FEATURE = Feature(
    name="search",
    models=models,
    admin=(
        Admin(admin.SynonymView, _l("Synonyms"), category="Catalogue", icon="list", position=70),
        Admin(admin.QueryCountView, _l("Searches"), category="Catalogue", icon="search", position=71),
        Admin(LearningView, _l("Search learning"), category="Catalogue", icon="activity", position=72),
    ),
    handlers=(
        Handler(ProductChanged, handlers.index_product, inline=True),
        Handler(ProductsChanged, handlers.index_batch, inline=True),
        Handler(PriceChanged, handlers.refresh_prices, inline=True),
        Handler(AvailabilityChanged, handlers.refresh_availability, inline=True),
        Handler(CategoryChanged, handlers.index_category),
        Handler(BrandChanged, handlers.index_brand),
        Handler(AttributesChanged, handlers.index_attribute),
        Handler(IndexRebuilt, handlers.forget_pages, inline=True),
    ),
    jobs={
        "search.reindex": jobs.reindex,
        "search.refresh_popularity": jobs.refresh_popularity,
        "search.write_down_queries": jobs.write_down_queries,
        learning.LEARN: learning.learn,
        "search.learn_daily": learning.learn_daily,
        "search.watch_shadow": learning.watch_shadow,
    },
    slow_jobs=(learning.LEARN, "search.watch_shadow"),
    settings=SearchSettings,
    schedules=(
        Every(seconds=24 * 3600, job="search.reindex"),
        Every(seconds=600, job="search.refresh_popularity"),
        Every(seconds=60, job="search.write_down_queries"),
        Every(seconds=24 * 3600, job="search.learn_daily"),
        Every(seconds=1800, job="search.watch_shadow"),
    ),
    checks=(Check("what is on show can be found", checks.index_is_in_line),),
    cli=(cli.commands,),
)
