"""Root addresses of the site."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from junheng.apps.balance.views.district import work
from junheng.apps.workspace.views import home
from junheng.web.gallery import gallery

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("work/", work, name="work"),
    path("balance/board/", include("junheng.apps.selfassessment.urls")),
    path("", include("junheng.apps.balance.urls")),
    path("", include("junheng.apps.accounts.urls")),
    path("", include("junheng.apps.registry.urls")),
    path("data/", include("junheng.apps.catalogue.urls")),
    path("intake/", include("junheng.apps.intake.urls")),
    path("reports/", include("junheng.apps.reports.urls")),
    path("survey/", include("junheng.apps.survey.urls")),
    path("", include("junheng.apps.centres.urls")),
    path("evidence/", include("junheng.apps.evidence.urls")),
    path("privacy/", include("junheng.apps.privacy.urls")),
    path("audit/", include("junheng.apps.audit.urls")),
    path("jobs/", include("junheng.apps.jobs.urls")),
    path("it/", include("junheng.apps.it.urls")),
    path("it/api/", include("junheng.apps.hub.page_urls")),
    path("api/", include("junheng.apps.hub.urls")),
    path("", include("junheng.apps.operation.urls")),
]
if settings.MODE != "production":
    urlpatterns.append(path("gallery/", gallery, name="gallery"))
