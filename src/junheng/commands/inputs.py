"""What the commands on unit tables share: from the arguments to a checked table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from junheng.engine import standard
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    import argparse

    from junheng.engine.standard import RuleSet, UnitTable
    from junheng.engine.store.session import Session


def read_input(session: Session, arguments: argparse.Namespace) -> UnitTable:
    """Read the table that the arguments name, through a mapping when they name one.

    A folder is read as the datasets of people, rooms and things.
    """
    if arguments.input.is_dir():
        return _read_folder(session, arguments)
    from junheng.engine.store.tables import open_table

    table = open_table(session, arguments.input, sheet=arguments.sheet)
    if arguments.mapping:
        from junheng.engine.standard import measures

        return measures.read_mapped(
            table,
            arguments.mapping,
            whole_as_one=arguments.district_wide,
            thresholds_from=ruleset(arguments.rules) if arguments.rules else None,
        )
    return standard.read(table, ruleset(arguments.rules), ignore_unknown=arguments.ignore_unknown)


def _read_folder(session: Session, arguments: argparse.Namespace) -> UnitTable:
    from junheng.engine.standard import person_level

    folder = arguments.input
    day = arguments.date or person_level.statistics_date_of(session, folder)
    rules = ruleset(arguments.rules)
    return person_level.measure_persons(session, folder, rules, statistics_date=day)


def ruleset(name: str | None) -> RuleSet:
    """Return the rule set that an argument names: id, id@version or file; None: the default."""
    if name is None:
        return standard.load(standard.DEFAULT_RULESET_ID)
    if name.endswith(".toml"):
        path = Path(name)
        if not path.is_file():
            raise NotFound(say("{file} does not exist. Check the path of the rule set.", file=name))
        return standard.load_file(path)
    ruleset_id, _, version = name.partition("@")
    return standard.load(ruleset_id, version or None)
