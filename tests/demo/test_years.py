"""The year under every notice, lived by a small crowd: what each stage has to show, from first filings to the last report-in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.conf import settings
from django.db.models import QuerySet

from admissions.models import (
    Application,
    CounterVisit,
    Invitation,
    LotteryDraw,
    Offer,
    Submission,
    YearReduction,
    YearReductionDecision,
)
from admissions.states import ACTIVE_OFFER_STATES
from applicants.models import Profile
from gme_portal.accounts.models import User
from gme_portal.audit.models import AuditEvent
from gme_portal.clock import services as clock
from gme_portal.demo import arrivals, journey, queries
from gme_portal.demo.crowd import reducing, returning
from gme_portal.demo.edges import edges
from gme_portal.demo.filling import WITHOUT_ACCOUNT
from gme_portal.demo.moments import working_moment
from gme_portal.demo.scene import Scene
from gme_portal.notices.services.working_days import seed
from gme_portal.policy import load
from quotas.models import IncreaseRequest, OthersPool, SeatMove
from tests.demo.test_year import books_agree

Demo = Callable[..., Scene]
MORNING = timedelta(hours=9)


def states(rows: QuerySet[Any]) -> Counter[str]:
    return Counter(rows.values_list("state", flat=True))


def go(scene: Scene, key: str, after: timedelta = MORNING) -> None:
    """To some time after a beginning or end, as `edges` calls it: "report_in.closes", in a later round "second:report_in.closes"."""
    round, _, name = key.rpartition(":")
    wanted = round or scene.policy.rounds[0].key
    journey.go_to(
        next(edge.at for edge in reversed(edges(scene.policy)) if (edge.key, edge.round) == (name, wanted)) + after
    )
    books_agree()


def played(demo: Demo, people: int, notice: str) -> Scene:
    scene = demo(people, notice=notice)
    seed(at=clock.now())
    return scene


def is_over(scene: Scene) -> bool:
    return journey.next_jump(scene.policy, clock.now()) is None


def test_hubei_has_two_rounds_invitations_and_answers(demo: Demo) -> None:
    scene = played(demo, 20, "hubei-2024-residency")
    first, second = Application.objects.filter(round="first"), Application.objects.filter(round="second")
    assert {"asked", "approved", "refused"} == set(states(IncreaseRequest.objects.all()))

    go(scene, "acceptance.opens", timedelta(days=6))
    offers = Offer.objects.filter(application__round="first")
    assert {"accepted", "published"} <= set(states(offers)), "some have answered, others have not yet"
    assert LotteryDraw.objects.get(round="first").stage == "drawn"
    assert LotteryDraw.objects.get(round="second").stage == "committed"
    assert "asked" not in states(IncreaseRequest.objects.all())
    waiting = Invitation.objects.filter(state="invited")
    to_play = {one.does for one in queries.applicants(scene.notice)}
    assert queries.TO_ACCEPT in to_play
    assert (queries.INVITED in to_play) == waiting.exists()
    assert all(row.expires_at > clock.now() for row in waiting)

    go(scene, "second:registration.closes")
    assert not offers.filter(state__in=("published", "accepted")).exists(), "the first list has come down"
    assert {"accepted", "declined"} <= set(states(Invitation.objects.all()))
    filed = second.exclude(state="draft")
    invited = filed.filter(invitations__state="accepted").distinct()
    assert invited.exists()
    assert filed.exclude(pk__in=invited).exists(), "others have filed alone"
    assert User.objects.filter(profile__applications__in=second).exclude(profile__applications__in=first).exists()
    newcomers = returning.newcomers(scene.in_round("second"))
    assert all(arrivals.has_come(one) and one.serial > returning.LATER_FROM for one in newcomers)
    assert returning.newcomers(scene) == []
    placed = Offer.objects.filter(application__round="first", state__in=ACTIVE_OFFER_STATES)
    assert not Profile.objects.filter(applications__in=filed, offers__in=placed).exists()

    go(scene, "second:publicity.closes")
    assert not Invitation.objects.filter(state="invited").exists()
    assert LotteryDraw.objects.get(round="second").stage == "drawn"
    later = Offer.objects.filter(application__round="second")
    assert later.filter(state="admitted").exists()
    assert not second.filter(state="submitted").exists()

    go(scene, "report_in.closes")
    assert not Offer.objects.filter(state="absent").exists(), "days of grace"
    assert not is_over(scene)
    go(scene, "report_in.late")
    assert not Offer.objects.filter(state="admitted").exclude(quota__base=scene.own).exists()
    assert {offer.application.round for offer in Offer.objects.filter(state="reported_in")} == {"first", "second"}
    came = Offer.objects.filter(state="reported_in").select_related("applicant")
    assert all(offer.answered_by_id is not None for offer in came), "nobody is admitted here without a word"
    assert is_over(scene)


def test_at_a_counter_the_base_files_for_everybody_in_office_hours(demo: Demo) -> None:
    scene = played(demo, WITHOUT_ACCOUNT * 4, "jilin-2024-assistant-gp")
    assert set(CounterVisit.objects.values_list("found_by", flat=True)) == {"application", "account"}
    assert AuditEvent.objects.filter(action="account.opened", actor__role="base_editor").exists()
    go(scene, "registration.closes")
    filed = Submission.objects.select_related("recorded_by", "base", "application__applicant__user")
    assert filed.count() > WITHOUT_ACCOUNT
    for one in filed:
        assert one.recorded_by is not None, "nobody files at home"
        assert one.recorded_by.base_staff.base == one.base
        assert 9 <= one.submitted_at.astimezone(clock.BEIJING).hour < 18
        assert one.application.visits.filter(opened_at__lte=one.submitted_at).exists()
    go(scene, "report_in.closes")
    assert states(Offer.objects.all())["reported_in"]
    assert is_over(scene)


@pytest.mark.parametrize(
    ("notice", "steps"),
    [
        ("jilin-2024-residency", {"base", "association"}),
        ("yunnan-2021-residency", {"base", "association", "province"}),
    ],
)
def test_shorter_trainings_are_asked_for_and_decided_step_by_step(demo: Demo, notice: str, steps: set[str]) -> None:
    scene = played(demo, 16, notice)
    window = scene.policy.window("year_reduction")
    assert window is not None
    journey.go_to(window.opens + (window.closes - window.opens) * reducing.PART)
    books_agree()
    assert YearReduction.objects.exists()
    assert scene.policy.quota_moves.allowed == SeatMove.objects.exists()
    assert not OthersPool.objects.filter(distributed_at=None).exists(), "in time for people to choose what it is for"
    go(scene, "year_reduction.closes")
    decided = states(YearReduction.objects.all())
    assert decided["approved"]
    assert set(YearReductionDecision.objects.values_list("step", flat=True)) == steps
    assert not YearReduction.objects.filter(step="base").exists()
    for one in YearReductionDecision.objects.select_related("reduction"):
        assert one.at >= one.reduction.filed_at or one.filing < one.reduction.filing
    go(scene, "report_in.closes")
    assert not YearReduction.objects.filter(quota__base=scene.own, step="base").exists()
    assert states(Offer.objects.all())["reported_in"]


@pytest.mark.parametrize("notice", ["yunnan-2021-assistant-gp", "yunnan-2025-assistant-gp"])
def test_a_plain_year_comes_to_its_end(demo: Demo, notice: str) -> None:
    scene = played(demo, 10, notice)
    go(scene, "publicity.closes")
    assert Offer.objects.filter(state="admitted").exists()
    last = edges(scene.policy)[-1]
    journey.go_to(last.at + MORNING)
    books_agree()
    assert Offer.objects.filter(state="reported_in").exists()
    assert not SeatMove.objects.exists()
    assert not YearReduction.objects.exists()
    assert not Invitation.objects.exists()
    assert is_over(scene)


def test_milestones_say_their_round_where_rounds_share_a_name() -> None:
    policy = load(settings.BASE_DIR / "fixtures" / "policies" / "hubei-2024-residency.toml")
    opens = datetime(2024, 6, 1, tzinfo=clock.BEIJING)
    assert {edge.label for edge in edges(policy) if edge.at == opens} == {
        "网上报名和填报第二批次志愿开始",
        "基地邀请开始",
        "第二批次资格审核开始",
        "第二批次现场确认开始",
    }


def test_office_hours_are_found_where_there_are_any() -> None:
    five = datetime(2024, 7, 2, 16, 59, tzinfo=clock.BEIJING)
    for number in range(50):
        assert five < working_moment(Random(number), five, five + timedelta(hours=16)) < five + timedelta(minutes=1)
        night = working_moment(Random(number), five + timedelta(hours=2), five + timedelta(hours=15))
        assert five + timedelta(hours=2) < night < five + timedelta(hours=15)
