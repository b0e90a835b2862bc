"""Addresses of the catalogue."""

from __future__ import annotations

from django.urls import path

from junheng.apps.catalogue.views import burden, classes, datasets, sources

app_name = "catalogue"
urlpatterns = [
    path("", datasets.home, name="home"),
    path("count", datasets.count, name="count"),
    path("dictionary.csv", datasets.dictionary, name="dictionary"),
    path("fields/", datasets.search, name="search"),
    path("indicators/", datasets.indicators, name="indicators"),
    path("indicators/<slug:indicator>/", datasets.indicator, name="indicator"),
    path("datasets/<slug:dataset>/", datasets.dataset, name="dataset"),
    path("datasets/<slug:dataset>/template.xlsx", datasets.template, name="template"),
    path("datasets/<slug:dataset>/rows.xlsx", datasets.own_rows, name="own_rows"),
    path("datasets/<slug:dataset>/sample.csv", datasets.sample, name="sample"),
    path("datasets/<slug:dataset>/schema.json", datasets.schema, name="schema"),
    path("datasets/<slug:dataset>/dictionary.csv", datasets.dictionary, name="dataset_dictionary"),
    path("burden/", burden.burden, name="burden"),
    path("burden/forms/add", burden.form_add, name="form_add"),
    path("classes/", classes.classes, name="classes"),
    path("classes/workbook", classes.workbook, name="classes_workbook"),
    path("classes/<int:school_id>/", classes.school_classes, name="school_classes"),
    path("sources/", sources.differences, name="differences"),
    path("sources/decide", sources.decide, name="decide"),
    path("sources/add", sources.add, name="source_add"),
]
