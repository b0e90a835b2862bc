"""Addresses of the survey."""

from __future__ import annotations

from django.urls import path

from junheng.apps.survey.views import answer, office

app_name = "survey"
urlpatterns = [
    path("", office.home, name="home"),
    path("begin", office.begin, name="begin"),
    path("answer/", answer.answer, name="answer"),
    path("answered/", answer.answered, name="answered"),
    path("<int:survey_id>/codes", office.codes, name="codes"),
    path("<int:survey_id>/close", office.close, name="close"),
    path("<int:survey_id>/hand-on", office.hand_on, name="hand_on"),
]
