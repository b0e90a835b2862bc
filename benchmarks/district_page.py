"""The district page of the demonstration, warm: times and queries of the server, as JSON.

Run as a process of its own (`python -m benchmarks.district_page`), since the settings are read
once.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from statistics import median, quantiles
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.test import Client

N_WARM_UP = 20
N_REQUESTS = 200


def measure() -> dict[str, float]:
    """Ask for the page of the latest assessment 200 times, signed in as the bureau's leader."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from junheng.apps.balance.models import Assessment
    from junheng.apps.foundation.scoping import everything

    settings.ALLOWED_HOSTS = ["testserver"]
    with everything(reason="the benchmark of the district page"):
        latest = Assessment.objects.order_by("-pk")[0].pk
    client = Client()
    client.post(reverse("demo_sign_in", args=["bureau_leader"]))
    address = reverse("balance:district", args=[latest])
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answers {answer.status_code}")
    n_queries = len(queries)  # now: the next request empties the log
    seconds = [_time(client, address) for _ in range(N_WARM_UP + N_REQUESTS)][N_WARM_UP:]
    return {
        "median_ms": median(seconds) * 1000,
        "p95_ms": quantiles(seconds, n=20)[-1] * 1000,
        "n_queries": n_queries,
        "kib": len(answer.content) / 1024,
    }


def _time(client: Client, address: str) -> float:
    started = time.perf_counter()
    client.get(address)
    return time.perf_counter() - started


def main() -> None:
    """Make the demonstration in a folder of its own, measure, print one JSON object."""
    with tempfile.TemporaryDirectory(prefix="junheng-bench-") as folder:
        os.environ |= {
            "JUNHENG_MODE": "demo",
            "JUNHENG_VAR": folder,
            "DJANGO_SETTINGS_MODULE": "junheng.web.settings",
        }
        import django

        django.setup()
        from junheng.web import demo

        demo.prepare(lambda text: print(text, file=sys.stderr))
        print(json.dumps(measure()))


if __name__ == "__main__":
    main()
