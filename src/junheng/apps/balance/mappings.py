"""Mappings of foreign tables beside the rule sets, under the id `mapping:<id of the mapping>`.

What a mapping measures is compared between schools and judges nothing.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.engine.standard import measures, rulebook
from junheng.engine.store.mapping_file import (
    SHIPPED,
    load_mapping,
    read_mapping,
    shipped_mappings,
)
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from junheng.engine.standard import RuleSet

PREFIX = "mapping:"


def is_mapping(ruleset_id: str) -> bool:
    """Whether an id names the measures of a mapping, and not a rule set."""
    return ruleset_id.startswith(PREFIX)


def mapping_id(ruleset_id: str) -> str:
    """Return the id that the mapping itself has.

    >>> mapping_id("mapping:alagoas-2020")
    'alagoas-2020'
    """
    return ruleset_id.removeprefix(PREFIX)


@cache
def shipped_measures() -> tuple[RuleSet, ...]:
    """Return the measures of every mapping that comes with the product."""
    return tuple(measures.ruleset_of(load_mapping(name)) for name in shipped_mappings())


def load(ruleset_id: str, version: str = "") -> RuleSet:
    """Return a shipped rule set, or the measures of a shipped mapping.

    `version` may be left out for a mapping, of which there is one version only.

    Raises
    ------
    NotFound
        Nothing of that id and version is shipped.
    """
    if not is_mapping(ruleset_id):
        return rulebook.load(ruleset_id, version)
    rules = measures.ruleset_of(load_mapping(mapping_id(ruleset_id)))
    if version not in ("", rules.version):
        raise NotFound(
            say(
                "There is no rule set “{id}” in version “{version}”.",
                id=ruleset_id,
                version=version,
            )
        )
    return rules


def text_of(ruleset_id: str) -> str:
    """Return the TOML text of a shipped mapping, its line ends as they are."""
    return (SHIPPED / f"{mapping_id(ruleset_id)}.toml").read_bytes().decode("utf-8")


def from_text(text: str) -> RuleSet:
    """Return the measures of a mapping from its TOML text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mapping.toml"
        path.write_bytes(text.encode())
        return measures.ruleset_of(read_mapping(path))
