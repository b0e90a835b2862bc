"""Measurements against other ways of doing the same, in one run: `python -m benchmarks`."""
