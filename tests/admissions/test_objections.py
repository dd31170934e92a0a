"""Objections (异议) to a list on show: whom they hold up, who answers them, and what one that is upheld demands first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from admissions.models import AllocationRun, Application, Objection
from admissions.services import disqualifications, offers, publicity, releases
from bases.models import TrainingBase
from gme_portal.accounts.models import Role, User
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.refusals import Refused
from tests.admissions.ranked import APPROVED, OVER, RELEASED, another_lead, computed, officer, province_lead, small_year
from tests.factories import reviewer_of

SECOND = timedelta(seconds=1)


def published(notice: Notice) -> tuple[AllocationRun, TrainingBase, dict[str, Application]]:
    base, people = small_year(notice)
    return releases.approve_and_publish(computed(notice, base), actor=officer(), at=APPROVED), base, people


def raised(run: AllocationRun, number: str = "", at: datetime = OVER - SECOND) -> Objection:
    return publicity.object_to(run.publicity, words="示例：不符合条件。", contact="0871-65000000", number=number, at=at)


def answered(objection: Objection, actor: User, *, upheld: bool = False, at: datetime = OVER) -> Objection:
    policy = policy_of(version_in_force(objection.publicity.run.notice))
    return publicity.answer(objection, upheld=upheld, words="示例：已核实。", actor=actor, at=at, policy=policy)


def states(run: AllocationRun) -> dict[str, str]:
    return dict(run.offers.values_list("application__number", "state"))


def admit(notice: Notice, at: datetime) -> None:
    offers.admit_after_publicity(notice, policy=policy_of(version_in_force(notice)), at=at)


def test_an_open_objection_holds_admission_up_until_it_is_answered(notice: Notice) -> None:
    run, base, _ = published(notice)
    policy = policy_of(version_in_force(notice))
    objection = publicity.object_to(
        run.publicity, words="示例：第1名不符合条件。", contact="0871-65000000", at=OVER - SECOND
    )
    offers.admit_after_publicity(notice, policy=policy, at=OVER)
    assert set(run.offers.values_list("state", flat=True)) == {"published"}
    other_base, _ = small_year(notice)
    with pytest.raises(Refused) as stranger:
        answered(objection, another_lead(other_base))
    answered(objection, reviewer_of(base, Role.BASE_LEAD))
    with pytest.raises(Refused) as twice:
        answered(objection, officer())
    assert (stranger.value.code, twice.value.code) == ("NOT_YOURS", "ALREADY_ANSWERED")
    offers.admit_after_publicity(notice, policy=policy, at=OVER + SECOND)
    assert set(run.offers.values_list("state", flat=True)) == {"admitted"}


def test_an_objection_that_can_no_longer_hold_admission_up_is_not_acknowledged(notice: Notice) -> None:
    """It arrived in time, but the admission was under way and is done: better refused than taken and without effect."""
    run, _, _ = published(notice)
    offers.admit_after_publicity(notice, policy=policy_of(version_in_force(notice)), at=OVER)
    with pytest.raises(Refused) as caught:
        publicity.object_to(run.publicity, words="示例", contact="13900000000", at=OVER - SECOND)
    assert caught.value.code == "ALREADY_ADMITTED"
    assert not run.publicity.objections.exists()


@pytest.mark.parametrize(
    ("at", "code"), [(RELEASED - SECOND, "NOT_ON_SHOW"), (RELEASED, ""), (OVER - SECOND, ""), (OVER, "NOT_ON_SHOW")]
)
def test_objections_are_taken_while_the_list_is_on_show(notice: Notice, at: datetime, code: str) -> None:
    run, _, _ = published(notice)
    if code:
        with pytest.raises(Refused) as caught:
            publicity.object_to(run.publicity, words="示例", contact="13900000000", at=at)
        assert caught.value.code == code
    else:
        assert publicity.object_to(run.publicity, words="示例", contact="13900000000", at=at).raised_at == at


def test_an_objection_needs_words_and_a_number_to_call(notice: Notice) -> None:
    run, _, _ = published(notice)
    with pytest.raises(Refused) as caught:
        publicity.object_to(run.publicity, words=" ", contact="电话", at=RELEASED)
    assert [refusal.field for refusal in caught.value.refusals] == ["words", "contact"]


def test_an_objection_that_names_a_person_holds_up_them_alone(notice: Notice) -> None:
    """One doubt must not cost two hundred others their certainty."""
    run, _, people = published(notice)
    objection = raised(run, people["a"].number)
    admit(notice, OVER)
    found = states(run)
    assert found.pop(people["a"].number) == "published"
    assert set(found.values()) == {"admitted"}
    answered(objection, officer())
    admit(notice, OVER + SECOND)
    assert states(run)[people["a"].number] == "admitted"


def test_only_who_is_on_the_list_can_be_named(notice: Notice) -> None:
    run, _, people = published(notice)
    with pytest.raises(Refused) as caught:
        raised(run, people["c"].number)
    assert (caught.value.code, caught.value.refusals[0].field) == ("NOT_LISTED", "number")
    assert not Objection.objects.exists()


def test_one_that_is_upheld_needs_a_step_that_puts_it_right(notice: Notice) -> None:
    """Else the list would be admitted as it stands the moment the answer is given."""
    run, _, people = published(notice)
    whole, one = raised(run), raised(run, people["a"].number)
    for objection in (whole, one):
        with pytest.raises(Refused) as caught:
            answered(objection, officer(), upheld=True)
        assert caught.value.code == "UPHELD_WITHOUT_STEP"
    policy = policy_of(version_in_force(notice))
    disqualifications.ask(
        people["a"],
        trigger="fraud",
        grounds="示例：证书系伪造。",
        objection=one,
        actor=officer(),
        at=OVER,
        policy=policy,
    )
    answered(one, officer(), upheld=True)
    answered(whole, officer())
    admit(notice, OVER + SECOND)
    found = states(run)
    assert found.pop(people["a"].number) == "published"
    assert set(found.values()) == {"admitted"}


def test_a_list_found_wrong_in_the_last_second_can_still_be_taken_back(notice: Notice) -> None:
    run, _, _ = published(notice)
    objection = raised(run)
    releases.ask_undo(run, reason="示例：成绩录错。", actor=officer(), at=OVER + SECOND)
    answered(objection, officer(), upheld=True, at=OVER + 2 * SECOND)
    admit(notice, OVER + 3 * SECOND)
    assert set(states(run).values()) == {"published"}
    releases.confirm_undo(run, actor=province_lead(), at=OVER + 4 * SECOND)
    assert set(states(run).values()) == {"revoked"}


def test_a_refused_request_to_take_it_back_lets_the_list_go_on(notice: Notice) -> None:
    run, _, _ = published(notice)
    releases.ask_undo(run, reason="示例", actor=officer(), at=OVER - SECOND)
    admit(notice, OVER)
    assert set(states(run).values()) == {"published"}
    releases.refuse_undo(run, actor=province_lead(), at=OVER + SECOND)
    admit(notice, OVER + 2 * SECOND)
    assert set(states(run).values()) == {"admitted"}


def test_the_public_form_names_the_person_and_says_who_waits(notice: Notice, client: Client, clock_at: Any) -> None:
    clock_at(RELEASED + timedelta(hours=9))
    run, _, people = published(notice)
    address = reverse("public:objection", args=[notice.slug, run.publicity.pk])
    filed = {"number": people["a"].number, "words": "示例：不符合条件。", "contact": "13900000000"}
    wrong = client.post(address, filed | {"number": "0000"})
    assert wrong.status_code == 422
    assert "这份名单中没有这个报名号" in wrong.content.decode()
    assert "示例：不符合条件。" in wrong.content.decode()
    answer = client.post(address, filed, follow=True)
    assert "答复前该考生的录取不生效" in answer.content.decode()
    assert Objection.objects.get().application == people["a"]
