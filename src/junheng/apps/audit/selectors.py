"""Reads of the log, each for a reader."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from junheng.apps.accounts.models import User
from junheng.apps.audit.models import AuditEntry
from junheng.apps.audit.policies import acts_of
from junheng.apps.audit.recording import key_of
from junheng.apps.audit.rules import rules
from junheng.apps.foundation import policies

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from django.db.models import QuerySet

    from junheng.apps.accounts.api import Reader

PEOPLE_AT_MOST = 200
"""People that one search for a name may mean."""


def entries_visible_to(reader: Reader, chosen: Mapping[str, Any]) -> QuerySet[AuditEntry]:
    """Return the entries that filters ask for (see `FilterForm`), newest first.

    Days are those of China. A name is looked for among people, since entries hold none.
    """
    rows = policies.visible(reader, AuditEntry.objects.order_by("-pk"))
    return rows.filter(*(_FILTERS[name](value) for name, value in chosen.items() if name != "page"))


def names_of(user_ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of people by id; those who are gone are left out."""
    wanted = {user_id for user_id in user_ids if user_id is not None}
    return dict(User.objects.filter(pk__in=wanted).values_list("pk", "display_name"))


def _who(text: str) -> Q:
    named = Q(username__iexact=text) | Q(display_name__icontains=text)
    found = list(User.objects.filter(named).values_list("pk", flat=True)[:PEOPLE_AT_MOST])
    if text.isdecimal():
        found.append(int(text))
    return Q(user_id__in=found)


def _key(text: str) -> Q:
    return Q(keys__contains=json.dumps(key_of(text.strip()), ensure_ascii=False))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


_FILTERS: dict[str, Any] = {
    "who": _who,
    "group": lambda group: Q(act__in=acts_of(group)),
    "act": lambda act: Q(act=act),
    "kind": lambda kind: Q(kind__icontains=kind),
    "key": _key,
    "since": lambda day: Q(at__gte=_midnight(day)),
    "until": lambda day: Q(at__lt=_midnight(day + timedelta(days=1))),
    "purpose": lambda purpose: Q(purpose__icontains=purpose),
    "minors": lambda _: Q(kind__in=rules().minors),
}
