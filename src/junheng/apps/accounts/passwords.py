"""What a password must be: long enough, of several kinds of characters, and not the usual."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from junheng.engine.standard.rulefile import reader_of

if TYPE_CHECKING:
    from junheng.apps.accounts.models import User

RULES_FILE = Path(__file__).parents[2] / "rules" / "access" / "passwords.toml"
SWAPS = str.maketrans("@403$!", "aaoesi")
NOT_LETTERS = re.compile(r"[\W\d_]+")
AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
CLASSES = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")
# No letters or digits that are taken for one another on paper: 0 O 1 l I.
READABLE = ("abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789")


@dataclass(frozen=True)
class Argon2Cost:
    """What computing the stored form of a password costs."""

    memory_kib: int
    passes: int
    lanes: int


@dataclass(frozen=True)
class PasswordRules:
    """The file of rules. `word` fits a text that is made of known words alone."""

    min_length: int
    min_length_mixed: int
    min_classes: int
    word: re.Pattern[str]
    argon2: Argon2Cost


@cache
def password_rules() -> PasswordRules:
    """Return the rules, read once; RuleFileError with all its faults."""
    top = reader_of(RULES_FILE)
    words = sorted(set(top.texts("words")), key=len, reverse=True)
    cost = top.inner("argon2")
    rules = PasswordRules(
        min_length=top.whole("min_length"),
        min_length_mixed=top.whole("min_length_mixed"),
        min_classes=top.whole("min_classes"),
        word=re.compile(f"(?:{'|'.join(map(re.escape, words))})*"),
        argon2=Argon2Cost(cost.whole("memory_kib"), cost.whole("passes"), cost.whole("lanes")),
    )
    cost.finish()
    top.finish()
    top.faults.raise_any()
    return rules


def is_strong(password: str) -> bool:
    """Whether it is long, or shorter with several kinds of characters.

    >>> is_strong("correct horse battery"), is_strong("Xy7-Xy7-"), is_strong("abcdefgh")
    (True, True, False)
    """
    rules = password_rules()
    n_classes = sum(bool(re.search(kind, password)) for kind in CLASSES)
    is_mixed = n_classes >= rules.min_classes and len(password) >= rules.min_length_mixed
    return is_mixed or len(password) >= rules.min_length


def is_usual(password: str) -> bool:
    """Whether nothing but known words, digits and signs is in it.

    >>> is_usual("Woaini@1314"), is_usual("P@ssw0rd2026"), is_usual("kelp-anvil")
    (True, True, False)
    """
    lowered = password.casefold()
    # A number before or after is one; within a word it may stand for a letter.
    inner = AROUND.sub("", lowered).translate(SWAPS)
    readings = {NOT_LETTERS.sub("", lowered), NOT_LETTERS.sub("", inner)}
    return any(password_rules().word.fullmatch(reading) for reading in readings)


def one_time_password() -> str:
    """Return a first password to be read from paper: four groups of four, 80 bits and more."""
    alphabet = "".join(READABLE)
    while True:
        groups = ["".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4)]
        made = "-".join(groups)
        if is_strong(made) and not is_usual(made):
            return made


class StrengthValidator:
    """Refuse what is short and of one kind, and what everybody tries first."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError with what to do instead."""
        if not is_strong(password):
            raise ValidationError(self.get_help_text(), code="password_weak")
        if is_usual(password):
            raise ValidationError(
                gettext(
                    "This password is one of those that are tried first. Choose one that is not "
                    "made of a common word and a number."
                ),
                code="password_usual",
            )

    def get_help_text(self) -> str:
        """Say what is asked."""
        rules = password_rules()
        return gettext(
            "At least %(long)s characters, or %(mixed)s with three of: small letters, capital "
            "letters, digits, signs."
        ) % {"long": rules.min_length, "mixed": rules.min_length_mixed}
