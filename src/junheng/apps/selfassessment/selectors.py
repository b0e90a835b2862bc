"""Reads of the board, each for a reader. Constant number of queries, whatever the schools."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from junheng.apps.balance.api import Basis, basis_of_year, newest_year, rules_of_year
from junheng.apps.foundation import policies
from junheng.apps.foundation.scoping import everything
from junheng.apps.registry.api import (
    Bureau,
    SchoolYear,
    StageUnit,
    county_figures,
    school_year_ensure,
    school_year_on,
)
from junheng.apps.selfassessment import judging, results
from junheng.apps.selfassessment.computing import stamp_of
from junheng.apps.selfassessment.models import ComputedItem, ItemEntry, ItemPlan, Told
from junheng.apps.selfassessment.policies import departments_of, sees_whole
from junheng.apps.selfassessment.rules import board_rules
from junheng.apps.selfassessment.services import Place
from junheng.engine.standard.itemtypes import all_of
from junheng.errors import DataError, NotAllowed, NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from junheng.apps.accounts.api import Reader
    from junheng.apps.balance.api import IndicatorCount
    from junheng.apps.selfassessment.results import Kept
    from junheng.apps.selfassessment.rules import ItemSpec
    from junheng.engine.standard import RuleSet
    from junheng.engine.standard.itemtypes import ItemResult, ItemStatus
    from junheng.engine.standard.ruleset import Item, Text

COMPULSORY = ("primary", "junior")
PARTS = ("resources", "guarantee", "quality", "recognition", "vetoes")
OPEN_STATES = ("not_begun", "in_hand", "undetermined", "not_met")


@dataclass(frozen=True)
class Row:
    """One line of the board: an indicator, item or veto with all that is known of it.

    `kind`: computed, entered or attested. `state`: not_begun, in_hand, met, not_met, undetermined.
    `entry` is the county's; `others` the figures of city and province and our own estimate.
    `is_imported`: no entry, but imported figures of the county stand in for it.
    """

    id: str
    number: str
    part: str
    name: Text
    kind: str
    level: str
    spec: ItemSpec
    department: str
    state: str
    result: Kept | None
    plan: ItemPlan | None
    entry: ItemEntry | None
    others: Mapping[str, ItemEntry]
    computed: ComputedItem | None
    n_answers: int
    terms: Mapping[str, str]
    is_imported: bool = False

    @property
    def is_open(self) -> bool:
        """Whether anything is left to do."""
        return self.state in OPEN_STATES

    def is_overdue(self, today: date) -> bool:
        """Whether the deadline has passed and the item is open."""
        deadline = self.plan.deadline if self.plan else None
        return deadline is not None and deadline < today and self.is_open


@dataclass(frozen=True)
class Board:
    """The board of a bureau and school year, as far as the reader sees it.

    `basis`: the published assessment, None without one or where the reader does not see it.
    `schools`: those that answer, by key. `is_stale`: the registry has changed since computing.
    """

    bureau: Bureau
    school_year: SchoolYear
    rules: RuleSet
    basis: Basis | None
    rows: Sequence[Row]
    schools: Sequence[int]
    computed_stamp: str = ""
    stamp: str = ""
    sees_whole: bool = True
    by_id: dict[str, Row] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_id.update({row.id: row for row in self.rows})

    @property
    def is_stale(self) -> bool:
        """Whether rows have changed since the items of the registry were computed."""
        return bool(self.computed_stamp) and self.computed_stamp != self.stamp

    def of(self, part: str) -> list[Row]:
        """Return the lines of one part."""
        return [row for row in self.rows if row.part == part]


def bureau_of(reader: Reader) -> Bureau:
    """Return the bureau whose board the reader sees; NotAllowed for those who see none."""
    for post in reader.posts:
        if sees_whole(reader, post.home_id) or departments_of(reader, post.home_id):
            return Bureau.objects.get(pk=post.home_id)
    raise NotAllowed(say("Your posts of today do not see the board."))


def year_of(bureau_id: int, asked: str, today: date) -> int:
    """Return the first year of the school year asked for; else of the one that counts now."""
    years = {one.starts_on.year for one in years_known()}
    if asked.isdecimal() and int(asked) in years:
        return int(asked)
    return newest_year(bureau_id) or school_year_on(today)


def years_known() -> list[SchoolYear]:
    """Return every school year that was opened, newest first."""
    return list(SchoolYear.objects.order_by("-starts_on"))


def board_visible_to(reader: Reader, bureau: Bureau, first_year: int) -> Board:
    """Return the board as far as the reader sees it.

    Constant number of queries, whatever the number of schools and entries.
    """
    rules = rules_of_year(bureau.pk, first_year)
    year = school_year_ensure(first_year=first_year)
    mine = {"bureau": bureau, "school_year": year, "ruleset_id": rules.id}
    whole = sees_whole(reader, bureau.pk)
    plans = {
        plan.item_id: plan
        for plan in policies.visible(
            reader, ItemPlan.objects.filter(**mine).select_related("responsible")
        )
    }
    computed = {
        row.item_id: row for row in policies.visible(reader, ComputedItem.objects.filter(**mine))
    }
    entries = _Entries(
        policies.visible(
            reader,
            ItemEntry.objects.filter(**mine, ended_at__isnull=True).select_related("entered_by"),
        )
    )
    making = _Making(
        rules=rules,
        plans=plans,
        computed=computed,
        entries=entries,
        facts=_facts(bureau.pk, first_year),
        departments=_departments(mine),
        schools=schools_answering(bureau.pk) if whole else [],
        day=year.starts_on,
    )
    basis = basis_of_year(reader, bureau.pk, first_year) if whole else None
    rows = [*making.resources(basis), *making.items(), *making.vetoes()]
    departments = departments_of(reader, bureau.pk)
    return Board(
        bureau=bureau,
        school_year=year,
        rules=rules,
        basis=basis,
        rows=[row for row in rows if whole or row.department in departments],
        schools=making.schools,
        computed_stamp=next((row.stamp for row in computed.values()), ""),
        stamp=stamp_of(bureau.pk) if computed else "",
        sees_whole=whole,
    )


def row_visible_to(board: Board, item_id: str) -> Row:
    """Return one line of a board; NotFound for what it does not have."""
    row = board.by_id.get(item_id)
    if row is None:
        raise NotFound(say("There is no such item, or it is not yours to see."))
    return row


def place_of(board: Board, item_id: str) -> Place:
    """Return where an item of a board stands."""
    return Place(board.bureau.pk, board.school_year.pk, board.rules.id, item_id)


def history_visible_to(reader: Reader, board: Board, item_id: str) -> list[ItemEntry]:
    """Return everything that was ever entered for an item in a year, newest first."""
    rows = ItemEntry.objects.filter(**place_of(board, item_id).where)
    newest = rows.select_related("entered_by", "school").order_by("-entered_at", "-pk")
    return list(policies.visible(reader, newest))


def path_of(reader: Reader, board: Board, item_id: str) -> list[ItemPlan]:
    """Return what is aimed at for an item, year by year."""
    rows = ItemPlan.objects.filter(
        bureau=board.bureau, ruleset_id=board.rules.id, item_id=item_id
    ).exclude(target="")
    return list(
        policies.visible(reader, rows.select_related("school_year").order_by("school_year"))
    )


def schools_answering(bureau_id: int) -> list[int]:
    """Return the schools with compulsory stages, which answer to items. One query."""
    with everything(reason="how many schools answer; they are counted, not shown"):
        units = StageUnit.objects.filter(bureau=bureau_id, stage__in=COMPULSORY)
        kinds = units.exclude(school__kind__in=("special", "vocational"))
        return sorted(set(kinds.values_list("school_id", flat=True)))


def _facts(bureau_id: int, first_year: int) -> dict[str, str]:
    with everything(reason="imported figures of the county, which tell of nobody"):
        return county_figures(bureau_id, first_year)


def _departments(mine: Mapping[str, object]) -> dict[str, str]:
    """Return the departments that lead items otherwise than the rules say."""
    with everything(reason="which department leads which item"):
        plans = ItemPlan.objects.filter(**mine).exclude(department="")
        return dict(plans.values_list("item_id", "department"))


class _Entries:
    """Standing entries, by item: the county's, others', and of schools."""

    def __init__(self, rows: Iterable[ItemEntry]) -> None:
        self.county: dict[str, ItemEntry] = {}
        self.others: dict[str, dict[str, ItemEntry]] = defaultdict(dict)
        self.schools: dict[str, dict[int, str]] = defaultdict(dict)
        for row in rows:
            if row.school_id is not None:
                self.schools[row.item_id][row.school_id] = row.data.get("answer", "")
            elif row.told_by == Told.COUNTY:
                self.county[row.item_id] = row
            else:
                self.others[row.item_id][row.told_by] = row


@dataclass(frozen=True)
class _About:
    """What the rules say of a line, and how it stands; blank `state` while nothing decides it."""

    id: str
    number: str
    part: str
    name: Text
    kind: str
    level: str
    state: str
    result: Kept | None = None
    terms: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Making:
    """Everything that was read, on its way to the lines of the board."""

    rules: RuleSet
    plans: Mapping[str, ItemPlan]
    computed: Mapping[str, ComputedItem]
    entries: _Entries
    facts: Mapping[str, str]
    departments: Mapping[str, str]
    schools: Sequence[int]
    day: date

    def resources(self, basis: Basis | None) -> list[Row]:
        counts = {one.indicator: one for one in basis.indicators} if basis else {}
        return [
            self._row(
                _About(
                    one.id,
                    one.number,
                    "resources",
                    one.name,
                    "computed",
                    "school",
                    _of_indicator(counts.get(one.id)),
                )
            )
            for one in self.rules.indicators
        ]

    def items(self) -> list[Row]:
        return [self._row(self._item(item)) for item in self.rules.items]

    def vetoes(self) -> list[Row]:
        return [
            self._row(
                _About(
                    veto.id,
                    veto.number,
                    "vetoes",
                    veto.name,
                    "attested",
                    "county",
                    {"yes": "not_met", "no": "met"}.get(self._answer(veto.id), ""),
                )
            )
            for veto in self.rules.vetoes
        ]

    def _answer(self, item_id: str) -> str:
        entry = self.entries.county.get(item_id)
        return str(entry.data.get("answer", "")) if entry else ""

    def _item(self, item: Item) -> _About:
        spec = board_rules().of(item.id)
        terms = self._terms(spec)
        result = self._result(item, spec, terms)
        return _About(
            item.id,
            item.number,
            item.part,
            item.name,
            "attested" if spec.is_attested else "entered" if spec.origin == "entry" else item.kind,
            item.level,
            result.status if result else "",
            result,
            terms,
        )

    def _result(self, item: Item, spec: ItemSpec, terms: Mapping[str, str]) -> Kept | None:
        """Return what an item comes to; None while there is nothing to judge."""
        if spec.origin == "registry":
            kept = self.computed.get(item.id)
            return results.opened(kept.result) if kept else None
        if spec.origin == "schools":
            answers = self.entries.schools.get(item.id)
            if not answers:
                return None
            found = judging.judge_schools(item, spec, answers, self.schools, board_rules())
            return results.opened(results.stored(found))
        if not any(terms.values()):
            return None
        try:
            return results.opened(results.stored(self._judged(item, spec, terms)))
        except DataError:
            # What is entered here was judged before; figures from a file may be impossible.
            return None

    def _judged(self, item: Item, spec: ItemSpec, terms: Mapping[str, str]) -> ItemResult:
        if spec.is_attested:
            return judging.judge_answer(item.id, spec, terms.get("answer", ""), board_rules())
        return judging.judge_terms(item, spec, terms, rules=self.rules, on=self.day)

    def _terms(self, spec: ItemSpec) -> dict[str, str]:
        """Return what was entered; without an entry the county's imported figures."""
        entry = self.entries.county.get(spec.id)
        if entry is not None:
            return dict(entry.data)
        if spec.origin != "entry":
            return {}
        return {term.id: self.facts[term.id] for term in spec.terms if term.id in self.facts}

    def _row(self, about: _About) -> Row:
        spec, plan = board_rules().of(about.id), self.plans.get(about.id)
        entry = self.entries.county.get(about.id)
        begun = plan is not None and (plan.is_begun or plan.responsible_id is not None)
        return Row(
            id=about.id,
            number=about.number,
            part=about.part,
            name=about.name,
            kind=about.kind,
            level=about.level,
            spec=spec,
            department=self.departments.get(about.id, spec.lead),
            state=about.state or ("in_hand" if begun else "not_begun"),
            result=about.result,
            plan=plan,
            entry=entry,
            others=self.entries.others.get(about.id, {}),
            computed=self.computed.get(about.id),
            n_answers=len(self.entries.schools.get(about.id, {})),
            terms=about.terms,
            is_imported=entry is None and bool(about.terms),
        )


def _of_indicator(count: IndicatorCount | None) -> str:
    """Return how a resource indicator stands: all units reach it, within both coefficients."""
    if count is None:
        return ""
    limits = [_of_limit(row.status) for row in count.coefficients.values()]
    return all_of([_of_cells(count.n_by_status), *limits])


def _of_cells(n_by_status: Mapping[str, int]) -> ItemStatus:
    if any(n_by_status.get(status) for status in ("between85", "below85")):
        return "not_met"
    return "undetermined" if n_by_status.get("missing") else "met"


def _of_limit(status: str) -> ItemStatus:
    if status == "within":
        return "met"
    return "not_met" if status == "beyond" else "undetermined"
