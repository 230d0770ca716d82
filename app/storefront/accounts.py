"""The doors of customers' accounts: every address, and what happens at a login of the shop."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy.orm import Session

from app.identity import sessions
from app.orders import operations as orders
from app.storefront import accounts_admin as accounts_admin
from app.storefront import accounts_entry as entry
from app.storefront import accounts_pages as pages
from app.storefront import accounts_security as security

blueprint = Blueprint("accounts", __name__)
BOTH = ("GET", "POST")
POST = ("POST",)

ROUTES = (
    ("/login", entry.login, BOTH),
    ("/logout", entry.logout, POST),
    ("/register", entry.register, BOTH),
    ("/register/sent", entry.register_sent, ("GET",)),
    ("/register/resend", entry.resend, POST),
    ("/verify/<token>", entry.verify, BOTH),
    ("/password/forgot", entry.forgot, BOTH),
    ("/password/sent", entry.password_sent, ("GET",)),
    ("/password/reset/<token>", entry.reset, BOTH),
    ("/account", pages.overview, ("GET",)),
    ("/account/orders", pages.orders, ("GET",)),
    ("/account/addresses", pages.addresses, ("GET",)),
    ("/account/addresses/new", pages.new_address, BOTH),
    ("/account/addresses/<uuid:address_id>", pages.edit_address, BOTH),
    ("/account/addresses/<uuid:address_id>/delete", pages.delete_address, POST),
    ("/account/addresses/<uuid:address_id>/default", pages.default_address, POST),
    ("/account/profile", pages.profile, BOTH),
    ("/account/security", security.security, ("GET",)),
    ("/account/security/password", security.change_password, POST),
    ("/account/security/email", security.change_email, POST),
    ("/account/email/confirm/<token>", security.confirm_email, BOTH),
    ("/account/security/sessions/end", security.end_session, POST),
    ("/account/security/sessions/end-others", security.end_others, POST),
    ("/account/security/two-factor", security.two_factor, BOTH),
    ("/account/security/two-factor/codes", security.renew_codes, POST),
    ("/account/security/two-factor/off", security.disable_two_factor, POST),
)

for address, view, methods in ROUTES:
    blueprint.add_url_rule(address, view_func=view, methods=list(methods))


def claim_orders(session: Session, user_id: int) -> None:
    """At a login: orders placed as guest with the same verified address become the customer's own."""
    orders.claim_guest_orders(session, user_id=user_id)


if claim_orders not in sessions.after_login:
    sessions.after_login.append(claim_orders)
