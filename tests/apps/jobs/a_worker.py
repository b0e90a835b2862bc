"""A worker as a child of the nursery, with what it needs imported before it is forked."""

from __future__ import annotations

from importlib import import_module

from junheng.web import run

for name in ("audit", "balance", "jobs", "operation"):
    import_module(f"junheng.apps.{name}.api")


def live() -> None:
    """Work until SIGTERM."""
    run.worker()
