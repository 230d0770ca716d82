"""Manifest of `cart`."""

from __future__ import annotations

from app.cart import admin, jobs, messages, models
from app.cart.settings import CartSettings
from app.core.feature import Admin, Every, Feature, Handler, Slot
from app.core.i18n import _l
from app.events.cart import CartForgotten

FEATURE = Feature(
    name="cart",
    models=models,
    admin=(Admin(admin.CartView, _l("Bags"), category="Sales", icon="shopping-bag", position=30),),
    handlers=(Handler(CartForgotten, messages.remind),),
    jobs={"cart.clean": jobs.clean, "cart.remind": jobs.remind},
    schedules=(Every(seconds=3600, job="cart.clean"), Every(seconds=900, job="cart.remind")),
    settings=CartSettings,
    slots=(Slot("shipping.parcel_of_cart", admin.parcel_of_cart),),  # type: ignore[arg-type]
)
