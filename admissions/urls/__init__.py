"""The process pages of one notice, by audience; each audience is a namespace."""

from __future__ import annotations

from django.urls import include, path

from admissions.urls import (
    applicant,
    applicant_papers,
    base,
    base_admission,
    province,
    province_notices,
    province_runs,
    public,
    school,
    year_reductions,
)

APPLY = applicant.urlpatterns + applicant_papers.urlpatterns
BASE = base.urlpatterns + base_admission.urlpatterns + year_reductions.base_urlpatterns
OFFICE = province.urlpatterns + province_runs.urlpatterns + province_notices.urlpatterns
PROVINCE = OFFICE + year_reductions.province_urlpatterns

urlpatterns = [
    path("my/", include((APPLY, "apply"))),
    path("base/", include((BASE, "base"))),
    path("province/", include((PROVINCE, "province"))),
    path("school/", include((school.urlpatterns, "school"))),
    path("public/", include((public.urlpatterns, "public"))),
]
