"""What can keep a paper from being printed."""

from __future__ import annotations

from junheng.errors import DataError, JunhengError


class FontMissing(JunhengError):
    """A font family of the layouts is not in the folders that were named."""


class Unprintable(DataError):
    """A paper holds a character that no font has, or cannot be set as it is."""
