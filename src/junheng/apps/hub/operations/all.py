"""The API with all its operations."""

from __future__ import annotations

from junheng.apps.hub.framework import make_api
from junheng.apps.hub.operations import datasets, freshness, imports, rulesets, verdicts

api = make_api()
for part in (datasets, imports, verdicts, rulesets, freshness):
    api.add_router("", part.router)
