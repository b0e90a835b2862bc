"""How figures look in a terminal: tables, status in shape, word and colour, signs of progress."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING

from junheng.i18n import N_, Translate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.text import Text

SECONDS_BEFORE_PROGRESS = 2.0

# Shape, colour and word of each status, as on the site (docs: colour is never the only sign).
STATUS: dict[str, tuple[str, str, str]] = {
    "met": ("●", "green", N_("met")),
    "between85": ("◐", "yellow", N_("below, ≥ 85 %")),
    "below85": ("○", "red", N_("below 85 %")),
    "missing": ("▨", "bright_black", N_("no data")),
    "not_applicable": ("–", "bright_black", N_("no threshold")),
    "pass": ("●", "green", N_("passes")),
    "fail": ("○", "red", N_("does not pass")),
    "undetermined": ("▨", "bright_black", N_("undetermined")),
    "excluded": ("–", "bright_black", N_("excluded")),
    "not_judged": ("–", "bright_black", N_("not judged")),
    "within": ("●", "green", N_("within")),
    "beyond": ("○", "red", N_("beyond")),
    "not_computable": ("▨", "bright_black", N_("not computable")),
    "not_met": ("○", "red", N_("not met")),
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

    shape, colour, word = STATUS[name]
    return Text(f"{shape} {translate(word)}", style=colour)


def shape(name: str) -> str:
    """Return the shape of a status in its colour, as markup."""
    sign, colour, _ = STATUS[name]
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
