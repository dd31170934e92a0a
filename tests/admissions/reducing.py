"""A notice that knows the shorter training (年限减免), and requests for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from admissions.models import Application, YearReduction
from admissions.services import year_reductions
from gme_portal.clock.services import BEIJING
from gme_portal.files.services import store
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from tests.factories import NoticeFactory, reviewer_of, small_jpeg

OPENS = datetime(2025, 7, 16, 8, 0, tzinfo=BEIJING)
CLOSES = datetime(2025, 8, 20, 18, 0, tzinfo=BEIJING)
INSIDE = datetime(2025, 8, 12, 11, 0, tzinfo=BEIJING)
TABLE = """
[[windows.year_reduction]]
opens = "2025-07-16 08:00"
closes = "2025-08-20 18:00"
clause = "示例"
note = "测试用的起止时间。"

[year_reduction]
steps = ["base", "association", "province"]
form_title = "示例培训年限减免申请表"
clause = "示例"
note = "测试用。"

[[year_reduction.rules]]
id = "bachelor-degree"
clause = "003 (三)3"
condition = { fact = "bachelor_degree_awarded", is = true }
sentence_pass = "已取得学士学位。"
sentence_fail = "没有取得学士学位的，不得申请减免。"
"""


def with_reduction(text: str) -> str:
    """The text of a notice without the silence about it, and with the table."""
    blocks = text.split("[[silences]]")
    kept = [block for block in blocks if 'group = "year_reduction"' not in block.partition("[[")[0]]
    return "[[silences]]".join(kept) + TABLE


def reducing_notice() -> Notice:
    return NoticeFactory(edit=with_reduction)


def kept(application: Application) -> YearReduction:
    """A request with a proof, as it stands after it was filed; under any notice, for looking at its pages."""
    file = store(small_jpeg(), owner=application.applicant.user, media_type="image/jpeg", at=INSIDE)
    return YearReduction.objects.create(
        notice=application.notice,
        application=application,
        quota=application.choices.first().quota,
        months=12,
        grounds="示例：已获临床医学硕士专业学位。",
        file=file,
        verdict=[{"verdict": "pass", "sentence": "已取得学士学位。", "clause": "003 (三)3"}],
        steps=["base", "association", "province"],
        step="base",
        filed_at=INSIDE,
        filed_under=version_in_force(application.notice),
    )


def half_decided(application: Application) -> YearReduction:
    """One that the base has shortened, and that waits for the association."""
    row, policy = kept(application), policy_of(version_in_force(application.notice))
    reviewer = reviewer_of(row.quota.base)
    return year_reductions.decide(
        row, "approve", months=6, words="示例：按半年计。", actor=reviewer, at=INSIDE, policy=policy
    )


def ask(application: Application, at: datetime = INSIDE, **values: Any) -> YearReduction:
    given: dict[str, Any] = {
        "quota": application.choices.select_related("quota__base", "quota__specialty").first().quota,
        "months": 12,
        "grounds": "示例：已获临床医学硕士专业学位。",
        "proof": None,
        "actor": application.applicant.user,
        "policy": policy_of(version_in_force(application.notice)),
    }
    return year_reductions.file(application, at=at, **(given | values))
