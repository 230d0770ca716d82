"""Manifest of the recommender."""

from __future__ import annotations

from app.core.feature import Feature

FEATURE = Feature(name="recommender")
