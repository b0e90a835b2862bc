"""Papers of the demonstration: one page warm, the notices of all schools, as JSON.

JUNHENG_MODE=demo python -m benchmarks.papers       with the data of a demo that has run once
"""

from __future__ import annotations

import json
import os
import time
from statistics import median

N_PAGES = 50
SET_S = 10.0
PAGE_MS = 100.0


def measure() -> dict[str, float]:
    """Print one notice 50 times, and the notices of all schools once."""
    from junheng.apps.accounts.api import reader_on
    from junheng.apps.accounts.models import User
    from junheng.apps.foundation import clock, scoping
    from junheng.apps.reports import selectors
    from junheng.apps.reports.basis import district_basis, school_basis
    from junheng.apps.reports.printing import print_district, print_school
    from junheng.apps.reports.rules import paper_kind

    now, kind = clock.now(), paper_kind("notice")
    with scoping.everything(reason="the benchmark of papers"):
        readers = (reader_on(user, clock.today()) for user in User.objects.order_by("pk"))
        reader = next(one for one in readers if one.scope.bureaus)
    with scoping.within(reader.scope):
        assessment = selectors.judged_visible_to(reader)[0]
        basis = district_basis(reader, assessment.pk)
        school_id = next(iter(basis.schools))
        print_school(basis, kind, school_id, made_at=now)
        pages = []
        for _ in range(N_PAGES):
            started = time.perf_counter()
            own = school_basis(reader, assessment.pk, school_id)
            print_school(own, kind, school_id, made_at=now)
            pages.append(time.perf_counter() - started)
        started = time.perf_counter()
        print_district(basis, kind, "zip", made_at=now)
        whole = time.perf_counter() - started
    return {"page_ms": median(pages) * 1000, "set_s": whole, "n_schools": len(basis.schools)}


def main() -> int:
    """Print the figures; 1 when a bar is missed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "junheng.web.settings")
    import django

    django.setup()
    found = measure()
    print(json.dumps(found))
    return 0 if found["set_s"] < SET_S and found["page_ms"] < PAGE_MS else 1


if __name__ == "__main__":
    raise SystemExit(main())
