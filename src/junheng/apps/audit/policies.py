"""Who may look into the log: the audit administrator, and at sign-ins those who run the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from junheng.apps.accounts.api import Role
from junheng.apps.audit.models import AuditEntry
from junheng.apps.audit.rules import rules
from junheng.apps.foundation import policies

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from junheng.apps.accounts.api import Reader

AUDITORS = frozenset({Role.AUDIT_ADMINISTRATOR})
DOORKEEPERS = frozenset({Role.IT_OFFICER, Role.SECURITY_ADMINISTRATOR})
SIGN_IN = "sign_in"


class AuditEntryPolicy:
    """An auditor sees the entries of people of the own bureau, a doorkeeper their sign-ins.

    Entries of nobody's bureau (the system, strangers at the door) are everybody's of these.
    """

    acts = frozenset({policies.VIEW})

    def can(self, reader: Reader, act: str, obj: AuditEntry) -> bool:
        homes = _homes(reader, AUDITORS)
        if obj.act in acts_of(SIGN_IN):
            homes |= _homes(reader, DOORKEEPERS)
        return bool(homes) and (
            not obj.bureaus or any(f",{home}," in obj.bureaus for home in homes)
        )

    def visible(self, reader: Reader, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        audited, kept = (_homes(reader, roles) for roles in (AUDITORS, DOORKEEPERS))
        sign_ins = Q(act__in=acts_of(SIGN_IN))
        return queryset.filter(_of(audited) | (sign_ins & _of(audited | kept)))


def acts_of(group: str) -> frozenset[str]:
    """Return the ids of the acts of one group."""
    return frozenset(act.id for act in rules().acts.values() if act.group == group)


def may_audit(reader: Reader) -> bool:
    """Whether the reader looks into the whole log of a bureau."""
    return bool(_homes(reader, AUDITORS))


def may_see_sign_ins(reader: Reader) -> bool:
    """Whether the reader looks at the sign-ins of a bureau."""
    return bool(_homes(reader, AUDITORS | DOORKEEPERS))


def register_policies() -> None:
    """Make this policy the deciding one; called once when Django is ready."""
    policies.register(AuditEntry, AuditEntryPolicy())


def _homes(reader: Reader, roles: frozenset[Role]) -> frozenset[int]:
    return frozenset(post.home_id for post in reader.posts if post.role in roles)


def _of(homes: frozenset[int]) -> Q:
    """Return the condition for entries of bureaus; no bureau, no entry."""
    if not homes:
        return Q(pk__in=())
    found = Q(bureaus="")
    for home in sorted(homes):
        found |= Q(bureaus__contains=f",{home},")
    return found
