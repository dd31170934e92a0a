"""A shorter training is asked for inside its window by who may, goes step by step through different people, and stands in the roster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from admissions.access import year_reductions_visible_to
from admissions.exports.roster import roster_sheet
from admissions.models import Application, Offer, YearReduction, YearReductionDecision
from admissions.queries import rosters
from admissions.queries.year_reductions import in_years, training_years
from admissions.services import offers, releases, year_reductions
from applicants.models import Education
from bases.models import TrainingBase
from gme_portal.accounts.models import Role, User
from gme_portal.audit.models import AccessLog, AuditEvent
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.outbox.models import Message
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from tests.admissions.ranked import (
    APPROVED,
    OVER,
    another_lead,
    applicant,
    computed,
    make_base,
    mark_all,
    officer,
    province_lead,
    quotas_of,
)
from tests.admissions.reducing import CLOSES, INSIDE, OPENS, ask, reducing_notice
from tests.factories import ApplicationFactory, ProfileFactory, StaffFactory, UserFactory, reviewer_of, small_jpeg

SECOND = timedelta(seconds=1)


@pytest.fixture
def year(db: None) -> Notice:
    return reducing_notice()


@pytest.fixture
def policy(year: Notice) -> Policy:
    return policy_of(version_in_force(year))


@pytest.fixture
def base(year: Notice) -> TrainingBase:
    return make_base(year, {"内科": 2, "外科": 1})


@pytest.fixture
def application(year: Notice, base: TrainingBase) -> Application:
    return applicant(year, base, ["内科", "外科"])


@pytest.fixture
def association(db: None) -> User:
    return StaffFactory(role=Role.ASSOCIATION)


def code_of(make: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        make()
    return refused.value.code, refused.value.field


@pytest.fixture
def decide(policy: Policy) -> Callable[..., YearReduction]:
    def at_step(row: YearReduction, decision: str, actor: User, **values: Any) -> YearReduction:
        return year_reductions.decide(row, decision, actor=actor, at=INSIDE, policy=policy, **values)

    return at_step


@pytest.mark.parametrize(
    ("at", "code"),
    [(OPENS - SECOND, "NOT_YET_OPEN"), (OPENS, ""), (CLOSES - SECOND, ""), (CLOSES, "WINDOW_CLOSED")],
)
def test_filed_inside_the_window(application: Application, at: datetime, code: str) -> None:
    if not code:
        row = ask(application, at)
        assert (row.state, row.step, row.filed_at, row.filing) == ("waiting", "base", at, 1)
        assert row.steps == ["base", "association", "province"]
        return
    assert code_of(lambda: ask(application, at))[0] == code
    assert not YearReduction.objects.exists()


def test_the_rules_speak_at_the_field_before_anything_is_kept(year: Notice, base: TrainingBase) -> None:
    profile = ProfileFactory(notice=year)
    Education.objects.filter(profile=profile).update(degree_awarded=False, degree_number=None)
    application = ApplicationFactory(
        notice=year, state="submitted", profile=profile, quotas=quotas_of(year, base, "内科")
    )
    with pytest.raises(Refused) as refused:
        ask(application)
    assert (refused.value.code, refused.value.field) == ("NOT_ELIGIBLE", "quota")
    assert refused.value.refusal.clause == "003 (三)3"
    assert not YearReduction.objects.exists()


def test_what_the_rules_said_is_kept_with_the_request(application: Application) -> None:
    assert ask(application).verdict == [{"verdict": "pass", "sentence": "已取得学士学位。", "clause": "003 (三)3"}]


@pytest.mark.parametrize(("months", "fine"), [(0, False), (1, True), (35, True), (36, False)])
def test_something_is_left_of_the_training(application: Application, months: int, fine: bool) -> None:
    if fine:
        assert ask(application, months=months).months == months
    else:
        assert code_of(lambda: ask(application, months=months)) == ("MONTHS", "months")


def test_only_for_oneself_in_ones_own_specialty_with_reasons_and_once(year: Notice, application: Application) -> None:
    other = quotas_of(year, make_base(year, {"内科": 1}), "内科")[0]
    assert code_of(lambda: ask(application, quota=other)) == ("NOT_YOUR_SPECIALTY", "quota")
    assert code_of(lambda: ask(application, grounds=" ")) == ("GROUNDS", "grounds")
    assert code_of(lambda: ask(application, actor=UserFactory()))[0] == "NOT_YOURS"
    ask(application)
    assert code_of(lambda: ask(application))[0] == "ALREADY_FILED"


@pytest.mark.parametrize("state", ["withdrawn", "returned", "rejected"])
def test_only_while_the_application_stands(year: Notice, base: TrainingBase, state: str) -> None:
    application = ApplicationFactory(notice=year, state=state, quotas=quotas_of(year, base, "内科"))
    assert code_of(lambda: ask(application))[0] == "NOT_NOW_STATE"


def test_a_notice_that_says_nothing_takes_no_request(notice: Notice) -> None:
    application = applicant(notice, make_base(notice, {"内科": 1}), ["内科"])
    assert code_of(lambda: ask(application))[0] == "NOT_IN_NOTICE"


def test_step_after_step_each_by_its_own(
    application: Application, base: TrainingBase, association: User, decide: Callable[..., YearReduction]
) -> None:
    row = ask(application)
    row = decide(row, "approve", reviewer_of(base))
    assert (row.state, row.step, row.granted) == ("waiting", "association", 12)
    row = decide(row, "approve", association, months=6, words="临床工作经历按半年计")
    assert (row.step, row.granted) == ("province", 6)
    assert not Message.objects.filter(title="年限减免已同意").exists()
    row = decide(row, "approve", officer())
    assert (row.state, row.step, row.granted, row.months) == ("approved", "", 6, 12)
    said = [(one.step, one.months) for one in row.decisions.all()]
    assert said == [("base", 12), ("association", 6), ("province", 6)]
    assert "2年6个月" in Message.objects.get(title="年限减免已同意", channel="inbox").body.open()
    assert AuditEvent.objects.filter(action="year_reduction.approve").count() == 3


def test_nobody_speaks_out_of_turn(
    year: Notice, application: Application, base: TrainingBase, association: User, decide: Callable[..., YearReduction]
) -> None:
    row = ask(application)
    for actor, code in (
        (association, "NOT_YOURS"),
        (officer(), "NOT_YOURS"),
        (reviewer_of(base, Role.BASE_READER), "NOT_YOURS"),
        (reviewer_of(make_base(year, {"内科": 1})), "NOT_YOUR_BASE"),
        (application.applicant.user, "NOT_YOURS"),
    ):
        assert code_of(lambda actor=actor: decide(row, "approve", actor))[0] == code
    row = decide(row, "approve", reviewer_of(base))
    assert code_of(lambda: decide(row, "approve", reviewer_of(base, Role.BASE_LEAD)))[0] == "NOT_YOURS"
    assert not YearReductionDecision.objects.exclude(step="base").exists()


def test_never_the_same_person_twice(
    application: Application, base: TrainingBase, association: User, decide: Callable[..., YearReduction]
) -> None:
    row = decide(ask(application), "approve", reviewer_of(base))
    moved = reviewer_of(base)
    moved.role = Role.ASSOCIATION
    moved.save()
    assert code_of(lambda: decide(row, "approve", moved))[0] == "SECOND_PERSON"
    row = decide(decide(row, "approve", association), "approve", officer())
    assert code_of(lambda: decide(row, "correct", officer(), months=6, words="超出规定"))[0] == "SECOND_PERSON"
    again = row.decisions.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        YearReductionDecision.objects.create(
            reduction=row, filing=again.filing, step="association", decision="approve", months=1, by=again.by, at=INSIDE, under=again.under
        )  # fmt: skip


def test_the_province_orders_a_correction(
    application: Application, base: TrainingBase, association: User, decide: Callable[..., YearReduction]
) -> None:
    row = ask(application)
    assert code_of(lambda: decide(row, "correct", province_lead(), months=6, words="x"))[0] == "NOT_NOW_STATE"
    for actor in (reviewer_of(base), association, officer()):
        row = decide(row, "approve", actor)
    assert code_of(lambda: decide(row, "correct", another_lead(base), months=6, words="x"))[0] == "NOT_YOURS"
    assert code_of(lambda: decide(row, "correct", province_lead(), months=12, words="x")) == ("MONTHS", "months")
    assert code_of(lambda: decide(row, "correct", province_lead(), months=6)) == ("WORDS_MISSING", "words")
    row = decide(row, "correct", province_lead(), months=0, words="未按要求减免")
    assert (row.state, row.granted) == ("approved", 0)
    assert "未按要求减免" in Message.objects.get(title="减免年限已纠正", channel="inbox").body.open()


def test_a_change_of_months_needs_words(
    application: Application, base: TrainingBase, decide: Callable[..., YearReduction]
) -> None:
    row = ask(application)
    assert code_of(lambda: decide(row, "approve", reviewer_of(base), months=6)) == ("WORDS_MISSING", "words")
    assert code_of(lambda: decide(row, "approve", reviewer_of(base), months=0, words="x")) == ("MONTHS", "months")
    assert decide(row, "approve", reviewer_of(base), months=6, words="按半年").granted == 6


def test_returned_it_comes_back_and_starts_over(
    application: Application, base: TrainingBase, association: User, decide: Callable[..., YearReduction]
) -> None:
    row = decide(ask(application, proof=small_jpeg()), "approve", reviewer_of(base))
    assert code_of(lambda: decide(row, "return", association)) == ("WORDS_MISSING", "words")
    row = decide(row, "return", association, words="请补充学位证书")
    assert (row.state, row.step) == ("returned", "")
    again = ask(application, INSIDE + SECOND, months=6)
    assert (again.pk, again.filing, again.step, again.granted, again.months) == (row.pk, 2, "base", None, 6)
    assert again.file_id is not None
    assert decide(again, "approve", reviewer_of(base)).step == "association"


def test_after_the_window_a_returned_one_stays(
    application: Application, base: TrainingBase, decide: Callable[..., YearReduction]
) -> None:
    decide(ask(application), "return", reviewer_of(base), words="材料不全")
    assert code_of(lambda: ask(application, CLOSES))[0] == "WINDOW_CLOSED"


def test_refused_is_the_end_of_this_one_and_withdrawn_too(
    application: Application, base: TrainingBase, decide: Callable[..., YearReduction]
) -> None:
    row = ask(application)
    assert code_of(lambda: year_reductions.withdraw(row, actor=UserFactory(), at=INSIDE))[0] == "NOT_YOURS"
    year_reductions.withdraw(row, actor=application.applicant.user, at=INSIDE)
    assert code_of(lambda: decide(row, "approve", reviewer_of(base)))[0] == "NOT_NOW_STATE"
    second = decide(ask(application), "refuse", reviewer_of(base), words="专业不一致")
    assert (second.state, second.pk == row.pk) == ("refused", False)
    assert (
        code_of(lambda: year_reductions.withdraw(second, actor=application.applicant.user, at=INSIDE))[0]
        == "NOT_NOW_STATE"
    )


def test_who_sees_it(year: Notice, application: Application, base: TrainingBase, association: User) -> None:
    ask(application)
    for user, seen in (
        (application.applicant.user, 1),
        (reviewer_of(base, Role.BASE_READER), 1),
        (association, 1),
        (officer(), 1),
        (reviewer_of(make_base(year, {"内科": 1})), 0),
        (UserFactory(), 0),
        (StaffFactory(role=Role.PLATFORM_ADMIN), 0),
    ):
        assert year_reductions_visible_to(user).count() == seen


def test_months_in_words() -> None:
    assert [in_years(months) for months in (36, 30, 24, 8)] == [3, "2年6个月", 2, "8个月"]


def test_the_roster_shows_the_shorter_training(
    year: Notice,
    policy: Policy,
    application: Application,
    base: TrainingBase,
    association: User,
    decide: Callable[..., YearReduction],
    django_assert_num_queries: Callable[..., Any],
) -> None:
    mark_all(year, base, {application: "90"})
    releases.approve_and_publish(computed(year, base), actor=another_lead(base), at=APPROVED)
    offers.admit_after_publicity(year, policy=policy, at=OVER)
    row = ask(application)
    assert [training_years(one) for one in rosters.admitted(year)] == [3]
    for actor in (reviewer_of(base), association, officer()):
        row = decide(row, "approve", actor)
    with django_assert_num_queries(3):
        found = list(rosters.admitted(year))
        assert [training_years(one) for one in found] == [2]
    assert roster_sheet("示例", found, policy=policy, full=False, watermark="")
    other = quotas_of(year, base, "外科")[0]
    Offer.objects.update(quota=other)
    assert [training_years(one) for one in rosters.admitted(year)] == [other.specialty.years]


def test_the_persons_page(
    year: Notice,
    application: Application,
    base: TrainingBase,
    sign_in: Callable[..., Client],
    clock_at: Callable[..., Any],
) -> None:
    clock_at(INSIDE)
    client, address = sign_in(application.applicant.user), reverse("apply:year_reduction", args=[year.slug])
    assert address in client.get(reverse("apply:home", args=[year.slug])).content.decode()
    assert "已取得学士学位。" in client.get(address).content.decode()
    pdf = reverse("apply:year_reduction_pdf", args=[year.slug])
    assert client.get(pdf).status_code == 404
    given = {"quota": str(quotas_of(year, base, "内科")[0].pk), "months": "99", "grounds": "示例理由"}
    assert client.post(address, given).status_code == 422
    proof = SimpleUploadedFile("proof.jpg", small_jpeg(), content_type="image/jpeg")
    assert client.post(address, {**given, "months": "12", "file": proof}).status_code == 303
    row = YearReduction.objects.get()
    text = client.get(address).content.decode()
    assert "审核中：培训基地审核" in text
    assert client.get(pdf).content.startswith(b"%PDF")
    assert client.get(reverse("apply:year_reduction_file", args=[year.slug, row.pk])).status_code == 200
    assert client.post(reverse("apply:year_reduction_withdraw", args=[year.slug])).status_code == 303
    row.refresh_from_db()
    assert row.state == "withdrawn"
    clock_at(CLOSES)
    assert client.post(address, {**given, "months": "12"}).status_code == 422


def test_the_steps_pages(
    year: Notice,
    application: Application,
    base: TrainingBase,
    association: User,
    sign_in: Callable[..., Client],
    clock_at: Callable[..., Any],
) -> None:
    row = ask(application, proof=small_jpeg())
    clock_at(INSIDE)
    for space, user in (("base", reviewer_of(base)), ("province", association), ("province", officer())):
        client = sign_in(user)
        one = reverse(f"{space}:reduction", args=[year.slug, row.pk])
        assert one in client.get(reverse(f"{space}:reductions", args=[year.slug])).content.decode()
        assert "示例：已获临床医学硕士专业学位。" in client.get(one).content.decode()
        assert client.get(reverse(f"{space}:reduction_file", args=[year.slug, row.pk])).status_code == 200
        address = reverse(f"{space}:reduction_decide", args=[year.slug, row.pk])
        assert client.post(address, {"decision": "return"}).status_code == 422
        assert client.post(address, {"decision": "approve"}).status_code == 303
        assert "提交</button>" not in client.get(one).content.decode()
    row.refresh_from_db()
    assert row.state == "approved"
    assert AccessLog.objects.filter(purpose="审核年限减免", column="file").count() == 3
    foreign = sign_in(reviewer_of(make_base(year, {"内科": 1})))
    assert foreign.get(reverse("base:reduction", args=[year.slug, row.pk])).status_code == 404


# A notice with a test (能力测评) at one of the steps: 002 三(七), 附件1 五(二)


@pytest.fixture
def testing(year: Notice, policy: Policy) -> Policy:
    rule = policy.year_reduction
    assert rule is not None
    return replace(policy, year_reduction=replace(rule, tested_at="association"))


@pytest.mark.parametrize(("tested", "code"), [(None, "TEST_MISSING"), (False, "TEST_FAILED"), (True, "")])
def test_who_is_to_be_tested_is_approved_only_after_passing(
    application: Application, base: TrainingBase, association: User, testing: Policy, tested: bool | None, code: str
) -> None:
    row = ask(application)
    step = partial(year_reductions.decide, row, "approve", at=INSIDE, policy=testing)
    step(actor=reviewer_of(base), tested=tested)
    assert row.decisions.get().tested is None, "the base holds no test"
    if code:
        assert code_of(lambda: step(actor=association, tested=tested)) == (code, "tested")
        assert row.decisions.count() == 1
        return
    assert step(actor=association, tested=True).step == "province"
    assert row.decisions.get(step="association").tested is True


def test_who_failed_the_test_is_refused_and_that_stays_on_record(
    application: Application, base: TrainingBase, association: User, testing: Policy
) -> None:
    row = ask(application)
    year_reductions.decide(row, "approve", actor=reviewer_of(base), at=INSIDE, policy=testing)
    year_reductions.decide(
        row, "refuse", words="示例：测评不合格。", tested=False, actor=association, at=INSIDE, policy=testing
    )
    row.refresh_from_db()
    assert (row.state, row.decisions.get(step="association").tested) == ("refused", False)


def test_the_database_too_knows_no_approval_after_a_failed_test(application: Application, base: TrainingBase) -> None:
    row = ask(application)
    with pytest.raises(IntegrityError), transaction.atomic():
        YearReductionDecision.objects.create(
            reduction=row,
            filing=1,
            step="base",
            decision="approve",
            months=12,
            tested=False,
            by=reviewer_of(base),
            at=INSIDE,
            under=row.filed_under,
        )
