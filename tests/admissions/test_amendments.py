"""Changing what was filed (修改报名, 000 四(四)1): the filed version stands until the new one is filed, whatever happens in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from admissions.models import Application, SealedSet
from admissions.queries import choosing
from admissions.queries.papers import content_of
from admissions.services import amendments, applications, deadlines, reviews
from applicants.models import Profile
from applicants.services import profiles
from applicants.services.profiles import Personal
from gme_portal.accounts.models import User
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.outbox.models import Channel, Message
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from quotas.models import Quota
from tests.factories import (
    IN_WINDOW,
    ApplicationFactory,
    BaseFactory,
    EthnicGroupFactory,
    NoticeFactory,
    QuotaFactory,
    SpecialtyFactory,
    file_again,
    reviewer_of,
)

pytestmark = pytest.mark.django_db
CLOSES = datetime(2025, 7, 20, 22, 0, tzinfo=BEIJING)
LATER = IN_WINDOW + timedelta(hours=1)
SECOND = timedelta(seconds=1)
SignIn = Callable[[User], Client]


def free(text: str) -> str:
    return text.replace('changes = "withdraw_first"', 'changes = "free"')


@pytest.fixture
def notice(db: None) -> Notice:
    """Yunnan 2025 as if it let a filed form be changed at once, as 2021's does."""
    return NoticeFactory(edit=free)


@pytest.fixture
def policy(notice: Notice) -> Policy:
    return policy_of(version_in_force(notice))


@pytest.fixture
def quotas(notice: Notice) -> list[Quota]:
    base = BaseFactory()
    names = {"0100": "内科", "0700": "全科", "0900": "外科"}
    return [
        QuotaFactory(notice=notice, base=base, specialty=SpecialtyFactory(code=code, name=name))
        for code, name in names.items()
    ]


@pytest.fixture
def filed(notice: Notice, quotas: list[Quota]) -> Application:
    return ApplicationFactory(notice=notice, state="submitted", quotas=quotas[:2], consents=["base"])


def begin(application: Application, policy: Policy, at: datetime = LATER) -> Application:
    return amendments.begin(application=application, actor=application.applicant.user, at=at, policy=policy)


def choose(application: Application, quotas: list[Quota], policy: Policy, at: datetime = LATER) -> None:
    applications.save_choices(
        application=application,
        quota_ids=[quota.pk for quota in quotas],
        consents=["base", "province"],
        actor=application.applicant.user,
        at=at,
        policy=policy,
    )


def personal(profile: Profile, **changes: object) -> Personal:
    words = {
        "person_type": profile.person_type,
        "gender": "male",
        "born_on": date(2000, 1, 1),
        "ethnic_group": EthnicGroupFactory(),
        "married": True,
        "household_address": "示例地址",
        "address": "示例新地址",
        "email": "neu@example.com",
        "is_military": False,
        "title": "none",
        "holds_training_certificate": False,
        "in_national_platform": False,
    }
    return Personal(**(words | changes))  # type: ignore[arg-type]


def save(application: Application, policy: Policy, at: datetime = LATER, **changes: object) -> None:
    profile = Profile.objects.get(pk=application.applicant_id)
    profiles.save_personal(profile=profile, data=personal(profile, **changes), policy=policy, actor=profile.user, at=at)


def specialties(application: Application) -> list[str]:
    return [choice.quota.specialty_id for choice in choosing.standing_choices(application)]


def inbox(application: Application) -> list[str]:
    return list(
        Message.objects.filter(user=application.applicant.user, channel=Channel.INBOX).values_list("title", flat=True)
    )


def test_what_was_filed_stands_while_it_is_being_changed(
    policy: Policy, filed: Application, quotas: list[Quota]
) -> None:
    begin(filed, policy)
    save(filed, policy, address="示例新地址")
    choose(filed, [quotas[2]], policy)
    filed.refresh_from_db()
    assert (filed.state, filed.base) == ("submitted", quotas[0].base)
    assert specialties(filed) == ["0100", "0700"], "what the base and the lists see"
    assert (filed.consents_base_transfer, filed.consents_province_transfer) == (True, False)
    assert content_of(filed.submissions.latest("number"))["person"]["address"] != "示例新地址"
    assert [choice.quota.specialty_id for choice in choosing.saved_choices(filed)] == ["0900"], "what the person sees"


