"""The demonstration plays any notice that has a plan: bases, plan, staff and people are of its province, track and year."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from applicants.models import Profile
from gme_portal.accounts.models import Role, User
from gme_portal.clock import services as clock
from gme_portal.demo.distributing import portions
from gme_portal.demo.scene import Scene
from gme_portal.notices.models import Notice
from quotas.models import IncreaseRequest, OthersPool
from quotas.queries import matrix
from quotas.terms import PlanTerms

Demo = Callable[..., Scene]
NOTICES = sorted(path.stem for path in (settings.BASE_DIR / "fixtures" / "policies").glob("*.toml"))
# What each notice announces, or what its example plan sums to.
PLANNED = {
    "hubei-2024-residency": (37, 1279),
    "jilin-2024-assistant-gp": (1, 10),
    "jilin-2024-residency": (12, 577),
    "yunnan-2021-assistant-gp": (37, 711),
    "yunnan-2021-residency": (25, 2475),
    "yunnan-2025-assistant-gp": (1, 20),
    "yunnan-2025-residency": (16, 608),
}


@pytest.mark.parametrize("slug", NOTICES)
def test_the_ground_is_that_of_the_notice(demo: Demo, slug: str) -> None:
    scene = demo(6, notice=slug)
    policy, plan = scene.policy, matrix(scene.notice)
    assert (scene.notice.slug, len(plan.rows), plan.total.planned) == (slug, *PLANNED[slug])
    assert {base.prefecture_id[:2] for base in scene.bases} == {policy.province}
    assert all(policy.track in base.tracks for base in scene.bases)
    assert set(scene.crews) == {base.pk for base in scene.bases}
    assert set(User.objects.filter(is_demo=True).values_list("role", flat=True)) == set(Role)
    registration = policy.window("registration")
    assert registration is not None
    assert registration.is_open(clock.now())
    types = set(Profile.objects.exclude(person_type="").values_list("person_type", flat=True))
    assert types <= {kind.code for kind in policy.person_types if kind.registers}


def test_every_base_but_the_smallest_has_distributed_its_others(demo: Demo) -> None:
    scene = demo(1, notice="jilin-2024-residency")
    plan = matrix(scene.notice)
    (left,) = OthersPool.objects.filter(distributed_at=None)
    assert (left.base.name, left.planned, plan.waiting) == ("长春市儿童医院", 1, 1)
    assert (plan.total.planned, plan.total.seats) == (577, 576)
    oral = next(row for row in plan.rows if row.base.code == "jl-jlu-stomatology")
    assert {quota.specialty.name[:2] for quota in oral.cells if quota} == {"口腔"}
    assert [(one.specialty, one.seats) for one in portions(left, PlanTerms.of(scene.policy))] == [("1500", 1)]


def test_bases_have_asked_for_more_where_the_notice_lets_them_and_one_still_waits(demo: Demo) -> None:
    scene = demo(1, notice="hubei-2024-residency")
    requests = IncreaseRequest.objects.select_related("quota__base")
    asked = {request.quota.base: request for request in requests}
    assert [asked[base].state for base in scene.bases[1:4]] == ["asked", "approved", "refused"]
    waiting = asked[scene.bases[1]]
    assert waiting.seats == (waiting.quota.capacity or 0) - waiting.quota.seats
    demo(1)
    assert IncreaseRequest.objects.count() == 3


def test_it_stays_with_the_notice_it_began_with(demo: Demo) -> None:
    demo(1, notice="jilin-2024-assistant-gp")
    assert demo(2).notice.slug == "jilin-2024-assistant-gp"
    with pytest.raises(CommandError, match="换一个数据目录"):
        call_command("demo", people=1, now=True, notice="hubei-2024-residency")
    assert Notice.objects.count() == 1


@pytest.mark.django_db
def test_a_notice_that_is_not_there_is_said_with_those_that_are() -> None:
    with pytest.raises(CommandError, match="可以演练：hubei-2024-residency、"):
        call_command("demo", people=1, now=True, notice="keine")
    assert not Notice.objects.exists()
