"""Who has come is confirmed, who has not is recorded after the deadline, and the notice's consequence follows."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from admissions.models import Offer
from admissions.services import offers, releases, report_in
from applicants.models import Ban
from bases.models import BaseStaff, TrainingBase
from gme_portal.accounts.models import Role
from gme_portal.audit.models import AuditEvent
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.outbox.models import Message
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from quotas.models import Quota
from tests.admissions.ranked import APPROVED, OVER, another_lead, applicant, computed, make_base, mark_all
from tests.factories import StaffFactory, reviewer_of

OPENS = datetime(2025, 8, 10, 0, 0, tzinfo=BEIJING)
CLOSES = datetime(2025, 9, 1, 18, 0, tzinfo=BEIJING)
SECOND = timedelta(seconds=1)


@pytest.fixture
def policy(notice: Notice) -> Policy:
    return policy_of(version_in_force(notice))


@pytest.fixture
def base(notice: Notice) -> TrainingBase:
    return make_base(notice, {"内科": 2})


@pytest.fixture
def offer(notice: Notice, base: TrainingBase, policy: Policy) -> Offer:
    """Somebody admitted by the base's own run, after publicity."""
    people = [applicant(notice, base, ["内科"]) for _ in range(2)]
    mark_all(notice, base, dict(zip(people, ["90", "80"], strict=True)))
    releases.approve_and_publish(computed(notice, base), actor=another_lead(base), at=APPROVED)
    offers.admit_after_publicity(notice, policy=policy, at=OVER)
    return Offer.objects.select_related("quota", "applicant__user", "application").get(application=people[0])


def code_of(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.code


@pytest.mark.parametrize(("at", "code"), [(OPENS, ""), (CLOSES - SECOND, ""), (CLOSES, "WINDOW_CLOSED")])
def test_report_in_is_confirmed_inside_the_window(
    offer: Offer, base: TrainingBase, policy: Policy, at: datetime, code: str
) -> None:
    if not code:
        row = report_in.confirm(offer, actor=reviewer_of(base), at=at, policy=policy)
        assert (row.state, row.reported_at, row.reported_by) == ("reported_in", at, reviewer_of(base))
        return
    with pytest.raises(Refused) as refused:
        report_in.confirm(offer, actor=reviewer_of(base), at=at, policy=policy)
    assert code_of(refused) == code


@pytest.mark.parametrize(
    ("role", "place", "code"),
    [
        (Role.BASE_READER, "own", "NOT_YOURS"),
        (Role.BASE_LEAD, "foreign", "NOT_YOUR_BASE"),
        (Role.BASE_EDITOR, "none", "NOT_YOUR_BASE"),
        (Role.PROVINCE_LEAD, "none", "NOT_YOUR_BASE"),
    ],
)
def test_only_writers_of_the_admitting_base_confirm(
    notice: Notice, offer: Offer, base: TrainingBase, policy: Policy, role: str, place: str, code: str
) -> None:
    actor = StaffFactory(role=role)
    if place != "none":
        BaseStaff.objects.create(user=actor, base=base if place == "own" else make_base(notice, {"儿科": 1}))
    with pytest.raises(Refused) as refused:
        report_in.confirm(offer, actor=actor, at=OPENS, policy=policy)
    assert code_of(refused) == code


def test_the_lead_undoes_a_mistake(offer: Offer, base: TrainingBase, policy: Policy) -> None:
    report_in.confirm(offer, actor=reviewer_of(base), at=OPENS, policy=policy)
    for actor, reason, code in (
        (reviewer_of(base), "误点", "NOT_YOURS"),
        (reviewer_of(base, Role.BASE_LEAD), " ", "REASON_MISSING"),
    ):
        with pytest.raises(Refused) as refused:
            report_in.undo(offer, reason=reason, actor=actor, at=OPENS, policy=policy)
        assert code_of(refused) == code
    row = report_in.undo(offer, reason="误点", actor=reviewer_of(base, Role.BASE_LEAD), at=OPENS, policy=policy)
    assert (row.state, row.reported_at, row.reported_by) == ("admitted", None, None)


def test_absence_frees_the_seat_and_begins_the_ban_of_the_notice(
    offer: Offer, base: TrainingBase, policy: Policy
) -> None:
    lead, before = reviewer_of(base, Role.BASE_LEAD), Quota.objects.get(pk=offer.quota_id).taken
    with pytest.raises(Refused) as refused:
        report_in.mark_absent(offer, actor=lead, at=CLOSES - SECOND, policy=policy)
    assert code_of(refused) == "BEFORE_DEADLINE"
    row = report_in.mark_absent(offer, actor=lead, at=CLOSES, policy=policy)
    assert row.state == "absent"
    assert Quota.objects.get(pk=offer.quota_id).taken == before - 1
    ban = Ban.objects.get()
    assert (ban.starts_on, ban.ends_on, ban.track, ban.clause) == (
        date(2025, 9, 1),
        date(2028, 9, 1),
        "residency",
        "000 六(三)1",
    )
    assert ban.document_blind == offer.applicant.user.document_blind
    told = Message.objects.filter(user=offer.applicant.user, channel="inbox").latest("created_at").body.open()
    assert "2028年9月1日（星期五）前不能再报名" in told
    assert AuditEvent.objects.filter(action__in=["report_in.absent", "ban.imposed"]).count() == 2


def test_absence_is_the_leads_to_record_and_not_for_who_came(offer: Offer, base: TrainingBase, policy: Policy) -> None:
    with pytest.raises(Refused) as refused:
        report_in.mark_absent(offer, actor=reviewer_of(base), at=CLOSES, policy=policy)
    assert code_of(refused) == "NOT_YOURS"
    report_in.confirm(offer, actor=reviewer_of(base), at=CLOSES - SECOND, policy=policy)
    with pytest.raises(Refused) as refused:
        report_in.mark_absent(offer, actor=reviewer_of(base, Role.BASE_LEAD), at=CLOSES, policy=policy)
    assert code_of(refused) == "NOT_NOW_STATE"
    assert not Ban.objects.exists()


def test_twice_absent_is_refused_and_bans_once(offer: Offer, base: TrainingBase, policy: Policy) -> None:
    lead = reviewer_of(base, Role.BASE_LEAD)
    report_in.mark_absent(offer, actor=lead, at=CLOSES, policy=policy)
    with pytest.raises(Refused):
        report_in.mark_absent(offer, actor=lead, at=CLOSES, policy=policy)
    assert Ban.objects.count() == 1
