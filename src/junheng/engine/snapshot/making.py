"""Make a snapshot: choose fields, replace ids, measure, seal."""

from __future__ import annotations

from dataclasses import dataclass
from shutil import copyfile
from typing import TYPE_CHECKING

from junheng import __version__
from junheng.engine.snapshot.fields import Chosen, choose
from junheng.engine.snapshot.figures import (
    TABLES,
    Figures,
    count,
    differences,
    figures_of,
    write_json,
    write_parquet,
)
from junheng.engine.snapshot.manifest import (
    DATA,
    FIGURES,
    FORMAT,
    MANIFEST,
    RESULTS,
    RULES,
    Json,
    Manifest,
    entry_of,
    sealed,
    sql_hash,
)
from junheng.engine.snapshot.pseudonyms import Keys, keys_for, load_pseudonyms
from junheng.engine.snapshot.recomputing import measured
from junheng.engine.snapshot.verifying import verify
from junheng.engine.standard import assess, load_file
from junheng.engine.standard.person_level import measure_persons
from junheng.engine.standard.person_level.datasets import DATASETS, Dataset
from junheng.engine.standard.rulebook import RULES_DIR
from junheng.engine.store.replace import filled
from junheng.engine.store.session import Session
from junheng.engine.toml_file import table_in
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from junheng.engine.snapshot.fields import ContractLike
    from junheng.engine.standard import RuleSet

READ_ONLY_FILE, READ_ONLY_FOLDER = 0o444, 0o555


@dataclass(frozen=True)
class _Making:
    """What is known before anything is written; `figures` are those of the source."""

    session: Session
    day: date
    ruleset: RuleSet
    ruleset_files: Mapping[str, Path]
    chosen: Mapping[str, Chosen]
    keys: Keys
    figures: Figures
    superseded: Manifest | None


def make(
    source: Path,
    target: Path,
    *,
    statistics_date: date,
    ruleset_file: Path,
    contracts: Iterable[ContractLike],
    secret: bytes | None,
    supersedes: Path | None = None,
    rules_folder: Path = RULES_DIR,
) -> Manifest:
    """Make a snapshot of a person-level folder; it appears whole and read-only, or not at all.

    The same folder, rules, key and version of the program give the same bytes.

    Parameters
    ----------
    source
        Parquet files by dataset, see docs/reference/person-level.md; may bring a key for each
        person in `person_keys.parquet`.
    target
        The new folder; it must not be there yet.
    statistics_date
        Day as of which is measured.
    ruleset_file
        The rule set; its bytes, and those of what it is laid over, go into the snapshot.
    contracts
        Say which fields go in. A dataset without a contract stays out.
    secret
        32 bytes for the pseudonyms of people; None when the folder brings keys.
    supersedes
        The snapshot of the same day and county that this one corrects.
    rules_folder
        Where the rule set that a local one is laid over is looked up.

    Raises
    ------
    DataError
        The data cannot be measured, the target is there, or the superseded one is of another day
        or county.
    """
    if target.exists() or target.is_symlink():
        raise DataError(
            say("{folder} is there already. A snapshot is never overwritten.", folder=str(target))
        )
    superseded = verify(supersedes) if supersedes else None
    # One thread, so that rows come out in one order, whatever the machine.
    with Session() as session:
        ruleset = load_file(ruleset_file, folder=rules_folder)
        table = measure_persons(session, source, ruleset, statistics_date=statistics_date)
        making = _Making(
            session=session,
            day=statistics_date,
            ruleset=ruleset,
            ruleset_files=_ruleset_files(ruleset, ruleset_file, rules_folder),
            chosen=choose(contracts),
            keys=keys_for(session, source, secret),
            figures=figures_of(assess(table)),
            superseded=superseded,
        )
        _check_superseded(making)
        return _written(making, target)


def _written(making: _Making, target: Path) -> Manifest:
    try:
        with filled(target) as new:
            manifest = _fill(making, new)
            for path in new.rglob("*"):
                if path.is_file():
                    path.chmod(READ_ONLY_FILE)
        for folder in (*(p for p in target.rglob("*") if p.is_dir()), target):
            folder.chmod(READ_ONLY_FOLDER)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(
            say(
                "The snapshot {folder} cannot be written: {reason}. Choose a place with room and "
                "rights.",
                folder=str(target),
                reason=reason,
            )
        ) from error
    return manifest


