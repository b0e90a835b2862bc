"""`junheng snapshot`: make, verify, recompute and compare frozen sets of data."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.i18n import say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from junheng.engine.snapshot import Manifest, Recomputed
    from junheng.i18n import Translate

    Actions = argparse._SubParsersAction[argparse.ArgumentParser]
    Action = Callable[[argparse.Namespace, Translate], int]

FIGURES_DIFFER = 2
MAX_DIFFERENCES_SHOWN = 200


def add_arguments(parser: argparse.ArgumentParser, _: Translate) -> None:
    """Add the actions of the command, each with its arguments, to its parser."""
    actions = parser.add_subparsers(title=_("actions"), required=True, metavar="ACTION")
    _add_make(actions, _)
    verify = _action(
        actions,
        _,
        "verify",
        _verify,
        about=_("check every byte of a snapshot"),
        example="junheng snapshot verify 2025",
    )
    verify.add_argument("folder", type=Path, metavar="DIR", help=_("the snapshot"))
    verify.add_argument(
        "--expect", metavar="HASH", help=_("the hash written down when the snapshot was made")
    )
    recompute = _action(
        actions,
        _,
        "recompute",
        _recompute,
        about=_("compute all figures of a snapshot again from its own data and rules"),
        example="junheng snapshot recompute 2025",
    )
    recompute.add_argument("folder", type=Path, metavar="DIR", help=_("the snapshot"))
    compare = _action(
        actions,
        _,
        "compare",
        _compare,
        about=_("tell school by school how two snapshots differ"),
        example="junheng snapshot compare 2024 2025 --json",
    )
    compare.add_argument("before", type=Path, metavar="A", help=_("the earlier snapshot"))
    compare.add_argument("after", type=Path, metavar="B", help=_("the later snapshot"))


def _add_make(actions: Actions, _: Translate) -> None:
    parser = _action(
        actions,
        _,
        "make",
        _make,
        about=_("freeze a folder of datasets, with pseudonyms and figures"),
        example="junheng snapshot make people --out 2025 --key district.key",
    )
    parser.add_argument(
        "folder", type=Path, metavar="FOLDER", help=_("folder of datasets (.parquet)")
    )
    parser.add_argument(
        "--date",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help=_("statistics date of a folder of datasets; none: 1 September of its year"),
    )
    parser.add_argument("--rules", metavar="ID|FILE", help=_("rule set: id, id@version, or a file"))
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help=_("the new snapshot")
    )
    parser.add_argument(
        "--key",
        type=Path,
        metavar="FILE",
        help=_("secret key of the pseudonyms, made if it is not there; keep it apart"),
    )
    parser.add_argument(
        "--supersedes", type=Path, metavar="DIR", help=_("the snapshot that this one corrects")
    )


def _action(
    actions: Actions, _: Translate, name: str, run: Action, *, about: str, example: str
) -> argparse.ArgumentParser:
    epilog = _("Example: {command}").format(command=example)
    parser = actions.add_parser(name, help=about, description=about, epilog=epilog)
    parser.set_defaults(action=run)
    parser.add_argument("--lang", choices=["zh", "en"], help=_("language of messages"))
    parser.add_argument(
        "--json", action="store_true", help=_("print one JSON object and nothing else")
    )
    return parser


def run(arguments: argparse.Namespace, translate: Translate) -> int:
    """Do what the action says."""
    action: Action = arguments.action
    return action(arguments, translate)


# --- make ----------------------------------------------------------------------------------------


def _make(arguments: argparse.Namespace, translate: Translate) -> int:
    from junheng.commands import display
    from junheng.commands.snapshot_key import secret_in
    from junheng.engine import contracts, snapshot

    day = arguments.date or _statistics_date_of(arguments.folder)
    with (
        display.progress(translate("Measuring and freezing ...")),
        secret_in(arguments.key, arguments.folder, arguments.out) as secret,
    ):
        manifest = snapshot.make(
            arguments.folder,
            arguments.out,
            statistics_date=day,
            ruleset_file=_ruleset_file(arguments.rules),
            contracts=contracts.contracts(),
            secret=secret,
            supersedes=arguments.supersedes,
        )
    _tell(arguments, translate, arguments.out, manifest)
    return 0


def _statistics_date_of(folder: Path) -> date:
    from junheng.engine.standard.person_level import statistics_date_of
    from junheng.engine.store.session import Session

    with Session() as session:
        return statistics_date_of(session, folder)


def _ruleset_file(name: str | None) -> Path:
    from junheng.commands.inputs import ruleset
    from junheng.engine.standard.rulebook import RULES_DIR

    rules = ruleset(name)
    if name and name.endswith(".toml"):
        return Path(name)
    return RULES_DIR / rules.id / f"{rules.version}.toml"


def _tell(
    arguments: argparse.Namespace, translate: Translate, folder: Path, manifest: Manifest
) -> None:
    rows = {dataset["id"]: dataset["rows"] for dataset in manifest.content["datasets"]}
    if arguments.json:
        _print_json(_head(folder, manifest) | {"rows": rows})
        return
    lines = [
        say("Snapshot {folder} of {day}", folder=str(folder), day=manifest.statistics_date),
        say("Hash: {sha256}", sha256=manifest.sha256),
        say("{n} rows in {datasets} datasets", n=sum(rows.values()), datasets=len(rows)),
    ]
    for line in lines:
        print(line.render(translate))


def _head(folder: Path, manifest: Manifest) -> dict[str, object]:
    return {
        "folder": str(folder),
        "sha256": manifest.sha256,
        "statistics_date": manifest.statistics_date.isoformat(),
        "counties": list(manifest.counties),
        "ruleset": {key: manifest.content["ruleset"][key] for key in ("id", "version", "sha256")},
        "supersedes": manifest.content["supersedes"],
    }


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, default=str))


# --- verify, recompute ---------------------------------------------------------------------------


def _verify(arguments: argparse.Namespace, translate: Translate) -> int:
    from junheng.engine import snapshot

    manifest = snapshot.verify(arguments.folder, expected=arguments.expect)
    if not arguments.json:
        n = len(manifest.files) + 1
        print(say("Whole: {n} files are as they were made.", n=n).render(translate))
    _tell(arguments, translate, arguments.folder, manifest)
    return 0


def _recompute(arguments: argparse.Namespace, translate: Translate) -> int:
    from junheng.commands import display
    from junheng.engine import snapshot

    with display.progress(translate("Computing again ...")):
        outcome = snapshot.recompute(arguments.folder)
    if arguments.json:
        _print_json(_head(arguments.folder, outcome.manifest) | _outcome(outcome))
    else:
        _tell_outcome(outcome, translate)
    return 0 if outcome.agrees else FIGURES_DIFFER


def _outcome(outcome: Recomputed) -> dict[str, object]:
    return {
        "agrees": outcome.agrees,
        "is_same_sql": outcome.is_same_sql,
        "n_figures": outcome.n_figures,
        "differences": [asdict(difference) for difference in outcome.differences],
    }


def _tell_outcome(outcome: Recomputed, translate: Translate) -> None:
    if not outcome.is_same_sql:
        print(translate("This version computes by another text than the one that made it."))
    if outcome.agrees:
        line = say("All {n} figures come out as they were.", n=outcome.n_figures)
        print(line.render(translate))
        return
    line = say(
        "{n} of {total} figures come out otherwise:",
        n=len(outcome.differences),
        total=outcome.n_figures,
    )
    print(line.render(translate), file=sys.stderr)
    for difference in outcome.differences[:MAX_DIFFERENCES_SHOWN]:
        name = " ".join((*difference.key, difference.column))
        print(f"  {name}: {difference.before} -> {difference.after}", file=sys.stderr)


# --- compare -------------------------------------------------------------------------------------


def _compare(arguments: argparse.Namespace, translate: Translate) -> int:
    from junheng.commands import snapshot_compared
    from junheng.engine import snapshot

    comparison = snapshot.compare(arguments.before, arguments.after)
    if arguments.json:
        sides = {"before": comparison.before, "after": comparison.after}
        folders = {"before": arguments.before, "after": arguments.after}
        heads = {side: _head(folders[side], manifest) for side, manifest in sides.items()}
        _print_json(asdict(comparison) | heads)
    else:
        snapshot_compared.tell(comparison, translate)
    return 0
