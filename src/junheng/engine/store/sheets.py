"""Which sheet of a workbook is the table: the named one, the one of a known name, or the only one.

Never guessed: with several to choose from the fault lists them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from junheng.engine.store.faults import refused
from junheng.engine.store.grid import folded
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from junheng.i18n import Message


class SheetLike(Protocol):
    """What choosing needs to know about a sheet."""

    @property
    def name(self) -> str:
        """The name on its tab."""

    @property
    def is_visible(self) -> bool:
        """Whether a person sees its tab."""

    @property
    def has_values(self) -> bool:
        """Whether any cell holds a value."""


_Sheet = TypeVar("_Sheet", bound=SheetLike)


def chosen(
    file: str, sheets: Sequence[_Sheet], wanted: str | None, known_names: Collection[str] = ()
) -> _Sheet:
    """Return the sheet to read.

    Parameters
    ----------
    file
        Name of the workbook, for messages.
    sheets
        All of its worksheets.
    wanted
        The name a person asked for; None leaves the choice to the rules below.
    known_names
        Names under which the table is known; one filled sheet of such a name is taken.

    Raises
    ------
    TableFaults
        Two sheets have one name; the wanted one is absent; none or several hold values.
    """
    check_names(file, sheets)
    if wanted is not None:
        found = [sheet for sheet in sheets if sheet.name == wanted]
        if not found:
            raise refused(
                file, say("there is no sheet “{sheet}”.", sheet=wanted), _name_one_of(sheets)
            )
        return found[0]
    keys = set(map(folded, known_names))
    filled = [sheet for sheet in sheets if sheet.has_values]
    known = [sheet for sheet in filled if folded(sheet.name) in keys]
    visible = [sheet for sheet in filled if sheet.is_visible]
    candidates = known or visible or filled
    if not candidates:
        raise refused(file, say("no sheet holds values."), say("Export it again."))
    if len(candidates) > 1:
        raise refused(file, say("several sheets hold values."), _name_one_of(candidates))
    return candidates[0]


def check_names(file: str, sheets: Sequence[SheetLike]) -> None:
    """Refuse a workbook of which two sheets have one name, as damaged or hostile ones may."""
    seen: set[str] = set()
    for sheet in sheets:
        key = folded(sheet.name)
        if key in seen:
            raise refused(
                file,
                say("two sheets have the name “{sheet}”.", sheet=sheet.name),
                say("Rename or delete one of them."),
            )
        seen.add(key)


def _name_one_of(sheets: Sequence[SheetLike]) -> Message:
    return say("Name one of these: {sheets}.", sheets=", ".join(sheet.name for sheet in sheets))
