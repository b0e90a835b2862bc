"""What the self-assessment puts on the first page: items, schools, signatures, how it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from junheng.apps.accounts.api import Role
from junheng.apps.balance.api import newest_year
from junheng.apps.selfassessment import course_selectors, selectors
from junheng.apps.selfassessment.asked import asked_of
from junheng.apps.selfassessment.figures import confirmed_of
from junheng.apps.selfassessment.models import AnswerKind
from junheng.apps.selfassessment.policies import (
    SCHOOL_OFFICE,
    departments_of,
    keeps,
    sees_whole,
)
from junheng.apps.selfassessment.present import words
from junheng.apps.selfassessment.present.board import BoardShown, item_url
from junheng.apps.selfassessment.signing import lacks
from junheng.apps.selfassessment.stages import after, stage
from junheng.apps.workspace.api import NOTHING, Deadline, Share, Tile, Todo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from junheng.apps.accounts.api import Reader
    from junheng.apps.selfassessment.models import Course
    from junheng.apps.selfassessment.selectors import Board, Row

LISTED = 10
"""Items told one by one; the rest is one line."""


def desk(reader: Reader, today: date) -> Share:
    """Return what a reader has to do for the self-assessment of the year that counts.

    Constant number of queries, whatever the number of schools and items.
    """
    shares = [_of_schools(reader, today)]
    for post in reader.posts:
        if sees_whole(reader, post.home_id) or departments_of(reader, post.home_id):
            shares.append(_of_board(reader, today))
            break
    return Share(
        todos=[todo for share in shares for todo in share.todos],
        tiles=[tile for share in shares for tile in share.tiles],
        deadlines=[one for share in shares for one in share.deadlines],
    )


def _of_board(reader: Reader, today: date) -> Share:
    bureau = selectors.bureau_of(reader)
    year = selectors.year_of(bureau.pk, "", today)
    board = selectors.board_visible_to(reader, bureau, year)
    found = _Office(reader, board, today)
    return Share(list(found.todos()), list(found.tiles()), list(found.deadlines()))


class _Office:
    """The board of a year as work of one reader at the bureau or at another department."""

    def __init__(self, reader: Reader, board: Board, today: date) -> None:
        self.reader, self.board, self.today = reader, board, today
        self.course = course_selectors.course_of(reader, board)
        self.keeps = keeps(reader, board.bureau.pk)
        self.is_locked = course_selectors.is_locked(board)

    def todos(self) -> Iterator[Todo]:
        if not self.is_locked:
            yield from self._items()
        if self.keeps and not self.is_locked:
            yield from self._items_of_others()
        if self.course is not None:
            yield from self._course(self.course)

    def tiles(self) -> Iterator[Tile]:
        shown = BoardShown(self.board, today=self.today, user_id=self.reader.user_id)
        url = self._url("board")
        for part in shown.parts:
            # Whether vetoes are met says nothing while nobody has answered them.
            if part.id == "vetoes":
                continue
            yield Tile(part.label, str(part.n_met), of=str(part.n_all), status=part.status, url=url)
        if self.course is not None:
            name = words.of(stage(self.course.stage).name)
            yield Tile(gettext("Self-assessment"), name, url=self._url("course"))

    def deadlines(self) -> Iterator[Deadline]:
        course = self.course
        if course is None:
            return
        at = stage(course.stage)
        coming = after(course.stage)
        if course.school_deadline and at.position == 0:
            label = gettext("Schools have confirmed their figures")
            yield Deadline(label, course.school_deadline, self._url("reminders"))
        if course.deadline and coming:
            label = gettext("Signed: %(stage)s") % {"stage": words.of(coming.name)}
            yield Deadline(label, course.deadline, self._url("course"))

    def _items(self) -> Iterator[Todo]:
        """Open items that the reader sees to, or the department that the reader speaks for."""
        departments = departments_of(self.reader, self.board.bureau.pk)
        mine = [row for row in self.board.rows if self._is_mine(row, departments) and row.is_open]
        mine.sort(key=_by_deadline)
        for row in mine[:LISTED]:
            plan = row.plan
            yield Todo(
                gettext("Item %(number)s: %(name)s")
                % {"number": row.id, "name": words.of(row.name)},
                item_url(self.board, row.id),
                gettext("Open the item"),
                detail=words.state(row.state),
                due=plan.deadline if plan else None,
            )
        n_more = len(mine) - LISTED
        if n_more > 0:
            yield Todo(
                ngettext("%(n)d more item", "%(n)d more items", n_more) % {"n": n_more},
                self._url("board", show="open" if departments else "mine"),
                gettext("Open the board"),
            )

    def _items_of_others(self) -> Iterator[Todo]:
        """What the keeper of the board sees to: items that nobody does, or that are late."""
        rows = [row for row in self.board.rows if row.is_open]
        late = sum(
            row.is_overdue(self.today) and not self._is_mine(row, frozenset()) for row in rows
        )
        if late:
            yield Todo(
                ngettext(
                    "%(n)d item of others is overdue", "%(n)d items of others are overdue", late
                )
                % {"n": late},
                self._url("board", show="overdue"),
                gettext("See which"),
            )
        nobodys = sum(row.plan is None or row.plan.responsible_id is None for row in rows)
        if nobodys:
            yield Todo(
                ngettext(
                    "%(n)d open item has nobody who sees to it",
                    "%(n)d open items have nobody who sees to them",
                    nobodys,
                )
                % {"n": nobodys},
                self._url("board", show="open"),
                gettext("Share them out"),
            )
        if self.board.is_stale:
            yield Todo(
                gettext("Rows have changed since items were computed"),
                self._url("board"),
                gettext("Compute anew"),
            )

    def _course(self, course: Course) -> Iterator[Todo]:
        at, coming = stage(course.stage), after(course.stage)
        if self.keeps and at.position == 0:
            yield from self._schools(course)
        returned = course_selectors.returned_here(self.reader, course) if self.keeps else None
        if returned is not None:
            yield Todo(
                gettext("Returned to %(stage)s") % {"stage": words.of(at.name)},
                self._url("course"),
                gettext("See what is asked"),
                detail=returned.reason,
            )
        if coming is None or not self.reader.holds(coming.signers, bureau_id=self.board.bureau.pk):
            return
        if lacks(self.board, course, coming) is None:
            yield Todo(
                gettext("Sign: %(stage)s") % {"stage": words.of(coming.name)},
                self._url("course"),
                gettext("Look and sign"),
                due=course.deadline,
            )

    def _schools(self, course: Course) -> Iterator[Todo]:
        answers = course_selectors.answers_of(course)
        answered = confirmed_of(course, answers)
        objected = {s: one for s, one in answers.items() if one.kind == AnswerKind.OBJECTED}
        for school_id, one in sorted(objected.items())[:LISTED]:
            yield Todo(
                gettext("%(school)s objects to its figures") % {"school": one.school.name},
                self._school_url(school_id),
                gettext("Answer the objection"),
                detail=one.reason,
                due=course.school_deadline,
            )
        silent = len(set(self.board.schools) - answered - set(objected))
        if silent:
            yield Todo(
                ngettext(
                    "%(n)d school has not confirmed its figures",
                    "%(n)d schools have not confirmed their figures",
                    silent,
                )
                % {"n": silent},
                self._url("reminders"),
                gettext("Remind them"),
                due=course.school_deadline,
            )

    def _is_mine(self, row: Row, departments: frozenset[str]) -> bool:
        if row.department in departments:
            return True
        return row.plan is not None and row.plan.responsible_id == self.reader.user_id

    def _url(self, name: str, **query: str) -> str:
        year = self.board.school_year.starts_on.year
        asked = "".join(f"&{key}={value}" for key, value in query.items())
        return f"{reverse(f'selfassessment:{name}')}?year={year}{asked}"

    def _school_url(self, school_id: int) -> str:
        year = self.board.school_year.starts_on.year
        return f"{reverse('selfassessment:school', args=[school_id])}?year={year}"


def _of_schools(reader: Reader, today: date) -> Share:
    """Return what the office of a school has to say: its figures, and items it answers to."""
    posts = [post for post in reader.posts if post.role in SCHOOL_OFFICE and post.school_id]
    if not posts or newest_year(posts[0].home_id) is None:
        return NOTHING
    school_id = posts[0].school_id or 0
    if school_id not in selectors.schools_answering(posts[0].home_id):
        return NOTHING
    asked = asked_of(reader, school_id, "", today)
    url = reverse("selfassessment:school", args=[school_id])
    newest, course = asked.newest, asked.course
    todos = []
    if asked.is_collecting and asked.n_open:
        text = ngettext(
            "Answer %(n)d item of the standard for your school",
            "Answer %(n)d items of the standard for your school",
            asked.n_open,
        )
        todos.append(
            Todo(
                text % {"n": asked.n_open},
                url,
                gettext("Answer the items"),
                due=course.school_deadline,
            )
        )
    heads = reader.holds({Role.HEAD}, bureau_id=asked.school.bureau_id, school_id=school_id)
    if heads and asked.is_collecting and newest is None:
        todos.append(
            Todo(
                gettext("Confirm the figures of your school, or object"),
                url,
                gettext("Look at them"),
                due=course.school_deadline,
            )
        )
    if heads and asked.is_collecting and newest is not None and asked.is_outdated:
        todos.append(
            Todo(
                gettext("The figures of your school have changed since: confirm anew, or object"),
                url,
                gettext("Look at them"),
                due=course.school_deadline,
            )
        )
    said = str(newest.get_kind_display()) if newest else gettext("No answer yet")
    tile = Tile(gettext("Your school's figures"), said, url=url)
    return Share(todos, [tile])


def _by_deadline(row: Row) -> tuple[bool, str]:
    deadline = row.plan.deadline if row.plan else None
    return deadline is None, deadline.isoformat() if deadline else ""
