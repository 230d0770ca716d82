"""Manifest of `regions`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.feature import Admin, Check, Every, Feature, Handler, Slot
from app.events.regions import RatesChanged, RegionsChanged
from app.regions import admin, checks, cli, handlers, jobs, models
from app.regions.settings import RegionSettings

FEATURE = Feature(
    name="regions",
    models=models,
    admin=(
        Admin(admin.CountryView, _l("Countries"), "Settings", "fa-globe", 50),
        Admin(admin.CurrencyView, _l("Currencies"), "Settings", "fa-coins", 60),
        Admin(admin.RateView, _l("Exchange rates"), "Settings", "fa-refresh", 70),
    ),
    handlers=(
        Handler(RatesChanged, handlers.forget_rates, inline=True),
        Handler(RegionsChanged, handlers.forget_choices, inline=True),
    ),
    jobs={"regions.fetch_rates": jobs.fetch_rates},
    schedules=(Every(seconds=3600, job="regions.fetch_rates"),),
    settings=RegionSettings,
    slots=(Slot("admin.home", admin.stale_tile, position=90),),
    checks=(Check("currencies on offer have a rate", checks.enabled_currencies_have_rates),),
    cli=(cli.commands,),
)
