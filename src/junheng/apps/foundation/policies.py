"""Who may do what to which kind of object: one policy object for each kind, in one registry.

A policy answers twice: for one object (`can`) and for a query (`visible`). Both must agree, and
`disagreements` proves it on any set of objects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from junheng.errors import NotAllowed, NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model, QuerySet

    from junheng.apps.foundation.scoping import Scope

VIEW = "view"


class ReaderLike(Protocol):
    """What a policy may ask of a reader."""

    @property
    def user_id(self) -> int: ...
    @property
    def roles(self) -> frozenset[str]: ...
    @property
    def scope(self) -> Scope: ...


class Policy(Protocol):
    """The rights on one kind of object. `acts` lists every act that can be asked about."""

    acts: frozenset[str]

    def can(self, reader: Any, act: str, obj: Any) -> bool:
        """Whether `reader` may do `act` to `obj`."""
        ...

    def visible(self, reader: Any, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of `queryset` on which `can(reader, "view", row)` holds."""
        ...


_policies: dict[str, Policy] = {}


def register(model: type[Model], policy: Policy) -> None:
    """Make `policy` the one that decides on `model`."""
    label = model._meta.label
    if label in _policies and type(_policies[label]) is not type(policy):
        message = f"{label} has a policy already."
        raise ValueError(message)
    _policies[label] = policy


def policy_for(model: type[Model]) -> Policy:
    """Return the policy of `model`; KeyError when none is registered."""
    return _policies[model._meta.label]


def can(reader: ReaderLike, act: str, obj: Model) -> bool:
    """Whether the reader may do `act` to the object; an unknown act is an error."""
    policy = policy_for(type(obj))
    if act not in policy.acts:
        message = f"{obj._meta.label} knows no act “{act}”."
        raise ValueError(message)
    return policy.can(reader, act, obj)


def require(reader: ReaderLike, act: str, obj: Model) -> None:
    """Let the reader do `act`, or raise NotFound (may not even see it) or NotAllowed."""
    if not can(reader, VIEW, obj):
        raise NotFound(say("There is no such page, or it is not yours to see."))
    if not can(reader, act, obj):
        raise NotAllowed(say("Your posts of today do not give this right."))


def visible(reader: ReaderLike, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Return the rows the reader may see."""
    return policy_for(queryset.model).visible(reader, queryset)


def disagreements(policy: Policy, readers: Iterable[Any], everything: QuerySet[Any]) -> list[str]:
    """Return each case in which object check and query filter of a policy differ."""
    found = []
    for reader in readers:
        listed = set(policy.visible(reader, everything).values_list("pk", flat=True))
        found += [
            f"{reader} {row._meta.label} {row.pk}: can={not listed_too}, visible={listed_too}"
            for row in everything
            if (listed_too := row.pk in listed) != policy.can(reader, VIEW, row)
        ]
    return found
