"""Addresses of the balance standard."""

from __future__ import annotations

from django.urls import path

from junheng.apps.balance.views import district, rules, school, upload, working

app_name = "balance"
urlpatterns = [
    path("balance/", district.assessments, name="assessments"),
    path("balance/upload/", upload.start, name="upload"),
    path("balance/upload/template.<slug:kind>", upload.template, name="template"),
    path("balance/upload/<uuid:upload_id>/", upload.show, name="upload_show"),
    path("balance/upload/<uuid:upload_id>/apply", upload.apply, name="upload_apply"),
    path("balance/upload/<uuid:upload_id>/discard", upload.discard, name="upload_discard"),
    path("balance/my-school/", school.own, name="own_school"),
    path("balance/<int:assessment_id>/", district.district, name="district"),
    path("balance/<int:assessment_id>/workbook", district.workbook, name="workbook"),
    path("balance/<int:assessment_id>/withdraw", district.withdraw, name="withdraw"),
    path("balance/<int:assessment_id>/schools/<int:school_id>/", school.school, name="school"),
    path(
        "balance/<int:assessment_id>/units/<int:unit_key>/<slug:indicator>/",
        working.cell,
        name="cell",
    ),
    path(
        "balance/<int:assessment_id>/coefficients/<slug:stage>/<slug:indicator>/",
        working.coefficient,
        name="coefficient",
    ),
    path("rules/", rules.rulesets, name="rulesets"),
    path("rules/<str:ruleset_id>/<str:version>/", rules.ruleset, name="ruleset"),
]
