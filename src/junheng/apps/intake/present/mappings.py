"""The pages of layouts of register exports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext

from junheng.apps.foundation import masking
from junheng.apps.intake import layouts
from junheng.apps.intake.present import words
from junheng.apps.intake.present.faults import FaultsShown
from junheng.engine import contracts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from junheng.apps.accounts.api import Reader
    from junheng.apps.intake.layout_trials import Trial, Value
    from junheng.apps.intake.models import RegisterLayout, RegisterSample
    from junheng.apps.intake.places import Where
    from junheng.apps.intake.present.faults import FaultGroup
    from junheng.engine.contracts.register_mapping import RegisterMapping, SourceColumn

PREFIX = "column-"
"""What the name of a column's choice begins with, before the column's key."""

MASKED_HERE = frozenset({"L3", "L4"})
UNCONFIRMED = "L"
"""A layout that was never compared with a published one."""


@dataclass(frozen=True)
class Version:
    """One version of the bureau: who saved it and when."""

    who: str
    at: object
    is_current: bool


@dataclass(frozen=True)
class MappingRow:
    """One layout at one bureau; `own` is the version that counts, None for the one shipped."""

    name: str
    url: str
    bureau: str
    dataset: str
    is_unconfirmed: bool
    own: Version | None


class MappingsShown:
    """The list of layouts, over all bureaus for which the reader imports."""

    def __init__(self, reader: Reader, places: Iterable[Where]) -> None:
        self.rows = [
            _row(reader, where, mapping)
            for where in places
            for mapping in layouts.shipped({c.id for c in where.datasets})
        ]


def _row(reader: Reader, where: Where, mapping: RegisterMapping) -> MappingRow:
    versions = _versions(layouts.versions(reader, where.bureau, mapping.id)[:1])
    return MappingRow(
        name=words.of(mapping.name),
        url=f"{reverse('intake:mapping', args=[mapping.id])}?at={where.key}",
        bureau=where.name,
        dataset=words.dataset_name(mapping.dataset),
        is_unconfirmed=mapping.confirmation == UNCONFIRMED,
        own=versions[0] if versions else None,
    )


def _versions(found: Iterable[RegisterLayout]) -> list[Version]:
    return [Version(one.by.display_name, one.at, ix == 0) for ix, one in enumerate(found)]


@dataclass(frozen=True)
class ValueShown:
    """A cell as a page shows it; `read` is blank where it was taken as it is."""

    text: str
    read: str
    is_refused: bool


@dataclass(frozen=True)
class ColumnShown:
    """One column of the layout beside the export: where it stands, what was read of it."""

    key: str
    label: str
    header: str
    state: str
    word: str
    near: str
    values: list[ValueShown]

    @property
    def name(self) -> str:
        """What its choice is called in the form."""
        return PREFIX + self.key


class MappingShown:
    """One layout, its versions and how it fits the export."""

    def __init__(
        self,
        where: Where,
        mapping: RegisterMapping,
        versions: Iterable[RegisterLayout],
        sample: RegisterSample | None,
        trial: Trial | None,
        *,
        is_tried: bool,
    ) -> None:
        self.where = where
        self.mapping = mapping
        self.versions = _versions(versions)
        self.sample = sample
        self.trial = trial
        self.is_tried = is_tried

    @property
    def title(self) -> str:
        return words.of(self.mapping.name)

    @property
    def note(self) -> str:
        return words.of(self.mapping.note)

    @property
    def answer(self) -> str:
        """What came of the reading, in one sentence."""
        if self.trial is None:
            return gettext(
                "Send an export: you see which columns are found, and put the moved ones right."
            )
        counts = {
            "rows": self.trial.n_rows,
            "rejected": self.trial.n_rejected,
            "faults": self.trial.n_faults,
            "missing": sum(column.state == "missing" for column in self.columns),
            "unknown": len(self.trial.found.unknown),
        }
        return (
            gettext(
                "%(rows)d rows read, %(rejected)d of them with faults; %(faults)d faults in all; "
                "%(missing)d required columns missing, %(unknown)d columns unknown."
            )
            % counts
        )

    @property
    def is_unconfirmed(self) -> bool:
        return self.mapping.confirmation == UNCONFIRMED

    @property
    def form_url(self) -> str:
        return f"{reverse('intake:mapping', args=[self.mapping.id])}?at={self.where.key}"

    @property
    def layout_url(self) -> str:
        return f"{reverse('intake:layout', args=[self.mapping.id])}?at={self.where.key}"

    @property
    def can_import(self) -> bool:
        """Whether the export may go on as it was read: without faults, by the saved layout."""
        return self.trial is not None and not self.trial.n_faults and not self.is_tried

    @property
    def columns(self) -> list[ColumnShown]:
        """The columns of the layout: missing ones first."""
        if self.trial is None:
            return []
        found = [self._column(column, self.trial) for column in self.mapping.columns]
        order = ("missing", "absent", "found")
        return sorted(found, key=lambda column: order.index(column.state))

    def _column(self, column: SourceColumn, trial: Trial) -> ColumnShown:
        header = trial.found.matched.get(column.key, "")
        state = "found" if header else "absent" if column.is_optional else "missing"
        names = {
            "found": gettext("found"),
            "absent": gettext("not in the file, may be missing"),
            "missing": gettext("missing"),
        }
        is_secret = _is_secret(self.mapping, column)
        return ColumnShown(
            key=column.key,
            label=_label(self.mapping, column),
            header=header,
            state=state,
            word=names[state],
            near=trial.found.near.get(column.key, ""),
            values=[_value(one, is_secret=is_secret) for one in trial.values.get(column.key, ())],
        )

    @property
    def faults(self) -> dict[str, list[FaultGroup]]:
        """The first faults, by column and kind."""
        if self.trial is None or not self.trial.n_faults:
            return {}
        return {"groups": self._faults(self.trial).groups}

    def _faults(self, trial: Trial) -> FaultsShown:
        return FaultsShown(
            trial.faults, len(trial.faults), datasets=[self.mapping.dataset], hides_names=True
        )


def _value(one: Value, *, is_secret: bool) -> ValueShown:
    if is_secret:
        return ValueShown(masking.HIDDEN, "", one.read is None)
    is_same = one.read in (None, one.text)
    return ValueShown(one.text, "" if is_same else one.read or "–", one.read is None)


def _label(mapping: RegisterMapping, column: SourceColumn) -> str:
    """Return the name of the field, of one made of several columns with the usual header."""
    for field in contracts.contract(mapping.dataset).fields:
        if field.id == column.to:
            name = words.of(field.header)
            return f"{name}（{column.headers[0]}）" if column.row else name
    return column.headers[0]


def _is_secret(mapping: RegisterMapping, column: SourceColumn) -> bool:
    """Whether what the column says, or is used for, is about a person and not for every eye."""
    made = {one.field for one in mapping.derived if column.to in one.parts and one.is_pseudonym}
    return any(
        field.sensitivity in MASKED_HERE
        for field in contracts.contract(mapping.dataset).fields
        if field.id == column.to or field.id in made
    )
