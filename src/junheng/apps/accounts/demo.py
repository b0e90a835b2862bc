"""The demo's one-click sign-in: which roles there are and what each of them sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from junheng.apps.accounts.models import Role
from junheng.apps.accounts.selectors import demo_people

if TYPE_CHECKING:
    from datetime import date

    from django.utils.functional import _StrPromise

DESCRIPTIONS: dict[Role, _StrPromise] = {
    Role.BUREAU_LEADER: _("Sees whether the district meets the standard and where it falls short."),
    Role.SUPERVISION_OFFICER: _("Uploads unit tables, runs assessments, checks every figure."),
    Role.PLANNING_OFFICER: _("Sees which schools lack rooms, grounds and equipment."),
    Role.SYSTEM_ADMINISTRATOR: _("Runs the system; sees no data of schools."),
    Role.HEAD: _("Sees the figures of the own school and how to check them."),
    Role.SCHOOL_CLERK: _("Enters and checks the figures of the own school."),
}


@dataclass(frozen=True)
class DemoRole:
    """One button of the sign-in page in demo mode."""

    key: str
    label: str
    description: str


def demo_roles(day: date) -> list[DemoRole]:
    """Return the roles one click can sign in to; none outside demo mode."""
    people = demo_people(day) if settings.IS_DEMO else {}
    return [DemoRole(role.value, str(role.label), str(DESCRIPTIONS[role])) for role in people]
