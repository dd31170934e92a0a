"""A base's brochure weighs the marks at that base, adds its medical check, and cannot move once the assessment has begun."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from admissions.models import Application, Mark
from admissions.queries import mark_book, problems
from admissions.services import marks
from bases.models import Brochure, TrainingBase
from bases.queries import policies_at, policy_at
from bases.services import brochures
from gme_portal.accounts.models import Role
from gme_portal.audit.models import AuditEvent
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from tests.admissions.ranked import ASSESSED, COMPUTED, applicant, make_base, officer, province_lead
from tests.factories import NoticeFactory, reviewer_of

BEFORE = datetime(2025, 6, 20, 9, 0, tzinfo=BEIJING)
ASSESSMENT_OPENS = datetime(2025, 7, 28, 9, 0, tzinfo=BEIJING)
SECOND = timedelta(seconds=1)

BROCHURE = """
schema = 1
policy = "{policy}"
base = "{base}"
base_name = "示例医院"
title = "示例医院招收简章"

[[sources]]
key = "J"
name = "示例医院招收简章"
own = true

[weights]
written = 10
skills = 10
interview = 80
clause = "J 五"

[medical_exam]
need = "required"
clause = "J 六"
"""


@pytest.fixture
def policy(notice: Notice) -> Policy:
    return policy_of(version_in_force(notice))


@pytest.fixture
def base(notice: Notice) -> TrainingBase:
    return make_base(notice, {"内科": 1})


def source(base: TrainingBase, policy: Policy) -> str:
    return BROCHURE.format(policy=policy.id, base=base.code)


def proposed(notice: Notice, base: TrainingBase, policy: Policy, *, at: datetime = BEFORE, text: str = "") -> Brochure:
    return brochures.propose(
        notice=notice,
        base=base,
        source=text or source(base, policy),
        actor=reviewer_of(base, Role.BASE_LEAD),
        at=at,
        policy=policy,
    )


def in_force(notice: Notice, base: TrainingBase, policy: Policy) -> Brochure:
    brochure = proposed(notice, base, policy)
    return brochures.decide(brochure=brochure, approve=True, reason="", actor=officer(), at=BEFORE, policy=policy)


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code


def enter(notice: Notice, base: TrainingBase, policy: Policy, entries: dict[Application, dict[str, str]]) -> int:
    named = {row.pk: cells for row, cells in entries.items()}
    return marks.enter(notice=notice, base=base, entries=named, actor=reviewer_of(base), at=ASSESSED, policy=policy)


def lock(notice: Notice, base: TrainingBase, policy: Policy) -> None:
    sheet = marks.submit(notice=notice, base=base, actor=reviewer_of(base), at=ASSESSED, policy=policy)
    lead = reviewer_of(base, Role.BASE_LEAD)
    marks.confirm(notice=notice, base=base, seen=sheet.digest, actor=lead, at=ASSESSED, policy=policy)


def test_the_base_writes_it_and_the_province_puts_it_in_force(
    notice: Notice, base: TrainingBase, policy: Policy
) -> None:
    brochure = proposed(notice, base, policy)
    assert policy_at(policy, notice, base) == policy, "a proposal changes nothing"
    brochures.decide(brochure=brochure, approve=True, reason="", actor=province_lead(), at=BEFORE, policy=policy)
    here = policy_at(policy, notice, base).scoring
    assert [part.weight for part in here.components] == [10, 10, 80]
    assert [check.key for check in here.checks] == ["medical"]
    actions = list(
        AuditEvent.objects.filter(action__startswith="brochure.").order_by("pk").values_list("action", flat=True)
    )
    assert actions == ["brochure.proposed", "brochure.approved"]


def test_a_new_one_takes_the_place_of_the_old(notice: Notice, base: TrainingBase, policy: Policy) -> None:
    first = in_force(notice, base, policy)
    other = source(base, policy).replace("written = 10", "written = 20").replace("interview = 80", "interview = 70")
    second = proposed(notice, base, policy, text=other)
    brochures.decide(brochure=second, approve=True, reason="", actor=officer(), at=BEFORE, policy=policy)
    first.refresh_from_db()
    assert (first.state, second.number) == ("superseded", 2)
    assert policy_at(policy, notice, base).scoring.components[0].weight == 20


def test_who_may(notice: Notice, base: TrainingBase, policy: Policy) -> None:
    other = make_base(notice, {"内科": 1})
    text = source(base, policy)

    def by(actor: object, where: TrainingBase = base) -> Callable[[], object]:
        return lambda: brochures.propose(notice=notice, base=where, source=text, actor=actor, at=BEFORE, policy=policy)

    assert code_of(by(reviewer_of(base))) == "BROCHURE_NOT_YOURS", "the lead answers for it"
    assert code_of(by(reviewer_of(base, Role.BASE_LEAD), other)) == "BROCHURE_NOT_YOURS"
    assert code_of(by(reviewer_of(other, Role.BASE_LEAD), other)) == "BROCHURE_WRONG_BASE"
    brochure = proposed(notice, base, policy)
    lead = reviewer_of(base, Role.BASE_LEAD)
    decide = brochures.decide
    assert code_of(lambda: decide(brochure=brochure, approve=True, reason="", actor=lead, at=BEFORE, policy=policy)) == "BROCHURE_NOT_PROVINCE"  # fmt: skip
    assert code_of(lambda: decide(brochure=brochure, approve=False, reason=" ", actor=officer(), at=BEFORE, policy=policy)) == "REASON_MISSING"  # fmt: skip
    decide(brochure=brochure, approve=False, reason="权重有误", actor=officer(), at=BEFORE, policy=policy)
    assert code_of(lambda: decide(brochure=brochure, approve=True, reason="", actor=officer(), at=BEFORE, policy=policy)) == "BROCHURE_DECIDED"  # fmt: skip


def test_every_fault_is_told_with_its_line(notice: Notice, base: TrainingBase, policy: Policy) -> None:
    broken = source(base, policy).replace("skills = 10", "skills = 11")
    with pytest.raises(Refused) as refused:
        proposed(notice, base, policy, text=broken)
    assert refused.value.code == "BROCHURE_BROKEN"
    assert "相加为 101%" in refused.value.refusal.sentence
    assert refused.value.refusal.sentence.startswith("第 "), "the line"
    assert not Brochure.objects.exists()


def test_weights_stand_still_from_the_first_second_of_the_assessment(
    notice: Notice, base: TrainingBase, policy: Policy
) -> None:
    proposed(notice, base, policy, at=ASSESSMENT_OPENS - SECOND)
    assert code_of(lambda: proposed(notice, base, policy, at=ASSESSMENT_OPENS)) == "ASSESSMENT_BEGUN"
    given = {"brochure": Brochure.objects.get(), "approve": True, "reason": "", "actor": officer(), "policy": policy}
    assert code_of(lambda: brochures.decide(**given, at=ASSESSMENT_OPENS)) == "ASSESSMENT_BEGUN"


def test_a_notice_that_leaves_nothing_to_bases_takes_no_brochure(db: None) -> None:
    notice = NoticeFactory(edit=lambda text: _without_brochure(text))
    policy = policy_of(version_in_force(notice))
    base = make_base(notice, {"内科": 1})
    assert code_of(lambda: proposed(notice, base, policy)) == "BROCHURE_NOT_ALLOWED"


def _without_brochure(text: str) -> str:
    begins = text.index("[brochure]")
    ends = text.index("\n[", begins + 1)
    silence = '\n[[silences]]\ntopic = "基地简章"\ngroup = "brochure"\nnote = "示例"\n'
    return text[:begins] + text[ends + 1 :] + silence


def test_the_same_marks_count_differently_at_two_bases(notice: Notice, base: TrainingBase, policy: Policy) -> None:
    other = make_base(notice, {"内科": 1})
    in_force(notice, base, policy)
    here, there = applicant(notice, base, ["内科"]), applicant(notice, other, ["内科"])
    typed = {"written": "100", "skills": "50", "interview": "50"}
    enter(notice, base, policy, {here: typed | {"medical": "合格"}})
    enter(notice, other, policy, {there: typed})
    at = policies_at(policy, notice, [base.pk, other.pk])
    assert [mark_book.book([row], at[row.base_id])[0].total for row in (here, there)] == [5500, 7000]
    with pytest.raises(Refused, match="名单已有变化"):
        enter(notice, other, policy, {there: {"medical": "合格"}})


def test_only_who_passed_the_check_is_ranked(notice: Notice, base: TrainingBase, policy: Policy) -> None:
    in_force(notice, base, policy)
    fit, unfit, away = (applicant(notice, base, ["内科"]) for _ in range(3))
    typed = {"written": "90", "skills": "90", "interview": "90"}
    better = dict.fromkeys(typed, "99")
    enter(notice, base, policy, {fit: typed | {"medical": "合格"}, unfit: better | {"medical": "不合格"}, away: better})
    assert code_of(lambda: lock(notice, base, policy)) == "MARKS_INCOMPLETE", "a check is part of the sheet"
    enter(notice, base, policy, {away: {"medical": "缺考"}})
    lock(notice, base, policy)
    built = problems.base_admission(notice, base, policy=policy, at=COMPUTED)
    assert [row["id"] for row in built.problem["applicants"]] == [fit.number]
    assert "体检不合格" in built.beside["excluded"][unfit.number]
    assert "体检没有参加" in built.beside["excluded"][away.number]


def test_a_check_is_a_word_and_a_mark_is_a_number(notice: Notice, base: TrainingBase, policy: Policy) -> None:
    in_force(notice, base, policy)
    person = applicant(notice, base, ["内科"])
    assert code_of(lambda: enter(notice, base, policy, {person: {"medical": "90"}})) == "CHECK_UNREADABLE"
    assert code_of(lambda: enter(notice, base, policy, {person: {"written": "合格"}})) == "MARK_NOT_NUMBER"
    assert enter(notice, base, policy, {person: {"medical": "合格"}}) == 1
    assert enter(notice, base, policy, {person: {"medical": "合格"}}) == 0, "the same again is no change"
    assert enter(notice, base, policy, {person: {"medical": "不合格"}}) == 1
    mark = Mark.objects.get()
    assert (mark.value, mark.passed, mark.absent) == (None, False, False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mark.objects.filter(pk=mark.pk).update(value=9000)
