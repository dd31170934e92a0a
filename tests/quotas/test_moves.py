"""Moving seats inside a base: other → shortage only, both ledgers explain it, the total stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from bases.models import TrainingBase
from gme_portal.accounts.models import User
from gme_portal.audit.models import AuditEvent
from gme_portal.notices.models import Notice
from gme_portal.policy import load
from gme_portal.refusals import Refused
from quotas.models import Quota, SeatMove
from quotas.queries import ledger, moves_of, tally
from quotas.services.moves import MoveRule, move, move_many
from quotas.shifting import Move
from tests.bases.people import make_user
from tests.quotas.factories import make_quota

POLICY = load(settings.BASE_DIR / "fixtures" / "policies" / "yunnan-2025-residency.toml")
RULE = replace(MoveRule.of(POLICY), digest="")  # the notices of these tests have no text
INTERNAL, GENERAL, PAEDIATRICS = "0100", "0700", "0200"


@pytest.fixture
def lead(notice: Notice) -> User:
    return make_user("base_lead", base=TrainingBase.objects.get(code="yn-first"))


@pytest.fixture
def plan(notice: Notice) -> dict[str, Quota]:
    base = TrainingBase.objects.get(code="yn-first")
    return {
        INTERNAL: make_quota(notice, base, "内科", 5, taken=2),
        GENERAL: make_quota(notice, base, "全科", 3, capacity=5),
        PAEDIATRICS: make_quota(notice, base, "儿科", 2),
    }


def test_a_move_stands_in_both_ledgers_and_in_the_audit(
    notice: Notice, plan: dict[str, Quota], lead: User, at: datetime
) -> None:
    made = move(
        quota_from=plan[INTERNAL], quota_to=plan[GENERAL], seats=2, reason=" 全科报名多 ", actor=lead, at=at, rule=RULE
    )
    for quota in plan.values():
        quota.refresh_from_db()
    assert [quota.seats for quota in plan.values()] == [3, 5, 2]
    assert (tally(notice).planned, tally(notice).seats) == (10, 10)
    assert [(line.kind, line.delta, line.note) for line in ledger(plan[INTERNAL])][1:] == [
        ("move_out", -2, "全科报名多")
    ]
    assert [(line.kind, line.delta) for line in ledger(plan[GENERAL])][1:] == [("move_in", 2)]
    assert list(moves_of(notice)) == [made]
    assert AuditEvent.objects.get(action="quota.moved").detail == {"from": INTERNAL, "to": GENERAL, "seats": 2}


@pytest.mark.parametrize(
    ("source", "target", "seats", "code"),
    [
        (INTERNAL, GENERAL, 3, "MOVE_OVER_CAPACITY"),
        (INTERNAL, PAEDIATRICS, 4, "MOVE_BELOW_TAKEN"),
        (GENERAL, INTERNAL, 1, "MOVE_FROM_SHORTAGE"),
        (INTERNAL, GENERAL, 0, "MOVE_NOT_POSITIVE"),
    ],
)
def test_an_illegal_move_changes_nothing_and_names_the_clause(
    plan: dict[str, Quota], lead: User, at: datetime, source: str, target: str, seats: int, code: str
) -> None:
    with pytest.raises(Refused) as caught:
        move(quota_from=plan[source], quota_to=plan[target], seats=seats, reason="示例", actor=lead, at=at, rule=RULE)
    assert (caught.value.code, caught.value.refusal.clause) == (code, "000 五(二)")
    assert not SeatMove.objects.exists()
    assert sorted(Quota.objects.values_list("seats", flat=True)) == [2, 3, 5]


def test_several_moves_are_judged_together(notice: Notice, plan: dict[str, Quota], lead: User, at: datetime) -> None:
    base = plan[INTERNAL].base
    moves = [Move(INTERNAL, GENERAL, 2), Move(INTERNAL, PAEDIATRICS, 2)]
    with pytest.raises(Refused, match="最多调出 3 个"):
        move_many(notice=notice, base=base, moves=moves, reason="示例", actor=lead, at=at, rule=RULE)
    move_many(
        notice=notice,
        base=base,
        moves=[moves[0], Move(INTERNAL, PAEDIATRICS, 1)],
        reason="示例",
        actor=lead,
        at=at,
        rule=RULE,
    )
    assert sorted(Quota.objects.values_list("specialty_id", "seats")) == [(INTERNAL, 2), (PAEDIATRICS, 3), (GENERAL, 5)]


def test_a_move_needs_a_reason_a_base_and_a_notice_that_allows_it(
    notice: Notice, plan: dict[str, Quota], lead: User, at: datetime
) -> None:
    elsewhere = make_quota(notice, TrainingBase.objects.get(code="km-yanan"), "全科", 1)
    forbidden = MoveRule(allowed=False, shortage=RULE.shortage, clause="002 三")
    for change, code in (
        ({"reason": "　"}, "REASON_MISSING"),
        ({"quota_to": elsewhere}, "MOVE_ACROSS_BASES"),
        ({"rule": forbidden}, "MOVE_NOT_ALLOWED"),
    ):
        asked = {
            "quota_from": plan[INTERNAL],
            "quota_to": plan[GENERAL],
            "seats": 1,
            "reason": "示例",
            "rule": RULE,
        } | change
        with pytest.raises(Refused) as caught:
            move(**asked, actor=lead, at=at)
        assert caught.value.code == code


def test_a_rule_of_a_text_that_is_no_longer_in_force_moves_nothing(
    plan: dict[str, Quota], lead: User, at: datetime
) -> None:
    ends = {"quota_from": plan[INTERNAL], "quota_to": plan[GENERAL], "seats": 1, "reason": "示例"}
    with pytest.raises(Refused) as caught:
        move(**ends, actor=lead, at=at, rule=MoveRule.of(POLICY))
    assert caught.value.code == "NOTICE_CHANGED"
    assert not SeatMove.objects.exists()
    made = move(**ends, actor=lead, at=at, rule=RULE)
    assert made.decided_under == plan[INTERNAL].notice.versions.get()


def test_the_database_knows_no_move_of_nothing_or_to_itself(plan: dict[str, Quota], lead: User, at: datetime) -> None:
    quota = plan[INTERNAL]
    facts = {"notice": quota.notice, "base": quota.base, "source": quota, "reason": "示例", "at": at, "actor": lead}
    facts["decided_under"] = quota.notice.versions.first()
    with pytest.raises(IntegrityError, match="seat_move_two_quotas"), transaction.atomic():
        SeatMove.objects.create(**facts, target=quota, seats=1)
    with pytest.raises(IntegrityError, match="seat_move_positive"), transaction.atomic():
        SeatMove.objects.create(**facts, target=plan[GENERAL], seats=0)
