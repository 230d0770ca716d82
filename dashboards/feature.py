"""Manifest of the dashboards."""

from __future__ import annotations

from app.core.feature import Feature

FEATURE = Feature(name="dashboards")
