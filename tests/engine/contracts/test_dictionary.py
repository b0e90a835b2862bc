"""The dictionary page is what the contracts say."""

from __future__ import annotations

from pathlib import Path

from junheng.engine import contracts
from junheng.engine.contracts.dictionary import dictionary_page

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "datasets.md"


def test_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == dictionary_page()


def test_every_field_stands_on_the_page() -> None:
    page = dictionary_page()
    for contract in contracts.contracts():
        assert f"## {contract.id} {contract.name.zh}" in page
        assert all(f"| `{field.id}` |" in page for field in contract.fields)
