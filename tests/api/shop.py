"""A small shop, made once for a module of tests, and the two doors into it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.catalog import operations as catalog
from app.catalog.rules import NewVariant
from app.core.actor import SYSTEM
from app.core.money import Money
from app.identity import operations as identity
from app.inventory import operations as inventory
from app.pricing import operations as pricing
from app.promotions import operations as promotions
from tests.counting import counted

PASSWORD = "correct horse battery"
GHENT = {
    "name": "Kim Peeters", "line1": "Korenlei 12", "postcode": "9000", "city": "Gent", "country": "BE",
}  # fmt: skip
PRICES = ("9.90", "24.00", "49.50", "120.00")
JSON = "application/json"
PROBLEM = "application/problem+json"


@dataclass
class Shop:
    """A shop with 30 plain articles, a coat in two colours, a lamp of which one is left, and people."""

    app: Any
    maker: Callable[[], Session]
    engine: Any
    category: str = "home/lamps"
    old_category: str = "home/lights"
    people: dict[str, str] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)

    def token(self, who: str) -> str:
        """A fresh access token of customer, other, admin, support, seller or manager."""
        with self.maker() as session:
            user = session.get_one(identity_user(), self.ids[who])
            return identity.issue_tokens(session, user=user).access_token

    def headers(self, who: str = "", **more: str) -> dict[str, str]:
        """Headers of a call by somebody."""
        return ({"Authorization": f"Bearer {self.token(who)}"} if who else {}) | more

    def browser(self, who: str = "") -> Any:
        """A browser; signed in at the shop's door when a name is given."""
        made = self.app.test_client()
        if who:
            answer = made.post("/login", data={"email": self.people[who], "password": PASSWORD})
            assert answer.status_code == 303, answer.text
        return made

    def stock(self, sku: str, on_hand: int) -> None:
        """Set what lies on the shelf."""
        with self.maker() as session:
            inventory.set_on_hand(session, sku=sku, on_hand=on_hand, reason="Counted", actor=SYSTEM)

    def price(self, sku: str, amount: str) -> None:
        """Set a price in euros."""
        with self.maker() as session:
            pricing.set_price(
                session, variant_id=self.ids[sku], amount=Money(Decimal(amount), "EUR"), actor=SYSTEM
            )

    def product(self, name: str, price: str = "10.00", stock: int = 5, **values: Any) -> int:
        """Publish one more article; its SKU is the name in capitals."""
        sku = name.upper().replace(" ", "-")
        values.setdefault("variants", [NewVariant(sku, weight_g=400)])
        skus = [variant.sku for variant in values["variants"]]
        parts = {"prices": {s: {"EUR": price} for s in skus}, "stock": dict.fromkeys(skus, stock)}
        with self.maker() as session:
            made = catalog.create_product(
                session, actor=SYSTEM, name=name, category_id=self.ids["lamps"], type_id=self.ids["type"],
                parts=parts, publish_now=values.pop("publish_now", True), **values,
            )  # fmt: skip
            from app.catalog.queries import variant_ids_by_sku

            self.ids |= variant_ids_by_sku(session, skus)
            self.ids[made.slug] = made.id
            return int(made.id)

    def statements(self) -> AbstractContextManager[list[str]]:
        """The SQL sent inside the block."""
        return counted(self.engine)


def identity_user() -> Any:
    """The class of accounts."""
    from app.identity.models import User

    return User


def build(app: Any, maker: Callable[[], Session], engine: Any) -> Shop:
    """Fill an empty database with the shop."""
    shop = Shop(app, maker, engine)
    with maker() as session:
        _reference(session, shop)
        _people(session, shop)
        promotions.set_coupon(session, code="TEN", kind="percent", value=Decimal(10), actor=SYSTEM)
        promotions.set_coupon(
            session, code="BIG", kind="percent", value=Decimal(50), minimum=Decimal(5000), actor=SYSTEM
        )
    for number, price in zip(range(1, 31), itertools.cycle(PRICES), strict=False):
        shop.product(
            f"Lamp {number:02d}", price, 50, specifications={"watts": 40 if number % 2 else 60},
            translations={"fr": {"name": f"Lampe {number:02d}"}},
        )  # fmt: skip
    shop.product("Rare lamp", "30.00", 1)
    shop.product("Sold out lamp", "30.00", 0)
    shop.product("Draft lamp", "30.00", 3, publish_now=False)
    shop.product("Gone lamp", "30.00", 3)
    colours = [
        NewVariant(f"COAT-{c}", options={"colour": c.lower()}, weight_g=900) for c in ("RED", "BLUE", "GREEN")
    ]
    shop.product("Coat", "80.00", 7, variants=colours, brand_id=shop.ids["brand"])
    with maker() as session:
        catalog.archive_product(session, product_id=shop.ids["gone-lamp"], actor=SYSTEM)
        catalog.refresh_product_counts(session)
    shop.stock("COAT-GREEN", 0)
    return shop


def _reference(session: Session, shop: Shop) -> None:
    attribute = catalog.create_attribute
    attribute(session, actor=SYSTEM, code="watts", name="Power", kind="number", unit="W", is_filter=True)
    attribute(
        session, actor=SYSTEM, code="colour", name="Colour", kind="option", is_variant=True, is_filter=True,
        options=[
            {"value": "red", "label": "Red", "swatch": "#c1121f"}, {"value": "blue", "label": "Blue"},
            {"value": "green", "label": "Green"},
        ],
    )  # fmt: skip
    kind = catalog.create_product_type(
        session, actor=SYSTEM, code="thing", name="Thing", attributes=["watts"], variant_attributes=["colour"]
    )
    brand = catalog.create_brand(session, actor=SYSTEM, name="Lumen")
    home = catalog.create_category(
        session, actor=SYSTEM, name="Home", translations={"fr": {"name": "Maison"}}
    )
    lamps = catalog.create_category(
        session, actor=SYSTEM, name="Lights", parent_id=home.id, translations={"fr": {"name": "Lampes"}}
    )
    catalog.update_category(session, category_id=lamps.id, actor=SYSTEM, name="Lamps", slug="lamps")
    shop.ids |= {"type": kind.id, "brand": brand.id, "home": home.id, "lamps": lamps.id}


def _people(session: Session, shop: Shop) -> None:
    people = {
        "customer": (),
        "other": (),
        "admin": ("Admin",),
        "support": ("Support",),
        "seller": ("Seller",),
        "manager": ("Manager",),
    }
    for who, roles in people.items():
        email = f"{who}@people.example"
        user = identity.create_user(
            session, email=email, password=PASSWORD, first_name=who.title(), last_name="T", actor=SYSTEM,
            **({"roles": roles} if roles else {}),
        )  # fmt: skip
        shop.people[who], shop.ids[who] = email, user.id
