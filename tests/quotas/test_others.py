"""其他 is distributed once: the base proposes, the province approves, the ledger adds up, and nobody can choose it before (002 附件2 注)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction

from bases.models import TrainingBase
from bases.services.catalogue import load_world
from gme_portal.accounts.models import User
from gme_portal.audit.models import AuditEvent
from gme_portal.notices.models import Notice
from gme_portal.outbox.models import Message
from gme_portal.refusals import Refused
from quotas.distributing import Portion
from quotas.models import Distribution, OthersPool, Quota, SeatEntry, Share
from quotas.queries import matrix, open_specialties, tally
from quotas.services.others import allow_late, approve, import_distributions, propose, refuse
from quotas.services.plan import import_plan
from tests.bases.people import make_user
from tests.quotas.conftest import AT
from tests.quotas.factories import OPENS, make_notice, make_quota, make_terms
from tests.quotas.races import race

ALL_OF_IT = [Portion("0100", 6, 8), Portion("0900", 4)]
Sheet = Callable[[str], list[list[str]]]


def terms(**says: object):
    return make_terms(others_row=True, **says)


@pytest.fixture
def pool(notice: Notice, at: datetime) -> OthersPool:
    base = TrainingBase.objects.get(code="yn-first")
    make_quota(notice, base, "全科", 3)
    return OthersPool.objects.create(notice=notice, base=base, planned=10, adopted_at=at)


@pytest.fixture
def lead(pool: OthersPool) -> User:
    return make_user("base_lead", base=pool.base)


@pytest.fixture
def officer(world: dict[str, int]) -> User:
    return make_user("province_officer")


def code_of(attempt: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        attempt()
    return caught.value.code


def test_nothing_can_be_chosen_until_it_is_approved_and_then_all_of_it(
    notice: Notice, pool: OthersPool, lead: User, officer: User, at: datetime
) -> None:
    made = propose(pool=pool, portions=ALL_OF_IT, actor=lead, at=at, terms=terms())
    assert [row.specialty.name for row in open_specialties(notice, pool.base)] == ["全科"]
    assert (matrix(notice).waiting, tally(notice).planned, tally(notice).seats) == (10, 13, 3)
    approve(made, actor=officer, at=at + timedelta(days=1), terms=terms())
    rows = [(row.specialty.name, row.planned, row.seats, row.capacity) for row in open_specialties(notice, pool.base)]
    assert rows == [("内科", 6, 6, 8), ("全科", 3, 3, None), ("外科", 4, 4, None)]
    assert (matrix(notice).waiting, tally(notice).planned, tally(notice).seats) == (0, 13, 13)
    lines = SeatEntry.objects.filter(kind="distributed").select_related("share")
    assert [(line.delta, line.share.seats, line.actor, line.at) for line in lines] == [
        (6, 6, officer, at + timedelta(days=1)),
        (4, 4, officer, at + timedelta(days=1)),
    ]
    assert {line.note for line in lines} == {f"{lead.name}分配"}
    actions = ["quota.distribution_asked", "quota.distributed"]
    assert list(AuditEvent.objects.filter(action__in=actions).order_by("id").values_list("actor", flat=True)) == [
        lead.pk,
        officer.pk,
    ]
    assert "已批准" in Message.objects.get(user=lead).body.open()


def test_once_is_once(pool: OthersPool, lead: User, officer: User, at: datetime) -> None:
    made = propose(pool=pool, portions=ALL_OF_IT, actor=lead, at=at, terms=terms())
    approve(made, actor=officer, at=at, terms=terms())
    again = lambda: propose(pool=pool, portions=ALL_OF_IT, actor=lead, at=at, terms=terms())  # noqa: E731
    assert code_of(again) == "ALREADY_DISTRIBUTED"
    assert code_of(lambda: approve(made, actor=officer, at=at, terms=terms())) == "ALREADY_DISTRIBUTED"
    assert code_of(lambda: refuse(made, reason="示例", actor=officer, at=at)) == "NOT_NOW_STATE"
    assert code_of(lambda: allow_late(pool, actor=officer, at=at)) == "ALREADY_DISTRIBUTED"


def test_a_new_proposal_takes_the_place_of_the_one_that_waits(
    pool: OthersPool, lead: User, officer: User, at: datetime
) -> None:
    first = propose(pool=pool, portions=[Portion("0100", 10)], actor=lead, at=at, terms=terms())
    second = propose(pool=pool, portions=ALL_OF_IT, actor=lead, at=at, terms=terms())
    first.refresh_from_db()
    assert (first.state, second.state) == ("withdrawn", "asked")
    assert code_of(lambda: approve(first, actor=officer, at=at, terms=terms())) == "NOT_NOW_STATE"
    refuse(second, reason=" 骨科也应招收 ", actor=officer, at=at)
    second.refresh_from_db()
    assert (second.state, second.answer, second.decided_by) == ("refused", "骨科也应招收", officer)
    assert not Quota.objects.filter(specialty_id="0100").exists()
    third = propose(pool=pool, portions=[Portion("1400", 10)], actor=lead, at=at, terms=terms())
    assert [row.seats for row in approve(third, actor=officer, at=at, terms=terms())] == [10]


def test_the_lead_proposes_and_the_province_decides(pool: OthersPool, lead: User, officer: User, at: datetime) -> None:
    elsewhere = make_user("base_lead", base=TrainingBase.objects.get(code="km-yanan"))
    for stranger in (elsewhere, make_user("base_editor", base=pool.base), make_user("association")):
        refused = lambda actor=stranger: propose(pool=pool, portions=ALL_OF_IT, actor=actor, at=at, terms=terms())  # noqa: E731
        assert code_of(refused) == "NOT_YOURS"
    made = propose(pool=pool, portions=ALL_OF_IT, actor=lead, at=at, terms=terms())
    assert code_of(lambda: approve(made, actor=elsewhere, at=at, terms=terms())) == "NOT_YOURS"
    assert code_of(lambda: refuse(made, reason="示例", actor=lead, at=at)) == "NOT_YOURS"
    assert code_of(lambda: refuse(made, reason="　", actor=officer, at=at)) == "REASON_MISSING"
    assert code_of(lambda: allow_late(pool, actor=lead, at=at)) == "NOT_YOURS"
    own = propose(pool=pool, portions=ALL_OF_IT, actor=officer, at=at, terms=terms())
    assert code_of(lambda: approve(own, actor=officer, at=at, terms=terms())) == "SAME_PERSON"
    approve(own, actor=make_user("province_lead"), at=at, terms=terms())


def test_illegal_distributions_change_nothing_and_name_the_clause(pool: OthersPool, lead: User, at: datetime) -> None:
    for portions, code in (
        ([Portion("0100", 11)], "POOL_EXCEEDED"),
        ([Portion("0100", 9)], "POOL_LEFT"),
        ([Portion("0700", 10)], "SHARE_OF_SHORTAGE"),
    ):
        with pytest.raises(Refused) as caught:
            propose(pool=pool, portions=portions, actor=lead, at=at, terms=terms())
        assert (caught.value.code, caught.value.refusal.clause) == (code, "002 附件2")
    assert not Distribution.objects.exists()
    assert (
        code_of(lambda: propose(pool=pool, portions=ALL_OF_IT, actor=lead, at=at, terms=make_terms())) == "OTHERS_OFF"
    )


def test_what_became_illegal_since_is_not_approved(
    notice: Notice, pool: OthersPool, lead: User, officer: User, at: datetime
) -> None:
    made = propose(pool=pool, portions=ALL_OF_IT, actor=lead, at=at, terms=terms())
    make_quota(notice, pool.base, "内科", 2)
    assert code_of(lambda: approve(made, actor=officer, at=at, terms=terms())) == "SHARE_PLANNED"
    pool.refresh_from_db()
    assert pool.waiting == 10


def test_until_the_last_second_before_registration_and_later_only_when_allowed(
    pool: OthersPool, lead: User, officer: User, at: datetime
) -> None:
    just_before, opens = OPENS - timedelta(microseconds=1), OPENS
    propose(pool=pool, portions=ALL_OF_IT, actor=lead, at=just_before, terms=terms())
    late = lambda: propose(pool=pool, portions=ALL_OF_IT, actor=lead, at=opens, terms=terms())  # noqa: E731
    assert code_of(late) == "DISTRIBUTION_LATE"
    allow_late(pool, actor=officer, at=opens)
    approve(late(), actor=officer, at=opens, terms=terms())


def test_a_proposal_made_in_time_may_be_approved_later(
    pool: OthersPool, lead: User, officer: User, at: datetime
) -> None:
    made = propose(pool=pool, portions=ALL_OF_IT, actor=lead, at=at, terms=terms())
    assert len(approve(made, actor=officer, at=OPENS + timedelta(days=1), terms=terms())) == 2


def test_a_notice_without_a_date_to_begin_sets_no_deadline(pool: OthersPool, lead: User) -> None:
    late = OPENS + timedelta(days=99)
    assert propose(pool=pool, portions=ALL_OF_IT, actor=lead, at=late, terms=terms(opens=None)).state == "asked"


SHEET = """
    培训基地 | 内科 | 内科容量 | 外科 | 合计
    云南省第一人民医院 | 6 | 8 | 4 | 10
    昆明市延安医院 | 2 | 2 | / | 2
    合计 | 8 | 10 | 4 | 12
