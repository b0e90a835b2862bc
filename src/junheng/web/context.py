"""What every page knows besides its menu: the reader, the bureau's own word, the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

if TYPE_CHECKING:
    from django.http import HttpRequest


def site_context(request: HttpRequest) -> dict[str, object]:
    """Return what the base template shows on every page."""
    reader = getattr(request, "reader", None)
    return {
        "reader": reader,
        "todo_url": reverse("home") if reader else "",
        "user_posts": [post.label for post in reader.posts] if reader else [],
        "bureau_term": settings.BUREAU_TERM,
        "is_demo": settings.IS_DEMO,
    }
