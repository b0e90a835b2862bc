"""Workbooks of the annual statistics as an upload: one workbook, or an archive of several.

An archive (.zip) is how the workbooks of all schools come in one file. Its folders mean nothing:
every workbook counts by its name.
"""

from __future__ import annotations

import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from junheng.engine.annual_statistics.origins import origins
from junheng.engine.annual_statistics.reading import read_units
from junheng.engine.annual_statistics.recognition import is_annual_statistics
from junheng.engine.standard.unit_rows import load_units
from junheng.engine.store.limits import MIB
from junheng.engine.store.raw import BROKEN_ARCHIVE
from junheng.errors import Fault, TableFaults
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from fractions import Fraction

    from junheng.engine.annual_statistics.reading import StatisticsUnits
    from junheng.engine.standard import RuleSet
    from junheng.engine.standard.unit_table import UnitTable
    from junheng.engine.store.session import Session
    from junheng.i18n import Message, Renderable

ARCHIVE = ".zip"
MOST_FILES = 2000
MOST_BYTES = 512 * MIB
"""Workbooks of an archive together, unpacked: a thousand schools have less than half of it."""


@dataclass(frozen=True)
class ReadFrom:
    """What the preview tells of annual statistics: the places of figures as JSON, see `Origin`."""

    n_workbooks: int
    places: list[dict[str, Any]]


@dataclass(frozen=True)
class StatisticsRead:
    """A table made from annual statistics, with the exact facts of every unit by its id."""

    table: UnitTable
    figures: dict[str, dict[str, Fraction | None]]
    told: ReadFrom


def placed(folder: Path, name: str, content: bytes) -> Path:
    """Put a file into a folder; of an archive return the folder of its workbooks.

    Raises
    ------
    TableFaults
        The archive is damaged, too large, or holds no workbook of annual statistics.
    """
    path = folder / Path(name).name
    path.write_bytes(content)
    if path.suffix.lower() != ARCHIVE:
        return path
    unpacked = folder / "workbooks"
    unpacked.mkdir()
    try:
        with zipfile.ZipFile(path) as archive:
            _unpack(archive, unpacked, path.name)
    # A part under a password is a RuntimeError.
    except (*BROKEN_ARCHIVE, RuntimeError) as error:
        found = say("the archive is damaged or locked by a password.")
        remedy = say("Pack the workbooks again, without a password.")
        raise TableFaults([Fault(found, remedy, source=path.name)]) from error
    if not is_annual_statistics(unpacked):
        found = say("holds no workbook of the annual statistics (.xlsx, .xls).")
        remedy = say("Pack the exported workbooks alone; send any other table as it is.")
        raise TableFaults([Fault(found, remedy, source=path.name)])
    return unpacked


def is_statistics(path: Path) -> bool:
    """Whether a file or folder holds tables of the annual statistics."""
    return is_annual_statistics(path)


def read(session: Session, path: Path, ruleset: RuleSet, day: date | None) -> StatisticsRead:
    """Read workbooks into a unit table of a session.

    Raises
    ------
    TableFaults
        Everything wrong in all workbooks, and figures of more than one district.
    """
    found = read_units(path, ruleset, statistics_date=day)
    _check_one_county(found, path.name)
    return StatisticsRead(
        table=load_units(session, found.rows, ruleset, warnings=_notes(found)),
        figures={row.unit_id: dict(row.facts) for row in found.rows},
        told=ReadFrom(
            n_workbooks=found.read.n_workbooks,
            places=[asdict(origin) for origin in origins(found.read, ruleset)],
        ),
    )


def _notes(found: StatisticsUnits) -> tuple[Renderable, ...]:
    return (*found.messages, *_county_note(found))


def _county_note(found: StatisticsUnits) -> Iterator[Message]:
    counties = {row.county for row in found.rows if row.county}
    if counties:
        yield say("The tables are of {county}.", county="、".join(sorted(counties)))


def _check_one_county(found: StatisticsUnits, name: str) -> None:
    counties = sorted({row.county for row in found.rows})
    if len(counties) < 2:
        return
    told = "、".join(county or "–" for county in counties)
    fault = Fault(
        say("the tables are of several districts: {counties}.", counties=told),
        say("Send the workbooks of your own district alone."),
        source=name,
    )
    raise TableFaults([fault])


def _unpack(archive: zipfile.ZipFile, folder: Path, name: str) -> None:
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > MOST_FILES or sum(member.file_size for member in members) > MOST_BYTES:
        found = say(
            "the archive holds more than {files} files or {most} MiB.",
            files=MOST_FILES,
            most=MOST_BYTES // MIB,
        )
        raise TableFaults([Fault(found, say("Pack the workbooks alone."), source=name)])
    for member in members:
        path = folder / PurePosixPath(_named(member).replace("\\", "/")).name
        if path.exists():
            found = say("holds two files of the name “{file}”.", file=path.name)
            raise TableFaults([Fault(found, say("Give each its own name."), source=name)])
        # Not more than the archive says: what it says was added up above.
        with archive.open(member) as packed:
            path.write_bytes(packed.read(member.file_size))


def _named(member: zipfile.ZipInfo) -> str:
    """Return the name of a file; what Chinese Windows packs is written in GB18030."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename
