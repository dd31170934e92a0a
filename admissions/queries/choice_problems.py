"""What is wrong with a list of choices (志愿), before it is saved and again before it is filed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from admissions.models import Application
from admissions.queries import choosing, readiness
from gme_portal.policy import Policy
from gme_portal.refusals import Refusal
from quotas.models import Quota


def choice_problems(row: Application, chosen: Sequence[Quota | None], policy: Policy, at: datetime) -> list[Refusal]:
    """Everything wrong with a list of choices, each at its field."""
    rule, person_type = policy.choices, row.applicant.person_type
    if not chosen:
        return [Refusal("NO_CHOICE", "请至少选择一个专业。", rule.clause, "choice_1")]
    problems: list[Refusal] = []
    if len(chosen) > rule.limit(person_type):
        place = rule.limit(person_type) + 1
        problems.append(
            Refusal(
                "TOO_MANY_CHOICES", f"最多可填报 {place - 1} 个专业，请去掉多余的志愿。", rule.clause, f"choice_{place}"
            )
        )
    first = next((quota for quota in chosen if quota is not None), None)
    verdicts = (
        readiness.verdicts_at(row.applicant, row.notice, first.base, policy=policy, at=at, round=row.round)
        if first
        else {}
    )
    counted = choosing.needs_a_seat(row, policy)
    room = choosing.room(row, [quota for quota in chosen if quota is not None], policy=policy, at=at)
    seen: set[str] = set()
    for place, quota in enumerate(chosen, 1):
        field = f"choice_{place}"
        if quota is None:
            problems.append(Refusal("NOT_IN_PLAN", "所选专业不在本次招收计划内，请重新选择。", rule.clause, field))
        elif first is not None and quota.base_id != first.base_id:
            sentence = f"只能填报同一培训基地的专业：第一志愿在{first.base.name}，这一个在{quota.base.name}，请改选。"
            problems.append(Refusal("SECOND_BASE", sentence, rule.clause, field))
        elif quota.specialty_id in seen:
            problems.append(
                Refusal("DUPLICATE_CHOICE", f"{quota.specialty.name}已经选过，请换一个专业或留空。", rule.clause, field)
            )
        elif counted and room[quota.pk] <= 0:
            sentence = f"{quota.base.name}的{quota.specialty.name}没有{choosing.room_word(row, policy)}，请改选。"
            problems.append(Refusal("SPECIALTY_CLOSED", sentence, policy.specialties.clause, field))
        else:
            seen.add(quota.specialty_id)
            problems += readiness.ineligible(verdicts.get(quota.specialty_id), field=field)
    return problems
