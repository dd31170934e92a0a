"""More seats within the training capacity: the base asks, the province decides, the ledger names both (004 三(五))."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from threading import Barrier

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from bases.models import TrainingBase
from bases.services.catalogue import load_world
from gme_portal.accounts.models import User
from gme_portal.audit.models import AuditEvent
from gme_portal.notices.models import Notice
from gme_portal.outbox.models import Message
from gme_portal.refusals import Refused
from quotas.models import IncreaseRequest, Quota, SeatEntry
from quotas.services.increases import approve, ask, refuse, withdraw
from tests.bases.people import make_user
from tests.quotas.conftest import AT
from tests.quotas.factories import make_notice, make_quota, make_terms
from tests.quotas.races import THREADS, race

CLAUSE = "004 三(五)"


def terms(**says: object):
    return make_terms(**{"increase": True, "increase_clause": CLAUSE, **says})


@pytest.fixture
def quota(notice: Notice) -> Quota:
    return make_quota(notice, TrainingBase.objects.get(code="yn-first"), "全科", 3, capacity=5)


@pytest.fixture
def lead(quota: Quota) -> User:
    return make_user("base_lead", base=quota.base)


@pytest.fixture
def officer(world: dict[str, int]) -> User:
    return make_user("province_officer")


def asked(quota: Quota, lead: User, seats: int, **says: object) -> IncreaseRequest:
    return ask(quota=quota, seats=seats, reason=" 报考人数多 ", actor=lead, at=AT, terms=terms(**says))


def refusal(attempt: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        attempt()
    return caught.value.code, caught.value.refusal.clause


def test_granted_seats_are_there_at_once_and_the_ledger_names_who_asked_and_who_granted(
    quota: Quota, lead: User, officer: User, at: datetime
) -> None:
    request = asked(quota, lead, 2)
    quota.refresh_from_db()
    assert quota.seats == 3
    line = approve(request, actor=officer, at=at, terms=terms())
    quota.refresh_from_db()
    request.refresh_from_db()
    assert (quota.planned, quota.seats) == (3, 5)
    assert (line.kind, line.delta, line.actor, line.increase) == ("increase", 2, officer, request)
    assert line.note == f"{lead.name}申请：报考人数多"
    assert (request.state, request.decided_by, request.decided_at) == ("approved", officer, at)
    assert set(AuditEvent.objects.values_list("action", "actor")) >= {
        ("quota.increase_asked", lead.pk),
        ("quota.increased", officer.pk),
    }
    assert "已批准，现有名额 5 个" in Message.objects.get(user=lead).body.open()


def test_up_to_the_capacity_and_not_one_more(quota: Quota, lead: User, officer: User, at: datetime) -> None:
    assert refusal(lambda: asked(quota, lead, 3)) == ("CAPACITY_EXCEEDED", CLAUSE)
    first = asked(quota, lead, 1)
    with pytest.raises(Refused, match="已申请 1 个，最多还能增加 1 个"):
        asked(quota, lead, 2)
    asked(quota, lead, 1)
    approve(first, actor=officer, at=at, terms=terms())


def test_the_capacity_is_asked_again_when_it_is_granted(quota: Quota, lead: User, officer: User, at: datetime) -> None:
    request = asked(quota, lead, 2)
    Quota.objects.filter(pk=quota.pk).update(capacity=4)
    assert refusal(lambda: approve(request, actor=officer, at=at, terms=terms())) == ("CAPACITY_EXCEEDED", CLAUSE)
    quota.refresh_from_db()
    assert quota.seats == 3


def test_without_a_registered_capacity_nobody_can_tell(notice: Notice, quota: Quota, lead: User) -> None:
    unknown = make_quota(notice, quota.base, "内科", 3)
    assert refusal(lambda: asked(unknown, lead, 1)) == ("CAPACITY_UNKNOWN", CLAUSE)


def test_a_notice_that_does_not_provide_for_it_refuses_with_its_clause(
    quota: Quota, lead: User, officer: User, at: datetime
) -> None:
    request = asked(quota, lead, 1)
    off = {"increase": False, "increase_clause": "002 附件5 四"}
    assert refusal(lambda: asked(quota, lead, 1, **off)) == ("INCREASE_NOT_ALLOWED", "002 附件5 四")
    assert refusal(lambda: approve(request, actor=officer, at=at, terms=terms(**off)))[0] == "INCREASE_NOT_ALLOWED"


def test_two_people_each_in_their_role(quota: Quota, lead: User, officer: User, at: datetime) -> None:
    elsewhere = make_user("base_lead", base=TrainingBase.objects.get(code="km-yanan"))
    for stranger in (elsewhere, make_user("base_editor", base=quota.base), officer):
        assert refusal(lambda actor=stranger: asked(quota, actor, 1))[0] == "NOT_YOURS"
    request = asked(quota, lead, 1)
    for stranger in (lead, make_user("association")):
        assert refusal(lambda actor=stranger: approve(request, actor=actor, at=at, terms=terms()))[0] == "NOT_YOURS"
        assert refusal(lambda actor=stranger: refuse(request, reason="示例", actor=actor, at=at))[0] == "NOT_YOURS"
    assert refusal(lambda: withdraw(request, actor=elsewhere, at=at))[0] == "NOT_YOURS"
    with pytest.raises(IntegrityError, match="increaserequest_two_people"), transaction.atomic():
        IncreaseRequest.objects.update(state="approved", decided_by=lead, decided_at=at)


def test_a_refusal_says_why_and_a_decision_is_final(quota: Quota, lead: User, officer: User, at: datetime) -> None:
    request = asked(quota, lead, 1)
    assert refusal(lambda: refuse(request, reason=" ", actor=officer, at=at))[0] == "REASON_MISSING"
    refuse(request, reason="本年经费已定", actor=officer, at=at)
    assert "未批准：本年经费已定" in Message.objects.get(user=lead).body.open()
    for again in (
        lambda: refuse(request, reason="示例", actor=officer, at=at),
        lambda: approve(request, actor=officer, at=at, terms=terms()),
        lambda: withdraw(request, actor=lead, at=at),
    ):
        assert refusal(again)[0] == "NOT_NOW_STATE"
    second = asked(quota, lead, 1)
    withdraw(second, actor=lead, at=at)
    assert refusal(lambda: approve(second, actor=officer, at=at, terms=terms()))[0] == "NOT_NOW_STATE"
    assert not SeatEntry.objects.filter(kind="increase").exists()


@pytest.mark.parametrize(("seats", "reason"), [(0, "示例"), (-1, "示例"), (1, "　")])
def test_a_request_has_seats_and_a_reason(quota: Quota, lead: User, seats: int, reason: str) -> None:
    with pytest.raises(Refused):
        ask(quota=quota, seats=seats, reason=reason, actor=lead, at=AT, terms=terms())
    assert not IncreaseRequest.objects.exists()


def test_the_database_knows_no_increase_without_its_request_and_none_twice(
    quota: Quota, lead: User, officer: User, at: datetime
) -> None:
    request = asked(quota, lead, 1)
    approve(request, actor=officer, at=at, terms=terms())
    with pytest.raises(IntegrityError, match="seat_entry_increase_named"), transaction.atomic():
        SeatEntry.objects.create(quota=quota, kind="increase", delta=1, at=at)
    with pytest.raises(IntegrityError, match="increase_id"), transaction.atomic():
        SeatEntry.objects.create(quota=quota, kind="increase", delta=1, increase=request, at=at)


@pytest.fixture
def contested(transactional_db: None) -> Quota:
    load_world(folder=settings.BASE_DIR / "fixtures")
    base = TrainingBase.objects.get(code="yn-first")
    return make_quota(make_notice(), base, "内科", 10, capacity=15)


def requests_for(quota: Quota, lead: User) -> Iterator[IncreaseRequest]:
    """As many requests for one seat as there are threads, each fitting by itself."""
    made = [IncreaseRequest(quota=quota, seats=1, reason="示例", asked_by=lead, asked_at=AT) for _ in range(THREADS)]
    return iter(IncreaseRequest.objects.bulk_create(made))


def test_forty_requests_granted_at_once_never_exceed_the_capacity(contested: Quota) -> None:
    lead, officer, says = make_user("base_lead", base=contested.base), make_user("province_officer"), terms()
    waiting = requests_for(contested, lead)
    assert race(lambda: approve(next(waiting), actor=officer, at=AT, terms=says)) == 5
    contested.refresh_from_db()
    assert (contested.seats, contested.entries.count()) == (15, 1 + 5)
    assert IncreaseRequest.objects.filter(state="approved").count() == 5


def test_forty_clicks_on_one_request_grant_it_once(contested: Quota) -> None:
    lead, officer, says = make_user("base_lead", base=contested.base), make_user("province_officer"), terms()
    request = asked(contested, lead, 2)
    assert race(lambda: approve(request, actor=officer, at=AT, terms=says)) == 1
    contested.refresh_from_db()
    assert contested.seats == 12


def test_negative_control_look_then_write_exceeds_the_capacity(contested: Quota) -> None:
    """The same race against a naive grant must fail, or the tests above prove nothing. Its rows are grants; the constraint does not see them."""
    everybody_has_looked = Barrier(THREADS)
    numbers = count(1)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE naive_grant (number integer)")

    def naive() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM naive_grant")
            granted = cursor.fetchone()[0]
            everybody_has_looked.wait()
            if contested.seats + granted >= (contested.capacity or 0):
                raise Refused("CAPACITY_EXCEEDED", "超过容量")
            cursor.execute("INSERT INTO naive_grant VALUES (%s)", [next(numbers)])

    try:
        assert race(naive) == THREADS > 5
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE naive_grant")
