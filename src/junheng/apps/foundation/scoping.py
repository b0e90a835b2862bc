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
from django.db import models
from django.db.models import Q

from junheng.errors import JunhengError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator

log = structlog.get_logger(__name__)
M = TypeVar("M", bound=models.Model)


class ScopeMissing(JunhengError):
    """A scoped model was queried where nobody said whose rows may be read."""


@dataclass(frozen=True)
class Scope:
    """Whose rows may be read.

    `bureaus`: bureaus with all their schools. `schools`: single schools. `homes`: bureaus that may
    be known by name because a post lies in them. `is_everything`: no limit.
    """

    bureaus: frozenset[int] = frozenset()
    schools: frozenset[int] = frozenset()
    homes: frozenset[int] = frozenset()
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
class Reach:
    """How a scope reaches the rows of a model: look-ups to the ids that each part of it holds.

    A part without a look-up does not reach the model at all.
    """

    bureaus: str | None = None
    schools: str | None = None
    homes: str | None = None

    def condition(self, scope: Scope) -> Q:
        """Return the condition that keeps the rows within `scope`; without any reach, no row."""
        if scope.is_everything:
            return Q()
        found = Q(pk__in=())
        for part, path in vars(self).items():
            if path is not None:
                found |= Q(**{f"{path}__in": getattr(scope, part)})
        return found


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