def test_filing_again_replaces_it_in_one_step(policy: Policy, filed: Application, quotas: list[Quota]) -> None:
    begin(filed, policy)
    save(filed, policy, address="示例新地址")
    choose(filed, [quotas[2]], policy)
    second = file_again(filed, at=LATER)
    filed.refresh_from_db()
    content = content_of(second)
    assert (second.number, content["person"]["address"]) == (2, "示例新地址")
    assert content["choice"]["consents"] == {"base": True, "province": True}
    assert (specialties(filed), filed.amended, filed.amending_since) == (["0900"], None, None)
    assert Profile.objects.get(pk=filed.applicant_id).locked_at == LATER
    assert filed.submissions.count() == 2, "the old version stays on record"


def test_a_refused_filing_changes_nothing(policy: Policy, filed: Application, quotas: list[Quota]) -> None:
    begin(filed, policy)
    choose(filed, [quotas[2]], policy)
    filed.applicant.educations.all().delete()
    with pytest.raises(Refused, match="学历信息"):
        file_again(filed, at=LATER)
    filed.refresh_from_db()
    assert specialties(filed) == ["0100", "0700"]
    assert filed.amended == {"quotas": [str(quotas[2].pk)], "consents": ["base", "province"]}


def test_giving_up_leaves_what_was_filed(policy: Policy, filed: Application, quotas: list[Quota]) -> None:
    begin(filed, policy)
    choose(filed, [quotas[2]], policy)
    for _ in range(2):
        amendments.give_up(application=filed, actor=filed.applicant.user, at=LATER)
    filed.refresh_from_db()
    assert (filed.state, filed.amended, specialties(filed)) == ("submitted", None, ["0100", "0700"])
    with pytest.raises(Refused) as caught:
        save(filed, policy)
    assert caught.value.code == "PROFILE_LOCKED"


@pytest.mark.parametrize("state", ["approved", "rejected", "draft", "withdrawn", "returned"])
def test_only_what_is_filed_and_not_reviewed_is_opened(notice: Notice, policy: Policy, state: str) -> None:
    """000 四(四)1 and 003 (六)2: not after the review."""
    with pytest.raises(Refused) as caught:
        begin(ApplicationFactory(notice=notice, state=state), policy)
    assert caught.value.code == "NOT_NOW_STATE"


@pytest.mark.parametrize(("at", "code"), [(CLOSES - SECOND, ""), (CLOSES, "WINDOW_CLOSED")])
def test_only_while_the_window_is_open(policy: Policy, filed: Application, at: datetime, code: str) -> None:
    if not code:
        assert begin(filed, policy, at).amending_since == at
        return
    with pytest.raises(Refused) as caught:
        begin(filed, policy, at)
    assert caught.value.code == code


def test_only_where_the_notice_lets_it(policy: Policy, filed: Application) -> None:
    strict = replace(policy, registration=replace(policy.registration, changes="withdraw_first"))
    with pytest.raises(Refused, match="先取消报名") as caught:
        begin(filed, strict)
    assert caught.value.code == "WITHDRAW_FIRST"


def test_two_clicks_open_it_once(policy: Policy, filed: Application) -> None:
    assert begin(filed, policy).amending_since == begin(filed, policy, LATER + SECOND).amending_since == LATER


def test_the_person_type_stays_as_filed(policy: Policy, filed: Application) -> None:
    """The windows of what was filed follow it."""
    begin(filed, policy)
    with pytest.raises(Refused) as caught:
        save(filed, policy, person_type="delegated")
    assert (caught.value.code, caught.value.refusal.field) == ("TYPE_FIXED", "person_type")
    applications.withdraw(application=filed, actor=filed.applicant.user, at=LATER, policy=policy)
    save(filed, policy, person_type="delegated")


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_a_review_meanwhile_ends_the_changes_and_says_so(
    policy: Policy, filed: Application, quotas: list[Quota], decision: str
) -> None:
    begin(filed, policy)
    choose(filed, [quotas[2]], policy)
    why = {"words": "材料不符。", "clause": policy.eligibility[0].clause} if decision == "reject" else {}
    reviews.decide(filed, decision, actor=reviewer_of(quotas[0].base), at=LATER, policy=policy, **why)
    filed.refresh_from_db()
    assert (filed.amending_since, filed.amended, specialties(filed)) == (None, None, ["0100", "0700"])
    assert Profile.objects.get(pk=filed.applicant_id).locked_at == LATER
    assert "修改没有提交" in inbox(filed)
    with pytest.raises(Refused) as caught:
        file_again(filed, at=LATER)
    assert caught.value.code == "NOT_NOW_STATE"


