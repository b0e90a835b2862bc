"""Marks and rows that a page holds by the hundred, written in one go.

Fourteen strips of a district have four hundred dots and as many rows of their tables. Written by
the template language, variable by variable, they took most of the time of the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from junheng.web.templatetags.figures import decimals, whole
from junheng.web.templatetags.statuses import look_of, status_shape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from junheng.web.templatetags.charts import Dot

register = template.Library()


@register.simple_tag
def strip_dots(dots: Iterable[Dot], unit: str, places: int | str) -> SafeString:
    """Return the dots of a strip: links that say school, value, pupils and status."""
    pupils, measured_in = escape(gettext("%(n)s pupils")), escape(unit)
    then = gettext(", ")
    drawn = []
    for dot in dots:
        school, look = dot.school, look_of(dot.school.status)
        value = decimals(school.value, places)
        count = pupils % {"n": whole(school.pupils)}
        drawn.append(
            f'<a data-mark href="{escape(school.url)}" aria-label="{escape(school.name)} '
            f'{value} {measured_in}{then}{count}{then}{escape(look.word)}">'
            f'<circle class="dot dot-{look.tone}" cx="{dot.x}%" cy="{dot.y}" r="{dot.r}"/></a>'
        )
    return SafeString("".join(drawn))


@register.simple_tag
def strip_rows(schools: Iterable[Any], places: int | str) -> SafeString:
    """Return the rows of the table under a strip: school, pupils, value, status."""
    statuses: dict[str, str] = {}
    drawn = []
    for school in schools:
        if school.status not in statuses:
            word = escape(look_of(school.status).word)
            statuses[school.status] = f"{status_shape(school.status)} {word}"
        drawn.append(
            f'<tr><th scope="row"><a href="{escape(school.url)}">{escape(school.name)}</a></th>'
            f'<td class="num">{whole(school.pupils)}</td>'
            f'<td class="num">{decimals(school.value, places)}</td>'
            f"<td>{statuses[school.status]}</td></tr>"
        )
    return SafeString("".join(drawn))
