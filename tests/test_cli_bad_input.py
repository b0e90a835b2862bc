"""Bad input on the real command line: exit code 2, place and way out named, nothing written."""

from __future__ import annotations

import gzip
import io
import re
import subprocess
import sys
import time
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
import xlsxwriter
from tests.command_line import Outcome, call, run
from tests.nursery import PATIENCE_S
from tests.unit_tables import Row, headers, unit, write_csv

from junheng.engine.standard import rulebook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RESULTS = {"assessment.xlsx", "units.parquet", "dispersion.parquet", "counties.parquet"}
CHINESE = re.compile("[\u4e00-\u9fff]")
A_SENTENCE = re.compile(r"[.)”] [A-Z][^.]*\.")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


# --- files ---------------------------------------------------------------------------------------


def workbook(path: Path, rows: list[Row], *, formula: bool = False) -> Path:
    """Write a workbook of numbers; with a formula in the last cell that nobody has computed."""
    names = headers(rows)
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("学校")
        sheet.write_row(0, 0, names)
        for ix, row in enumerate(rows, start=1):
            for column, name in enumerate(names):
                text = row[name]
                sheet.write(ix, column, float(text) if text.replace(".", "").isdigit() else text)
        if formula:
            sheet.write_formula(len(rows), len(names) - 1, "=1+22", None, "")
    return path


