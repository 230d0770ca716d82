"""Labels of the column names that most tables share, so that screens need not repeat them."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

LABELS: dict[str, Any] = {
    "id": _l("Number"), "name": _l("Name"), "title": _l("Title"), "slug": _l("Address name"), "code": _l("Code"),
    "created_at": _l("Created"), "updated_at": _l("Changed"), "state": _l("State"), "status": _l("Status"),
    "description": _l("Description"), "email": _l("E-mail"), "number": _l("Number"), "amount": _l("Amount"),
    "currency": _l("Currency"), "position": _l("Position"), "is_active": _l("Active"), "quantity": _l("Quantity"),
    "sku": _l("SKU"), "country": _l("Country"), "language": _l("Language"), "user": _l("User"), "user_id": _l("User"),
    "translations": _l("Translations"), "note": _l("Note"), "at": _l("When"), "rate": _l("Rate"),
    "is_visible": _l("Visible"), "is_available": _l("Available"), "version": _l("Version"), "price": _l("Price"),
    "category": _l("Category"), "brand": _l("Brand"), "product": _l("Product"), "variant": _l("Variant"),
    "order": _l("Order"), "warehouse": _l("Warehouse"), "company": _l("Company"), "phone": _l("Phone"),
}  # fmt: skip
