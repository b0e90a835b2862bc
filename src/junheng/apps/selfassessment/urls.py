"""Addresses of the self-assessment."""

from __future__ import annotations

from django.urls import path

from junheng.apps.selfassessment.views import board, course, item, school

app_name = "selfassessment"
urlpatterns = [
    path("", board.board, name="board"),
    path("compute", board.compute, name="compute"),
    path("compute/<uuid:job_id>/", board.computing, name="computing"),
    path("course/", course.course, name="course"),
    path("course/sign", course.sign, name="sign"),
    path("course/return", course.send_back, name="return"),
    path("course/deadlines", course.deadlines, name="deadlines"),
    path("signed/<int:step_id>/", course.signed, name="signed"),
    path("reminders/", course.reminders, name="reminders"),
    path("my-school/", school.own, name="own_school"),
    path("schools/<int:school_id>/", school.school, name="school"),
    path("schools/<int:school_id>/attest", school.attest, name="attest"),
    path("schools/<int:school_id>/answer", school.answer, name="answer"),
    path("items/<slug:item_id>/", item.item, name="item"),
    path("items/<slug:item_id>/enter", item.enter, name="enter"),
    path("items/<slug:item_id>/plan", item.plan, name="plan"),
]
