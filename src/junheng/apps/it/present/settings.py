"""The settings as they were read: given or not, and the value where it can be no secret."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext, gettext_noop

from junheng.apps.foundation.shown import language
from junheng.apps.it.setting_rules import setting_book

_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
WORDS = {
    "set": gettext_noop("set in the environment"),
    "file": gettext_noop("read from a file"),
    "default": gettext_noop("default"),
}


@dataclass(frozen=True)
class SettingShown:
    """One variable. `value` is blank for every text: it may be a secret."""

    name: str
    purpose: str
    state: str
    value: str


def settings_shown() -> list[SettingShown]:
    """Return every variable that was read when the site started, by name."""
    read: dict[str, tuple[str, str]] = settings.ENVIRONMENT
    return [
        SettingShown(name, _purpose(name), gettext(WORDS[state]), value)
        for name, (state, value) in sorted(read.items())
    ]


def _purpose(name: str) -> str:
    """Return what a variable is for, as plain text: marks and links belong to the reference."""
    text = setting_book().settings[name].purpose.of(language())
    return _LINK.sub(r"\1", text).replace("`", "")
