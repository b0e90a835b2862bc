"""Fields that keep what a contract says exactly."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper

CODE_LENGTH = 64
TEXT_LENGTH = 500
"""The longest text that a contract takes."""


class ExactDecimalField(models.CharField[Any, Any]):
    """A decimal kept as it is written, blank when it is not known.

    SQLite keeps decimals as binary floats, which lose digits from the sixteenth on; text loses
    none and is the canonical form of the contracts. Python sees a `Decimal` or None.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"max_length": 24, "blank": True, "default": ""})

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, options = super().deconstruct()
        for fixed in ("max_length", "blank", "default"):
            options.pop(fixed, None)
        return name, path, args, options

    def from_db_value(
        self, value: str | None, _expression: object, _connection: BaseDatabaseWrapper
    ) -> Decimal | None:
        return Decimal(value) if value else None

    def to_python(self, value: Any) -> Any:
        return value if value is None or isinstance(value, Decimal) else Decimal(value or "0")

    def get_prep_value(self, value: Any) -> str:
        if isinstance(value, Decimal):
            whole, _, decimals = f"{value:f}".partition(".")
            decimals = decimals.rstrip("0")
            return f"{whole}.{decimals}" if decimals else whole
        return "" if value is None else str(value)


def never_negative(name: str, field: str) -> models.CheckConstraint:
    """Return the constraint that an exact decimal is not below zero: its text has no sign."""
    return models.CheckConstraint(name=name, condition=~Q(**{f"{field}__startswith": "-"}))


def in_order(name: str, earlier: str, later: str) -> models.CheckConstraint:
    """Return the constraint that one day does not lie before the other; a blank agrees."""
    is_open = Q(**{f"{later}__isnull": True}) | Q(**{f"{earlier}__isnull": True})
    return models.CheckConstraint(
        name=name, condition=is_open | Q(**{f"{later}__gte": models.F(earlier)})
    )
