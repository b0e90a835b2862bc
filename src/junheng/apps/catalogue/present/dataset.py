"""The page of one dataset: its dictionary, checks, purposes, completeness."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from junheng.apps.catalogue.present import checks, words
from junheng.apps.catalogue.present.home import complete
from junheng.apps.foundation.masking import SECRET
from junheng.apps.foundation.shown import Link, language
from junheng.apps.privacy.api import disclosing, is_small
from junheng.apps.registry.api import all_targets
from junheng.engine import contracts
from junheng.engine.contracts.template import shown

if TYPE_CHECKING:
    from junheng.apps.catalogue.models import DatasetCount
    from junheng.engine.contracts import Contract, Field, Purpose


NOT_PERSONAL = frozenset({"L1", "L2"})


@dataclass(frozen=True)
class CodeLine:
    """One value of a code list."""

    code: str
    name: str
    synonyms: str


@dataclass(frozen=True)
class FieldLine:
    """One field of the dictionary. `filled` is a share, None where it was not counted or hides."""

    id: str
    header: str
    other_header: str
    note: str
    kind: str
    allowed: str
    sample: str
    pattern: str
    codes_name: str
    codes: list[CodeLine]
    is_required: bool
    is_key: bool
    level: str
    level_word: str
    purpose: str
    purpose_id: str
    used_by: list[Link]
    national_code: str
    synonyms: str
    filled: float | None


def tells_of_no_person(contract: Contract) -> bool:
    """Whether a dataset that the registry keeps tells of schools and things alone."""
    is_kept = contract.id in {target.contract.id for target in all_targets()}
    return is_kept and all(field.sensitivity in NOT_PERSONAL for field in contract.fields)


class DatasetShown:
    """Everything the page of one dataset shows."""

    def __init__(self, contract: Contract, count: DatasetCount | None) -> None:
        self.contract = contract
        self.count = count

    @property
    def name(self) -> str:
        return words.of(self.contract.name)

    @property
    def note(self) -> str:
        return words.of(self.contract.note)

    @property
    def owner(self) -> str:
        return words.owner(self.contract)

    @property
    def complete(self) -> float | None:
        return complete(self.contract, self.count)

    @property
    def domain(self) -> str:
        codes = contracts.load().code_lists["data_domain"]
        name = codes.name_of(str(self.contract.domain), language())
        return f"{self.contract.domain} {name}"

    @property
    def answer(self) -> str:
        facts = {
            "n": len(self.contract.fields),
            "required": sum(f.is_required for f in self.contract.fields),
            "used": sum(bool(f.used_by) for f in self.contract.fields),
            "owner": self.owner,
        }
        text = gettext(
            "%(n)d fields, %(required)d of them required; %(used)d decide a figure. "
            "Owner section: %(owner)s."
        )
        return text % facts

    @cached_property
    def fields(self) -> list[FieldLine]:
        """The fields: the required ones first, then those a figure uses, each in their order."""
        ordered = sorted(self.contract.fields, key=lambda f: (not f.is_required, not f.used_by))
        return [self._line(field) for field in ordered]

    @property
    def checks(self) -> list[str]:
        return checks.sentences(self.contract)

    @property
    def purposes(self) -> list[Purpose]:
        found = {field.purpose.id: field.purpose for field in self.contract.fields}
        return list(found.values())

    @property
    def purpose_lines(self) -> list[dict[str, str]]:
        return [
            {
                "id": purpose.id,
                "name": words.of(purpose.name),
                "basis": words.of(purpose.basis),
                "retention": words.of(purpose.retention),
                "audience": words.of(purpose.audience),
            }
            for purpose in self.purposes
        ]

    def _line(self, field: Field) -> FieldLine:
        codes = field.code_list
        return FieldLine(
            id=field.id,
            header=words.of(field.header),
            other_header=words.other(field.header),
            note=words.of(field.note),
            kind=gettext(words.KINDS[field.kind]),
            allowed=words.allowed(field),
            sample=shown(field, field.sample, language()),
            pattern=field.pattern,
            codes_name=words.of(codes.name) if codes else "",
            codes=[CodeLine(v.code, words.of(v.name), "、".join(v.synonyms)) for v in codes.values]
            if codes
            else [],
            is_required=field.is_required,
            is_key=field.id in self.contract.key,
            level=field.sensitivity,
            level_word=gettext(words.LEVELS[field.sensitivity]),
            purpose=words.of(field.purpose.name),
            purpose_id=field.purpose.id,
            used_by=words.indicator_links(field.used_by),
            national_code=field.national_code,
            synonyms="、".join(field.synonyms),
            filled=self._filled(field),
        )

    def _filled(self, field: Field) -> float | None:
        if self.count is None or self.count.n_rows == 0:
            return None
        n_filled = int(self.count.filled.get(field.id, 0))
        if field.sensitivity == SECRET and is_small(n_filled, disclosing().smallest_sensitive):
            # With the number of rows the share would tell how few they are.
            return None
        return n_filled / self.count.n_rows
