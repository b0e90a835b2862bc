"""Addresses of the API."""

from __future__ import annotations

from django.urls import URLPattern, include, path

from junheng.apps.hub.operations.all import api
from junheng.apps.hub.views import openapi

# The framework's own root would lead to pages that we do not have.
operations = [
    one for one in api._get_urls() if isinstance(one, URLPattern) and one.name != "api-root"
]
v1 = [path("openapi.json", openapi, name="openapi"), *operations]
urlpatterns = [path("v1/", include((v1, "api")))]
