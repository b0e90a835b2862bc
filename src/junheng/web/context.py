"""What every page knows: the menu, the name of the bureau, whether this is the demo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

if TYPE_CHECKING:
    from django.http import HttpRequest


@dataclass(frozen=True)
class MenuEntry:
    """One line of the left menu."""

    label: str
    url: str
    icon: str
    is_current: bool
    children: tuple[MenuEntry, ...] = ()


MENU: tuple[tuple[str, str, str], ...] = ((gettext_noop("My posts"), "posts", "person"),)
"""Label, name of the address and icon of each entry, in order."""


def navigation(path: str) -> tuple[MenuEntry, ...]:
    """Return the menu as seen from `path`."""
    urls = [(label, reverse(name), icon) for label, name, icon in MENU]
    return tuple(
        MenuEntry(gettext(label), url, icon, is_current=_is_current(url, path))
        for label, url, icon in urls
    )


def _is_current(url: str, path: str) -> bool:
    return path == url if url == "/" else path.startswith(url)


def site_context(request: HttpRequest) -> dict[str, object]:
    """Return what the base template shows on every page."""
    reader = getattr(request, "reader", None)
    return {
        "reader": reader,
        "user_posts": [post.label for post in reader.posts] if reader else [],
        "navigation": navigation(request.path) if reader else (),
        "bureau_term": settings.BUREAU_TERM,
        "is_demo": settings.IS_DEMO,
    }
