"""`junheng person`: what is held about one person, for them; and forgetting them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from junheng.commands import site
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    import argparse

    from junheng.apps.privacy.subjects import Subject
    from junheng.i18n import Translate

PEOPLE = ("pupils", "staff")


def add_arguments(parser: argparse.ArgumentParser, _: Translate) -> None:
    """Add the arguments of the command to its parser."""
    parser.add_argument(
        "act", choices=["export", "forget"], help=_("write what is held; forget the person")
    )
    parser.add_argument("people", choices=PEOPLE, help=_("a pupil or a member of staff"))
    parser.add_argument("number", metavar="NUMBER", help=_("number within the platform"))
    parser.add_argument("--bureau", metavar="CODE", help=_("six digits of the bureau's county"))
    parser.add_argument("--out", type=Path, metavar="FOLDER", help=_("export: folder to write to"))
    parser.add_argument("--why", default="", help=_("forget: the reason, kept in the audit log"))
    parser.add_argument(
        "--sure", action="store_true", help=_("forget: really; it cannot be taken back")
    )


def run(arguments: argparse.Namespace, translate: Translate) -> int:
    """Do what the arguments say and tell what came of it."""
    with site.reading_everything("junheng person"):
        from junheng.apps.privacy.subjects import Subject

        subject = Subject(site.bureau_of(arguments), arguments.people, arguments.number)
        if arguments.act == "export":
            _export(subject, arguments, translate)
        else:
            _forget(subject, arguments, translate)
    return 0


def _export(subject: Subject, arguments: argparse.Namespace, translate: Translate) -> None:
    from junheng.apps.foundation import clock
    from junheng.apps.privacy.operator import operator_name
    from junheng.apps.privacy.subjects import held_about, subject_export
    from junheng.apps.privacy.watermarks import watermark_of

    if arguments.out is None:
        raise DataError(say("Name the folder to write to: --out FOLDER."))
    now, purpose = clock.now(), "request"
    mark = watermark_of(operator_name(), purpose=purpose, now=now, language="zh")
    held = held_about(subject, clock.today(now))
    for path in subject_export(held, arguments.out, purpose=purpose, watermark=mark, now=now):
        told = say("{file}: {n} rows", file=str(path), n=held.n_lines)
        print(told.render(translate))


def _forget(subject: Subject, arguments: argparse.Namespace, translate: Translate) -> None:
    from junheng.apps.foundation import clock
    from junheng.apps.privacy.forgetting import subject_forget
    from junheng.apps.privacy.subjects import held_about

    if not arguments.why.strip():
        raise DataError(say("Name the reason, which is kept: --why."))
    held = held_about(subject, clock.today())
    if not arguments.sure:
        raise DataError(
            say(
                "{n} lines are held about {number}. Forgetting cannot be taken back: add --sure.",
                n=held.n_lines,
                number=subject.number,
            )
        )
    gone = subject_forget(subject, why=arguments.why, by=None, now=clock.now())
    told = say(
        "Forgotten: {rows} rows, {consents} consents, {files} waiting files; {lines} lines of the "
        "journal can no longer be read.",
        rows=gone.n_rows,
        consents=gone.n_consents,
        files=gone.n_files,
        lines=gone.n_lines,
    )
    print(told.render(translate))
    if gone.n_lines_left:
        left = say(
            "{n} older lines of the journal are encrypted under the ring of the fields and stay.",
            n=gone.n_lines_left,
        )
        print(left.render(translate))
