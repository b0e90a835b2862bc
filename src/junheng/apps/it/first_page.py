"""Where those begin who come for no district and no school."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.accounts.api import Place, Role

if TYPE_CHECKING:
    from junheng.apps.accounts.api import HeldPost, Reader

FIRST_PAGES = {
    Role.IT_OFFICER: "it:people",
    Role.SECURITY_ADMINISTRATOR: "it:people",
    Role.SYSTEM_ADMINISTRATOR: "it:overview",
    Role.AUDIT_ADMINISTRATOR: "audit:entries",
    Role.LIAISON_OFFICER: "selfassessment:board",
}
WITHIN_SCHOOL = frozenset({Place.GRADE, Place.CLASS, Place.SUBJECT, Place.PUPIL})


def first_page(reader: Reader) -> str:
    """Return the name of the address at which a reader begins; one's own posts if nothing else."""
    for post in reader.posts:
        if post.role in FIRST_PAGES and _leads(post):
            return FIRST_PAGES[post.role]
        if post.place in WITHIN_SCHOOL:
            return "registry:my_classes"
    return "posts"


def _leads(post: HeldPost) -> bool:
    """Whether a post leads to its first page: a liaison officer without a department to none."""
    return post.role is not Role.LIAISON_OFFICER or bool(post.department)
