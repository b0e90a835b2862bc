"""Writes: a paper that was made is kept with its file, who had it made, and of which data."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from junheng.apps.foundation.shown import language
from junheng.apps.reports.basis import data_digest
from junheng.apps.reports.models import Paper

if TYPE_CHECKING:
    from datetime import datetime

    from junheng.apps.reports.basis import Basis
    from junheng.apps.reports.printing import Printed
    from junheng.apps.reports.rules import PaperKind


def paper_keep(basis: Basis, kind: PaperKind, printed: Printed, *, by: int, now: datetime) -> Paper:
    """Keep a printed paper of the district; the same paper again is kept beside it."""
    return Paper.objects.create(
        bureau=basis.assessment.bureau,
        assessment=basis.assessment,
        kind=kind.id,
        form=printed.form,
        language=language(),
        file_name=printed.name,
        content=printed.content,
        n_bytes=len(printed.content),
        sha256=sha256(printed.content).hexdigest(),
        data_digest=data_digest(basis.assessment, basis.units),
        made_by_id=by,
        made_at=now,
    )
