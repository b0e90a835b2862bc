"""How far a rule is confirmed, in words instead of a tag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import template
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

register = template.Library()


@dataclass(frozen=True)
class Mark:
    """The word on the mark and the sentence behind it."""

    word: _StrOrPromise
    text: _StrOrPromise
    is_confirmed: bool = False


_CHECKED = _("Checked against the original")
_OPEN = _("To be checked")

MARKS = {
    "C": Mark(_CHECKED, _("Read in the published text of the document named."), is_confirmed=True),
    "C-form": Mark(
        _OPEN,
        _("Read in one copy of the national form; still to be compared with the document."),
    ),
    "C-sys": Mark(_OPEN, _("Seen in a public assessment system; the document was not read.")),
    "C-tab": Mark(_OPEN, _("Seen in published tables; the document was not read.")),
    "L": Mark(_("Local rule"), _("A rule of one province, city or district, not of the nation.")),
    "M": Mark(_OPEN, _("Not yet found in a document.")),
    "D": Mark(
        _("Choice of this product"), _("No rule was found; this product chose, and says so.")
    ),
}


@register.filter
def confirmation(tag: str) -> Mark:
    """Return the mark of a confirmation tag (C, C-form, C-sys, C-tab, L, M, D)."""
    return MARKS[str(tag)]
