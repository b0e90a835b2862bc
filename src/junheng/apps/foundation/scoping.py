"""Whose rows may be read now: a scope in a context variable, and managers that fail without one.

The middleware opens the scope of the reader's posts of today for each request. A job or command
opens `everything(reason=...)`, in so many words. A query outside any scope raises `ScopeMissing`: a
forgotten filter is an error and not a leak.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import structlog
from django.apps import apps
from django.db import models
from django.db.models import Q

from junheng.errors import JunhengError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

log = structlog.get_logger(__name__)
M = TypeVar("M", bound=models.Model)


class ScopeMissing(JunhengError):
    """A scoped model was queried where nobody said whose rows may be read."""


@dataclass(frozen=True)
class Scope:
    """Whose rows may be read, each part as ids.

    `bureaus`: bureaus with all their schools. `schools`: schools with all that is theirs.
    `directories`: bureaus of which organisations and classes may be listed, and nobody in them.
    `classes`, `pupils`, `enrolments`: single ones, as they are today. `known_schools`, `homes`:
    schools and bureaus that may be known by name because a post lies in them. `liaisons`: bureaus
    for which a department of the county government answers to items. `is_everything`: no limit.
    """

    bureaus: frozenset[int] = frozenset()
    schools: frozenset[int] = frozenset()
    directories: frozenset[int] = frozenset()
    classes: frozenset[int] = frozenset()
    pupils: frozenset[int] = frozenset()
    enrolments: frozenset[int] = frozenset()
    known_schools: frozenset[int] = frozenset()
    homes: frozenset[int] = frozenset()
    liaisons: frozenset[int] = frozenset()
    is_everything: bool = False


_current: ContextVar[Scope | None] = ContextVar("junheng_scope", default=None)


def current() -> Scope | None:
    """Return the scope in force here, or None."""
    return _current.get()


@contextmanager
def within(scope: Scope) -> Iterator[Scope]:
    """Read inside `scope` until the block ends."""
    token = _current.set(scope)
    try:
        yield scope
    finally:
        _current.reset(token)


@contextmanager
def everything(*, reason: str) -> Iterator[Scope]:
    """Read without limit until the block ends: for jobs and commands, which say why in the log."""
    if not reason.strip():
        message = "everything() needs a reason."
        raise ValueError(message)
    log.debug("scope_everything", reason=reason)
    with within(Scope(is_everything=True)) as scope:
        yield scope


@dataclass(frozen=True)
class Many:
    """A reach through dated records of another model: one of them is enough.

    Rows whose `own` is named as `column` by a row of `model` (a label) for which the look-up `path`
    leads into the scope.
    """

    model: str
    column: str
    path: str
    own: str = "pk"

    def within(self, ids: Iterable[int]) -> Q:
        """Return the condition that a record leads to one of `ids`."""
        records = apps.get_model(self.model)._base_manager.filter(**{f"{self.path}__in": ids})
        return Q(**{f"{self.own}__in": records.values(self.column)})


@dataclass(frozen=True)
class Reach:
    """How a scope reaches the rows of a model: look-ups to the ids that each part of it holds.

    A part without a look-up does not reach the model at all.
    """

    bureaus: str | None = None
    schools: str | Many | None = None
    directories: str | None = None
    classes: str | None = None
    pupils: str | None = None
    enrolments: str | None = None
    known_schools: str | None = None
    homes: str | None = None
    liaisons: str | None = None

    def condition(self, scope: Scope) -> Q:
        """Return the condition that keeps the rows within `scope`; without any reach, no row."""
        if scope.is_everything:
            return Q()
        found = Q(pk__in=())
        for part, path in vars(self).items():
            ids = getattr(scope, part)
            if not ids:
                continue
            if isinstance(path, Many):
                found |= path.within(ids)
            elif path is not None:
                found |= Q(**{f"{path}__in": ids})
        return found

    def holds(self, row: models.Model, scope: Scope) -> bool:
        """Whether one row lies within `scope`, following its own fields."""
        if scope.is_everything:
            return True
        return any(
            _leads_to(row, path, ids)
            for part, path in vars(self).items()
            if path is not None and (ids := getattr(scope, part))
        )


def _leads_to(row: models.Model, path: str | Many, ids: frozenset[int]) -> bool:
    if isinstance(path, Many):
        mine = {path.column: getattr(row, _attribute(row, path.own))}
        records = apps.get_model(path.model)._base_manager.filter(**mine)
        is_reached: bool = records.filter(**{f"{path.path}__in": ids}).exists()
        return is_reached
    *links, last = path.split("__")
    for link in links:
        row = getattr(row, link)
    reached: int | None = getattr(row, _attribute(row, last))
    return reached in ids


def _attribute(row: models.Model, name: str) -> str:
    """Return the attribute that holds the stored value of a field: the id of what it names."""
    field = row._meta.pk if name == "pk" else row._meta.get_field(name)
    return str(getattr(field, "attname", name))


class ScopedManager(models.Manager[M]):
    """A manager whose every query is limited to the scope in force, by the model's `scope_reach`.

    The reach stands on the model and not here, because Django makes the managers of relations
    from this class without arguments.
    """

    def get_queryset(self) -> models.QuerySet[M]:
        scope = current()
        if scope is None:
            raise ScopeMissing(
                say("{model} was queried outside any scope.", model=self.model._meta.label)
            )
        return super().get_queryset().filter(reach_of(self.model).condition(scope))


def reach_of(model: type[models.Model]) -> Reach:
    """Return the reach that a scoped model declares as `scope_reach`."""
    reach: Reach = vars(model)["scope_reach"]
    return reach