def _fill(making: _Making, folder: Path) -> Manifest:
    for name in (DATA, RESULTS):
        (folder / name).mkdir()
    for name, path in making.ruleset_files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        copyfile(path, folder / name)
    datasets = [_dataset(making, dataset, folder) for dataset in _included(making)]
    # Measured from what was written, so that the last bits follow from nothing else.
    figures = measured(folder / DATA, making.ruleset, making.day)
    _check_nothing_lost(making.figures, figures)
    write_json(figures, folder / FIGURES)
    write_parquet(making.session, figures, folder / RESULTS)
    files = {
        path.relative_to(folder).as_posix(): entry_of(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    manifest = sealed(_content(making, datasets, files))
    (folder / MANIFEST).write_bytes(manifest.dumped())
    return manifest


def _included(making: _Making) -> Iterator[Dataset]:
    return (dataset for dataset in DATASETS if dataset.name in making.chosen)


# --- data ----------------------------------------------------------------------------------------


def _dataset(making: _Making, dataset: Dataset, folder: Path) -> Json:
    """Write a dataset without what identifies people; return what the manifest says of it."""
    chosen = making.chosen[dataset.name]
    kept = [column for column in dataset.columns if column in chosen.kept]
    people_of = {column: chosen.people_of[column] for column in kept if column in chosen.people_of}
    _load_all_pseudonyms(making, dataset, people_of)
    relation = f"snapshot_{dataset.name}"
    making.session.create(relation, _select(dataset, kept, people_of))
    making.session.export_parquet(relation, folder / DATA / f"{dataset.name}.parquet")
    ((n_rows,),) = making.session.rows(f"SELECT COUNT(*) FROM {relation}")
    return {
        "id": dataset.name,
        "file": f"{DATA}/{dataset.name}.parquet",
        "rows": n_rows,
        "fields": kept,
        "pseudonyms": sorted(people_of),
        "left_out": dict(chosen.left_out),
        "contract": {"version": chosen.contract.version, "sha256": chosen.contract.digest},
    }


def _load_all_pseudonyms(making: _Making, dataset: Dataset, people_of: Mapping[str, str]) -> None:
    for column, people in people_of.items():
        rows = making.session.rows(
            f"SELECT DISTINCT {column} FROM {dataset.relation} WHERE {column} IS NOT NULL"
        )
        ids = (str(person) for (person,) in rows)
        load_pseudonyms(making.session, f"pseudonyms_of_{column}", people, ids, making.keys)


def _select(dataset: Dataset, kept: Iterable[str], people_of: Mapping[str, str]) -> str:
    """Return rows in an order that depends on nothing but what is kept of them."""
    columns = [
        f"pseudonyms_of_{column}.pseudonym AS {column}" if column in people_of else f"d.{column}"
        for column in kept
    ]
    joins = [
        f" LEFT JOIN pseudonyms_of_{column} ON d.{column} = pseudonyms_of_{column}.id"
        for column in people_of
    ]
    listed, joined = ", ".join(columns), "".join(joins)
    return f"SELECT {listed} FROM {dataset.relation} d{joined} ORDER BY ALL"


# --- checks --------------------------------------------------------------------------------------


def _check_superseded(making: _Making) -> None:
    older = making.superseded
    if older is None:
        return
    if (older.statistics_date, older.counties) != (making.day, _counties(making)):
        raise DataError(
            say(
                "The snapshot to supersede is of {day} and county {county}. A correction has the "
                "same day and county.",
                day=older.statistics_date.isoformat(),
                county=", ".join(older.counties),
            )
        )


def _check_nothing_lost(source: Figures, written: Figures) -> None:
    """What was written must measure to the same as what it was made from."""
    lost = next(differences(source, written), None)
    if lost is not None:
        raise DataError(
            say(
                "Without the fields left out {figure} comes out otherwise. Name the figure under "
                "used_by in the contract of the field that it needs.",
                figure=" ".join((*lost.key, lost.column)),
            )
        )


# --- manifest ------------------------------------------------------------------------------------


def _ruleset_files(ruleset: RuleSet, path: Path, rules_folder: Path) -> dict[str, Path]:
    """Return the files of a rule set by their place in the snapshot, what is below it first."""
    files = {f"{RULES}/{ruleset.id}/{ruleset.version}.toml": path}
    below = _base_of(path)
    while below:
        ruleset_id, _, version = below.partition("@")
        path = rules_folder / ruleset_id / f"{version}.toml"
        files = {f"{RULES}/{ruleset_id}/{version}.toml": path} | files
        below = _base_of(path)
    return files


def _base_of(path: Path) -> str:
    return str(table_in(path.read_bytes()).get("based_on", ""))


def _counties(making: _Making) -> tuple[str, ...]:
    return tuple(sorted({str(u["county_code"] or "") for u in making.figures["units"]}))


def _content(making: _Making, datasets: list[Json], files: Mapping[str, Json]) -> Json:
    older = making.superseded
    return {
        "format": FORMAT,
        "statistics_date": making.day.isoformat(),
        "counties": list(_counties(making)),
        "ruleset": {
            "id": making.ruleset.id,
            "version": making.ruleset.version,
            "sha256": making.ruleset.digest,
            "files": list(making.ruleset_files),
        },
        "engine": {"version": __version__, "sql_sha256": sql_hash(making.ruleset, making.day)},
        "pseudonyms": {
            "method": "HMAC-SHA-256, first 128 bits",
            "key_fingerprint": making.keys.fingerprint,
        },
        "datasets": datasets,
        "results": {name: len(making.figures[name]) for name in TABLES},
        "n_figures": count(making.figures),
        "supersedes": {"sha256": older.sha256} if older else None,
        "files": dict(files),
    }
