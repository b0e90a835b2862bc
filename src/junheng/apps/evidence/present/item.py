"""The evidence for one item: what is there, which schools have none, and the way to file more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext

from junheng.apps.evidence.policies import may_fill
from junheng.apps.evidence.present import words
from junheng.apps.evidence.present.binder import FileLine, file_lines
from junheng.apps.evidence.rules import files
from junheng.apps.foundation.shown import Link, language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from junheng.apps.accounts.api import Reader
    from junheng.apps.evidence.items import Item
    from junheng.apps.evidence.models import Evidence
    from junheng.apps.evidence.selectors import Desk
    from junheng.apps.registry.api import School


@dataclass(frozen=True)
class Outcome:
    """What became of one file that was sent: taken, or refused with the way out."""

    name: str
    is_taken: bool
    text: str
    url: str = ""


class ItemShown:
    """One item in one school year as a reader sees it, of one school or of all."""

    def __init__(
        self,
        reader: Reader,
        desk: Desk,
        item: Item,
        first_year: int,
        rows: Sequence[Evidence],
        *,
        school: School | None,
    ) -> None:
        self.reader, self.desk, self.item, self.school = reader, desk, item, school
        self.first_year = first_year
        self.rows = [r for r in rows if school is None or r.school_id == school.pk]

    @property
    def title(self) -> str:
        return words.item_title(self.item)

    @property
    def counting(self) -> list[FileLine]:
        """What counts."""
        return file_lines(one for one in self.rows if not one.is_withdrawn)

    @property
    def withdrawn(self) -> list[FileLine]:
        """What was withdrawn."""
        return file_lines(one for one in self.rows if one.is_withdrawn)

    @property
    def shows_owner(self) -> bool:
        """Whether files of several schools, or of a school and the bureau, may stand here."""
        return self.desk.is_whole and self.school is None

    @property
    def without(self) -> list[Link]:
        """The schools that have filed nothing yet, where every school is asked."""
        if not self.item.is_of_schools or self.school is not None:
            return []
        there = {one.school_id for one in self.rows if not one.is_withdrawn}
        return [
            Link(school.name, words.item_url(self.item.id, self.first_year, school=school.pk))
            for school in self.desk.schools
            if school.pk not in there
        ]

    @property
    def answer(self) -> str:
        """The question of the page answered."""
        n = sum(not one.is_withdrawn for one in self.rows)
        if not n:
            return gettext("No evidence has been filed for this item yet.")
        told = {"n": n, "schools": len(self.without)}
        if told["schools"] and len(self.desk.schools) > 1:
            return gettext("%(n)d files; %(schools)d schools have filed nothing yet.") % told
        return gettext("%(n)d files.") % told

    @property
    def places(self) -> list[tuple[str, str, bool]]:
        """For whom the reader may file: value, name, and whether it is chosen at first."""
        bureau, schools = self.desk.bureau, self.desk.schools if self.item.is_of_schools else ()
        own = self.school.pk if self.school else None
        found = []
        if may_fill(self.reader, bureau_id=bureau.pk, school_id=None):
            found.append(("", bureau.name, own is None))
        found += [
            (str(school.pk), school.name, school.pk == own)
            for school in schools
            if may_fill(self.reader, bureau_id=bureau.pk, school_id=school.pk)
        ]
        return found

    @property
    def upload_url(self) -> str:
        url = reverse("evidence:upload", args=[self.item.id])
        return f"{url}?year={self.first_year}"

    @property
    def endings(self) -> str:
        return ",".join(files().endings)

    @property
    def hint(self) -> str:
        """What is taken, in words."""
        names = gettext(", ").join(kind.name.of(language()) for kind in files().kinds)
        told = {"kinds": names, "limit": files().file_mb}
        return gettext("%(kinds)s; up to %(limit)d MB a file.") % told

    @property
    def most_bytes(self) -> int:
        return files().file_bytes
