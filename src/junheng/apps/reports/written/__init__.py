"""What each kind of paper says, one file each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.reports.written import (
    briefing,
    confirmation,
    corrections,
    form_tables,
    notice,
    self_assessment,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from junheng.apps.reports.basis import Basis
    from junheng.engine.documents import Document

    SchoolWriter = Callable[[Basis, int, datetime], Document]
    DistrictWriter = Callable[[Basis, datetime], tuple[Document, ...]]

OF_SCHOOL: Mapping[str, SchoolWriter] = {
    "confirmation": confirmation.write,
    "notice": notice.write,
}
OF_DISTRICT: Mapping[str, DistrictWriter] = {
    "corrections": corrections.write,
    "briefing": briefing.write,
    "self_assessment": self_assessment.write,
    "form_tables": form_tables.write,
}
