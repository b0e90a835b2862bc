"""What a page shows of a personal value: enough to recognise it by, not enough to use it.

Fields of the highest sensitivity are masked for everybody until somebody asks with a purpose. Names
are masked where no post at the person's own school is held.

Source: usual conventions of masking (GB/T 35273, 展示个人信息时的去标识化处理).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from junheng.engine.contracts import Field

SECRET, PERSONAL = "L4", "L3"
NAME = "name"
HIDDEN = "****"
"""In place of a value of which nothing may be seen, however long it is."""

_LIKE_A_NUMBER = re.compile(r"(?<![0-9A-Za-z])[GJL]?[0-9]{17,18}[0-9X]?(?![0-9A-Za-z])")
_AREA = re.compile(r"(?:.*?(?:省|自治区|自治州|市|州|县|旗|(?<![社小园])区))+")
_STREET = re.compile(r"(?P<name>.+?)(?P<kind>街道|镇|乡|苏木|社区)")


def is_masked(field: Field, *, hides_names: bool = False) -> bool:
    """Whether values of a field are masked; `hides_names` for readers from outside the school."""
    is_name = field.id == NAME and field.sensitivity == PERSONAL
    return field.sensitivity == SECRET or (hides_names and is_name)


def masked(field: Field, text: str) -> str:
    """Return what is shown of a value of a field that is masked."""
    return as_kind(_FORM_OF_KIND.get(field.kind) or field.id, text)


def as_kind(kind: str, text: str) -> str:
    """Return a value masked as one of `KINDS`; of any other kind nothing is seen.

    >>> as_kind("name", "张强"), as_kind("health", "asthma")
    ('张*', '****')
    """
    if not text:
        return ""
    return KINDS.get(kind, _nothing)(text)


def numbers_masked(text: str) -> str:
    """Return a sentence in which whatever looks like a number of a person is masked.

    >>> numbers_masked("P1 / 990101201903010019")
    'P1 / 990***********0019'
    """
    return _LIKE_A_NUMBER.sub(lambda found: identity_number(found[0]), text)


def name(text: str) -> str:
    """Return the first sign, and of three or more the last one, too.

    >>> name("张强"), name("张小强"), name("欧阳小华"), name("张")
    ('张*', '张*强', '欧**华', '*')
    """
    if len(text) < 3:
        return (text[:1] if len(text) == 2 else "") + "*"
    return text[0] + "*" * (len(text) - 2) + text[-1]


def identity_number(text: str) -> str:
    """Return the first three and last four signs; a letter in front of a register number, too.

    >>> identity_number("990101201903010019"), identity_number("G990101201903010019")
    ('990***********0019', 'G990***********0019')
    >>> identity_number("E12345678")
    '****'
    """
    first = 4 if text[:1].isalpha() else 3
    n_hidden = len(text) - first - 4
    return text[:first] + "*" * n_hidden + text[-4:] if n_hidden > first + 3 else HIDDEN


def phone(text: str) -> str:
    """Return the first three and last four digits of a mobile number; nothing of another.

    >>> phone("13812345678"), phone("65123456")
    ('138****5678', '****')
    """
    return f"{text[:3]}****{text[-4:]}" if re.fullmatch("[0-9]{11}", text) else HIDDEN


def address(text: str) -> str:
    """Return the district and what kind of street follows it.

    >>> address("五华区翠湖街道文林街1号"), address("昆明市五华区某路1号"), address("某路")
    ('五华区**街道***', '昆明市五华区***', '***')
    """
    area = _AREA.match(text)
    shown = area[0] if area else ""
    street = _STREET.match(text[len(shown) :])
    if area and street:
        shown += "*" * len(street["name"]) + street["kind"]
    return f"{shown}***"


def e_mail(text: str) -> str:
    """Return the first sign and the domain.

    >>> e_mail("zhang@example.cn")
    'z***@example.cn'
    """
    user, at, domain = text.rpartition("@")
    return f"{user[:1]}***@{domain}" if at and user else HIDDEN


def bank_card(text: str) -> str:
    """Return the last four digits.

    >>> bank_card("6222021234561234")
    '************1234'
    """
    return "*" * (len(text) - 4) + text[-4:] if len(text) >= 12 else HIDDEN


def _nothing(_text: str) -> str:
    return HIDDEN


KINDS: dict[str, Callable[[str], str]] = {
    "name": name,
    "identity_number": identity_number,
    "register_number": identity_number,
    "phone": phone,
    "address": address,
    "home_address": address,
    "e_mail": e_mail,
    "bank_card": bank_card,
}
_FORM_OF_KIND = {"identity_number": "identity_number", "register_number": "register_number"}
