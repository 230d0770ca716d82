"""The base layer over Flask-AppBuilder. A feature's `admin.py` needs nothing else.

from app.core.admin import Interface, ModelView, OperationView, ReadOnlyView, action, related
"""

from app.core.admin.actions import action, offer
from app.core.admin.builder import AdminBuilder
from app.core.admin.context import (
    acting_provider,
    actor_provider,
    bearer_provider,
    current_actor,
    set_actor_provider,
)
from app.core.admin.formats import badge, moment, money
from app.core.admin.imports import AlreadySo, Imports, by
from app.core.admin.interface import Interface
from app.core.admin.panels import Panel, panel
from app.core.admin.permissions import RequestPermissions
from app.core.admin.relation_search import related
from app.core.admin.tiles import Step, Tile
from app.core.admin.trained import TrainedView
from app.core.admin.views import AdminIndex, ModelView, OperationView, ReadOnlyView

__all__ = [
    "acting_provider", "AdminBuilder", "AdminIndex", "AlreadySo", "Imports", "Interface", "ModelView", "OperationView", "Panel", "ReadOnlyView", "RequestPermissions",
    "Step", "Tile", "TrainedView", "action", "actor_provider", "badge", "bearer_provider", "by", "current_actor", "moment", "money", "offer", "panel",
    "related", "set_actor_provider",
]  # fmt: skip
