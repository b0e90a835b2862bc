"""Layouts of register exports: the one that counts at a bureau, its versions, its samples."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from junheng.apps.foundation import clock, journal, policies
from junheng.apps.foundation.encryption import blind_index
from junheng.apps.foundation.journal import Changed
from junheng.apps.intake.models import RegisterLayout, RegisterSample
from junheng.engine.contracts.register_file import (
    load_register_mapping,
    register_mapping_from,
    register_mapping_text,
    shipped_register_mappings,
)
from junheng.errors import Fault, NotFound, TableFaults
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from junheng.apps.accounts.api import Reader
    from junheng.apps.intake.services import Source
    from junheng.apps.registry.api import Bureau
    from junheng.engine.contracts.register_mapping import RegisterMapping

KEPT_FOR = timedelta(days=7)
SAMPLE_LIMIT_MB = 20
"""A sample is read while its sender waits: about fifty thousand rows."""


def shipped(datasets: Collection[str]) -> tuple[RegisterMapping, ...]:
    """Return the mappings that come with the product, of these datasets."""
    found = map(load_register_mapping, shipped_register_mappings())
    return tuple(mapping for mapping in found if mapping.dataset in datasets)


def shipped_one(mapping_id: str) -> RegisterMapping:
    """Return one mapping that comes with the product; NotFound for another id."""
    if mapping_id not in shipped_register_mappings():
        raise NotFound(say("There is no such layout."))
    return load_register_mapping(mapping_id)


def versions(reader: Reader, bureau: Bureau, mapping_id: str) -> QuerySet[RegisterLayout]:
    """Return the bureau's own versions that the reader may see, newest first."""
    seen = policies.visible(reader, RegisterLayout.objects.all())
    return seen.filter(bureau=bureau, mapping=mapping_id).select_related("by")


def current(bureau: Bureau, mapping_id: str) -> RegisterMapping:
    """Return the newest version of the bureau, or else the mapping that comes with the product."""
    own = RegisterLayout.objects.filter(bureau=bureau, mapping=mapping_id).first()
    if own is None:
        return shipped_one(mapping_id)
    return register_mapping_from(own.content, f"{mapping_id}.toml")


def id_key(bureau: Bureau) -> bytes:
    """Return the bureau's lasting secret, from which internal numbers of its people are made.

    It follows from the index key of the installation and the code of the bureau alone, so that a
    pupil has the same number in every export.
    """
    return blind_index(bureau.code, purpose="intake.RegisterLayout.id_key").encode()


@transaction.atomic
def layout_save(*, bureau: Bureau, mapping: RegisterMapping, by: int) -> RegisterLayout:
    """Keep a mapping as the bureau's newest version; the former ones stay."""
    layout = RegisterLayout.objects.create(
        bureau=bureau,
        mapping=mapping.id,
        dataset=mapping.dataset,
        content=register_mapping_text(mapping),
        by_id=by,
        at=clock.now(),
    )
    told = Changed(layout, None, journal.fields_of(layout))
    journal.record([told], by=by, why="register layout saved")
    return layout


def sample_of(reader: Reader, bureau: Bureau, mapping_id: str) -> RegisterSample | None:
    """Return the export that the reader is comparing, None when there is none."""
    seen = policies.visible(reader, RegisterSample.objects.all())
    return seen.filter(bureau=bureau, mapping=mapping_id).first()


@transaction.atomic
def sample_keep(
    *, bureau: Bureau, mapping: RegisterMapping, source: Source, first_year: int
) -> RegisterSample:
    """Keep an export in place of the sender's former one; old ones of the bureau go.

    TableFaults for a file that is too large to be read while somebody waits.
    """
    if len(source.content) > SAMPLE_LIMIT_MB * 1024 * 1024:
        found = say("is larger than {limit} MB.", limit=SAMPLE_LIMIT_MB)
        remedy = say("Export it school by school.")
        raise TableFaults([Fault(found, remedy, source=source.name)])
    RegisterSample.objects.filter(bureau=bureau, at__lt=clock.now() - KEPT_FOR).delete()
    sample, _ = RegisterSample.objects.update_or_create(
        bureau=bureau,
        mapping=mapping.id,
        by_id=source.by,
        defaults={
            "dataset": mapping.dataset,
            "at": clock.now(),
            "first_year": first_year,
            "file_name": source.name[-255:],
            "content": base64.b64encode(source.content).decode(),
        },
    )
    return sample
