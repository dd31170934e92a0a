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
)

APPLY = applicant.urlpatterns + applicant_papers.urlpatterns
PROVINCE = province.urlpatterns + province_runs.urlpatterns + province_notices.urlpatterns

urlpatterns = [
    path("my/", include((APPLY, "apply"))),
    path("base/", include((base.urlpatterns + base_admission.urlpatterns, "base"))),
    path("province/", include((PROVINCE, "province"))),
    path("school/", include((school.urlpatterns, "school"))),
    path("public/", include((public.urlpatterns, "public"))),
]
