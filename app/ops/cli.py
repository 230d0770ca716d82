"""`flask shop …`: prepare, fill, look after a shop."""

from __future__ import annotations

import sys
from typing import Any

import click
from flask import current_app

from app.core.commands import Commands
from app.core.db import db
from app.ops import invariants, preparing

shop = Commands("shop", help="Prepare, fill and look after the shop.")


@shop.command("prepare")
def prepare() -> None:
    """Migrate, create roles and reference data, and fill an empty shop with the demo unless DEMO=0."""
    with preparing.alone():
        preparing.migrate()
        preparing.prepare(current_app)  # type: ignore[arg-type]
        if current_app.config.get("DEMO"):
            from app.ops.demo import loader

            if not loader.is_loaded(db.session):
                _load_demo(int(current_app.config["DEMO_PRODUCTS"]), None)


@shop.command("demo")
@click.option(
    "--products",
    type=click.IntRange(0, 1_000_000),
    default=1000,
    help="How many products.",
)
@click.option("--orders", type=click.IntRange(0, 1_000_000), default=None, help="How many orders.")
def demo(products: int, orders: int | None) -> None:
    """Load the demo shop, or add to it. Never in production: the password of its accounts is public."""
    if current_app.config["ENV_NAME"] == "production":
        raise click.ClickException(
            "The demo shop is never loaded in production: its accounts have a public password."
        )
    _load_demo(products, orders)


def _load_demo(products: int, orders: int | None) -> None:
    from app.ops.demo import loader

    def show(done: int, total: int, what: str) -> None:
        click.echo(f"  {what}: {done} of {total}")

    loader.load(db.session, products=products, orders_wanted=orders, report=show)


@shop.command("create-admin")
@click.option("--email", prompt=True)
@click.password_option()
@click.option("--first-name", default="Shop")
@click.option("--last-name", default="Admin")
def create_admin(email: str, password: str, first_name: str, last_name: str) -> None:
    """Create a member of staff with all rights."""
    from app.identity import operations

    values: dict[str, Any] = {"first_name": first_name, "last_name": last_name}
    operations.create_staff(db.session, email=email, password=password, roles=("Admin",), **values)
    click.echo(f"{email} may log in at /admin/login/")


@shop.command("check-invariants")
def check_invariants() -> None:
    """Check the shop's promises about itself; exit 1 if one does not hold."""
    broken = False
    for name, violations in invariants.check_all(db.session):
        click.echo(f"{'FAIL' if violations else 'ok':4s} {name}")
        for sentence in violations[:20]:
            click.echo(f"       {sentence}")
        broken = broken or bool(violations)
    if broken:
        sys.exit(1)
