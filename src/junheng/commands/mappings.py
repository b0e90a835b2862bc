"""`junheng mappings`: list the mappings, show one, see how it fits a file, put columns right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.errors import DataError
from junheng.i18n import N_, say

if TYPE_CHECKING:
    import argparse

    from junheng.engine.contracts.register_mapping import RegisterMapping, Suggestion
    from junheng.i18n import Translate

UNIT_TABLE = "unit_table"


def add_arguments(parser: argparse.ArgumentParser, _: Translate) -> None:
    """Add the arguments of the command to its parser."""
    parser.add_argument(
        "mapping",
        nargs="?",
        metavar="ID|FILE",
        help=_("mapping of a register export; none: list all mappings"),
    )
    parser.add_argument(
        "--check", type=Path, metavar="FILE", help=_("show how the mapping fits this export")
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="COLUMN=HEADER",
        help=_("put a moved or renamed column right; may be given more than once"),
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help=_("write the mapping as it is now (.toml)")
    )
    parser.add_argument(
        "--json", action="store_true", help=_("print one JSON object and nothing else")
    )


def run(arguments: argparse.Namespace, translate: Translate) -> int:
    """List the mappings, or show the one that the arguments name."""
    if arguments.mapping is None:
        _list(arguments, translate)
    else:
        _show(arguments, translate)
    return 0


# --- all mappings --------------------------------------------------------------------------------


def _list(arguments: argparse.Namespace, translate: Translate) -> None:
    rows = [*_register_rows(arguments.lang), *_unit_table_rows(arguments.lang)]
    if arguments.json:
        print(json.dumps({"mappings": rows}, ensure_ascii=False))
        return
    _print_table(
        [N_("Mapping"), N_("Dataset"), N_("Name"), N_("Confirmation")],
        [[row["id"], row["dataset"], row["name"], row["confirmation"]] for row in rows],
        translate,
    )


def _register_rows(language: str) -> list[dict[str, str]]:
    from junheng.engine.contracts import register_file

    found = map(register_file.load_register_mapping, register_file.shipped_register_mappings())
    return [
        {
            "id": mapping.id,
            "dataset": mapping.dataset,
            "name": mapping.name.of(language),
            "confirmation": mapping.confirmation,
        }
        for mapping in found
    ]


def _unit_table_rows(language: str) -> list[dict[str, str]]:
    """Mappings of public tables, each made for one table that was read."""
    from junheng.engine.store.mapping_file import load_mapping, shipped_mappings

    return [
        {
            "id": mapping.id,
            "dataset": UNIT_TABLE,
            "name": mapping.name.en if language.startswith("en") else mapping.name.zh,
            "confirmation": "C",
        }
        for mapping in map(load_mapping, shipped_mappings())
    ]


# --- one mapping ---------------------------------------------------------------------------------


def _show(arguments: argparse.Namespace, translate: Translate) -> None:
    from junheng.engine.contracts.register_file import load_register_mapping

    mapping = load_register_mapping(arguments.mapping).with_columns(_corrections(arguments.set))
    found = mapping.suggest(_headers(arguments.check, mapping)) if arguments.check else None
    if arguments.out:
        _write(arguments.out, mapping)
    if arguments.json:
        print(json.dumps(_as_json(mapping, found, arguments.lang), ensure_ascii=False))
        return
    print(mapping.name.of(arguments.lang))
    print(mapping.note.of(arguments.lang))
    _print_columns(mapping, found, translate)
    if found and found.unknown:
        unknown = say("Columns that the mapping does not know: {headers}.",
                      headers=", ".join(found.unknown))  # fmt: skip
        print(unknown.render(translate))
    if arguments.out:
        print(say("Written to {file}.", file=str(arguments.out)).render(translate))


def _corrections(words: list[str]) -> dict[str, str]:
    corrections = {}
    for word in words:
        key, is_given, header = word.partition("=")
        if not is_given:
            raise DataError(say("“{word}” is not of the form COLUMN=HEADER.", word=word))
        corrections[key.strip()] = header.strip()
    return corrections


def _headers(path: Path, mapping: RegisterMapping) -> tuple[str, ...]:
    from junheng.engine.store.session import Session
    from junheng.engine.store.tables import open_table

    with Session() as session:
        return open_table(session, path, header_names=mapping.header_names).headers


def _write(path: Path, mapping: RegisterMapping) -> None:
    from junheng.engine.contracts.register_file import register_mapping_text
    from junheng.engine.store.replace import replaced

    if path.suffix != ".toml":
        raise DataError(say("{file} does not end in .toml. Name a file that does.", file=str(path)))
    try:
        with replaced(path) as new:
            new.write_text(register_mapping_text(mapping), encoding="utf-8")
    except OSError as error:
        raise DataError(
            say(
                "{folder} cannot be written to: {reason}. Choose a folder with room and rights.",
                folder=str(path),
                reason=error.strerror,
            )
        ) from error


def _as_json(
    mapping: RegisterMapping, found: Suggestion | None, language: str
) -> dict[str, object]:
    told: dict[str, object] = {
        "id": mapping.id,
        "dataset": mapping.dataset,
        "name": mapping.name.of(language),
        "confirmation": mapping.confirmation,
        "columns": [
            {
                "key": column.key,
                "headers": list(column.headers),
                "is_optional": column.is_optional,
                "confirmation": column.confirmation,
            }
            for column in mapping.columns
        ],
    }
    if found is not None:
        told["found"] = {
            "matched": dict(found.matched),
            "missing": list(found.missing),
            "unknown": list(found.unknown),
            "near": dict(found.near),
        }
    return told


def _print_columns(
    mapping: RegisterMapping, found: Suggestion | None, translate: Translate
) -> None:
    headers = [N_("Column"), N_("Headers"), N_("Confirmation")]
    rows = [[c.key, "、".join(c.headers), c.confirmation] for c in mapping.columns]
    if found is not None:
        headers.insert(1, N_("In the file"))
        for row, column in zip(rows, mapping.columns, strict=True):
            row.insert(1, _in_file(column.key, found, translate, column.is_optional))
    _print_table(headers, rows, translate)


def _in_file(key: str, found: Suggestion, translate: Translate, is_optional: bool) -> str:
    if header := found.matched.get(key):
        return header
    if near := found.near.get(key):
        return say("missing; perhaps “{header}”", header=near).render(translate)
    return translate(N_("may be missing")) if is_optional else translate(N_("missing"))


def _print_table(headers: list[str], rows: list[list[str]], translate: Translate) -> None:
    from rich.table import Table

    from junheng.commands import display

    table = Table()
    for header in headers:
        table.add_column(translate(header), overflow="fold")
    for row in rows:
        table.add_row(*row)
    display.console().print(table)
