"""Who may see and do what with imports: by the sections that own their datasets.

Officers of the bureau import the datasets of their section, a school's people the rows of their
own school, the bureau's leaders look. Everybody else does not learn that an import exists.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q

from junheng.apps.foundation import policies
from junheng.apps.intake.models import (
    CheckedRows,
    Import,
    ImportPart,
    MarkedWorkbook,
    PreviewPart,
    RegisterLayout,
    RegisterSample,
)
from junheng.apps.intake.rules import rights
from junheng.engine import contracts
from junheng.errors import NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from junheng.apps.accounts.api import Reader

VIEW, APPLY = policies.VIEW, "apply"


def bureau_datasets(reader: Reader, bureau_id: int) -> frozenset[str]:
    """Return the datasets whose rows the reader may import for the whole bureau."""
    return _owned(reader, bureau_id) | _granted(reader, bureau_id)


def _owned(reader: Reader, bureau_id: int) -> frozenset[str]:
    held = _held_at(reader, bureau_id, None)
    return frozenset(c.id for c in contracts.contracts() if held & rights().importers(c))


def _granted(reader: Reader, bureau_id: int) -> frozenset[str]:
    """Return the datasets that a connected system may send."""
    posts = (post.imports for post in reader.posts if post.home_id == bureau_id)
    return frozenset[str]().union(*posts)


def school_datasets(reader: Reader, bureau_id: int, school_id: int) -> frozenset[str]:
    """Return the datasets of which the reader may import the rows of one school."""
    if _held_at(reader, bureau_id, school_id) & rights().school_roles:
        return rights().school_datasets
    return frozenset()


def may_look(reader: Reader) -> bool:
    """Whether the reader sees every import of a bureau without importing anything."""
    return any(_held_at(reader, b, None) & rights().readers for b in reader.scope.bureaus)


def require_import(
    reader: Reader, *, bureau_id: int, school_id: int | None, datasets: Collection[str]
) -> None:
    """Raise NotAllowed unless the reader may import all these datasets there, at least one."""
    if school_id is None:
        allowed = bureau_datasets(reader, bureau_id)
    else:
        allowed = school_datasets(reader, bureau_id, school_id)
    refused = [name for name in datasets if name not in allowed]
    if refused or not allowed:
        names = "、".join(contracts.contract(name).name.zh for name in refused)
        raise NotAllowed(
            say("Your posts of today do not import these datasets: {names}.", names=names or "–")
        )


class ImportPolicy:
    """Seen by whoever could have sent it and by the bureau's leaders; applied by the former.

    A connected system sees what it sent itself.
    """

    acts = frozenset({VIEW, APPLY})

    def can(self, reader: Reader, act: str, obj: Import) -> bool:
        if act == VIEW and _held_at(reader, obj.bureau_id, None) & rights().readers:
            return True
        datasets = set(obj.parts.values_list("dataset", flat=True))
        allowed = _owned(reader, obj.bureau_id)
        if allowed and datasets <= allowed:
            return True
        granted = _granted(reader, obj.bureau_id)
        if granted and obj.sent_by_id == reader.user_id and datasets <= granted:
            return True
        if obj.school_id is None:
            return False
        own = school_datasets(reader, obj.bureau_id, obj.school_id)
        return bool(own) and datasets <= own

    def visible(self, reader: Reader, queryset: QuerySet[Import]) -> QuerySet[Import]:
        found = Q(pk__in=())
        for bureau_id in reader.scope.bureaus:
            if _held_at(reader, bureau_id, None) & rights().readers:
                found |= Q(bureau=bureau_id)
            elif allowed := _owned(reader, bureau_id):
                found |= Q(bureau=bureau_id) & _within(allowed)
            if granted := _granted(reader, bureau_id):
                found |= Q(bureau=bureau_id, sent_by=reader.user_id) & _within(granted)
        for post in reader.posts:
            if post.school_id is None:
                continue
            if own := school_datasets(reader, post.home_id, post.school_id):
                found |= Q(school=post.school_id) & _within(own)
        return queryset.filter(found)


class OfImportPolicy:
    """What belongs to an import is seen with it. `path` leads there, as in a query."""

    acts = frozenset({VIEW})

    def __init__(self, path: str) -> None:
        self.path = path

    def can(self, reader: Reader, act: str, obj: Any) -> bool:
        source = attrgetter(self.path.replace("__", "."))(obj)
        return policies.can(reader, act, source)

    def visible(self, reader: Reader, queryset: QuerySet[Any]) -> QuerySet[Any]:
        seen = policies.visible(reader, Import.objects.all())
        return queryset.filter(**{f"{self.path}__in": seen})


class LayoutPolicy:
    """Seen by the officers who import the dataset; a sample by nobody but its sender."""

    acts = frozenset({VIEW})

    def can(self, reader: Reader, act: str, obj: RegisterLayout | RegisterSample) -> bool:
        is_own = isinstance(obj, RegisterLayout) or obj.by_id == reader.user_id
        return is_own and obj.dataset in bureau_datasets(reader, obj.bureau_id)

    def visible(self, reader: Reader, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found = Q(pk__in=())
        for bureau_id in reader.scope.bureaus:
            found |= Q(bureau=bureau_id, dataset__in=bureau_datasets(reader, bureau_id))
        if queryset.model is RegisterSample:
            found &= Q(by=reader.user_id)
        return queryset.filter(found)


def _within(allowed: Collection[str]) -> Q:
    """Return the condition: every dataset of the import is among the allowed."""
    others = ImportPart.objects.filter(source=OuterRef("pk")).exclude(dataset__in=allowed)
    return Q(~Exists(others))


def _held_at(reader: Reader, bureau_id: int, school_id: int | None) -> frozenset[str]:
    return frozenset(
        post.role.value
        for post in reader.posts
        if post.home_id == bureau_id and post.school_id == school_id
    )


def register_policies() -> None:
    """Make these policies the deciding ones; called once when Django is ready."""
    policies.register(Import, ImportPolicy())
    policies.register(ImportPart, OfImportPolicy("source"))
    policies.register(PreviewPart, OfImportPolicy("part__source"))
    policies.register(CheckedRows, OfImportPolicy("part__source"))
    policies.register(MarkedWorkbook, OfImportPolicy("source"))
    policies.register(RegisterLayout, LayoutPolicy())
    policies.register(RegisterSample, LayoutPolicy())
