"""The menu and the scope in the header, as the reader's posts of today allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from junheng.apps.accounts.api import Reader, Role

if TYPE_CHECKING:
    from django.http import HttpRequest

IMPORTERS = frozenset(
    {
        Role.SUPERVISION_OFFICER,
        Role.BASIC_EDUCATION_OFFICER,
        Role.PERSONNEL_OFFICER,
        Role.PLANNING_OFFICER,
    }
)
AT_BUREAU = IMPORTERS | {Role.BUREAU_LEADER, Role.RESEARCH_OFFICER}
TEACHERS = frozenset({Role.GRADE_LEADER, Role.CLASS_TEACHER, Role.SUBJECT_TEACHER})
WITHIN_SCHOOL = TEACHERS | {Role.PUPIL}
SITE_KEEPERS = frozenset({Role.IT_OFFICER, Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR})
POST_READERS = frozenset(
    {
        Role.BUREAU_LEADER,
        Role.IT_OFFICER,
        Role.SECURITY_ADMINISTRATOR,
        Role.HEAD,
        Role.SCHOOL_CLERK,
    }
)
AT_SCHOOL = frozenset({Role.HEAD, Role.SCHOOL_CLERK})
PUPIL_CARE = frozenset({Role.SCHOOL_DOCTOR, Role.COUNSELLOR})
AUDITS = frozenset({Role.AUDIT_ADMINISTRATOR})
SEES_SIGN_INS = AUDITS | {Role.IT_OFFICER, Role.SECURITY_ADMINISTRATOR}
ANSWERS_PERSONS = AT_SCHOOL | {
    Role.BUREAU_LEADER,
    Role.SUPERVISION_OFFICER,
    Role.BASIC_EDUCATION_OFFICER,
    Role.PERSONNEL_OFFICER,
}
KEEPS_CONSENTS = AT_SCHOOL | {Role.CLASS_TEACHER, Role.GUARDIAN, Role.PUPIL}


@dataclass(frozen=True)
class Item:
    """One page of the menu, and which roles find it there (None: everyone).

    `children` are shown while the reader is at this page or at one of them.
    """

    label: str
    address: str
    icon: str
    roles: frozenset[Role] | None = None
    children: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Entry:
    """One line of the menu as it is shown."""

    label: str
    url: str = ""
    icon: str = ""
    is_current: bool = False
    children: tuple[Entry, ...] = ()


DATA: tuple[Item, ...] = (
    Item(gettext_noop("Live figures"), "balance:live", "", AT_BUREAU),
    Item(gettext_noop("Data quality"), "balance:quality", "", AT_BUREAU),
    Item(gettext_noop("Several sources"), "catalogue:differences", "", AT_BUREAU),
    Item(gettext_noop("Class sizes"), "catalogue:classes", "", AT_BUREAU | AT_SCHOOL),
    Item(gettext_noop("Schools"), "registry:schools", "", AT_BUREAU),
    Item(gettext_noop("Burden on schools"), "catalogue:burden", "", AT_BUREAU | AT_SCHOOL),
    Item(
        gettext_noop("Recount"),
        "balance:recount",
        "",
        frozenset({Role.SUPERVISION_OFFICER, Role.SYSTEM_ADMINISTRATOR}),
    ),
)

MENU: tuple[Item, ...] = (
    Item(gettext_noop("My work"), "home", "inbox"),
    Item(gettext_noop("District"), "work", "home", AT_BUREAU),
    Item(gettext_noop("Assessments"), "balance:assessments", "table", AT_BUREAU),
    Item(
        gettext_noop("Board of the standard"),
        "selfassessment:board",
        "rules",
        AT_BUREAU | {Role.LIAISON_OFFICER},
        children=(
            Item(gettext_noop("Self-assessment"), "selfassessment:course", "", AT_BUREAU),
            Item(gettext_noop("Reminders"), "selfassessment:reminders", "", AT_BUREAU),
            Item(gettext_noop("Wall of the hall"), "centres:wall", "", AT_BUREAU),
        ),
    ),
    Item(
        gettext_noop("Confirmation of the school"),
        "selfassessment:own_school",
        "rules",
        AT_SCHOOL,
    ),
    Item(
        gettext_noop("Upload a table"),
        "balance:upload",
        "upload",
        frozenset({Role.SUPERVISION_OFFICER}),
    ),
    Item(gettext_noop("My school"), "balance:own_school", "school", AT_SCHOOL | PUPIL_CARE),
    Item(gettext_noop("Papers"), "reports:home", "print", AT_BUREAU | AT_SCHOOL),
    Item(gettext_noop("My classes"), "registry:my_classes", "school", WITHIN_SCHOOL),
    Item(gettext_noop("My children"), "registry:my_classes", "school", frozenset({Role.GUARDIAN})),
    Item(
        gettext_noop("Collect"),
        "intake:home",
        "inbox",
        IMPORTERS | AT_SCHOOL | {Role.BUREAU_LEADER},
        children=(
            Item(
                gettext_noop("Exports of personal data"),
                "privacy:requests",
                "",
                AT_BUREAU | AT_SCHOOL,
            ),
            Item(gettext_noop("Requests of persons"), "privacy:subjects", "", ANSWERS_PERSONS),
        ),
    ),
    Item(
        gettext_noop("Data centre"),
        "centres:centre",
        "chart",
        AT_BUREAU | AT_SCHOOL | PUPIL_CARE | TEACHERS,
    ),
    Item(gettext_noop("Evidence binder"), "evidence:binder", "file", AT_BUREAU | AT_SCHOOL),
    Item(gettext_noop("Satisfaction survey"), "survey:home", "person", AT_BUREAU | AT_SCHOOL),
    Item(gettext_noop("Consents"), "privacy:consents", "person", KEEPS_CONSENTS),
    Item(gettext_noop("Data"), "catalogue:home", "table", children=DATA),
    Item(gettext_noop("Rule sets"), "balance:rulesets", "rules"),
    Item(gettext_noop("People and posts"), "it:people", "person", POST_READERS),
    Item(
        gettext_noop("Running the site"),
        "it:overview",
        "chart",
        SITE_KEEPERS,
        children=(
            Item(gettext_noop("Settings"), "it:settings", "", SITE_KEEPERS),
            Item(gettext_noop("Tokens of the API"), "hub:tokens", "", frozenset({Role.IT_OFFICER})),
            Item(gettext_noop("Operations of the API"), "hub:reference", "", SITE_KEEPERS),
        ),
    ),
    Item(gettext_noop("Audit log"), "audit:entries", "table", AUDITS),
    Item(gettext_noop("Sign-in records"), "audit:sign_ins", "person", SEES_SIGN_INS),
    Item(gettext_noop("Accounts"), "accounts", "person", frozenset({Role.SECURITY_ADMINISTRATOR})),
    Item(gettext_noop("New accounts"), "accounts_add", "person", frozenset({Role.IT_OFFICER})),
    Item(gettext_noop("My posts"), "posts", "person"),
)


def frame_context(request: HttpRequest) -> dict[str, object]:
    """Return the menu and, where a page names none itself, the organisation read for."""
    reader = getattr(request, "reader", None)
    if not isinstance(reader, Reader):
        return {}
    first = next(iter(reader.posts), None)
    return {
        "navigation": navigation(reader, request.path),
        "scope": {"label": first.organisation} if first else None,
    }


def navigation(reader: Reader, path: str) -> tuple[Entry, ...]:
    """Return the menu of a reader as seen from `path`."""
    items = _open_to(reader, MENU)
    children = {item: _open_to(reader, item.children) for item in items}
    every = [*items, *(child for group in children.values() for child in group)]
    current = _current(every, path, is_at_bureau=bool(AT_BUREAU & reader.roles))
    return tuple(
        Entry(
            gettext(item.label),
            reverse(item.address),
            item.icon,
            item is current,
            tuple(_entry(child, current) for child in children[item])
            if current in (item, *children[item])
            else (),
        )
        for item in items
    )


def _open_to(reader: Reader, items: tuple[Item, ...]) -> list[Item]:
    return [item for item in items if item.roles is None or item.roles & reader.roles]


def _entry(item: Item, current: Item | None) -> Entry:
    return Entry(gettext(item.label), reverse(item.address), item.icon, item is current)


def _current(items: list[Item], path: str, *, is_at_bureau: bool) -> Item | None:
    """Return the item that `path` lies under; pages of an assessment lie under the first one."""
    homes = {"work"} if is_at_bureau else {"balance:own_school"}
    parts = path.split("/")
    if path.startswith("/balance/") and parts[2].isdecimal():
        if parts[3] == "findings":
            return next((item for item in items if item.address == "balance:quality"), None)
        return next((item for item in items if item.address in homes), None)
    fitting = [item for item in items if path.startswith(reverse(item.address))]
    found = max(fitting, key=lambda item: len(reverse(item.address)), default=None)
    return found if found and (found.address != "home" or path == "/") else None
