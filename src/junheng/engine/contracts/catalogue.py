"""The catalogue: every contract with the purposes and code lists it refers to, read once.

Contracts lie in `junheng/rules/contracts/<dataset>.toml`, code lists in
`junheng/rules/codes/<list>.toml`. Nothing is guessed: with any fault in any file nothing is
loaded, and all faults of all files are told at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.engine.contracts.contractfile import (
    Known,
    code_list_from,
    contract_from,
    purposes_from,
)
from junheng.engine.standard.rulefile import FaultList, Reader, RuleFault, is_rows
from junheng.engine.toml_file import NOT_TOML, table_in
from junheng.errors import NotFound, RuleSetError
from junheng.i18n import Message, Translate, say, untranslated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from junheng.engine.contracts.records import CodeList, Contract, Purpose

RULES_DIR = Path(__file__).parents[2] / "rules"
PURPOSES = "purposes"


@dataclass(frozen=True)
class Catalogue:
    """All contracts, code lists and purposes, each by its id."""

    contracts: Mapping[str, Contract]
    code_lists: Mapping[str, CodeList]
    purposes: Mapping[str, Purpose]


class CatalogueError(RuleSetError):
    """Everything wrong with the files of the catalogue: (file, fault) pairs."""

    def __init__(self, faults: Sequence[tuple[str, RuleFault]]) -> None:
        self.faults = tuple(faults)
        super().__init__(say("{n} faults in the contracts", n=len(self.faults)))

    def render(self, translate: Translate = untranslated) -> str:
        """Return one line a fault: file, key, finding, remedy."""
        return "\n".join(_line(file, fault).render(translate) for file, fault in self.faults)


@cache
def load(folder: Path = RULES_DIR) -> Catalogue:
    """Return the catalogue below `folder`; `CatalogueError` with every fault of every file."""
    loading = _Loading(folder)
    catalogue = loading.catalogue()
    loading.raise_any()
    return catalogue


def contract(dataset: str) -> Contract:
    """Return the shipped contract of one dataset; `NotFound` when there is none."""
    found = load().contracts.get(dataset)
    if found is None:
        known = ", ".join(load().contracts)
        raise NotFound(
            say("There is no dataset “{dataset}”. Known: {known}.", dataset=dataset, known=known)
        )
    return found


def contracts() -> tuple[Contract, ...]:
    """Return every shipped contract, in the order in which one dataset refers to earlier ones."""
    return in_order_of_reference(load().contracts.values())


def in_order_of_reference(known: Iterable[Contract]) -> tuple[Contract, ...]:
    """Return contracts so that each one stands after those it refers to.

    Inside that order they go by domain and id; references in a circle keep that order.
    """
    waiting = sorted(known, key=lambda c: (c.domain, c.id))
    ids = {c.id for c in waiting}
    done: list[Contract] = []
    while waiting:
        placed = {c.id for c in done}
        ready = next((c for c in waiting if _needs(c, ids) <= placed), waiting[0])
        waiting.remove(ready)
        done.append(ready)
    return tuple(done)


def _needs(contract: Contract, ids: set[str]) -> set[str]:
    return {r.dataset for r in contract.references if r.dataset in ids} - {contract.id}


def _line(file: str, fault: RuleFault) -> Message:
    return say(
        "{file}: {key}: {found} {remedy}",
        file=file,
        key=fault.key,
        found=fault.found,
        remedy=fault.remedy,
    )


class _Loading:
    """One pass over all files of a folder; remembers what is wrong in each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lists: list[FaultList] = []
        self._bytes: dict[str, bytes] = {}

    def catalogue(self) -> Catalogue:
        code_lists = {}
        for path in sorted((self.folder / "codes").glob("*.toml")):
            codes = code_list_from(self._reader(path))
            self._check_name(path, codes.id)
            code_lists[codes.id] = codes
        folder = self.folder / "contracts"
        purposes = {p.id: p for p in purposes_from(self._reader(folder / f"{PURPOSES}.toml"))}
        known = Known(purposes, code_lists)
        contracts = {}
        for path in sorted(folder.glob("*.toml")):
            if path.stem != PURPOSES:
                contracts[path.stem] = self._contract(path, known)
        self._check_references(contracts)
        return Catalogue(contracts, code_lists, purposes)

    def raise_any(self) -> None:
        faults = [(faults.file, fault) for faults in self._lists for fault in faults.found]
        if faults:
            raise CatalogueError(faults)

    def _contract(self, path: Path, known: Known) -> Contract:
        reader = self._reader(path)
        contract = contract_from(reader, known, self._digest(path))
        self._check_name(path, contract.id)
        return contract

    def _reader(self, path: Path) -> Reader:
        """Return the reader of a file; one that cannot be read gives one fault and no more."""
        name = f"{path.parent.name}/{path.name}"
        faults = FaultList(name)
        self._lists.append(faults)
        try:
            content = path.read_bytes()
            data = table_in(content)
        except (OSError, *NOT_TOML) as error:
            found = say("The file cannot be read: {reason}.", reason=str(error))
            faults.note("-", found, say("Mend it at that place."))
            return Reader({}, "", FaultList(name))
        self._bytes[name] = content
        return Reader(data, "", faults)

    def _digest(self, path: Path) -> str:
        """Return the hash of a contract's file and of the code lists it names, in order of name."""
        content = self._bytes.get(f"{path.parent.name}/{path.name}", b"")
        named = _code_lists_in(content)
        parts = [content, *(self._bytes.get(f"codes/{name}.toml", b"") for name in named)]
        return sha256(b"\0".join(parts)).hexdigest()

    def _check_name(self, path: Path, found_id: str) -> None:
        if found_id and found_id != path.stem:
            found = say("The file calls itself “{id}”.", id=found_id)
            self._lists[-1].note("id", found, say("File name and id must say the same."))

    def _check_references(self, contracts: Mapping[str, Contract]) -> None:
        for name, contract in contracts.items():
            faults = next(f for f in self._lists if f.file == f"contracts/{name}.toml")
            for reference in contract.references:
                place = f"references[{reference.dataset}]"
                target = contracts.get(reference.dataset)
                if target is None:
                    found = say("There is no dataset “{dataset}”.", dataset=reference.dataset)
                    faults.note(place, found, say("Known: {known}.", known=", ".join(contracts)))
                    continue
                missing = set(reference.to) - {field.id for field in target.fields}
                for field_id in sorted(missing):
                    found = say("There is no field “{field}” there.", field=field_id)
                    faults.note(place, found, say("Name fields of that dataset."))


def _code_lists_in(content: bytes) -> list[str]:
    rows = table_in(content).get("fields", []) if content else []
    named = {row.get("code_list") for row in rows} if is_rows(rows) else set()
    return sorted(name for name in named if isinstance(name, str))
