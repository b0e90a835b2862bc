"""What stops an upgrade."""

from __future__ import annotations

from junheng.errors import DataError


class UpgradeFault(DataError):
    """A bundle is not what it says, or the new version does not do on this site."""