def with_bytes(data: bytes, name: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(data)
        return path

    return make


def csv_of(*rows: Row) -> Callable[[Path], Path]:
    return lambda folder: write_csv(folder / "学校.csv", list(rows))


def text_of(text: str) -> Callable[[Path], Path]:
    return with_bytes(text.encode(), "学校.csv")


def header() -> str:
    return ",".join(headers([unit()]))


def truncated_workbook(folder: Path) -> Path:
    path = workbook(folder / "学校.xlsx", [unit()])
    path.write_bytes(path.read_bytes()[:2000])
    return path


def truncated_gzip(folder: Path) -> Path:
    packed = gzip.compress(b"unit_id,stage\n" * 500)
    return with_bytes(packed[:-20], "学校.csv.gz")(folder)


def macro_workbook(folder: Path) -> Path:
    path = workbook(folder / "学校.xlsx", [unit()])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\0" * 64)
    return path


def bomb(folder: Path) -> Path:
    path = workbook(folder / "学校.xlsx", [unit()])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", b" " * 64_000_000)
    return path


def far_cell(folder: Path) -> Path:
    path = folder / "学校.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, headers([unit()]))
        sheet.write(1_048_575, 16_383, "x")
    return path


CASES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "absent file": (lambda folder: folder / "学校.csv", "there is no such file"),
    "folder": (lambda folder: folder, "lacks the datasets schools"),
    "empty file": (with_bytes(b"", "学校.csv"), "the file is empty"),
    "blank file": (with_bytes(b"\n\n , ,\n", "学校.csv"), "the file holds no values"),
    "headers alone": (text_of(header() + "\n"), "no rows of data"),
    "truncated workbook": (truncated_workbook, "damaged or was not copied to its end"),
    "truncated gzip": (truncated_gzip, "damaged or was not copied to its end"),
    "truncated Parquet": (with_bytes(b"PAR1" + b"\0" * 40, "学校.parquet"), "damaged"),
    "password": (
        with_bytes(OLE + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le"), "学校.xlsx"),
        "protected by a password",
    ),
    "old workbook": (with_bytes(OLE + b"\0" * 504, "学校.xls"), "no whole workbook of Excel"),
    "old workbook named .xlsx": (
        with_bytes(OLE + b"\0" * 504, "学校.xlsx"),
        "the ending says .xlsx",
    ),
    "WPS workbook": (with_bytes(OLE + b"\0" * 504, "学校.et"), "“.et” are not read"),
    "macro workbook": (macro_workbook, "contains macros"),
    "macro ending": (with_bytes(b"PK\x03\x04", "学校.xlsm"), "“.xlsm” are not read"),
    "zip bomb": (bomb, "larger than is safe"),
    "gzip bomb": (
        with_bytes(gzip.compress(b"0" * 64_000_000, mtime=0), "学校.csv.gz"),
        "larger than is safe",
    ),
    "unknown encoding": (with_bytes(b"unit_id\n\xff\xff\xff\n", "学校.csv"), "neither UTF-8"),
    "UTF-16": (with_bytes(header().encode("utf-16"), "学校.csv"), "UTF-16"),
    "NUL bytes": (with_bytes(b"unit_id\nA\0\n", "学校.csv"), "NUL byte"),
    "semicolons": (text_of(header().replace(",", ";") + "\n"), "tabs or semicolons"),
    "title above": (text_of(f"样例区学校一览表\n{header()}\n"), "a title and not the headers"),
    "missing column": (
        csv_of({name: value for name, value in unit().items() if name != "media_rooms"}),
        "“media_rooms”: the column is missing",
    ),
    "table of another system": (
        text_of("Name,Students,Teachers\nA,1,2\n"),
        "is no unit table as it stands: 0 of its 3 columns are known",
    ),
    "doubled column": (text_of(f"{header()},pupils\n"), "the header stands twice"),
    "column under two names": (csv_of(unit(**{"在校生数": "9"})), "means the same as column"),
    "blank header": (text_of(f"{header()},\n{',' * 13}7\n"), "header of column 14 is blank"),
    "short row": (text_of(f"{header()}\nA,B\n"), "the row has 2 fields, the headers are 13"),
    "open quotation mark": (text_of(f'{header()}\n"A,B\n'), "quotation mark"),
    "misspelt stage": (csv_of(unit() | {"stage": "primry"}), "“primry” is not one of the words"),
    "negative number": (csv_of(unit(media_rooms="-1")), "-1 is negative"),
    "text in a number": (csv_of(unit(media_rooms="23间")), "“23间” is not a number"),
    "thousands separator": (csv_of(unit(equipment_yuan="2,000")), "“2,000” is not a number"),
    "indoor above teaching": (csv_of(unit(indoor_sport_area_m2="9000")), "more than the teaching"),
    "unit twice": (csv_of(unit(), unit()), "stands in more than one row"),
    "blank pupils": (csv_of(unit(pupils="")), "column “pupils”: is blank"),
    "half a pupil": (csv_of(unit(pupils="10.5")), "not a whole number"),
    "formula without value": (
        lambda folder: workbook(folder / "学校.xlsx", [unit()], formula=True),
        "holds a formula without a value",
    ),
    "a value in the last cell of the sheet": (far_cell, "values lie as far apart as"),
    "too many digits": (csv_of(unit(equipment_yuan="1" * 13)), "more digits than any school"),
}


@pytest.mark.parametrize("case", CASES)
def test_refused_in_both_languages(tmp_path: Path, case: str) -> None:
    make, finding = CASES[case]
    folder = tmp_path / "in"
    folder.mkdir()
    path, out = make(folder), tmp_path / "out"
    english = call("--lang", "en", "assess", path, "--json", "--out", out)
    chinese = run("--lang", "zh", "assess", path, "--json", "--out", out)
    for outcome in (english, chinese):
        assert_refused(outcome, path)
    assert not out.exists()
    assert finding in english.err
    assert CHINESE.search(chinese.err.replace(path.name, "").replace("学校", ""))
    assert A_SENTENCE.search(english.err.partition(finding)[2]), "no way out is named"


def assert_refused(outcome: Outcome, path: Path) -> None:
    assert (outcome.code, outcome.out) == (2, ""), outcome.err
    assert "Traceback" not in outcome.err
    assert path.name in outcome.err


def limited(limit: str, *arguments: str | Path) -> Outcome:
    """Run a command under a limit of `prlimit`, e.g. --fsize=4000: no file may grow beyond."""
    command = [sys.executable, "-m", "junheng.cli", "--lang", "en", *map(str, arguments)]
    done = subprocess.run(
        ["prlimit", limit, *command],
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_S,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def test_refusing_a_bomb_takes_no_memory(tmp_path: Path) -> None:
    """A gigabyte of blanks is refused within 2 GB of address space, of which DuckDB takes most."""
    path = tmp_path / "学校.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as packed:
        for _ in range(1024):
            packed.write(b" " * 2**20)
    assert_refused(limited("--as=2000000000", "assess", path), path)


# --- good input that looks bad -------------------------------------------------------------------


def test_a_sheet_of_full_height_with_forty_rows(tmp_path: Path) -> None:
    """Formats down to the last row of the sheet are no values."""
    path = tmp_path / "学校.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        names = headers([unit()])
        sheet.write_row(0, 0, names)
        for ix in range(1, 40):
            sheet.write_row(ix, 0, list(unit(f"U{ix}").values()))
        sheet.write_blank(1_048_575, 0, None, bold)
    started = time.process_time()
    outcome = call("assess", path, "--json")
    assert outcome.code == 0, outcome.err
    assert len(outcome.json["units"]) == 39
    assert time.process_time() - started < 5


def test_no_pupils_is_a_warning(tmp_path: Path) -> None:
    outcome = call("assess", write_csv(tmp_path / "学校.csv", [unit(pupils="0")]), "--json")
    assert outcome.code == 0
    assert "学校.csv" in outcome.err


# --- rule sets -----------------------------------------------------------------------------------


def shipped_rules() -> str:
    return (rulebook.RULES_DIR / "cn-2017-quality" / "2026.1.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        (
            'thresholds = { primary = "2.3", junior = "2.4" }',
            'thresholds = { primary = "2.3" }',
            "R7",
        ),
        ('primary = "4.2", junior = "5.3"', 'primary = 4.2, junior = "5.3"', "R1"),
        ("terms = { media_rooms = 1 }", "terms = { media_room = 1 }", "media_room"),
    ],
)
def test_a_faulty_rule_set(tmp_path: Path, old: str, new: str, named: str) -> None:
    text = shipped_rules()
    assert text.count(old) == 1
    rules = tmp_path / "local.toml"
    rules.write_text(text.replace(old, new), encoding="utf-8")
    table = write_csv(tmp_path / "学校.csv", [unit()])
    for language in ("zh", "en"):
        outcome = call("--lang", language, "assess", table, "--rules", rules, "--json")
        assert_refused(outcome, rules)
        assert named in outcome.err