def test_a_return_meanwhile_opens_everything(policy: Policy, filed: Application, quotas: list[Quota]) -> None:
    begin(filed, policy)
    reviews.decide(filed, "return", reason_code="photo", actor=reviewer_of(quotas[0].base), at=LATER, policy=policy)
    save(filed, policy, person_type="social")
    assert file_again(filed, at=LATER).number == 2


def test_at_the_deadline_what_was_filed_counts_and_the_person_is_told(
    notice: Notice, policy: Policy, filed: Application, quotas: list[Quota]
) -> None:
    begin(filed, policy)
    choose(filed, [quotas[2]], policy)
    deadlines.remind_before_close(notice, policy=policy, at=CLOSES - timedelta(hours=1))
    assert "修改还没有提交" in inbox(filed)
    with pytest.raises(Refused) as caught:
        file_again(filed, at=CLOSES)
    assert caught.value.code == "WINDOW_CLOSED"
    deadlines.seal_closed_windows(notice, policy=policy, at=CLOSES + timedelta(minutes=3))
    filed.refresh_from_db()
    assert (filed.state, filed.amending_since, specialties(filed)) == ("submitted", None, ["0100", "0700"])
    assert SealedSet.objects.get().submissions == 1
    assert "修改没有提交" in inbox(filed)


def test_without_the_job_nothing_is_let_in_or_out(policy: Policy, filed: Application, quotas: list[Quota]) -> None:
    """Law 2: the job may be late; what was filed is reviewed all the same."""
    begin(filed, policy)
    reviews.decide(filed, "approve", actor=reviewer_of(quotas[0].base), at=CLOSES + timedelta(hours=1), policy=policy)
    filed.refresh_from_db()
    assert filed.state == "approved"


def test_the_database_knows_changes_only_of_what_is_filed(filed: Application) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=filed.pk).update(amended={"quotas": [], "consents": []})
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=filed.pk).update(amending_since=LATER, state="approved")


def test_sections_stay_closed_where_another_notice_holds_them(
    notice: Notice, policy: Policy, filed: Application, quotas: list[Quota]
) -> None:
    """Filed under two notices: one may be changed in its choices, the sections belong to both."""
    other = NoticeFactory(
        edit=lambda text: free(text).replace('id = "yunnan-2025-residency"', 'id = "zwei-2025-residency"')
    )
    ApplicationFactory(notice=other, state="submitted", profile=filed.applicant, quotas=[QuotaFactory(notice=other)])
    begin(filed, policy)
    with pytest.raises(Refused) as caught:
        save(filed, policy)
    assert caught.value.code == "PROFILE_LOCKED"
    choose(filed, [quotas[2]], policy)


# ---- Pages ----


def page(name: str, notice: Notice) -> str:
    return reverse(f"apply:{name}", args=[notice.slug])


def test_one_click_opens_it_and_the_page_says_what_counts_meanwhile(
    notice: Notice, filed: Application, sign_in: SignIn, clock_at: Callable[[datetime], datetime]
) -> None:
    clock_at(LATER)
    client = sign_in(filed.applicant.user)
    home = client.get(page("home", notice)).content.decode()
    assert "修改报名" in home
    assert client.post(page("amend", notice)).status_code == 302
    home = client.get(page("home", notice)).content.decode()
    assert "修改还没有提交" in home
    assert "基地看到的仍是第 1 版" in home
    assert "报名步骤" in home
    check = client.get(page("check", notice)).content.decode()
    assert "提交报名</button>" in check
    client.post(page("amend", notice), {"keep": "1"})
    home = client.get(page("home", notice)).content.decode()
    assert "修改还没有提交" not in home
    assert "已提交的报名" in home


def test_a_notice_that_wants_it_taken_back_first_has_no_such_button(
    db: None, sign_in: SignIn, clock_at: Callable[[datetime], datetime]
) -> None:
    clock_at(LATER)
    strict = NoticeFactory()
    application = ApplicationFactory(notice=strict, state="submitted")
    client = sign_in(application.applicant.user)
    home = client.get(page("home", strict)).content.decode()
    assert "修改报名" not in home
    assert "取消报名" in home
    client.post(page("amend", strict))
    application.refresh_from_db()
    assert application.amending_since is None
