"""Manifest of the content that shop people write."""

from __future__ import annotations

from app.cms import admin, missing_admin, models, storefront
from app.core.feature import Admin, Feature, Slot
from app.core.i18n import _l

FEATURE = Feature(
    name="cms",
    models=models,
    blueprints=(storefront.blueprint,),
    admin=(
        Admin(admin.PageView, _l("Pages"), category="Content", icon="file", position=400),
        Admin(admin.BannerView, _l("Banners"), category="Content", icon="image", position=410),
        Admin(admin.MenuLinkView, _l("Menus"), category="Content", icon="list", position=420),
        Admin(admin.RedirectView, _l("Redirects"), category="Content", icon="undo", position=430),
        Admin(
            missing_admin.MissingView,
            _l("Missing translations"),
            category="Content",
            icon="globe",
            position=440,
        ),
    ),
    slots=(Slot("admin.home", missing_admin.tile, position=90),),  # type: ignore[arg-type]
)