def test_a_rule_set_that_is_no_toml(tmp_path: Path) -> None:
    rules = tmp_path / "local.toml"
    rules.write_text("id = ", encoding="utf-8")
    table = write_csv(tmp_path / "学校.csv", [unit()])
    assert_refused(call("assess", table, "--rules", rules, "--json"), rules)


@pytest.mark.parametrize("rules", ["cn-2018", "cn-2017-quality@1999.1", "absent.toml"])
def test_an_unknown_rule_set(tmp_path: Path, rules: str) -> None:
    table = write_csv(tmp_path / "学校.csv", [unit()])
    outcome = call("assess", table, "--rules", rules, "--json")
    assert (outcome.code, outcome.out) == (2, "")
    assert rules.partition("@")[0] in outcome.err


# --- places that cannot be written to ------------------------------------------------------------


def test_out_is_a_file(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "学校.csv", [unit()])
    taken = tmp_path / "taken"
    taken.write_text("mine", encoding="utf-8")
    outcome = call("--lang", "en", "assess", table, "--json", "--out", taken)
    assert_refused(outcome, taken)
    assert taken.read_text(encoding="utf-8") == "mine"


def test_out_lies_below_a_file(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "学校.csv", [unit()])
    outcome = call("--lang", "en", "assess", table, "--json", "--out", table / "out")
    assert (outcome.code, outcome.out) == (2, "")
    assert "cannot be written to" in outcome.err


@pytest.mark.parametrize("n_bytes", [0, 1000, 4000, 8000])
def test_a_full_disk_leaves_nothing(tmp_path: Path, n_bytes: int) -> None:
    """The limit on the size of a file stands for a disk without room."""
    table = write_csv(tmp_path / "学校.csv", [unit(str(ix)) for ix in range(300)])
    out = tmp_path / "out"
    outcome = limited(f"--fsize={n_bytes}", "assess", table, "--out", out)
    assert (outcome.code, outcome.out) == (2, ""), outcome.err
    assert "cannot be written to" in outcome.err
    assert not out.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["学校.csv"]


def test_a_full_disk_keeps_older_results(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "学校.csv", [unit(str(ix)) for ix in range(300)])
    out = tmp_path / "out"
    assert call("assess", table, "--json", "--out", out).code == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert limited("--fsize=4000", "assess", table, "--out", out).code == 2
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


@pytest.mark.soak
def test_a_kill_leaves_whole_files_or_none(tmp_path: Path) -> None:
    """Killed at 25 moments, all along what it takes on this machine and a little beyond."""
    table = write_csv(tmp_path / "学校.csv", [unit(str(ix)) for ix in range(5000)])
    begun = time.monotonic()
    assert assessing(table, tmp_path / "whole").wait() == 0
    duration_s = time.monotonic() - begun
    assert_whole(tmp_path / "whole")
    for n_kill in range(1, 26):
        out = tmp_path / f"out{n_kill}"
        process = assessing(table, out)
        with suppress(subprocess.TimeoutExpired):
            process.wait(duration_s * 1.1 * n_kill / 25)
        process.kill()
        process.wait()
        assert_whole(out)


def assessing(table: Path, out: Path) -> subprocess.Popen[bytes]:
    words = ("assess", str(table), "--json", "--out", str(out))
    command = [sys.executable, "-m", "junheng.cli", *words]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def assert_whole(folder: Path) -> None:
    """Every file is whole, and when there is one they are all there."""
    import pyarrow.parquet as pq

    files = {path.name: path for path in folder.glob("*")}
    assert not files or set(files) == RESULTS
    for path in files.values():
        if path.suffix == ".parquet":
            assert pq.read_table(path).num_rows > 0
        else:
            assert zipfile.ZipFile(io.BytesIO(path.read_bytes())).testzip() is None
