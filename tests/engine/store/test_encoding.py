"""UTF-8 and GB18030 of 2022, with the codes that its edition changed."""

from __future__ import annotations

import pytest

from junheng.engine.store.encoding import EncodingUnknownError, decode

# GB 18030-2022, changed mappings: two-byte code, character, four-byte code that the character had
# before, private-use character that stands there now. The same pairs are in the WHATWG Encoding
# Standard (index gb18030) and in ICU's table gb18030-2022.
CHANGED_2022 = [
    ("A6D9", 0xFE10, "84318236", 0xE78D),
    ("A6DA", 0xFE12, "84318238", 0xE78E),
    ("A6DB", 0xFE11, "84318237", 0xE78F),
    ("A6DC", 0xFE13, "84318239", 0xE790),
    ("A6DD", 0xFE14, "84318330", 0xE791),
    ("A6DE", 0xFE15, "84318331", 0xE792),
    ("A6DF", 0xFE16, "84318332", 0xE793),
    ("A6EC", 0xFE17, "84318333", 0xE794),
    ("A6ED", 0xFE18, "84318334", 0xE795),
    ("A6F3", 0xFE19, "84318335", 0xE796),
    ("FE59", 0x9FB4, "82359037", 0xE81E),
    ("FE61", 0x9FB5, "82359038", 0xE826),
    ("FE66", 0x9FB6, "82359039", 0xE82B),
    ("FE67", 0x9FB7, "82359130", 0xE82C),
    ("FE6D", 0x9FB8, "82359131", 0xE832),
    ("FE7E", 0x9FB9, "82359132", 0xE843),
    ("FE90", 0x9FBA, "82359133", 0xE854),
    ("FEA0", 0x9FBB, "82359134", 0xE864),
]
CHANGED_2005 = ("A8BC", 0x1E3F, "8135F437", 0xE7C7)

NOT_UTF8 = "教师".encode("gb18030")


def from_gb(code: str) -> str:
    return decode(NOT_UTF8 + bytes.fromhex(code)).text[2:]


@pytest.mark.parametrize(("two", "new", "four", "old"), [*CHANGED_2022, CHANGED_2005])
def test_codes_changed_by_an_edition(two: str, new: int, four: str, old: int) -> None:
    assert (from_gb(two), from_gb(four)) == (chr(new), chr(old))


@pytest.mark.parametrize(
    ("code", "character"),
    [("B5D8", "地"), ("A1A1", "\u3000"), ("95328236", "\U00020000"), ("FE51", "\ue816")],
)
def test_codes_that_stayed(code: str, character: str) -> None:
    assert from_gb(code) == character


def test_a_byte_that_no_edition_assigns_is_refused() -> None:
    with pytest.raises(EncodingUnknownError):
        from_gb("FF")


def test_short_chinese_text_whose_bytes_are_valid_utf8() -> None:
    assert decode("学校,pupils\n".encode("gb18030")).text == "学校,pupils\n"


@pytest.mark.parametrize("text", ["Школа № 5", "школа", "Água Branca, Maceió", "ΑΒΓ", "שלום"])
def test_other_scripts_in_utf8_stay(text: str) -> None:
    assert decode(text.encode()).text == text


def test_a_whole_text_in_gb18030() -> None:
    text = "单位编号,学校名称\nA,第一小学①㐀\n"
    decoded = decode(text.encode("gb18030"))
    assert (decoded.text, decoded.is_as_stored) == (text, False)


def test_utf8_with_and_without_mark() -> None:
    assert decode(b"\xef\xbb\xbfa").text == "a"
    assert decode("学".encode()).text == "学"


def test_text_is_brought_to_normal_form_c() -> None:
    decoded = decode("Palmeira dos I\u0301ndios".encode())
    assert (decoded.text, decoded.is_as_stored) == ("Palmeira dos Índios", False)


def test_an_unknown_encoding_names_the_bytes() -> None:
    with pytest.raises(EncodingUnknownError) as caught:
        decode(b"ab\xe9\x20\xff\xff")
    assert (caught.value.utf8_offset, caught.value.gb18030_offset) == (2, 2)
