"""Addresses of the balance standard."""

from __future__ import annotations

from django.urls import path

from junheng.apps.balance.views import (
    district,
    live,
    quality,
    recount,
    registry,
    rules,
    school,
    upload,
    what_if,
    working,
)

app_name = "balance"
urlpatterns = [
    path("balance/", district.assessments, name="assessments"),
    path("balance/live/", live.live, name="live"),
    path("balance/live/findings/", live.findings, name="live_findings"),
    path("balance/live/findings/decide", live.decide, name="live_decide"),
    path("balance/recount/", recount.recount, name="recount"),
    path("balance/upload/", upload.start, name="upload"),
    path("balance/upload/template.<slug:kind>", upload.template, name="template"),
    path("balance/upload/<uuid:upload_id>/", upload.show, name="upload_show"),
    path("balance/upload/<uuid:upload_id>/apply", upload.apply, name="upload_apply"),
    path("balance/upload/<uuid:upload_id>/discard", upload.discard, name="upload_discard"),
    path("balance/upload/<uuid:upload_id>/decide", quality.decide, name="finding_decide"),
    path("balance/from-registry/", registry.start, name="from_registry"),
    path("balance/from-registry/<uuid:job_id>/", registry.job, name="registry_job"),
    path("balance/my-school/", school.own, name="own_school"),
    path("balance/<int:assessment_id>/", district.district, name="district"),
    path("balance/<int:assessment_id>/workbook", district.workbook, name="workbook"),
    path("balance/<int:assessment_id>/withdraw", district.withdraw, name="withdraw"),
    path("balance/<int:assessment_id>/schools/<int:school_id>/", school.school, name="school"),
    path("balance/<int:assessment_id>/findings/", quality.findings, name="findings"),
    path(
        "balance/<int:assessment_id>/findings/workbook", quality.workbook, name="findings_workbook"
    ),
    path("balance/<int:assessment_id>/findings/accept", quality.accept, name="finding_accept"),
    path("data/quality/", quality.newest, name="quality"),
    path(
        "balance/<int:assessment_id>/units/<int:unit_key>/what-if/",
        what_if.what_if,
        name="what_if",
    ),
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
