"""Files that cannot be tables: each refused with its name, the finding and the way out."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
import xlsxwriter

from junheng.engine.store.session import literal
from junheng.engine.store.tables import open_table
from junheng.errors import TableFaults

if TYPE_CHECKING:
    from pathlib import Path

    from junheng.engine.store.session import Session

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CSV = b"a,b\n1,2\n"


def workbook() -> bytes:
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number in range(200):
            sheet.write_row(number, 0, [f"x{number}", f"y{number}"])
    return data.getvalue()


def zipped(parts: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return data.getvalue()


def finding(session: Session, path: Path) -> str:
    with pytest.raises(TableFaults) as caught:
        open_table(session, path)
    assert session.rows("SELECT count(*) FROM duckdb_tables()") == [(0,)]
    (fault,) = caught.value.faults
    assert path.name in fault.source
    assert str(fault.remedy)
    return caught.value.render()


def test_places_without_a_file(session: Session, tmp_path: Path) -> None:
    assert "there is no such file" in finding(session, tmp_path / "absent.csv")
    assert "this is a folder or a device" in finding(session, tmp_path)
    os.mkfifo(tmp_path / "pipe.csv")
    assert "this is a folder or a device" in finding(session, tmp_path / "pipe.csv")
    assert "the file cannot be read (" in finding(session, tmp_path / ("a" * 300 + ".csv"))


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv", b"", "the file is empty"),
        ("a.xlsx", b"", "the file is empty"),
        ("a.csv", OLE + bytes(500), "the content is an old or protected Office file"),
        ("a.csv", gzip.compress(CSV, mtime=0), "the content is a gzip file"),
        ("a.csv.gz", CSV, "the content is something else"),
        ("a.xlsx", b"a\0b", "the content is something else"),
        ("a.xlsx", OLE + bytes(500), "the content is an old or protected Office file"),
        (
            "a.xlsx",
            OLE + bytes(500) + "EncryptedPackage".encode("utf-16-le"),
            "protected by a password",
        ),
        ("a.xlsx", zipped({"a.txt": b"x"}), "a zip archive and no Excel workbook"),
        ("a.xlsx", zipped({"xl/workbook.xml": b"<x/>"}), "the file is damaged"),
        ("a.xlsx", zipped({"xl/vbaProject.bin": b"x"}), "contains macros"),
        ("a.parquet", CSV, "the content is something else"),
        ("a.parquet", b"PAR1" + bytes(100), "the file is damaged"),
        ("a.xls", OLE, "save it as “Excel workbook (.xlsx)”"),
        ("a.et", OLE, "save it as “Microsoft Excel (.xlsx)”"),
        ("a.xlsm", workbook(), "Workbooks with macros are not opened"),
        ("a.pdf", b"%PDF-1.7", "files ending in “.pdf” are not read"),
        ("table", CSV, "files ending in “” are not read"),
        ("a.xlsx.gz", gzip.compress(CSV, mtime=0), "files ending in “.xlsx.gz” are not read"),
    ],
)
def test_content_that_is_no_table(
    session: Session, tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert message in finding(session, path)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.99])
def test_truncated_files(session: Session, tmp_path: Path, share: float) -> None:
    session.run(
        f"COPY (SELECT i AS a FROM range(999) t(i)) TO {literal(str(tmp_path / 'whole.parquet'))}"
    )
    whole = {
        "a.xlsx": workbook(),
        "a.parquet": (tmp_path / "whole.parquet").read_bytes(),
        "a.csv.gz": gzip.compress(b"a,b\n" + b"".join(b"%d,2\n" % n for n in range(999)), mtime=0),
    }
    for name, data in whole.items():
        path = tmp_path / name
        path.write_bytes(data[: int(len(data) * share)])
        assert "the file is damaged or was not copied to its end" in finding(session, path)


def test_a_workbook_with_any_byte_changed_never_fails_otherwise(
    session: Session, tmp_path: Path
) -> None:
    data = workbook()
    path = tmp_path / "a.xlsx"
    for place in range(0, len(data), len(data) // 60):
        path.write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        with suppress(TableFaults):
            open_table(session, path)


def test_an_archive_whose_names_are_no_text(session: Session, tmp_path: Path) -> None:
    data = zipped({"xl/workbook.xml": b"<workbook/>", "xl/表.xml": b"<x/>"})
    path = tmp_path / "a.xlsx"
    path.write_bytes(data.replace("表".encode(), b"\xff\xff\xff"))
    with pytest.raises(ValueError, match="codec can't decode"):
        zipfile.ZipFile(path)
    assert "the file is damaged or was not copied to its end" in finding(session, path)


def test_bombs(session: Session, tmp_path: Path) -> None:
    zeros = bytes(20 * 1024 * 1024)
    sheet = zipped({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": zeros})
    for name, data in (("a.csv.gz", gzip.compress(zeros)), ("a.xlsx", sheet)):
        path = tmp_path / name
        path.write_bytes(data)
        assert "larger than is safe" in finding(session, path)


@pytest.mark.parametrize(
    ("part", "written", "instead"),
    [
        ("xl/workbook.xml", b'name="Sheet1"', b'name="&e8;"'),
        ("xl/sharedStrings.xml", b"<t>x0</t>", b"<t>&e8;</t>"),
        ("xl/sharedStrings.xml", b"<t>x0</t>", b"<t>&file;</t>"),
        ("xl/worksheets/sheet1.xml", b"<v>0</v>", b"<v>&e8;</v>"),
    ],
)
def test_entities_are_not_unfolded(
    session: Session, tmp_path: Path, part: str, written: bytes, instead: bytes
) -> None:
    """A few hundred bytes that would unfold to a gigabyte, or to a file of the machine."""
    with zipfile.ZipFile(io.BytesIO(workbook())) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    unfolding = b"".join(
        b'<!ENTITY e%d "%s">' % (level, b"&e%d;" % (level - 1) * 10 if level else b"ha" * 10)
        for level in range(9)
    )
    declared = b'<!DOCTYPE x [%s<!ENTITY file SYSTEM "file:///etc/passwd">]>' % unfolding
    head, mark, body = parts[part].partition(b"?>")
    assert written in body
    parts[part] = head + mark + declared + body.replace(written, instead)
    path = tmp_path / "a.xlsx"
    path.write_bytes(zipped(parts))
    assert "declares a document type" in finding(session, path)


def test_an_archive_that_lies_about_its_sizes(session: Session, tmp_path: Path) -> None:
    parts = {"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": bytes(9_999)}
    data = zipped(parts)
    path = tmp_path / "a.xlsx"
    path.write_bytes(data.replace((9_999).to_bytes(4, "little"), (9).to_bytes(4, "little")))
    assert "the file is damaged" in finding(session, path)


def test_files_beyond_the_limit_are_not_read(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("junheng.engine.store.raw.MAX_FILE_BYTES", 3)
    path = tmp_path / "a.csv"
    path.write_bytes(CSV)
    assert "more than 0" in finding(session, path)


def test_more_columns_than_allowed(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(",".join(f"c{n}" for n in range(701)) + "\n", encoding="utf-8")
    assert "the table has 701 columns, more than 700" in finding(session, path)


def test_damaged_gzip(session: Session, tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(CSV * 100))
    packed[-6] ^= 0xFF
    with pytest.raises(zlib.error):
        zlib.decompress(packed, wbits=31)
    path = tmp_path / "a.csv.gz"
    path.write_bytes(packed)
    assert "the file is damaged" in finding(session, path)
