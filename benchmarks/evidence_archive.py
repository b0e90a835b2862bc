"""Packing a binder of many files: time, and how much memory grows while it is sent.

    python -m benchmarks.evidence_archive [N_FILES]

Files of 100 kB that do not pack, sealed one by one in a temporary folder.
"""

from __future__ import annotations

import io
import os
import random
import resource
import sys
import tempfile
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from junheng.apps.evidence.archive import Line

N_FILES, FILE_BYTES = 5_000, 100_000


def main() -> int:
    """Print one line: files, megabytes, seconds of processor time, growth of memory."""
    n_files = int(sys.argv[1]) if len(sys.argv) > 1 else N_FILES
    with tempfile.TemporaryDirectory(prefix="junheng-benchmark-") as folder:
        os.environ |= {"JUNHENG_MODE": "test", "JUNHENG_FILES": folder}
        os.environ["DJANGO_SETTINGS_MODULE"] = "junheng.web.settings"
        import django

        django.setup()
        from junheng.apps.evidence import archive

        lines = [_line(number) for number in range(n_files)]
        before, began = _peak_mb(), time.process_time()
        n_bytes = sum(map(len, archive.packed(lines, title="binder")))
        spent = time.process_time() - began
        grown = _peak_mb() - before
    print(f"{n_files} files, {n_bytes / 1e6:.0f} MB: {spent:.1f} s CPU, memory +{grown:.0f} MB")
    return 0


def _line(number: int) -> Line:
    from junheng.apps.evidence import storage
    from junheng.apps.evidence.archive import Line as Made

    content = random.Random(number).randbytes(FILE_BYTES)
    with storage.kept(io.BytesIO(content)) as stored:
        return Made(f"part/{number}.pdf", (str(number),) * 12, FILE_BYTES, stored)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
