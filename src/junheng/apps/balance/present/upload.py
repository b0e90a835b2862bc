"""Pages of an upload: the steps, what was read, all faults, what changed because of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from junheng.apps.balance import mappings
from junheng.apps.balance.models import UploadState
from junheng.apps.balance.present import words
from junheng.apps.balance.stored import fault_from_json, message_from_json, notice_from_json
from junheng.apps.foundation import shown
from junheng.apps.foundation.shown import DiffCell, Link, Pager, Step, language
from junheng.engine.annual_statistics.schools import STAGE_NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from junheng.apps.balance.models import Upload
    from junheng.errors import Fault

ROWS_A_PAGE = 50
KINDS = {
    "new": gettext_noop("New"),
    "changed": gettext_noop("Changed"),
    "gone": gettext_noop("No longer in the table"),
    "same": gettext_noop("Unchanged"),
}


@dataclass(frozen=True)
class FaultShown:
    """One fault: where, what was found, what to do."""

    row: int | None
    column: str
    sheet: str
    found: str
    remedy: str


@dataclass(frozen=True)
class DiffRow:
    """One unit of the new table against the last assessment."""

    row_no: int | None
    kind_label: str
    cells: tuple[DiffCell, ...]
    faults: tuple[str, ...] = ()
    is_first_fault: bool = False


@dataclass(frozen=True)
class PlaceShown:
    """A place in the workbooks of annual statistics that a figure was read from."""

    figure: str
    stage: str
    table: str
    row: str
    column: str
    header: str


@dataclass(frozen=True)
class Turned:
    """One unit whose verdict the new table changes."""

    name: str
    stage: str
    before: str
    after: str


def steps(now: int) -> list[Step]:
    """Return the four steps, the one at `now` (0 to 3) being done; 4 when all are done."""
    start = reverse("balance:upload")
    return shown.steps(now, (start, start, "", ""))


class UploadShown:
    """Everything the page of one upload shows."""

    def __init__(self, upload: Upload, *, kind: str = "", page: int = 1) -> None:
        self.upload = upload
        self.preview: dict[str, Any] = upload.preview or {}
        self.kind = kind if kind in KINDS else ""
        self.page = max(page, 1)

    @property
    def steps(self) -> list[Step]:
        return steps(4 if self.is_applied else 3 if self.is_checked else 2)

    @property
    def is_checked(self) -> bool:
        return self.upload.state == UploadState.CHECKED

    @property
    def is_applied(self) -> bool:
        return self.upload.state == UploadState.APPLIED

    @property
    def title(self) -> str:
        return gettext("Table “%(name)s”") % {"name": self.upload.file_name}

    @property
    def answer(self) -> str:
        """What came of the check, in one sentence."""
        if self.upload.state == UploadState.FAULTY:
            text = gettext(
                "Nothing was changed. The table has %(n)d faults; correct them in your file and "
                "choose it again."
            )
            return text % {"n": self.upload.n_faults}
        if self.upload.state == UploadState.DISCARDED:
            return gettext("This table was discarded; nothing was changed.")
        if self.is_applied and self.is_compared:
            return gettext(
                "The table is applied for comparison; the judged result of the school year stays."
            )
        if self.is_applied:
            return gettext("The table is applied and counts for the school year.")
        c = self.counts
        text = gettext(
            "The table was read without a fault: %(units)d stage units of %(schools)d schools. "
            "Nothing counts before you apply it."
        )
        return text % {"units": c["units"], "schools": c["schools"]}

    # faults

    @property
    def faults(self) -> list[FaultShown]:
        return [_fault(fault_from_json(stored)) for stored in self.upload.faults]

    @property
    def n_hidden_faults(self) -> int:
        return self.upload.n_faults - len(self.upload.faults)

    # what was read

    @property
    def counts(self) -> dict[str, int]:
        counts: dict[str, int] = self.preview["counts"]
        return counts

    @property
    def verdict(self) -> str:
        return words.shown_status(self.preview["verdict"])

    @property
    def reasons(self) -> list[str]:
        return [message_from_json(stored).render(gettext) for stored in self.preview["reasons"]]

    @property
    def warnings(self) -> list[str]:
        return [notice_from_json(stored).render(gettext) for stored in self.preview["warnings"]]

    @property
    def n_workbooks(self) -> int:
        """Workbooks of annual statistics that were read; 0 for any other table."""
        return int(self.preview.get("n_workbooks", 0))

    @property
    def places(self) -> list[PlaceShown]:
        """Where each figure was read in the workbooks of annual statistics."""
        return [_place(one, self._names) for one in self.preview.get("read_from", ())]

    @property
    def is_first(self) -> bool:
        """Whether there is no assessment to compare with."""
        return self.preview["against"] is None

    # unit by unit

    @property
    def columns(self) -> list[str]:
        return [gettext("Stage unit"), *(self._names[c] for c in self.preview["columns"])]

    @cached_property
    def _names(self) -> dict[str, str]:
        rules = mappings.load(self.upload.ruleset_id, self.upload.ruleset_version)
        names = {fact.id: fact.name.of(language()) for fact in rules.facts}
        return names | {"pupils": gettext("Pupils")}

    @property
    def chips(self) -> list[Link]:
        counts = self.preview["kinds"]
        every = Link(gettext("All"), "?#units", not self.kind, sum(counts.values()))
        found = [
            Link(gettext(label), f"?kind={key}#units", self.kind == key, counts[key])
            for key, label in KINDS.items()
            if counts.get(key)
        ]
        return [every, *found]

    @cached_property
    def _wanted(self) -> list[dict[str, Any]]:
        return [row for row in self.preview["rows"] if self.kind in ("", row["kind"])]

    @property
    def rows(self) -> list[DiffRow]:
        start = (self.page - 1) * ROWS_A_PAGE
        return [_diff(row) for row in self._wanted[start : start + ROWS_A_PAGE]]

    @property
    def pager(self) -> Pager | None:
        return shown.pager(self.page, ROWS_A_PAGE, len(self._wanted), self._page_url)

    def _page_url(self, page: int) -> str:
        kind = f"kind={self.kind}&" if self.kind else ""
        return f"?{kind}page={page}#units"

    # what changed because of it

    @property
    def is_compared(self) -> bool:
        """Whether the table is foreign: compared between schools, judged by nothing."""
        return mappings.is_mapping(self.upload.ruleset_id)

    @property
    def passing_line(self) -> str:
        """How many units passed before and pass now."""
        before, now = self.preview["before"], self.counts
        facts = {"now": now["pass"], "all": now["units"] - now["excluded"]}
        if before is None:
            return gettext("%(now)d of %(all)d stage units pass.") % facts
        text = gettext("%(now)d of %(all)d stage units pass; before it was %(was)d of %(of)d.")
        return text % (facts | {"was": before["pass"], "of": before["in_scope"]})

    @property
    def turned(self) -> list[Turned]:
        """Units whose verdict differs from the last assessment's."""
        rows: Sequence[dict[str, Any]] = self.preview["rows"]
        return [
            Turned(
                row["name"],
                words.stage_word(row["stage"]),
                words.shown_status(row["verdict_before"]),
                words.shown_status(row["verdict"]),
            )
            for row in rows
            if row["verdict"] and row["verdict_before"] and row["verdict"] != row["verdict_before"]
        ]


def _fault(fault: Fault) -> FaultShown:
    return FaultShown(
        row=fault.row,
        column=fault.column,
        sheet=fault.sheet,
        found=fault.found.render(gettext),
        remedy=fault.remedy.render(gettext),
    )


def _place(stored: dict[str, str], names: dict[str, str]) -> PlaceShown:
    word = STAGE_NAMES.get(stored["stage"])
    stage = gettext(word) if word else gettext("whole school")
    places = {name: stored[name] or "–" for name in ("table", "row", "column", "header")}
    return PlaceShown(names[stored["fact"]], stage, **places)


def _diff(row: dict[str, Any]) -> DiffRow:
    name = f"{row['name']} · {words.stage_word(row['stage'])}"
    figures = tuple(_diff_cell(old, new, row["kind"]) for old, new in row["figures"])
    return DiffRow(row["row_no"], gettext(KINDS[row["kind"]]), (DiffCell(name, name), *figures))


def _diff_cell(old: str | None, new: str | None, kind: str) -> DiffCell:
    now = "–" if new is None else words.grouped(new)
    if kind in ("new", "same"):
        return DiffCell(now, now)
    was = "–" if old is None else words.grouped(old)
    return DiffCell(was, was) if kind == "gone" else DiffCell(was, now)
