"""What the post of a connected system opens: told by whoever keeps its tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from junheng.apps.accounts.models import Role

if TYPE_CHECKING:
    from datetime import date

    from junheng.apps.accounts.reader import HeldPost
    from junheng.apps.accounts.rolebook import Kind


@dataclass(frozen=True)
class Grant:
    """Kinds of data that are opened, and the ids of datasets that may be imported."""

    kinds: frozenset[Kind]
    imports: frozenset[str]


Granting = Callable[[int, "date"], Grant]
_granting: list[Granting] = []


def register_granting(granting: Granting) -> None:
    """Let `granting` tell by account and day what its post as a connected system opens."""
    _granting[:] = [granting]


def granted(post: HeldPost, user_id: int, day: date) -> HeldPost:
    """Return a post with what is granted on a day; one of people stays as it is."""
    if post.role is not Role.INTEGRATION or not _granting:
        return post
    grant = _granting[0](user_id, day)
    return replace(post, granted=grant.kinds, imports=grant.imports)
