"""Requests for a shorter training (年限减免) as staff decide on them: the same pages at the base and at the province and its associations."""

from __future__ import annotations

from django.urls import path

from admissions.views import year_reductions

base_urlpatterns = [
    path("year-reductions/", year_reductions.base_list, name="reductions"),
    path("year-reductions/<uuid:pk>/", year_reductions.base_one, name="reduction"),
    path("year-reductions/<uuid:pk>/decide/", year_reductions.base_decide, name="reduction_decide"),
    path("year-reductions/<uuid:pk>/file/", year_reductions.base_file, name="reduction_file"),
]
province_urlpatterns = [
    path("year-reductions/", year_reductions.province_list, name="reductions"),
    path("year-reductions/<uuid:pk>/", year_reductions.province_one, name="reduction"),
    path("year-reductions/<uuid:pk>/decide/", year_reductions.province_decide, name="reduction_decide"),
    path("year-reductions/<uuid:pk>/file/", year_reductions.province_file, name="reduction_file"),
]
