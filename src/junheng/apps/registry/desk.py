"""What the registry puts on the first page: the classes or children of the reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext

from junheng.apps.accounts.api import Place, Role
from junheng.apps.workspace.api import NOTHING, Share, Tile

if TYPE_CHECKING:
    from datetime import date

    from junheng.apps.accounts.api import Reader

WITHIN_SCHOOL = frozenset({Place.GRADE, Place.CLASS, Place.SUBJECT, Place.PUPIL})


def desk(reader: Reader, today: date) -> Share:
    """Return the way to the classes of a teacher or pupil, to the children of a guardian."""
    within = [post for post in reader.posts if post.place in WITHIN_SCHOOL]
    if not within:
        return NOTHING
    url = reverse("registry:my_classes")
    if reader.roles == {Role.GUARDIAN}:
        children = {pupil for post in within for pupil in post.pupils}
        return Share(tiles=[Tile(gettext("My children"), str(len(children)), url=url)])
    classes = {one for post in within for one in post.classes}
    return Share(tiles=[Tile(gettext("My classes"), str(len(classes)), url=url)])
