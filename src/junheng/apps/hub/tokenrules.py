"""What a token may open, and for how long: `rules/access/api.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from junheng.apps.accounts.api import Kind
from junheng.engine.standard.rulefile import reader_of

RULES_PATH = Path(__file__).parents[2] / "rules" / "access" / "api.toml"


@dataclass(frozen=True)
class TokenRules:
    """Kinds of data that a token may open, datasets it may send, and its days of validity.

    `imports_an_hour`: files that one account sends by the API at most.
    """

    kinds: tuple[Kind, ...]
    imports: tuple[str, ...]
    imports_an_hour: int
    most_days: int
    usual_days: int


@cache
def token_rules(path: Path = RULES_PATH) -> TokenRules:
    """Return the rules; RuleFileError with everything wrong in the file."""
    top = reader_of(path)
    named = set(top.texts("kinds"))
    found = TokenRules(
        tuple(kind for kind in Kind if kind.value in named),
        imports=tuple(top.texts("imports")),
        imports_an_hour=top.whole("imports_an_hour"),
        most_days=top.whole("most_days"),
        usual_days=top.whole("usual_days"),
    )
    top.finish()
    top.faults.raise_any()
    return found
