"""Who looked at my data (查看记录): every reveal of a sealed value by somebody else (PIPL)."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gme_portal.accounts.access import allow, viewer
from gme_portal.accounts.models import Role
from gme_portal.audit.models import AccessLog

LOOKS_A_PAGE = 25
COLUMNS = {
    "document_number": "证件号码",
    "phone": "手机号码",
    "household_address": "户籍地址",
    "address": "联系地址",
    "email": "电子邮箱",
    "diploma_number": "毕业证书编号",
    "degree_number": "学位证书编号",
    "number": "资格证书编码",
    "content": "报名内容",
    "file": "证明材料",
}


@allow(Role.APPLICANT)
@require_safe
def looks(request: HttpRequest) -> HttpResponse:
    """Newest first, by role and place of work: the owner sees who it was in office, not a private name."""
    rows = AccessLog.objects.filter(owner=viewer(request)).select_related(
        "actor__base_staff__base", "actor__school_staff__school"
    )
    page = Paginator(rows, LOOKS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "profile/looks.html", {"page": page, "lines": [_line(row) for row in page.object_list]})


def _line(row: AccessLog) -> dict[str, Any]:
    actor = row.actor
    base, school = getattr(actor, "base_staff", None), getattr(actor, "school_staff", None)
    place = base.base.name if base else school.school.name if school else ""
    return {
        "at": row.at,
        "who": Role(actor.role).label,
        "place": place,
        "what": COLUMNS.get(row.column, row.column),
        "purpose": row.purpose,
    }
