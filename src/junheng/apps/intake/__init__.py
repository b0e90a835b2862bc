"""Imports of datasets: preview, apply, undo, history."""
