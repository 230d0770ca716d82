"""Pictures: checked, stripped, re-encoded and served in several widths; anything else is refused."""
