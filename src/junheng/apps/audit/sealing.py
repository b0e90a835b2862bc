"""Sealing: what is not yet covered gets into the chain, in batches, while others write on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction

from junheng.apps.audit import heads
from junheng.apps.audit.chain import BEGINNING, CANONICAL, GONE, digest_of, head_of, lines_of
from junheng.apps.audit.models import AuditEntry, AuditSeal, Unsealed
from junheng.apps.foundation import clock

if TYPE_CHECKING:
    from datetime import datetime

ENTRIES_AT_MOST = 1_000
"""Entries of one seal."""

# Any number will do, as long as nothing else of the product locks it.
LOCK = 7_501_942


def seal_due() -> int:
    """Seal everything that is committed and not yet sealed; return how many entries.

    Costs one look-up when there is nothing to do.
    """
    n_sealed = 0
    while Unsealed.objects.exists() and (sealed := seal_next(now=clock.now())):
        n_sealed += sealed.n_entries
    return n_sealed


@transaction.atomic
def seal_next(*, now: datetime) -> AuditSeal | None:
    """Add one seal over the oldest unsealed entries; None when there are none.

    An id that was given out but is not committed is not seen, and comes into a later seal.
    """
    _be_the_only_sealer()
    ids = list(Unsealed.objects.order_by("pk").values_list("pk", flat=True)[:ENTRIES_AT_MOST])
    if not ids:
        return None
    rows = AuditEntry.objects.filter(pk__in=ids).values_list(*CANONICAL)
    lines = lines_of(dict.fromkeys(ids, GONE) | {row[0]: digest_of(row) for row in rows})
    last = AuditSeal.objects.order_by("-pk").first()
    number, previous = (last.number + 1, last.head) if last else (1, BEGINNING)
    seal = AuditSeal.objects.create(
        number=number,
        at=now,
        first_id=ids[0],
        last_id=ids[-1],
        n_entries=len(ids),
        entries=lines,
        previous=previous,
        head=head_of(number, now, previous, lines),
    )
    Unsealed.objects.filter(pk__in=ids).delete()
    transaction.on_commit(partial(heads.export, seal, settings.AUDIT_HEAD_FILE))
    return seal


def _be_the_only_sealer() -> None:
    # Writers of entries do not ask for this lock. SQLite has one writer at a time anyway.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
