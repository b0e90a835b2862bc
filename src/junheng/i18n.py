"""Messages: English templates in the code, translated where they are shown.

The same compiled catalogue serves the command line (standard gettext, so that the command line
does not load the web framework) and the site (Django reads the file too).
"""

from __future__ import annotations

import gettext as _gettext
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Protocol

LOCALE_DIR = Path(__file__).parent / "locale"
DOMAIN = "django"

Translate = Callable[[str], str]


def N_(template: str) -> str:  # noqa: N802 - the usual gettext name, found by every extractor
    """Mark a template for translation without translating it yet."""
    return template


def untranslated(template: str) -> str:
    """Return the English template itself."""
    return template


@cache
def translator(language: str) -> Translate:
    """Return the function that translates templates into `language` (`zh` or `en`).

    English needs no catalogue. A missing catalogue gives English rather than an error: a message
    in the wrong language is better than none.
    """
    if language.startswith("en"):
        return untranslated
    catalogue = _gettext.translation(DOMAIN, LOCALE_DIR, languages=["zh_Hans"], fallback=True)
    return catalogue.gettext


class Renderable(Protocol):
    """Anything that can be said in the reader's language."""

    def render(self, translate: Translate = untranslated) -> str:
        """Return the sentence in the language of `translate`."""


@dataclass(frozen=True)
class Message:
    """A sentence to show: an English template with named places, and what fills them.

    A parameter that is itself a `Message` is translated with it.

    >>> str(Message("{n} units fail", {"n": 2}))
    '2 units fail'
    """

    template: str
    params: dict[str, object] = field(default_factory=dict)

    def render(self, translate: Translate = untranslated) -> str:
        """Return the sentence in the language of `translate`."""
        filled = {
            name: value.render(translate) if isinstance(value, Message) else value
            for name, value in self.params.items()
        }
        return translate(self.template).format(**filled)

    def __str__(self) -> str:
        return self.render()


def say(template: str, **params: object) -> Message:
    """Build a `Message`; extractors find the template as the first argument.

    >>> say("{n} rows", n=3).render()
    '3 rows'
    """
    return Message(template, params)
