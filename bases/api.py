"""JSON for the search boxes (搜索框): `GET ?q=` → `{"results": [{"value", "label", "hint"}]}`, at most 20, best first."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from bases.models import Major, School
from bases.queries import search_majors, search_schools
from gme_portal.accounts.access import EVERYONE, allow


@allow(*EVERYONE)
@require_GET
def schools(request: HttpRequest) -> JsonResponse:
    """Schools by characters, pinyin, initials or former name; `value` is the school's id."""
    return JsonResponse({"results": [_school(row) for row in search_schools(request.GET.get("q", ""))]})


@allow(*EVERYONE)
@require_GET
def majors(request: HttpRequest) -> JsonResponse:
    """Majors likewise; `value` is the catalogue code."""
    return JsonResponse({"results": [_major(row) for row in search_majors(request.GET.get("q", ""))]})


def _school(row: School) -> dict[str, str]:
    former = f"，原{row.former_names[0]}" if row.former_names else ""
    return {"value": str(row.id), "label": row.name, "hint": row.division.short_name + former}


def _major(row: Major) -> dict[str, str]:
    return {"value": row.code, "label": row.name, "hint": f"{row.get_level_display()}，{row.code}"}
