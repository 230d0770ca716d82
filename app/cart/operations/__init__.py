"""The verbs of a cart. Every change locks the cart and raises its version; refusals change nothing."""

from app.cart.operations.choices import (
    apply_coupon,
    remove_coupon,
    set_addresses,
    set_currency,
    set_note,
    set_shipping_method,
)  # fmt: skip
from app.cart.operations.lines import (
    add_line,
    move_to_cart,
    remove_line,
    save_for_later,
    see_prices,
    set_quantity,
    undo_remove,
)  # fmt: skip
from app.cart.operations.merging import merge_at_login, undo_merge
from app.cart.operations.opening import create_cart, lock_open, mark_ordered
from app.cart.operations.recovery import announce_forgotten, forget_old_carts, forget_removed_lines, restore

__all__ = [
    "add_line", "announce_forgotten", "apply_coupon", "create_cart", "forget_old_carts", "forget_removed_lines", "lock_open",
    "mark_ordered", "merge_at_login", "move_to_cart", "remove_coupon", "remove_line", "restore",
    "save_for_later", "see_prices", "set_addresses", "set_currency", "set_note", "set_quantity",
    "set_shipping_method", "undo_merge", "undo_remove",
]  # fmt: skip
