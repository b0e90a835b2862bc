"""`junheng export`: stored rows as files that `junheng import` takes back without a change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from junheng.commands import site
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from junheng.apps.registry.targets import Place, Target
    from junheng.engine.store.session import Session
    from junheng.engine.store.watermark import Watermark
    from junheng.i18n import Translate

FORMATS = ("xlsx", "csv", "parquet")


def add_arguments(parser: argparse.ArgumentParser, _: Translate) -> None:
    """Add the arguments of the command to its parser."""
    parser.add_argument("dataset", metavar="DATASET", help=_("dataset; all: a file for each"))
    site.add_place(parser, _)
    parser.add_argument(
        "--out", type=Path, required=True, metavar="PATH", help=_("file; a folder with “all”")
    )
    parser.add_argument(
        "--format", choices=FORMATS, help=_("kind of the files; else by the name, or xlsx")
    )
    parser.add_argument(
        "--purpose", metavar="ID", help=_("for what rows of people are needed; they need one")
    )
    parser.add_argument(
        "--approved-by",
        metavar="USER",
        default="",
        help=_("user name of who approves an export of many people"),
    )
    parser.add_argument(
        "--snapshot-keys",
        action="store_true",
        help=_("with “all”: also the keys of persons, from which snapshots take pseudonyms"),
    )


def run(arguments: argparse.Namespace, translate: Translate) -> int:
    """Write what the arguments name and tell each file with its number of rows."""
    from junheng.engine.store.session import Session

    with site.reading_everything("junheng export"), Session() as session:
        for path, n_rows in _written(arguments, session, _leave(arguments, session)):
            told = say("{file}: {n} rows", file=str(path), n=n_rows)
            print(told.render(translate))
        if arguments.snapshot_keys and arguments.dataset == site.ALL:
            print(_write_keys(arguments, session))
    return 0


def _write_keys(arguments: argparse.Namespace, session: Session) -> Path:
    """Write a key for each person of the folder, each gone when its person is forgotten."""
    from django.db import transaction

    from junheng.apps.foundation.person_keys import PEOPLE, keys_of, pseudonym_key, subject_of
    from junheng.apps.registry.targets import Place, target
    from junheng.engine.snapshot.pseudonyms import PERSON_KEY_COLUMNS, PERSON_KEYS

    bureau = site.bureau_of(arguments)
    place = Place(bureau.pk, site.year_of(arguments))
    persons: dict[str, tuple[str, str]] = {}
    for field_id, people in PEOPLE.items():
        target(people).load(session, "counted", place)
        for (number,) in session.rows(f"SELECT DISTINCT {field_id} FROM counted"):
            persons[subject_of(bureau.code, field_id, str(number))] = (people, str(number))
        session.run("DROP TABLE counted")
    with transaction.atomic():
        keys = keys_of(persons)
    rows = [(*persons[s], pseudonym_key(key).hex()) for s, (_, key) in sorted(keys.items())]
    columns = dict(zip(PERSON_KEY_COLUMNS, zip(*rows, strict=True), strict=True)) if rows else {}
    session.load("person_keys", columns or dict.fromkeys(PERSON_KEY_COLUMNS, ()))
    path: Path = arguments.out / PERSON_KEYS
    session.export_parquet("person_keys", path)
    return path


def _leave(arguments: argparse.Namespace, session: Session) -> Watermark | None:
    """Put the export on record and return its mark; None where it tells of no person."""
    from junheng.apps.intake.places import tells_of_people
    from junheng.apps.privacy.operator import operator_export
    from junheng.apps.registry.targets import Place, all_targets, target

    place = Place(site.bureau_of(arguments).pk, site.year_of(arguments))
    every = arguments.dataset == site.ALL
    chosen = all_targets() if every else (target(arguments.dataset),)
    n_rows = 0
    for one in chosen:
        if tells_of_people(one.contract):
            n_rows += one.load(session, "counted", place)
            session.run("DROP TABLE counted")
    if not n_rows:
        return None
    return operator_export(
        place.bureau_id,
        arguments.dataset,
        purpose=arguments.purpose or "",
        approver=arguments.approved_by,
        n_rows=n_rows,
    )


def _written(
    arguments: argparse.Namespace, session: Session, mark: Watermark | None
) -> Iterator[tuple[Path, int]]:
    from junheng.apps.registry.targets import Place, all_targets, target

    place = Place(site.bureau_of(arguments).pk, site.year_of(arguments))
    out: Path = arguments.out
    if arguments.dataset != site.ALL:
        path = out.with_suffix(f".{arguments.format}") if arguments.format else out
        one = target(arguments.dataset)
        n_rows = _write(session, one, place, path, mark)
        if not n_rows:
            raise DataError(
                say("There are no rows of “{dataset}” to write.", dataset=one.contract.name.zh)
            )
        yield path, n_rows
        return
    if out.is_file():
        raise DataError(say("{file} is a file. Name a folder.", file=str(out)))
    out.mkdir(parents=True, exist_ok=True)
    for one in all_targets():
        path = out / f"{one.contract.id}.{arguments.format or FORMATS[0]}"
        n_rows = _write(session, one, place, path, mark)
        # A file without rows is no table to anybody who reads it.
        if n_rows:
            yield path, n_rows


def _write(session: Session, one: Target, place: Place, path: Path, mark: Watermark | None) -> int:
    from junheng.engine.contracts.export import write_dataset

    relation = f"{one.contract.id}_loaded"
    n_rows = one.load(session, relation, place)
    if n_rows:
        if not path.parent.is_dir():
            raise DataError(say("There is no folder {folder}. Make it first.", folder=path.parent))
        write_dataset(path, session, relation, one.contract, watermark=mark)
    session.run(f"DROP TABLE {relation}")
    return n_rows
