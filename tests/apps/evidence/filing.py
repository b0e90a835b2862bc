"""Filing evidence in tests, by service and by client."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from tests.apps.evidence.documents import PDF

from junheng.apps.evidence.items import item_of
from junheng.apps.evidence.services import Place, Sent, evidence_add
from junheng.apps.foundation.scoping import everything
from junheng.engine.standard.rulebook import DEFAULT_RULESET_ID

if TYPE_CHECKING:
    from django.test import Client
    from tests.world import World

    from junheng.apps.evidence.models import Evidence
    from junheng.apps.registry.api import School


def sent(name: str = "计划.pdf", content: bytes = PDF, note: str = "") -> Sent:
    return Sent(name, io.BytesIO(content), len(content), note)


def place(world: World, item: str = "R1", school: School | None = None) -> Place:
    return Place(world.bureau, school, world.year, DEFAULT_RULESET_ID, item_of(item))


def filed(
    world: World, file: Sent | None = None, *, item: str = "R1", school: School | None = None
) -> Evidence:
    """File a document as the officer."""
    with everything(reason="test"):
        where = place(world, item, school)
        return evidence_add(place=where, sent=file or sent(), by=world.officer.pk)


def post(client: Client, item: str, files: dict[str, bytes], **told: Any) -> Any:
    """Send files through the page of an item."""
    sent = [SimpleUploadedFile(name, content) for name, content in files.items()]
    return client.post(f"/evidence/items/{item}/files?year=2025", {"files": sent} | told)
