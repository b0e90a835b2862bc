"""How fresh what is stored is."""

# Decorated functions are read at run time, so nothing of this file is imported for types alone.
from django.http import HttpRequest
from ninja import Router

from junheng.apps.accounts.api import reader_of
from junheng.apps.hub import shapes
from junheng.apps.hub.framework import operation
from junheng.apps.registry.api import freshness_visible_to
from junheng.i18n import N_

router = Router(tags=[N_("Freshness")])


@operation(
    router,
    "GET",
    "freshness",
    name="freshness",
    says=N_("Say when each dataset was last written, and whether the summaries follow"),
    shape=list[shapes.Freshness],
)
def freshness(request: HttpRequest) -> list[dict[str, object]]:
    return [
        {
            "county_code": one.county_code,
            "datasets": [
                {"dataset": row.dataset, "version": row.version, "changed_at": row.changed_at}
                for row in one.datasets
            ],
            "counted_days": one.counted_days,
            "is_measured": one.is_measured,
        }
        for one in freshness_visible_to(reader_of(request))
    ]
