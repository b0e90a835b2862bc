"""The audit log in a browser: sound at every width."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.world import SINCE

from junheng.apps.accounts.api import Role, post_give, user_create
from junheng.apps.audit.api import record

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.world import World

pytestmark = pytest.mark.browser


def test_it_is_sound_at_every_width(visit: Open, world: World) -> None:
    auditor = user_create(username="auditor", display_name="auditor")
    role, bureau = Role.AUDIT_ADMINISTRATOR, world.bureau.pk
    post_give(user=auditor, role=role, valid_from=SINCE, bureau_id=bureau)
    keys = [f"530102/2025/P{n:05}/2024-09-01" for n in range(8)]
    record("read", reader=world.reader(world.head), kind="dataset:pupils", keys=keys, n_rows=8)
    for width in (1440, 390):
        opened = visit("/audit/", width=width, user=auditor)
        assert opened.page.locator("tbody tr").count() >= 1
        assert opened.axe_violations() == []
        assert opened.overflow_px == 0
