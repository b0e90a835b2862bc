"""The head of the page of one import: where it stands, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from junheng.apps.foundation.shown import Step, steps
from junheng.apps.intake import marking
from junheng.apps.intake.models import State
from junheng.apps.intake.places import EVERYTHING
from junheng.apps.intake.present import words
from junheng.apps.intake.present.home import datasets_line

if TYPE_CHECKING:
    from datetime import datetime

    from junheng.apps.accounts.models import User
    from junheng.apps.intake.models import Import

STEP_OF_STATE = {State.CHECKED: 3, State.APPLIED: 4, State.UNDONE: 4}


class ImportShown:
    """What the page of an import says whatever its state."""

    def __init__(self, source: Import) -> None:
        self.source = source
        self._parts = list(source.parts.all())

    @property
    def title(self) -> str:
        return gettext("File “%(name)s”") % {"name": self.source.file_name}

    @property
    def place(self) -> str:
        return self.source.school.name if self.source.school else self.source.bureau.name

    @property
    def start_url(self) -> str:
        """Where the corrected file is chosen."""
        several = len(self._parts) != 1
        dataset = EVERYTHING if several else self._parts[0].dataset
        school = self.source.school_id
        at = f"school-{school}" if school else f"bureau-{self.source.bureau_id}"
        year = self.source.school_year.starts_on.year
        return f"{words.start_url(dataset, at)}&year={year}"

    @property
    def steps(self) -> list[Step]:
        return steps(
            STEP_OF_STATE.get(State(self.source.state), 2), words.step_urls(self.start_url)
        )

    @property
    def line(self) -> str:
        """Where the file belongs and who sent it when."""
        year = self.source.school_year.starts_on.year
        text = gettext("%(place)s · %(datasets)s · school year %(year)s · sent by %(who)s, %(at)s")
        return text % {
            "place": self.place,
            "datasets": datasets_line(self.source),
            "year": words.year_label(year),
            "who": _name(self.source.sent_by),
            "at": _moment(self.source.sent_at),
        }

    @property
    def answer(self) -> str:
        """What came of the file, in one sentence."""
        state = State(self.source.state)
        if state == State.CHECKED:
            return self._checked
        told = {"n": self.source.n_faults}
        sentences = {
            State.RECEIVED: gettext("The file is here and not checked yet. Nothing was changed."),
            State.FAULTY: gettext(
                "Nothing was changed. The file has %(n)d faults: mend them and choose it again."
            )
            % told,
            State.APPLIED: gettext("The file is applied; its rows are stored."),
            State.UNDONE: gettext("The import was undone: every row is as it was before."),
            State.SUPERSEDED: gettext(
                "A newer file of yours took the place of this one; nothing changed."
            ),
            State.DISCARDED: gettext("This file was dropped; nothing was changed."),
        }
        return sentences[state]

    @property
    def _checked(self) -> str:
        n_changes = sum(part.n_changes for part in self._parts)
        told = {"n": n_changes, "rows": sum(part.n_rows for part in self._parts)}
        if not n_changes:
            text = gettext(
                "All %(rows)d rows are stored just so already. There is nothing to apply."
            )
            return text % told
        text = gettext(
            "%(rows)d rows were read without a fault; %(n)d rows would change. Nothing is written "
            "before you apply it."
        )
        return text % told

    @property
    def has_changes(self) -> bool:
        return any(part.n_changes for part in self._parts)

    @property
    def done_lines(self) -> list[str]:
        """Who applied and who undid it, and why the guard was passed."""
        source = self.source
        found = []
        if source.applied_at:
            text = gettext("Applied by %(who)s, %(at)s.")
            facts = {"who": _name(source.applied_by), "at": _moment(source.applied_at)}
            found.append(text % facts)
        if source.confirmed_why:
            found.append(gettext("Confirmed because: %(why)s") % {"why": source.confirmed_why})
        if source.undone_at:
            text = gettext("Undone by %(who)s, %(at)s.")
            facts = {"who": _name(source.undone_by), "at": _moment(source.undone_at)}
            found.append(text % facts)
        return found

    @property
    def undo_url(self) -> str:
        return reverse("intake:undo", args=[self.source.pk])

    @property
    def can_be_marked(self) -> bool:
        """Whether a workbook with red cells is kept: the file was read as tables."""
        return marking.is_kept(self.source)


def _name(user: User | None) -> str:
    return user.display_name if user else "–"


def _moment(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
