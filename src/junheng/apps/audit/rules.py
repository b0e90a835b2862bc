"""What is recorded, read once from `rules/audit`: acts, kinds that tell of minors, pages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.engine.standard.rulefile import reader_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.engine.standard.rulefile import Reader
    from junheng.engine.standard.ruleset import Text

RULES_DIR = Path(__file__).parents[2] / "rules" / "audit"


@dataclass(frozen=True)
class Act:
    """One act: its id in the log, its words, and the group it is filtered by."""

    id: str
    name: Text
    group: str


@dataclass(frozen=True)
class AuditRules:
    """Acts by id, names of kinds, the kinds that tell of minors, models with a history page."""

    acts: Mapping[str, Act]
    kinds: Mapping[str, Text]
    minors: frozenset[str]
    histories: frozenset[str]


@dataclass(frozen=True)
class Visit:
    """What a visit to a page is recorded as; `kind` may name arguments of the address.

    `keys` names a query parameter, `method` the only method that counts (blank: every).
    """

    act: str
    kind: str
    keys: str = ""
    method: str = ""


@dataclass(frozen=True)
class PageRules:
    """Pages by the name of their address: those recorded here, and those that need no entry."""

    visits: Mapping[str, Visit]
    unrecorded: frozenset[str]

    def visit(self, page: str) -> Visit | None:
        """Return what a visit is recorded as; an unknown page as a reading of itself."""
        if page in self.unrecorded:
            return None
        return self.visits.get(page, Visit("read", f"page:{page}"))


@cache
def rules(folder: Path = RULES_DIR) -> AuditRules:
    """Return acts and kinds; RuleFileError with everything wrong in the file."""
    top = reader_of(folder / "acts.toml")
    acts = {}
    for entry in top.rows("act", "id"):
        act = Act(entry.identifier("id"), entry.name("name"), entry.identifier("group"))
        entry.finish()
        acts[act.id] = act
    words = top.inner("kinds")
    kinds = {kind: words.name(kind) for kind in words.names()}
    words.finish()
    minors, histories = (frozenset(top.texts(key)) for key in ("minors", "histories"))
    top.finish()
    top.faults.raise_any()
    return AuditRules(acts, kinds, minors, histories)


@cache
def pages(folder: Path = RULES_DIR) -> PageRules:
    """Return what visits to pages mean; RuleFileError with everything wrong in the file."""
    top = reader_of(folder / "views.toml")
    visits = {entry.text("name"): _visit(entry) for entry in top.rows("view", "name")}
    unrecorded: set[str] = set()
    for part in (top.inner("own"), top.inner("plain")):
        unrecorded.update(part.texts("views"))
        part.finish()
    top.finish()
    top.faults.raise_any()
    return PageRules(visits, frozenset(unrecorded))


def _visit(entry: Reader) -> Visit:
    visit = Visit(
        entry.identifier("act"),
        entry.text("kind"),
        entry.text("keys", ""),
        entry.text("method", ""),
    )
    entry.finish()
    return visit
