"""Pages of rule sets: every row with its number, limits, source, and how far it is confirmed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from junheng.apps.balance.present import words
from junheng.apps.balance.present.working import unrounded
from junheng.apps.foundation.shown import language
from junheng.engine.standard import definition, rulebook
from junheng.engine.standard.ruleset import STAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction

    from junheng.engine.standard.ruleset import PersonRule, RuleSet, Source, Stage

PARTS = {
    "guarantee": gettext_noop("Government guarantee"),
    "quality": gettext_noop("Education quality"),
    "recognition": gettext_noop("Social recognition"),
}
LEVELS = {
    "county": gettext_noop("district"),
    "school": gettext_noop("school"),
    "class": gettext_noop("class"),
    "teacher": gettext_noop("teacher"),
}
KINDS = {
    "computed": gettext_noop("computed from data"),
    "entered": gettext_noop("official figure entered"),
    "attested": gettext_noop("attested with evidence"),
}
SPLITS = {
    "nine_year": gettext_noop("Nine-year school"),
    "twelve_year": gettext_noop("Twelve-year school"),
    "complete_middle": gettext_noop("Complete secondary school"),
}
SPLIT_STAGES = {
    "primary": gettext_noop("Primary"),
    "junior": gettext_noop("Junior secondary"),
    "senior": gettext_noop("Senior secondary"),
    "kindergarten": gettext_noop("Kindergarten"),
}
PERSON_ROWS = {
    "nine_year": gettext_noop("Kinds of school: nine-year"),
    "twelve_year": gettext_noop("Kinds of school: twelve-year"),
    "complete_middle": gettext_noop("Kinds of school: complete secondary"),
    "teaching_point": gettext_noop("Kinds of school: teaching point"),
    "special": gettext_noop("Kinds of school: special education"),
    "vocational": gettext_noop("Kinds of school: vocational"),
    "rural": gettext_noop("Localities: rural"),
    "urban_or_town": gettext_noop("Localities: urban or town"),
    "dense_centre": gettext_noop("Localities: dense city centre"),
    "private": gettext_noop("Sponsors that make a school private"),
    "full_time": gettext_noop("Staff who are full-time teachers"),
    "teacher_stage": gettext_noop("The stage in which a teacher counts"),
    "above_degree_primary": gettext_noop("Education above the required degree, primary"),
    "above_degree_junior": gettext_noop("Education above the required degree, junior secondary"),
    "backbone": gettext_noop("Levels of backbone titles that count"),
    "pe_arts_subjects": gettext_noop("Subjects of PE and arts"),
    "pe_arts_teacher": gettext_noop("Whose subject PE or arts must be"),
    "visiting_forms": gettext_noop("Forms of visiting teaching that a relief lets count"),
    "teaching_rooms": gettext_noop("Rooms: teaching and auxiliary"),
    "indoor_sport_rooms": gettext_noop("Rooms: indoor sport"),
    "grounds": gettext_noop("Sports grounds"),
    "rebuilt_grounds": gettext_noop("Sports grounds: rebuilt space"),
    "rented_grounds": gettext_noop("Sports grounds: rented off campus"),
    "attached_classes": gettext_noop("Classes outside the kind of the school"),
}


@dataclass(frozen=True)
class RuleRow:
    """One row of a rule set: its number and name, what it asks, and its source.

    `key` is the row's id; `values` are its limits as texts, one for each column of its group.
    """

    key: str
    number: str
    name: str
    values: tuple[str, ...]
    document: str
    clause: str
    tag: str
    note: str
    validity: str
    is_confirmed: bool


@dataclass(frozen=True)
class RuleGroup:
    """Rows of one kind with the headings of their limits."""

    key: str
    heading: str
    columns: tuple[str, ...]
    rows: tuple[RuleRow, ...]


@dataclass(frozen=True)
class Difference:
    """One row that differs from the set below: what it asks there and here."""

    name: str
    below: str
    here: str


@dataclass(frozen=True)
class RulesetLine:
    """One rule set in the list."""

    name: str
    url: str
    document: str
    ref: str
    effective_from: str
    n_rows: int
    n_open: int
    based_on: str


@dataclass
class RulesetShown:
    """Everything the page of one rule set shows."""

    rules: RuleSet
    spoken: str = field(default_factory=language)

    @property
    def name(self) -> str:
        return self.rules.name.of(self.spoken)

    @property
    def note(self) -> str:
        return self.rules.note.of(self.spoken) if self.rules.note else ""

    @cached_property
    def groups(self) -> list[RuleGroup]:
        """All rows by kind; kinds without a row are left out."""
        found = [
            self._indicators(),
            self._conditions(),
            self._exclusions(),
            self._splits(),
            self._reliefs(),
            *(self._items(part) for part in PARTS),
            self._vetoes(),
            self._person_level(),
        ]
        return [group for group in found if group.rows]

    @property
    def rows(self) -> list[RuleRow]:
        return [row for group in self.groups for row in group.rows]

    @property
    def open_rows(self) -> list[RuleRow]:
        """Rows that nobody has read in the document itself; a mapping has none to be read."""
        if words.is_compared(self.rules):
            return []
        return [row for row in self.rows if not row.is_confirmed]

    @property
    def answer(self) -> str:
        if words.is_compared(self.rules):
            return gettext(
                "Figures of a table from elsewhere: compared between schools, not judged."
            )
        text = gettext(
            "%(all)d rows, of which %(open)d are not yet confirmed against their document; "
            "in force from %(date)s."
        )
        return text % {
            "all": len(self.rows),
            "open": len(self.open_rows),
            "date": self.rules.effective_from.isoformat(),
        }

    @property
    def sql(self) -> str:
        """The definition as the text that is run."""
        return definition.text(self.rules)

    @property
    def differences(self) -> list[Difference]:
        """What differs from the set this one is laid over."""
        if not self.rules.based_on:
            return []
        base_id, _, version = self.rules.based_on.partition("@")
        below = {row.key: row for row in RulesetShown(rulebook.load(base_id, version)).rows}
        return [
            Difference(
                name=f"{row.number} {row.name}".strip(),
                below=_asked(below.get(row.key), row),
                here=_asked(row, below.get(row.key)),
            )
            for row in self.rows
            if _asked(row, below.get(row.key)) != _asked(below.get(row.key), row)
        ]

    def _row(
        self, key: str, number: str, name: str, values: Iterable[str], source: Source
    ) -> RuleRow:
        return RuleRow(
            key=key,
            number=number,
            name=name,
            values=tuple(values),
            document=source.document,
            clause=source.clause,
            tag=source.confirmation,
            note=source.note.of(self.spoken) if source.note else "",
            validity=_validity(source),
            is_confirmed=source.is_confirmed,
        )

    def _indicators(self) -> RuleGroup:
        columns = [words.stage_word(stage) for stage in STAGES]
        rows = [
            self._row(
                i.id, i.number, words.indicator_name(i), self._thresholds(i.thresholds), i.source
            )
            for i in self.rules.indicators
        ]
        heading = gettext("Resource allocation: indicators of a stage unit")
        return RuleGroup("indicators", heading, tuple(columns), tuple(rows))

    def _thresholds(self, thresholds: Mapping[Stage, Fraction | None]) -> list[str]:
        asked = [thresholds.get(stage) for stage in STAGES]
        return ["–" if t is None else f"≥ {unrounded(t)}" for t in asked]

    def _conditions(self) -> RuleGroup:
        rule, spread = self.rules.unit_rule, self.rules.dispersion
        rows = []
        if rule.met_at_least is not None:
            name = gettext(
                "At least %(n)d of %(all)d indicators met, every other one at least %(floor)s"
            )
            facts = {
                "n": rule.met_at_least,
                "all": len(self.rules.indicators),
                "floor": f"{words.figure(rule.floor_share * 100, 0)} %",
            }
            rows.append(self._row("unit_rule", "", name % facts, ("", ""), rule.source))
        if spread.method != "none":
            limits = [spread.limits.get(stage) for stage in STAGES]
            texts = ["–" if limit is None else f"≤ {unrounded(limit)}" for limit in limits]
            name = (
                gettext("Coefficient of variation between schools, each indicator")
                if spread.method == "each"
                else gettext("Mean of the coefficients of variation between schools")
            )
            rows.append(self._row("dispersion", "", name, texts, spread.source))
        heading = gettext("Resource allocation: when a unit and the district pass")
        stages = tuple(words.stage_word(stage) for stage in STAGES)
        return RuleGroup("conditions", heading, stages, tuple(rows))

    def _exclusions(self) -> RuleGroup:
        rows = [
            self._row(f"exclusion:{e.kind}", "", e.reason.of(self.spoken), (), e.source)
            for e in self.rules.exclusions
        ]
        return RuleGroup("exclusions", gettext("Who is not assessed"), (), tuple(rows))

    def _splits(self) -> RuleGroup:
        rows = [
            self._row(
                f"split:{s.school_kind}",
                "",
                gettext(SPLITS[s.school_kind]),
                (
                    " : ".join(
                        f"{gettext(SPLIT_STAGES[k])} {unrounded(w)}" for k, w in s.weights.items()
                    ),
                ),
                s.source,
            )
            for s in self.rules.splits
        ]
        heading = gettext("How a school's assets are split between its stages")
        return RuleGroup("splits", heading, (gettext("Weight of one pupil"),), tuple(rows))

    def _reliefs(self) -> RuleGroup:
        rows = [
            self._row(r.id, r.applies_to, r.text.of(self.spoken), (), r.source)
            for r in self.rules.reliefs
        ]
        return RuleGroup("reliefs", gettext("Reliefs"), (), tuple(rows))

    def _items(self, part: str) -> RuleGroup:
        rows = [
            self._row(
                i.id,
                i.number,
                i.name.of(self.spoken),
                (gettext(LEVELS[i.level]), gettext(KINDS[i.kind])),
                i.source,
            )
            for i in self.rules.items
            if i.part == part
        ]
        columns = (gettext("Judged for each"), gettext("How"))
        return RuleGroup(part, gettext(PARTS[part]), columns, tuple(rows))

    def _person_level(self) -> RuleGroup:
        rows = [
            self._row(
                f"person_level:{p.id}",
                "",
                gettext(PERSON_ROWS.get(p.id, p.id)),
                (_codes(p),),
                p.source,
            )
            for p in self.rules.person_level
        ]
        heading = gettext("Which codes count when measuring from people, rooms and grounds")
        return RuleGroup("person_level", heading, (gettext("Codes"),), tuple(rows))

    def _vetoes(self) -> RuleGroup:
        rows = [
            self._row(v.id, v.number, v.name.of(self.spoken), (), v.source)
            for v in self.rules.vetoes
        ]
        return RuleGroup(
            "vetoes", gettext("Vetoes: the district fails whatever the numbers"), (), tuple(rows)
        )


def _codes(rule: PersonRule) -> str:
    params = (f"{name} = {value}" for name, value in rule.params.items())
    return ", ".join([*rule.codes, *params])


def _asked(row: RuleRow | None, other: RuleRow | None) -> str:
    """Return what a row asks as far as another one differs: its words, or else its limits."""
    if row is None:
        return "–"
    if other is None or row.name != other.name:
        return row.name
    return gettext(", ").join(row.values)


def _validity(source: Source) -> str:
    """Return until when a row holds, or "" when no end is set."""
    if source.valid_to is None:
        return ""
    start = source.valid_from.isoformat() if source.valid_from else ""
    return f"{start} – {source.valid_to.isoformat()}"


def ruleset_url(ruleset_id: str, version: str) -> str:
    """Return the address of the page of a rule set."""
    return reverse("balance:ruleset", args=[ruleset_id, version])


def lines() -> list[RulesetLine]:
    """Return every shipped rule set for the list."""
    sets = [rulebook.load(ref.id, ref.version) for ref in rulebook.available()]
    return [_line(rules) for rules in sets]


def _line(rules: RuleSet) -> RulesetLine:
    return RulesetLine(
        name=rules.name.of(language()),
        url=ruleset_url(rules.id, rules.version),
        document=rules.document,
        ref=f"{rules.id}@{rules.version}",
        effective_from=rules.effective_from.isoformat(),
        n_rows=len(rules.all_sources),
        n_open=len(rulebook.unconfirmed_rows(rules)),
        based_on=rules.based_on,
    )
