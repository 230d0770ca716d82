"""Manifest of `cart`."""

from __future__ import annotations

from typing import Any

from app.cart import jobs, messages, models
from app.cart.settings import CartSettings
from app.core.feature import Every, Feature, Handler
from app.events.cart import CartForgotten
from app.inventory.messages import use_courier
from app.notifications.operations import send_mail


def setup(app: Any) -> None:
    """Hand the stock its courier: it stands beside the package that sends mail, the cart above both."""
    use_courier(send_mail)


FEATURE = Feature(
    name="cart",
    models=models,
    handlers=(Handler(CartForgotten, messages.remind),),
    jobs={"cart.clean": jobs.clean, "cart.remind": jobs.remind},
    schedules=(Every(seconds=3600, job="cart.clean"), Every(seconds=900, job="cart.remind")),
    settings=CartSettings,
    setup=setup,
)
