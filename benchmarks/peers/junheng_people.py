"""Our own job from people: `python -m benchmarks.peers.junheng_people FOLDER [RESULTS]`.

Without the pass that looks for a person in two places, which is no part of the job; a last word
`checked` puts it in.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from junheng.engine import standard
from junheng.engine.standard.person_level import measure_persons, statistics_date_of
from junheng.engine.standard.person_level.class_sizes import COLUMNS, added
from junheng.engine.store.session import Session

MEMORY_MIB = 300
RESULTS = {
    "class_sizes": f"SELECT unit_id, pupils, {', '.join(COLUMNS)} FROM person_roll",
    "units": "SELECT u.unit_id, v.verdict FROM units u JOIN unit_verdicts v "
    "ON v.unit_ix = u.unit_ix",
    "dispersion": "SELECT county AS county_code, stage, indicator, mean, sd, cv FROM dispersion",
    "counties": "SELECT county AS county_code, resource_allocation FROM county_verdicts",
}


def main(folder: Path, results: Path | None, *, checks_people: bool) -> None:
    """Do the job; write results when a folder is given."""
    rules = standard.load("cn-2017-quality")
    with (
        TemporaryDirectory(prefix="junheng-overflow-") as overflow,
        Session(memory_mib=MEMORY_MIB, overflow=Path(overflow)) as session,
    ):
        day = statistics_date_of(session, folder)
        table = measure_persons(
            session, folder, rules, statistics_date=day, checks_people=checks_people
        )
        standard.assess(table)
        print(session.rows(f"SELECT SUM(pupils), {added()} FROM person_roll"))
        print(session.rows("SELECT verdict, COUNT(*) FROM unit_verdicts GROUP BY verdict"))
        print(session.rows("SELECT resource_allocation, COUNT(*) FROM county_verdicts GROUP BY 1"))
        print(session.rows("SELECT indicator, SUM(cv), MAX(cv) FROM dispersion GROUP BY 1"))
        if results:
            results.mkdir()
            for name, select in RESULTS.items():
                session.create(f"out_{name}", select)
                session.export_parquet(f"out_{name}", results / f"{name}.parquet")


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "checked"]
    main(
        Path(words[0]),
        Path(words[1]) if len(words) > 1 else None,
        checks_people="checked" in sys.argv,
    )
