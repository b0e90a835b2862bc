"""Where the real public tables lie; they are no part of the project and may be absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_BESIDE = Path(__file__).parents[2] / "shared" / "data"
SHARED_DATA = Path(os.environ.get("JUNHENG_SHARED_DATA", _BESIDE))
SCHOOLS = SHARED_DATA / "schools"

needs_schools = pytest.mark.skipif(
    not SCHOOLS.is_dir(), reason="the public school data are not beside this checkout"
)
