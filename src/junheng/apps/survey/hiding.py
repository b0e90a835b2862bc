"""Which groups of a survey say nothing, because few answered or because a total would tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

Key = TypeVar("Key")


def hidden_groups(sizes: Mapping[Key, int], smallest: int) -> frozenset[Key]:
    """Return the groups of which nothing is shown while the total of all is.

    A group with fewer answers than `smallest` is hidden. What the shown ones leave of the total is
    what the hidden ones said together: so that it tells of at least `smallest` answers of two
    groups, the smallest shown ones are hidden, too. Groups without any answer hide nothing.

    >>> sorted(hidden_groups({"a": 3, "b": 12, "c": 40}, 10))
    ['a', 'b']
    >>> sorted(hidden_groups({"a": 6, "b": 7, "c": 40}, 10))
    ['a', 'b']
    """
    answered = {key: n for key, n in sizes.items() if n}
    hidden = {key for key, n in answered.items() if n < smallest}
    left = sorted((n, place, key) for place, (key, n) in enumerate(answered.items()))
    for _, _, key in left:
        if not hidden or (len(hidden) > 1 and sum(answered[one] for one in hidden) >= smallest):
            break
        hidden.add(key)
    return frozenset(hidden)
