"""A file that is not taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from junheng.i18n import Message


class Refused(DataError):
    """A file that is not taken: its name, what was found, and what to do instead."""

    def __init__(self, name: str, found: Message, remedy: Message) -> None:
        super().__init__(
            say("“{name}” was not taken: {found} {remedy}", name=name, found=found, remedy=remedy)
        )
