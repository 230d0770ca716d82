"""The base of domain events: frozen dataclasses of ids and primitives that survive JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Self, get_type_hints


class Event:
    """Something that has happened. Subclasses are frozen dataclasses in `app.events`.

    `kind` is the stable name in the outbox: "<module>.<ClassName>".
    """

    kind: ClassVar[str]
    registry: ClassVar[dict[str, type[Event]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.kind = f"{cls.__module__.rsplit('.', 1)[-1]}.{cls.__name__}"
        Event.registry[cls.kind] = cls

    def body(self) -> dict[str, Any]:
        """The event as JSON values; datetimes in ISO 8601, decimals as text."""
        values: dict[str, Any] = {}
        for item in dataclasses.fields(self):  # type: ignore[arg-type]
            value = getattr(self, item.name)
            if isinstance(value, datetime):
                value = value.isoformat()
            elif isinstance(value, Decimal):
                value = str(value)
            elif isinstance(value, tuple):
                value = list(value)
            values[item.name] = value
        return values

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Self:
        """The inverse of `body`. Unknown keys of older or newer versions are dropped."""
        hints = get_type_hints(cls)
        values: dict[str, Any] = {}
        for item in dataclasses.fields(cls):  # type: ignore[arg-type]
            if item.name not in body:
                continue
            value, hint = body[item.name], hints[item.name]
            if hint is datetime and value is not None:
                value = datetime.fromisoformat(value)
            elif hint is Decimal and value is not None:
                value = Decimal(value)
            elif isinstance(value, list):
                value = tuple(value)
            values[item.name] = value
        return cls(**values)
