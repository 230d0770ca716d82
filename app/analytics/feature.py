"""Manifest of the metric layer."""

from __future__ import annotations

from app.core.feature import Feature

FEATURE = Feature(name="analytics")
