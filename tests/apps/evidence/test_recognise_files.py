"""Which files are taken as evidence, by their content; which are not, with the way out."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.apps.evidence import documents as d

from junheng.apps.evidence.content import Refused, recognised
from junheng.apps.evidence.names import cleaned
from junheng.apps.evidence.rules import files


def kind(name: str, content: bytes) -> str:
    return recognised(io.BytesIO(content), name=name, n_bytes=len(content)).id


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("计划.pdf", d.PDF, "pdf"),
        ("校园.PNG", d.PNG, "png"),
        ("校园.jpeg", d.JPEG, "jpeg"),
        ("章程.docx", d.docx("第一条"), "docx"),
        ("统计.xlsx", d.archive({"xl/workbook.xml": "x"}), "xlsx"),
        ("汇报.pptx", d.archive({"ppt/presentation.xml": "x"}), "pptx"),
        ("批文.ofd", d.archive({"OFD.xml": "x", "Doc_0/Document.xml": "x"}), "ofd"),
        ("说明.txt", "一行文字\n".encode(), "text"),
        ("名单.csv", "姓名,年级\n".encode("gb18030"), "text"),
    ],
)
def test_it_works(name: str, content: bytes, expected: str) -> None:
    assert kind(name, content) == expected


@pytest.mark.parametrize(
    ("name", "content", "found", "remedy"),
    [
        ("a.pdf", d.PROGRAM, "it is a program", "as PDF"),
        ("a.pdf", b"#!/bin/sh\nrm", "it is a program", "as PDF"),
        ("a.bat", b"echo", "it is a program", "as PDF"),
        ("a.html", b"<script>", "page with scripts", "as PDF"),
        ("a.pdf", d.docx("x"), "content is that of a .docx file", "ending .docx"),
        ("a.pdf", b"", "it is empty", "scan it again"),
        ("a.pdf", d.PDF[:40], "ends too early", "Export or scan"),
        ("a.pdf", d.LOCKED_PDF, "the PDF is encrypted", "without a password"),
        ("a.png", d.PNG[:20], "damaged", "Copy it again"),
        ("a.jpg", d.JPEG[:9], "damaged", "Copy it again"),
        ("a.doc", d.OLD_OFFICE, "old form", ".docx"),
        ("a.docx", d.LOCKED_OFFICE, "with a password", "password off"),
        ("a.docx", d.docx("x", more={"word/vbaProject.bin": b"x"}), "macros", "without macros"),
        ("a.docx", d.docx("x", types="macroEnabled.main"), "macros", "without macros"),
        ("a.docx", d.docx("x")[:-30], "damaged", "save it again"),
        ("a.zip", d.archive({"a.pdf": d.PDF}), "archive of files", "Unpack it"),
        ("a.gif", b"GIF89a" + bytes(30), "a GIF picture", ".pdf"),
        ("a.heic", b"\0\0\0\x18ftypheic", "a HEIC photo", ".jpg"),
        ("a.pdf", b"neither this nor that", "none of the kinds", ".docx"),
        ("a.txt", b"text with a zero \0 in it", "no plain text", "UTF-8"),
    ],
)
def test_what_is_not_taken_is_told_with_a_remedy(
    name: str, content: bytes, found: str, remedy: str
) -> None:
    with pytest.raises(Refused) as caught:
        kind(name, content)
    assert found in str(caught.value)
    assert remedy in str(caught.value)


def test_a_bomb_is_told_without_unpacking_it() -> None:
    with pytest.raises(Refused, match="far larger than a document"):
        kind("a.docx", d.bomb())


def test_two_gigabytes_are_refused_without_reading_them() -> None:
    class Untouched(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise AssertionError(size)

    with pytest.raises(Refused, match="larger than 200 MB"):
        recognised(Untouched(), name="a.pdf", n_bytes=2 * 1024**3)


def test_every_prefix_of_a_document_is_taken_or_refused() -> None:
    for content in (d.PDF, d.PNG, d.JPEG, d.docx("x"), d.OLD_OFFICE):
        for n in range(1, len(content), 7):
            with suppress(Refused):
                assert kind("a.pdf", content[:n]) == "pdf"


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Windows\\system32\\报告.pdf", "报告.pdf"),
        ("发票\u202efdp.exe", "发票fdp.exe"),
        ("a\x00b\nc\u200b.pdf", "abc.pdf"),
        ('<b>"?*|:.pdf', "_b______.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("...", "unnamed"),
        ("", "unnamed"),
        (".htaccess", "htaccess"),
    ],
)
def test_names_are_shown_without_what_deceives(sent: str, shown: str) -> None:
    assert cleaned(sent, most_bytes=180) == shown


@given(st.text(max_size=400))
def test_any_name_becomes_one_that_fits(name: str) -> None:
    shown = cleaned(name, most_bytes=180)
    assert 0 < len(shown.encode()) <= 180
    assert not set(shown) & set('/\\<>:"|?*\0\n')
    assert cleaned(shown, most_bytes=180) == shown


def test_a_name_of_three_hundred_characters_keeps_its_ending() -> None:
    shown = cleaned("报" * 300 + ".pdf", most_bytes=files().name_bytes)
    assert shown.endswith("报.pdf")
    assert len(shown.encode()) <= files().name_bytes
