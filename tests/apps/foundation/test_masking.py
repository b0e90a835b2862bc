"""What pages show of personal values, by the conventions that bureaus know."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.apps.foundation import masking
from junheng.engine import contracts

# The table of masking conventions, example by example.
GOLDEN = (
    ("name", "张强", "张*"),
    ("name", "张小强", "张*强"),
    ("name", "欧阳小华", "欧**华"),
    ("identity_number", "990101201903010019", "990***********0019"),
    ("register_number", "G990101201903010019", "G990***********0019"),
    ("phone", "13812345678", "138****5678"),
    ("address", "五华区翠湖街道文林街1号", "五华区**街道***"),
    ("e_mail", "zhang@example.cn", "z***@example.cn"),
    ("bank_card", "6222021234561234", "************1234"),
)


@pytest.mark.parametrize(("kind", "value", "shown"), GOLDEN)
def test_it_works(kind: str, value: str, shown: str) -> None:
    assert masking.as_kind(kind, value) == shown


def test_a_field_is_masked_by_its_sensitivity() -> None:
    pupils = contracts.contract("pupils")
    fields = {field.id: field for field in pupils.fields}
    assert {f.id for f in pupils.fields if masking.is_masked(f)} == {
        "register_number",
        "identity_number",
        "disability_code",
        "home_address",
    }
    assert masking.masked(fields["home_address"], "五华区翠湖街道1号") == "五华区**街道***"
    assert masking.masked(fields["identity_number"], "990101201903010019") == "990***********0019"
    assert masking.masked(fields["disability_code"], "1") == masking.HIDDEN
    assert masking.is_masked(fields["name"], hides_names=True)
    schools = contracts.contract("schools")
    assert not any(masking.is_masked(f, hides_names=True) for f in schools.fields)


def test_nothing_of_health_or_of_an_unknown_kind_is_seen() -> None:
    assert masking.as_kind("health", "asthma") == masking.HIDDEN
    assert masking.as_kind("whatever", "secret") == masking.HIDDEN
    assert masking.as_kind("phone", "") == ""


@pytest.mark.parametrize("short", ["1", "12345678", "E12345678", "A1234567(9)"])
def test_a_short_number_is_hidden_whole(short: str) -> None:
    assert masking.identity_number(short) == masking.HIDDEN


@given(st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True))
def test_the_birth_date_of_an_identity_number_is_never_seen(number: str) -> None:
    shown = masking.identity_number(number)
    assert shown[6:14] == "********"
    assert number not in masking.numbers_masked(f"“{number}”(P1)")


@given(st.text(min_size=2, max_size=8).filter(lambda text: "*" not in text))
def test_a_name_is_never_seen_whole(name: str) -> None:
    shown = masking.name(name)
    assert len(shown) == len(name)
    assert shown.count("*") == max(len(name) - 2, 1)
