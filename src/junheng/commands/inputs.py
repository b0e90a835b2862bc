"""What the commands on unit tables share: from the arguments to a checked table."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.engine import standard
from junheng.engine.store.session import Session
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from junheng.engine.standard import RuleSet, UnitTable

MEMORY_MIB = 300
"""What the engine may hold of a folder in pieces, so that all of a nation stays under 512 MiB."""


@contextmanager
def session_for(path: Path) -> Iterator[Session]:
    """Open the session for an input, and close it.

    One thread does the work: a second one fills tables of its own and waits, and takes a fifth
    more processor time for a nation's table, with hardly any gain on the clock. For a folder of
    datasets in pieces, which may be a nation, memory is bounded; what does not fit goes to a
    temporary folder.
    """
    if not _is_in_pieces(path):
        with Session() as session:
            yield session
        return
    from tempfile import TemporaryDirectory

    with (
        TemporaryDirectory(prefix="junheng-overflow-") as overflow,
        Session(memory_mib=MEMORY_MIB, overflow=Path(overflow)) as session,
    ):
        yield session


def _is_in_pieces(path: Path) -> bool:
    if not path.is_dir():
        return False
    from junheng.engine.standard import person_level

    return person_level.is_in_pieces(path)


def read_input(session: Session, arguments: argparse.Namespace) -> UnitTable:
    """Read the table that the arguments name, through a mapping when they name one.

    A folder, or a workbook of which several sheets are named after datasets, is read as the
    datasets of people, rooms and things; tables of the annual statistics are recognised by the
    names of their sheets, or by their header.
    """
    if _is_annual_statistics(arguments):
        return _read_annual_statistics(session, arguments)
    if arguments.input.is_dir():
        return _read_folder(session, arguments)
    if not (arguments.sheet or arguments.mapping) and _is_dataset_workbook(arguments.input):
        return _read_datasets(session, arguments)
    from junheng.engine.store.tables import open_table

    table = open_table(session, arguments.input, sheet=arguments.sheet)
    if arguments.mapping:
        from junheng.engine.standard import measures

        return measures.read_mapped(
            table,
            arguments.mapping,
            whole_as_one=arguments.district_wide,
            thresholds_from=ruleset(arguments.rules) if arguments.rules else None,
        )
    units = standard.read(table, ruleset(arguments.rules), ignore_unknown=arguments.ignore_unknown)
    return replace(units, warnings=(*table.notes, *units.warnings))


def _read_folder(session: Session, arguments: argparse.Namespace) -> UnitTable:
    from junheng.engine.standard import person_level

    folder = arguments.input
    if not person_level.is_person_folder(folder) and _holds_datasets(folder):
        return _read_datasets(session, arguments)
    day = arguments.date or person_level.statistics_date_of(session, folder)
    rules = ruleset(arguments.rules)
    return person_level.measure_persons(session, folder, rules, statistics_date=day)


def _is_annual_statistics(arguments: argparse.Namespace) -> bool:
    if arguments.sheet or arguments.mapping:
        return False
    from junheng.engine.annual_statistics.recognition import is_annual_statistics

    return bool(_layout(arguments)) or is_annual_statistics(arguments.input)


def _read_annual_statistics(session: Session, arguments: argparse.Namespace) -> UnitTable:
    from junheng.engine.annual_statistics.reading import read_statistics

    return read_statistics(
        session,
        arguments.input,
        ruleset(arguments.rules),
        layout=_layout(arguments),
        statistics_date=arguments.date,
    )


def _layout(arguments: argparse.Namespace) -> str | None:
    """The layout that is named, where the command has such an option."""
    return getattr(arguments, "layout", None)


def is_folder_or_workbook(path: Path) -> bool:
    """Whether a path may hold datasets, or something to be told about how it was read."""
    return path.is_dir() or path.suffix.lower() not in {".csv", ".gz", ".parquet"}


def _is_dataset_workbook(path: Path) -> bool:
    """Whether it is a workbook of datasets; contracts are loaded for several sheets only."""
    from junheng.engine.store.tables import sheets_of

    return len(sheets_of(path)) > 1 and _holds_datasets(path)


def _holds_datasets(path: Path) -> bool:
    from junheng.engine import contracts
    from junheng.engine.contracts.dataset_files import holds_datasets

    return holds_datasets(path, contracts.load())


def _read_datasets(session: Session, arguments: argparse.Namespace) -> UnitTable:
    from junheng.engine import contracts
    from junheng.engine.contracts.dataset_files import open_workbook_datasets
    from junheng.engine.contracts.person_level import measure_datasets

    catalogue = contracts.load()
    return measure_datasets(
        session,
        open_workbook_datasets(
            session, arguments.input, catalogue, ignore_unknown=arguments.ignore_unknown
        ),
        catalogue,
        ruleset(arguments.rules),
        statistics_date=arguments.date,
        ignore_unknown=arguments.ignore_unknown,
    )


def ruleset(name: str | None) -> RuleSet:
    """Return the rule set that an argument names: id, id@version or file; None: the default."""
    if name is None:
        return standard.load(standard.DEFAULT_RULESET_ID)
    if name.endswith(".toml"):
        path = Path(name)
        if not path.is_file():
            raise NotFound(say("{file} does not exist. Check the path of the rule set.", file=name))
        return standard.load_file(path)
    ruleset_id, _, version = name.partition("@")
    return standard.load(ruleset_id, version or None)
