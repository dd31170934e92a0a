"""Who sees which base: denied unless granted."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from bases.access import base_of, bases_visible_to, school_of
from bases.models import School, TrainingBase
from tests.bases.people import make_user

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
def own() -> TrainingBase:
    return TrainingBase.objects.get(code="yn-first")


@pytest.mark.parametrize("role", ["base_reader", "base_editor", "base_lead"])
def test_base_staff_see_their_own_base_only(own: TrainingBase, role: str) -> None:
    user = make_user(role, base=own)
    assert base_of(user) == own
    assert list(bases_visible_to(user)) == [own]


@pytest.mark.parametrize("role", ["province_officer", "province_lead", "association", "auditor"])
def test_province_association_and_auditor_see_all(role: str) -> None:
    user = make_user(role)
    assert base_of(user) is None
    assert bases_visible_to(user).count() == TrainingBase.objects.count()


@pytest.mark.parametrize("role", ["applicant", "school", "platform_admin"])
def test_others_see_none_even_with_a_staff_row(own: TrainingBase, role: str) -> None:
    user = make_user(role, base=own)
    assert base_of(user) is None
    assert not bases_visible_to(user).exists()


def test_strangers_staff_without_a_base_and_closed_accounts_see_none(own: TrainingBase) -> None:
    closed = make_user("base_lead", base=own, active=False)
    for user in (AnonymousUser(), make_user("base_lead"), closed, make_user("province_lead", active=False)):
        assert base_of(user) is None
        assert not bases_visible_to(user).exists()


def test_a_school_user_has_their_school() -> None:
    school = School.objects.get(name="大理大学")
    assert school_of(make_user("school", school=school)) == school
    assert school_of(make_user("school")) is None
    assert school_of(make_user("province_lead", school=school)) is None
