"""The demo shop: pictures drawn by code, texts built from grammar, and their loader."""