"""


@pytest.fixture
def second_pool(notice: Notice, pool: OthersPool, at: datetime) -> OthersPool:
    base = TrainingBase.objects.get(code="km-yanan")
    return OthersPool.objects.create(notice=notice, base=base, planned=2, adopted_at=at)


def test_the_province_proposes_for_many_bases_from_one_sheet(
    notice: Notice, second_pool: OthersPool, officer: User, sheet: Sheet, at: datetime
) -> None:
    made = import_distributions(notice=notice, rows=sheet(SHEET), actor=officer, at=at, terms=terms())
    assert [(one.pool.base.code, one.state, one.asked_by) for one in made] == [
        ("yn-first", "asked", officer),
        ("km-yanan", "asked", officer),
    ]
    assert list(Share.objects.order_by("id").values_list("specialty_id", "seats", "capacity")) == [
        ("0100", 6, 8),
        ("0900", 4, None),
        ("0100", 2, 2),
    ]
    assert code_of(lambda: approve(made[0], actor=officer, at=at, terms=terms())) == "SAME_PERSON"
    approve(made[0], actor=make_user("province_lead"), at=at, terms=terms())
    assert tally(notice).seats == 13


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        (("2 | 2 | / | 2", "1 | 2 | / | 1"), {"": "POOL_LEFT"}),
        (("外科", "儿科"), {"D2": "SHARE_OF_SHORTAGE"}),
        (("6 | 8 | 4 | 10", "6 | 8 | 4 | 11"), {"E2": "PLAN_SUM_DIFFERS", "E4": "PLAN_SUM_DIFFERS"}),
        (("昆明市延安医院", "昆明市儿童医院"), {"B3": "POOL_UNKNOWN"}),
        (("外科", "其他"), {"D2": "SHARE_UNKNOWN_SPECIALTY", "": "POOL_LEFT"}),
    ],
)
def test_one_fault_in_a_sheet_and_nothing_of_it_is_proposed(
    notice: Notice,
    second_pool: OthersPool,
    officer: User,
    sheet: Sheet,
    at: datetime,
    change: tuple[str, str],
    faults: dict[str, str],
) -> None:
    text = SHEET.replace(*change)
    if change[0].startswith("2 |"):
        text = text.replace("8 | 10 | 4 | 12", "7 | 10 | 4 | 11")
    with pytest.raises(Refused) as caught:
        import_distributions(notice=notice, rows=sheet(text), actor=officer, at=at, terms=terms())
    assert {one.field: one.code for one in caught.value.refusals} == faults
    assert not Distribution.objects.exists()


def committed(change: Callable[[], object]) -> None:
    """What a commit would check, checked now."""
    change()
    connection.check_constraints()


def test_the_database_keeps_the_sum_of_a_pool_and_the_lines_of_a_proposal(
    pool: OthersPool, lead: User, officer: User, at: datetime
) -> None:
    made = propose(pool=pool, portions=ALL_OF_IT, actor=lead, at=at, terms=terms())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Share.objects.update(seats=1)
    with pytest.raises(IntegrityError, match="its ledger lines sum to 0"), transaction.atomic():
        committed(lambda: OthersPool.objects.update(distributed_at=at))
    with pytest.raises(IntegrityError, match="distribution_two_people"), transaction.atomic():
        Distribution.objects.filter(pk=made.pk).update(state="approved", decided_by=lead, decided_at=at)
    with pytest.raises(IntegrityError, match="distribution_one_alive"), transaction.atomic():
        Distribution.objects.create(pool=pool, asked_by=lead, asked_at=at)
    approve(made, actor=officer, at=at, terms=terms())
    connection.check_constraints()
    with pytest.raises(IntegrityError, match="its ledger lines sum to 10"), transaction.atomic():
        committed(lambda: OthersPool.objects.update(planned=11))


def test_forty_approvals_at_once_distribute_once(transactional_db: None) -> None:
    load_world(folder=settings.BASE_DIR / "fixtures")
    base = TrainingBase.objects.get(code="yn-first")
    pool = OthersPool.objects.create(notice=make_notice(), base=base, planned=10, adopted_at=AT)
    made = propose(pool=pool, portions=ALL_OF_IT, actor=make_user("base_lead", base=base), at=AT, terms=terms())
    officer, says = make_user("province_officer"), terms()
    assert race(lambda: approve(made, actor=officer, at=AT, terms=says)) == 1
    assert sorted(Quota.objects.values_list("seats", flat=True)) == [4, 6]


def test_a_plan_imported_after_the_distribution_finds_it_done(
    notice: Notice, pool: OthersPool, lead: User, officer: User, sheet: Sheet, at: datetime
) -> None:
    rows = sheet("培训基地|全科|其他|合计\n云南省第一人民医院|3|10|13\n合计|3|10|13")
    made = propose(pool=pool, portions=ALL_OF_IT, actor=lead, at=at, terms=terms())
    approve(made, actor=officer, at=at, terms=terms())
    done = import_plan(notice=notice, rows=rows, terms=terms(total=13), actor=None, at=at)
    assert (done.created, done.unchanged, tally(notice).planned) == (0, 2, 13)
