"""What can go wrong, as one hierarchy: each message names the thing, the finding, the way out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.i18n import Message, Translate, say, untranslated

if TYPE_CHECKING:
    from collections.abc import Sequence


class JunhengError(Exception):
    """Base of every error the product raises on purpose."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message

    def render(self, translate: Translate = untranslated) -> str:
        """Return the message in the language of `translate`."""
        return self.message.render(translate)

    def __str__(self) -> str:
        return self.render()


class DataError(JunhengError):
    """What arrived is wrong: a file, a table, a value."""


class RuleSetError(JunhengError):
    """A rule set or mapping file is wrong; the message names file, key and fault."""


class NotFound(JunhengError):
    """What was asked for does not exist, or the reader may not know that it does."""


class NotAllowed(JunhengError):
    """The reader's posts of today do not give this right."""


class Conflict(JunhengError):
    """Somebody else was first: what was asked rests on what is no longer so."""


class Unsolved(JunhengError):
    """The time ran out before any plan was found."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a table, at its place, with the way out.

    `row` is the row as the person sees it in the file (the header of a plain table is row 1).
    `column` is the header as written in the file.
    """

    found: Message
    remedy: Message
    source: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""

    def render(self, translate: Translate = untranslated) -> str:
        """Return place, finding and remedy as one sentence in the language of `translate`."""
        place = [self.source] if self.source else []
        if self.sheet:
            place.append(say("sheet “{sheet}”", sheet=self.sheet).render(translate))
        if self.row is not None:
            place.append(say("row {row}", row=self.row).render(translate))
        if self.column:
            place.append(say("column “{column}”", column=self.column).render(translate))
        return say(
            "{place}: {found} {remedy}",
            place=translate(", ").join(place),
            found=self.found,
            remedy=self.remedy,
        ).render(translate)


class TableFaults(DataError):
    """Everything wrong with one table, all faults at once.

    `faults` holds at most what was collected; `n_faults` counts all of them.
    """

    def __init__(self, faults: Sequence[Fault], n_faults: int | None = None) -> None:
        self.faults = tuple(faults)
        self.n_faults = len(self.faults) if n_faults is None else n_faults
        super().__init__(say("{n} faults in the table", n=self.n_faults))

    def render(self, translate: Translate = untranslated) -> str:
        """Return one line a fault, and a last line that says how many are not listed."""
        lines = [fault.render(translate) for fault in self.faults]
        hidden = self.n_faults - len(self.faults)
        if hidden > 0:
            lines.append(
                say("... and {n} more faults of the same kinds", n=hidden).render(translate)
            )
        return "\n".join(lines)
