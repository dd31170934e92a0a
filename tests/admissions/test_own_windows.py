"""A window that closes later for one base alone, wherever it counts: at its counter (现场报名), in what is sealed, told and drawn, in its brochure."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from admissions.models import Application, Review, SealedSet, Submission
from admissions.queries import journey, lots
from admissions.services import amendments, applications, deadlines, reviews
from admissions.services import counter as counters
from admissions.services.extension_news import announce_extensions
from bases.models import TrainingBase
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import version_in_force
from gme_portal.outbox.models import Channel, Message
from gme_portal.policy import PolicyError, loads_supplement
from gme_portal.refusals import Refused
from quotas.models import Quota
from tests.admissions import on_site
from tests.admissions.on_site import on_site_notice, prepared, seat
from tests.admissions.ranked import make_base
from tests.admissions.test_extended_windows import MOMENT, extend, policy_now, refused, window
from tests.factories import reviewer_of

pytestmark = pytest.mark.django_db
COUNTER_LATER = on_site.CLOSES + timedelta(days=1)


@pytest.fixture
def base(notice: Notice) -> TrainingBase:
    return make_base(notice, {"内科": 1})


@pytest.fixture
def counter() -> Counter:
    notice = on_site_notice()
    here, elsewhere = seat(notice), seat(notice)
    moment = on_site.CLOSES - timedelta(hours=1)
    extend(notice, closes=COUNTER_LATER, at=moment, base=here.base)
    return Counter(notice, here, elsewhere)


@dataclass
class Counter:
    """A notice with counters, the seat of the base whose counter stays open, and that of another."""

    notice: Notice
    here: Quota
    elsewhere: Quota

    def file(self, person: Application, quota: Quota, at: datetime) -> Submission:
        version = version_in_force(self.notice)
        return applications.submit(
            application=person, actor=reviewer_of(quota.base), at=at, policy=policy_now(self.notice), notice_version=version,
            idempotency_key=uuid.uuid4(),
        )  # fmt: skip


def test_a_counter_that_stays_open_takes_people_until_its_own_close(counter: Counter) -> None:
    on_time, last, late, other = (
        prepared(counter.notice, quota) for quota in (counter.here, counter.here, counter.here, counter.elsewhere)
    )
    assert counter.file(on_time, counter.here, on_site.CLOSES).submitted_at == on_site.CLOSES
    assert counter.file(last, counter.here, COUNTER_LATER - MOMENT).base == counter.here.base
    assert refused(lambda: counter.file(late, counter.here, COUNTER_LATER)) == "WINDOW_CLOSED"
    assert refused(lambda: counter.file(other, counter.elsewhere, on_site.CLOSES)) == "WINDOW_CLOSED"


def test_a_counter_that_stays_open_finds_opens_and_corrects(counter: Counter) -> None:
    at, policy = on_site.CLOSES + timedelta(hours=2), policy_now(counter.notice)
    person, other = prepared(counter.notice, counter.here), prepared(counter.notice, counter.elsewhere)
    clerk, stranger = reviewer_of(counter.here.base), reviewer_of(counter.elsewhere.base)
    find = counters.find
    found = find(typed=person.number, notice=counter.notice, base=counter.here.base, actor=clerk, at=at, policy=policy)
    assert found == person
    with pytest.raises(Refused) as caught:
        find(
            typed=other.number,
            notice=counter.notice,
            base=counter.elsewhere.base,
            actor=stranger,
            at=at,
            policy=policy,
        )
    assert caught.value.code == "WINDOW_CLOSED"
    counter.file(person, counter.here, at)
    person.refresh_from_db()
    row = amendments.begin(application=person, actor=clerk, at=at, policy=policy)
    assert row.amending_since == at
    assert counter.file(row, counter.here, at).number == 2


def test_choices_follow_the_base_that_is_chosen(counter: Counter) -> None:
    """Who chooses the base that is still open may; going to one that is closed is too late."""
    at, policy = on_site.CLOSES + timedelta(hours=2), policy_now(counter.notice)
    person = prepared(counter.notice, counter.elsewhere)

    def choose(quota: Quota) -> Application:
        return applications.save_choices(
            application=person, quota_ids=[quota.pk], consents=(), actor=person.applicant.user, at=at, policy=policy
        )

    choose(counter.here)
    assert journey.window_of(policy, person, "registration").closes == COUNTER_LATER
    assert refused(lambda: choose(counter.elsewhere)) == "WINDOW_CLOSED"


def test_the_base_may_still_send_back_while_its_counter_is_open(counter: Counter) -> None:
    at = on_site.CLOSES + timedelta(hours=2)
    people = [(prepared(counter.notice, quota), quota) for quota in (counter.here, counter.elsewhere)]
    said = []
    for person, quota in people:
        counter.file(person, quota, on_site.AT)
        person.refresh_from_db()
        extend(counter.notice, "review", COUNTER_LATER, on_site.CLOSES - timedelta(hours=1), quota.base)

        def send_back(person: Application = person, quota: Quota = quota) -> Review:
            return reviews.decide(
                person,
                "return",
                reason_code="other",
                words="示例：请更正",
                actor=reviewer_of(quota.base),
                at=at,
                policy=policy_now(counter.notice),
            )

        said.append(send_back)
    assert said[0]().decision == "return"
    assert refused(said[1]) == "RETURN_TOO_LATE"


def test_each_close_seals_its_own_people(counter: Counter) -> None:
    other, first, late = (prepared(counter.notice, quota) for quota in (counter.elsewhere, counter.here, counter.here))
    counter.file(other, counter.elsewhere, on_site.AT)
    counter.file(first, counter.here, on_site.AT)
    follow_deadlines_of(counter.notice, on_site.CLOSES + timedelta(minutes=5))
    counter.file(late, counter.here, COUNTER_LATER - MOMENT)
    follow_deadlines_of(counter.notice, COUNTER_LATER + timedelta(minutes=5))
    sealed = {row.closes_at: row.submissions for row in SealedSet.objects.filter(notice=counter.notice)}
    assert sealed == {on_site.CLOSES: 1, COUNTER_LATER: 2}


def follow_deadlines_of(notice: Notice, at: datetime) -> None:
    deadlines.seal_closed_windows(notice, policy=policy_now(notice), at=at)


def test_who_is_still_preparing_for_that_base_is_told_and_reminded(counter: Counter) -> None:
    here, elsewhere = prepared(counter.notice, counter.here), prepared(counter.notice, counter.elsewhere)
    policy = policy_now(counter.notice)
    announce_extensions(counter.notice, policy=policy, at=on_site.CLOSES - timedelta(minutes=30))
    deadlines.remind_before_close(counter.notice, policy=policy, at=COUNTER_LATER - timedelta(hours=1))
    told = Message.objects.filter(channel=Channel.INBOX, user__in=[here.applicant.user, elsewhere.applicant.user])
    label = window(counter.notice).label
    assert sorted((row.user_id, row.title) for row in told) == sorted(
        (here.applicant.user.pk, title) for title in (f"{label}延长", "报名即将截止")
    )


def test_the_lots_are_drawn_only_after_the_last_counter_has_closed(counter: Counter) -> None:
    assert lots.closing(policy_now(counter.notice), "first") == (on_site.CLOSES, COUNTER_LATER)


def test_online_registration_is_the_same_for_all(notice: Notice, base: TrainingBase) -> None:
    assert refused(lambda: extend(notice, base=base)) == "FOR_ALL_ONLY"


def test_a_brochure_may_examine_as_long_as_the_base_may(notice: Notice, base: TrainingBase) -> None:
    ends = window(notice, "assessment").closes
    at = ends - timedelta(hours=1)
    text = brochure_text(notice, base, day=ends + timedelta(hours=12))
    with pytest.raises(PolicyError, match="考核时间"):
        loads_supplement(text, "简章", policy_now(notice))
    extend(notice, "assessment", ends + timedelta(days=1), at, base)
    assert loads_supplement(text, "简章", policy_now(notice)).exams[0].component == "written"
    with pytest.raises(PolicyError, match="考核时间"):
        loads_supplement(text.replace(f'base = "{base.code}"', 'base = "other"'), "简章", policy_now(notice))


def brochure_text(notice: Notice, base: TrainingBase, *, day: datetime) -> str:
    on = f"{day.astimezone(BEIJING):%Y-%m-%d}"
    return f"""
schema = 1
policy = "{notice.slug}"
base = "{base.code}"
base_name = "{base.name}"
title = "示例简章"

[[sources]]
key = "J"
name = "示例简章"
own = true

[[exams]]
component = "written"
opens = "{on} 08:00"
closes = "{on} 09:00"
clause = "J 五"
"""
