"""Papers as PDF/A pages: set by Typst from one template and the blocks as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from junheng.engine.documents.blocks import Table, cell_text
from junheng.engine.documents.faults import Unprintable
from junheng.engine.documents.layouts import layout
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from typst import Fonts

    from junheng.engine.documents.blocks import Block, Document

TEMPLATE = Path(__file__).parent / "templates" / "paper.typ"
STANDARD: Final = "a-2a"
"""PDF/A-2 at its highest level: every font within, every character known, a tree of tags."""


def as_pdf(documents: Sequence[Document], fonts: Fonts, *, made_at: datetime) -> bytes:
    """Return papers as one PDF/A-2a, each beginning on a page of its own.

    The same papers and moment give the same bytes.

    Raises
    ------
    Unprintable
        A character that the fonts do not have, or anything else of which Typst warns.
    """
    from typst import Compiler, TypstError

    values = {"papers": [_plain(one) for one in documents]}
    compiler = Compiler(
        TEMPLATE.read_bytes(),
        font_paths=fonts,
        sys_inputs={"values": json.dumps(values, ensure_ascii=False)},
    )
    try:
        content, warnings = compiler.compile_with_warnings(
            format="pdf", pdf_standards=[STANDARD], timestamp=int(made_at.timestamp())
        )
    except TypstError as error:
        raise _fault(documents, error.message) from error
    if warnings:
        raise _fault(documents, warnings[0].message)
    return cast("bytes", content)


def _fault(documents: Sequence[Document], reason: str) -> Unprintable:
    return Unprintable(
        say(
            "“{title}” cannot be printed: {reason}. Replace that character, or tell whoever "
            "runs the site.",
            title=documents[0].title,
            reason=reason,
        )
    )


def _plain(document: Document) -> dict[str, Any]:
    look = layout(document.layout)
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "foot": document.foot,
        "language": document.language,
        "layout": asdict(look),
        "blocks": [_block(block) for block in document.blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    if not isinstance(block, Table):
        return {"kind": type(block).__name__, **asdict(block)}
    return {
        "kind": "Table",
        "caption": block.caption,
        "headers": block.headers,
        "widths": block.widths,
        "aligns": list(block.aligns),
        "rows": [[cell_text(block, at, cell) for at, cell in enumerate(row)] for row in block.rows],
    }
