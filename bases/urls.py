from __future__ import annotations

from django.urls import path

from bases import api

app_name = "world"

urlpatterns = [
    path("schools", api.schools, name="schools"),
    path("majors", api.majors, name="majors"),
]
