"""Numbers that name a person, a pupil, a school or an organisation: their forms and checks.

Every function takes the trimmed text of a cell and returns the canonical text or a `Problem`.

Sources: GB 11643 (identity number), GB 32100 (credit code), GB/T 2260 (provinces), and the
numbering of schools and pupils by the Ministry of Education.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from junheng.engine.contracts.checks import DAMAGED, Problem, calendar_day
from junheng.engine.store.numbers import is_damaged_identifier, narrow
from junheng.i18n import say

if TYPE_CHECKING:
    from datetime import date

SIMULATED_PREFIX = "99"
"""Area prefix that no real person's number has: everybody invented bears it."""

IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
IDENTITY_CHECKS = "10X98765432"
IDENTITY_SHAPE = "[0-9]{17}[0-9X]"
DOCUMENT_SHAPE = "[0-9A-Z]{4,20}"

SCHOOL_CATEGORIES = "11|21|22|31|32|33|34|35|36|37|41|42|51|91|92|93"
PROVINCES = (
    "11|12|13|14|15|21|22|23|31|32|33|34|35|36|37|41|42|43|44|45|46|50|51|52|53|54|61|62|63|64|65"
    "|71|81|82"
)
SCHOOL_ID = f"({SCHOOL_CATEGORIES})({PROVINCES})[0-9]{{6}}"

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def identity_check(first17: str) -> str:
    """Return the check character that belongs to the first 17 digits of an identity number.

    >>> identity_check("11010519491231002")
    'X'
    """
    weighted = zip(first17, IDENTITY_WEIGHTS, strict=True)
    return IDENTITY_CHECKS[sum(int(digit) * weight for digit, weight in weighted) % 11]


def identity_number(text: str, *, is_simulated: bool) -> str | Problem:
    """Return an 18-character resident identity number, its letter a capital.

    `is_simulated`: the bureau is an invented one, which takes invented people and nobody else.

    >>> identity_number("99010120150301001９", is_simulated=True)
    '990101201503010019'
    """
    number = narrow(text).upper()
    if is_damaged_identifier(text):
        return DAMAGED
    if re.fullmatch(IDENTITY_SHAPE, number, re.ASCII) is None:
        return Problem(
            say(
                "An identity number has 17 digits and a digit or X, this has {n} characters.",
                n=len(number),
            ),
            say("Copy it from the document."),
        )
    if _birth_date(number) is None:
        found = say("The digits 7 to 14 ({digits}) are no day.", digits=number[6:14])
        return Problem(found, say("Copy the number from the document."))
    if identity_check(number[:17]) != number[17]:
        return _wrong_check(number)
    return _of_this_world(number, number, is_simulated=is_simulated)


def document_number(text: str) -> str | Problem:
    """Return the number of an identity document of any kind: letters and digits, 4 to 20.

    >>> document_number("h１2345678")
    'H12345678'
    """
    if is_damaged_identifier(text):
        return DAMAGED
    number = narrow(text).upper()
    if re.fullmatch(DOCUMENT_SHAPE, number, re.ASCII) is None:
        return Problem(
            say("The number of a document has 4 to 20 letters and digits."),
            say("Copy it from the document, without blanks and signs."),
        )
    return number


def identity_birth_date(number: str) -> str:
    """Return the birth date (ISO) that a checked identity number tells.

    >>> identity_birth_date("990101201503010019")
    '2015-03-01'
    """
    return f"{number[6:10]}-{number[10:12]}-{number[12:14]}"


def identity_sex(number: str) -> str:
    """Return the code of the sex that a checked identity number tells: 1 male, 2 female.

    >>> identity_sex("990101201503010019"), identity_sex("990101201503010027")
    ('1', '2')
    """
    return "1" if int(number[16]) % 2 else "2"


def register_number(text: str, *, is_simulated: bool) -> str | Problem:
    """Return a pupil's register number: G or J and 18 characters with a check, or L and 18 digits.

    >>> register_number("g990101201503010019", is_simulated=True)
    'G990101201503010019'
    """
    number = narrow(text).upper()
    if is_damaged_identifier(text):
        return DAMAGED
    if re.fullmatch(r"[GJ][0-9]{17}[0-9X]|L[0-9]{18}", number, re.ASCII) is None:
        return Problem(
            say(
                "A register number is G, J or L and 18 characters, this is “{number}”.",
                number=number,
            ),
            say("Copy it from the pupil register."),
        )
    if _birth_date(number[1:]) is None:
        found = say("The digits 7 to 14 ({digits}) are no day.", digits=number[7:15])
        return Problem(found, say("Copy the number from the pupil register."))
    if number[0] != "L" and identity_check(number[1:18]) != number[18]:
        return _wrong_check(number[1:])
    return _of_this_world(number[1:], number, is_simulated=is_simulated)


def school_id(text: str) -> str | Problem:
    """Return a 10-digit school identifier: category, province, sequence; it has no check digit.

    >>> school_id("2153000123"), type(school_id("2199000123")).__name__
    ('2153000123', 'Problem')
    """
    number = narrow(text)
    if re.fullmatch(SCHOOL_ID, number, re.ASCII):
        return number
    if re.fullmatch("[0-9]{10}", number, re.ASCII) is None:
        found = say("A school identifier has 10 digits, this is “{number}”.", number=number)
    elif re.fullmatch(SCHOOL_CATEGORIES, number[:2]) is None:
        found = say("It begins with {code}, which is no category of schools.", code=number[:2])
    else:
        found = say("Its third and fourth digits ({code}) are no province.", code=number[2:4])
    return Problem(found, say("Copy the identifier from the list of schools."))


def credit_check(first17: str) -> str:
    """Return the check character of a unified social credit code.

    >>> credit_check("12100000400000624"), credit_check("91350100M000100Y4")
    ('D', '3')
    """
    total = sum(
        CREDIT_ALPHABET.index(sign) * pow(3, place, 31) for place, sign in enumerate(first17)
    )
    return CREDIT_ALPHABET[(31 - total % 31) % 31]


def credit_code(text: str) -> str | Problem:
    """Return an 18-character unified social credit code in capitals.

    >>> credit_code("91350100m000100y43")
    '91350100M000100Y43'
    """
    code = narrow(text).upper()
    if re.fullmatch(f"[{CREDIT_ALPHABET}]{{18}}", code) is None:
        return Problem(
            say("A credit code has 18 digits and capital letters without I, O, S, V, Z."),
            say("Copy it from the certificate."),
        )
    if credit_check(code[:17]) != code[17]:
        found = say("The check character of {number} is wrong.", number=code)
        return Problem(found, say("Copy it from the certificate."))
    return code


def _birth_date(number: str) -> date | None:
    return calendar_day(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def _wrong_check(number: str) -> Problem:
    found = say("The check character of {number} is wrong.", number=number)
    if number.endswith("000"):
        # A spreadsheet keeps 15 digits and puts zeros for the rest.
        return Problem(found, DAMAGED.remedy)
    return Problem(found, say("Compare it with the document, digit by digit."))


def _of_this_world(number: str, result: str, *, is_simulated: bool) -> str | Problem:
    if number.startswith(SIMULATED_PREFIX) == is_simulated:
        return result
    if is_simulated:
        return Problem(
            say("This is a simulated bureau, which takes only numbers that begin with 99."),
            say("Never enter real people here; use a real bureau for them."),
        )
    return Problem(
        say("Numbers that begin with 99 belong to invented people."),
        say("Enter the person's real number."),
    )
