"""How figures look in a terminal: tables, status in shape, word and colour, signs of progress."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING

from junheng.engine.standard.words import STATUS_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.text import Text

    from junheng.i18n import Translate

SECONDS_BEFORE_PROGRESS = 2.0

# Shape and colour of each status, as on the site: colour is never the only sign.
MET, BETWEEN, BELOW = ("●", "green"), ("◐", "yellow"), ("○", "red")
UNKNOWN, NEUTRAL = ("▨", "bright_black"), ("–", "bright_black")
SIGNS: dict[str, tuple[str, str]] = {
    "met": MET,
    "pass": MET,
    "within": MET,
    "between85": BETWEEN,
    "below85": BELOW,
    "fail": BELOW,
    "beyond": BELOW,
    "not_met": BELOW,
    "missing": UNKNOWN,
    "undetermined": UNKNOWN,
    "not_computable": UNKNOWN,
    "not_applicable": NEUTRAL,
    "excluded": NEUTRAL,
    "not_judged": NEUTRAL,
}


def console() -> Console:
    """Return a console on standard output; it leaves colour out where there is no terminal."""
    from rich.console import Console

    # Piped output must not be cut at 80 columns.
    width = None if sys.stdout.isatty() else 200
    return Console(highlight=False, width=width, soft_wrap=not sys.stdout.isatty())


def status(name: str, translate: Translate) -> Text:
    """Return shape and word of a status in its colour."""
    from rich.text import Text

    sign, colour = SIGNS[name]
    return Text(f"{sign} {translate(STATUS_WORDS[name])}", style=colour)


def shape(name: str) -> str:
    """Return the shape of a status in its colour, as markup."""
    sign, colour = SIGNS[name]
    return f"[{colour}]{sign}[/{colour}]"


def number(value: float | None, decimals: int) -> str:
    """Return a figure with fixed decimals; a dash when there is none."""
    return "–" if value is None else f"{value:,.{decimals}f}".replace(",", "\u2009")


@contextmanager
def progress(message: str) -> Iterator[None]:
    """Show on standard error what is being done, once it has lasted two seconds.

    Only on a terminal: a log file does not need it.
    """
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    spinner = Console(stderr=True).status(message)
    timer = Timer(SECONDS_BEFORE_PROGRESS, spinner.start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        spinner.stop()
