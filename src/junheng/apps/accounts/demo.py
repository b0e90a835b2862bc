"""The demo's one-click sign-in: which roles there are and what each of them sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from junheng.apps.accounts.selectors import demo_people
from junheng.apps.foundation import shown

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True)
class DemoRole:
    """One button of the sign-in page in demo mode."""

    key: str
    label: str
    description: str


def demo_roles(day: date) -> list[DemoRole]:
    """Return the roles one click can sign in to; none outside demo mode."""
    people = demo_people(day) if settings.IS_DEMO else {}
    return [
        DemoRole(role.value, str(role.label), role.rule.tells.of(shown.language()))
        for role in people
    ]
