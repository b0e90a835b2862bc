"""One piece of evidence: what it shows, its versions, and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from junheng.apps.evidence.items import item_of
from junheng.apps.evidence.present import words
from junheng.apps.evidence.rules import files
from junheng.apps.foundation.shown import Link, language

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from junheng.apps.evidence.models import Evidence, EvidenceVersion
    from junheng.apps.evidence.previews import Preview


@dataclass(frozen=True)
class VersionLine:
    """One version in the list."""

    number: int
    name: str
    kind: str
    size: str
    note: str
    who: str
    at: datetime
    digest: str
    url: str
    file_url: str
    is_shown: bool


class EvidenceShown:
    """A piece of evidence with one of its versions looked at."""

    def __init__(
        self,
        evidence: Evidence,
        versions: Sequence[EvidenceVersion],
        version: EvidenceVersion,
        preview: Preview,
        elsewhere: Sequence[Evidence],
    ) -> None:
        self.evidence, self.version, self.preview = evidence, version, preview
        self._versions, self._elsewhere = versions, elsewhere
        self.item = item_of(evidence.item_id, evidence.ruleset_id)

    @property
    def title(self) -> str:
        return self.version.file_name

    @property
    def answer(self) -> str:
        """Of what it is evidence, and whether it counts."""
        told = {"item": words.item_title(self.item), "owner": words.owner(self.evidence)}
        if self.evidence.withdrawn_at is None:
            return gettext("Evidence of %(owner)s for %(item)s.") % told
        day = timezone.localtime(self.evidence.withdrawn_at).date().isoformat()
        by = self.evidence.withdrawn_by
        told |= {"day": day, "who": by.display_name if by else "–"}
        told["why"] = self.evidence.withdrawn_why
        text = gettext("Withdrawn by %(who)s on %(day)s: %(why)s It no longer counts for %(item)s.")
        return text % told

    @property
    def crumbs(self) -> list[Link]:
        year = self.evidence.school_year.starts_on.year
        school = self.evidence.school_id or ""
        return [
            Link(gettext("Evidence binder"), words.binder_url(year)),
            Link(words.name_of(self.item), words.item_url(self.item.id, year, school=school)),
        ]

    @property
    def lines(self) -> list[VersionLine]:
        """All versions, newest first."""
        return [self._line(version) for version in self._versions]

    @property
    def newest_number(self) -> int:
        return self._versions[0].number

    @property
    def inline_url(self) -> str:
        return reverse("evidence:inline", args=[self.version.pk])

    @property
    def file_url(self) -> str:
        return reverse("evidence:file", args=[self.version.pk])

    @property
    def elsewhere(self) -> list[Link]:
        """Other places of the binder that hold the same file."""
        return [
            Link(
                f"{words.item_title(item_of(one.item_id, one.ruleset_id))} · {words.owner(one)}",
                reverse("evidence:show", args=[one.pk]),
            )
            for one in self._elsewhere
        ]

    @property
    def endings(self) -> str:
        return ",".join(files().endings)

    def _line(self, version: EvidenceVersion) -> VersionLine:
        show = reverse("evidence:show", args=[self.evidence.pk])
        return VersionLine(
            number=version.number,
            name=version.file_name,
            kind=files().kind(version.kind).name.of(language()),
            size=words.size(version.n_bytes),
            note=version.note,
            who=version.by.display_name,
            at=timezone.localtime(version.at),
            digest=version.sha256,
            url=f"{show}?version={version.number}",
            file_url=reverse("evidence:file", args=[version.pk]),
            is_shown=version.pk == self.version.pk,
        )
