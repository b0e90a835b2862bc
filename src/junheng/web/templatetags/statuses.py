"""How a status looks: a shape, a tone and a word, so that colour is never the only sign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

register = template.Library()


@dataclass(frozen=True)
class StatusLook:
    """Shape (`full`, `half`, `open`, `hatched`, `dash`), tone (a colour token) and word."""

    shape: str
    tone: str
    word: _StrOrPromise


LOOKS = {
    # of one figure
    "met": StatusLook("full", "met", pgettext_lazy("status", "Met")),
    "between85": StatusLook("half", "between", pgettext_lazy("status", "Not met (at least 85 %)")),
    "below85": StatusLook("open", "below", pgettext_lazy("status", "Not met (below 85 %)")),
    "missing": StatusLook("hatched", "missing", pgettext_lazy("status", "Data missing")),
    "not_applicable": StatusLook("dash", "na", pgettext_lazy("status", "Not applicable")),
    # of a school, a district, an item
    "pass": StatusLook("full", "met", pgettext_lazy("status", "Standard met")),
    "fail": StatusLook("open", "below", pgettext_lazy("status", "Standard not met")),
    "not_met": StatusLook("open", "below", pgettext_lazy("status", "Standard not met")),
    "undetermined": StatusLook("hatched", "missing", pgettext_lazy("status", "Undetermined")),
    "excluded": StatusLook("dash", "na", pgettext_lazy("status", "Not assessed")),
    # of a coefficient
    "within": StatusLook("full", "met", pgettext_lazy("status", "Within the limit")),
    "beyond": StatusLook("open", "below", pgettext_lazy("status", "Beyond the limit")),
    "not_computable": StatusLook("hatched", "missing", pgettext_lazy("status", "Not computable")),
}

# Drawn in a square of 14 units. No ids, so that a shape may stand on a page any number of times.
_DRAWINGS = {
    "full": '<circle cx="7" cy="7" r="6" fill="currentColor"/>',
    "half": (
        '<circle cx="7" cy="7" r="5.2" fill="none" stroke="currentColor" stroke-width="1.6"/>'
        '<path d="M7 1.8a5.2 5.2 0 0 0 0 10.4z" fill="currentColor"/>'
    ),
    "open": '<circle cx="7" cy="7" r="5" fill="none" stroke="currentColor" stroke-width="2"/>',
    "hatched": (
        '<path d="M2 6.5 6.5 2M2 11l9-9M4.5 12 12 4.5M9 12l3-3" fill="none" '
        'stroke="currentColor" stroke-width="1.2"/>'
        '<rect x="1.5" y="1.5" width="11" height="11" rx="1.5" fill="none" '
        'stroke="currentColor" stroke-width="1.2"/>'
    ),
    "dash": '<path d="M3 7h8" fill="none" stroke="currentColor" stroke-width="1.8"/>',
}


def look_of(status: str) -> StatusLook:
    """Return how `status` looks; an unknown status is a fault of the page and raises KeyError."""
    return LOOKS[str(status)]


@register.filter
def status_word(status: str) -> _StrOrPromise:
    """Return the word for a status in the reader's language."""
    return look_of(status).word


@register.filter
def status_tone(status: str) -> str:
    """Return the colour token of a status: met, between, below, missing or na."""
    return look_of(status).tone


@register.simple_tag
def status_shape(status: str, *, named: bool = False) -> SafeString:
    """Return the shape of a status as inline SVG; `named` gives it its word for those who listen.

    A tag and not a component: a heat table holds four hundred of them.
    """
    look = look_of(status)
    hidden = SafeString('aria-hidden="true"')
    voice = format_html('role="img" aria-label="{}"', look.word) if named else hidden
    return format_html(
        '<svg class="shape tone-{}" viewBox="0 0 14 14" width="14" height="14" {}>{}</svg>',
        look.tone,
        voice,
        SafeString(_DRAWINGS[look.shape]),
    )
