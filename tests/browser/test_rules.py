"""Pages of rule sets in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.world import World

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize(
    "path", ["/rules/", "/rules/cn-2017-quality/2026.1/", "/rules/example-local/2026.1/"]
)
def test_it_is_sound_at_every_width(visit: Open, world: World, path: str, width: int) -> None:
    opened = visit(path, width=width, user=world.clerk)
    assert opened.axe_violations() == []
    assert opened.overflow_px == 0
