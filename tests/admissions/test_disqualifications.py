"""Taking a registration or admission away (取消资格, 000 六(三)1; 004 四(四)): two people, everything at once, and nothing the notice does not threaten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from admissions.models import Application, Disqualification, Offer
from admissions.queries.invitations import Filter, candidates
from admissions.queries.progress import taken_away
from admissions.services import applications, disqualifications, offers, releases, report_in
from applicants.models import Ban
from bases.models import TrainingBase
from gme_portal.accounts.models import User
from gme_portal.audit.models import AuditEvent
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.outbox.models import Message
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from quotas.models import Quota
from tests.admissions.ranked import (
    APPROVED,
    CONFIRMED,
    OVER,
    REALLOCATING,
    another_lead,
    computed,
    make_base,
    officer,
    province_lead,
    small_year,
)
from tests.admissions.two_rounds import REVIEWED, notice_of_two_rounds, rules
from tests.admissions.two_rounds import confirmed as approved
from tests.factories import ApplicationFactory, NoticeFactory, reviewer_of

HOUR = timedelta(hours=1)
GROUNDS = "示例：毕业证书系伪造，学信网查无此证。"
Case = tuple[Notice, TrainingBase, dict[str, Application]]


@pytest.fixture
def admitted(notice: Notice) -> Case:
    """a on 内科, b on 骨科, d and e on 儿科, publicity over; c got nothing."""
    base, people = small_year(notice)
    releases.approve_and_publish(computed(notice, base), actor=officer(), at=APPROVED)
    offers.admit_after_publicity(notice, policy=rule_of(notice), at=OVER)
    return notice, base, people


def rule_of(notice: Notice) -> Policy:
    return policy_of(version_in_force(notice))


def asked(
    application: Application, *, trigger: str = "fraud", actor: User | None = None, at: datetime = OVER + HOUR
) -> Disqualification:
    return disqualifications.ask(
        application,
        trigger=trigger,
        grounds=GROUNDS,
        actor=actor or officer(),
        at=at,
        policy=rule_of(application.notice),
    )


def confirmed(row: Disqualification, actor: User | None = None, at: datetime = OVER + 2 * HOUR) -> Disqualification:
    return disqualifications.confirm(row, actor=actor or province_lead(), at=at, policy=rule_of(row.application.notice))


def state_of(application: Application) -> str:
    application.refresh_from_db()
    return application.state


def taken(base: TrainingBase, name: str) -> int:
    return Quota.objects.get(base=base, specialty__name=name).taken


def test_fraud_takes_the_registration_and_the_place_and_tells_why(admitted: Case) -> None:
    notice, base, people = admitted
    assert taken(base, "内科") == 1
    row = confirmed(asked(people["a"]))
    assert (row.state, row.settled_by, row.settled_under) == ("confirmed", province_lead(), version_in_force(notice))
    assert state_of(people["a"]) == "cancelled"
    assert Offer.objects.get(application=people["a"]).state == "revoked"
    assert taken(base, "内科") == 0
    assert not Ban.objects.exists(), "the notice cancels this registration and threatens no years"
    body = Message.objects.get(dedup_key=f"inbox:disqualification:{row.pk}").body.open()
    assert f"原因：{GROUNDS}在招收工作中弄虚作假的" in body
    assert rule_of(notice).cite("000 六(三)1") in body
    shown = taken_away(people["a"], policy=rule_of(notice))
    assert shown is not None
    assert GROUNDS in shown["words"]
    assert Offer.objects.filter(state="admitted").count() == 3


def test_the_record_never_holds_the_words(admitted: Case) -> None:
    _, _, people = admitted
    confirmed(asked(people["a"]))
    for event in AuditEvent.objects.filter(action__startswith="disqualification."):
        assert GROUNDS not in str(event.detail)
    assert str(Disqualification.objects.get().grounds) != GROUNDS


def test_while_it_is_asked_for_the_admission_waits(notice: Notice) -> None:
    base, people = small_year(notice)
    releases.approve_and_publish(computed(notice, base), actor=officer(), at=APPROVED)
    row = asked(people["a"], at=APPROVED + HOUR)
    offers.admit_after_publicity(notice, policy=rule_of(notice), at=OVER)
    assert Offer.objects.get(application=people["a"]).state == "published"
    assert Offer.objects.filter(state="admitted").count() == 3
    disqualifications.refuse(
        row, words="示例：学校来函证明属实。", actor=province_lead(), at=OVER + HOUR, policy=rule_of(notice)
    )
    offers.admit_after_publicity(notice, policy=rule_of(notice), at=OVER + HOUR)
    assert Offer.objects.get(application=people["a"]).state == "admitted"
    assert asked(people["a"]).state == "asked", "after a refusal it may be asked again, with new facts"


def test_two_people_and_one_of_them_the_lead_of_the_office(admitted: Case) -> None:
    _, base, people = admitted
    row = asked(people["a"])
    codes = []
    for actor in (officer(), another_lead(base), reviewer_of(base)):
        with pytest.raises(Refused) as caught:
            confirmed(row, actor)
        codes.append(caught.value.code)
    assert codes == ["SAME_PERSON", "NOT_YOURS", "NOT_YOURS"]
    assert confirmed(row).state == "confirmed"
    with pytest.raises(Refused) as again:
        confirmed(row)
    assert again.value.code == "NOT_NOW_STATE"


def test_what_the_lead_asks_the_officer_confirms(admitted: Case) -> None:
    _, _, people = admitted
    assert confirmed(asked(people["a"], actor=province_lead()), officer()).state == "confirmed"


def test_the_database_itself_wants_two_people(admitted: Case) -> None:
    notice, _, people = admitted
    row = asked(people["a"])
    with pytest.raises(IntegrityError, match="disqualification_two_people"), transaction.atomic():
        Disqualification.objects.filter(pk=row.pk).update(
            state="confirmed", settled_by=row.asked_by, settled_at=OVER, settled_under=version_in_force(notice)
        )


def test_a_base_asks_for_its_own_people_only(admitted: Case) -> None:
    notice, base, people = admitted
    other, _ = small_year(notice)
    for actor in (another_lead(other), reviewer_of(base)):
        with pytest.raises(Refused) as caught:
            asked(people["a"], actor=actor)
        assert caught.value.code == "NOT_YOURS"
    row = asked(people["a"], actor=another_lead(base))
    with pytest.raises(Refused) as twice:
        asked(people["a"])
    assert twice.value.code == "ALREADY_ASKED"
    taken_back = disqualifications.refuse(
        row, words="示例：查错了人。", actor=row.asked_by, at=OVER + HOUR, policy=rule_of(notice)
    )
    assert taken_back.state == "refused"


@pytest.mark.parametrize("words", ["", " " * 5, "实" * 501])
def test_facts_are_said_and_not_at_length(admitted: Case, words: str) -> None:
    notice, _, people = admitted
    with pytest.raises(Refused) as caught:
        disqualifications.ask(
            people["a"], trigger="fraud", grounds=words, actor=officer(), at=OVER, policy=rule_of(notice)
        )
    assert (caught.value.code, caught.value.refusals[0].field) == ("GROUNDS", "grounds")


def test_leaving_the_training_closes_the_programme_for_the_years_of_the_notice(admitted: Case) -> None:
    """000 六(三)1, 001 八(一): who ends a training that has begun may not register for three years."""
    notice, base, people = admitted
    with pytest.raises(Refused) as early:
        asked(people["a"], trigger="withdrawal")
    assert early.value.code == "NOT_NOW_STATE"
    window = rule_of(notice).window("report_in")
    assert window is not None
    offer = Offer.objects.get(application=people["a"])
    report_in.confirm(offer, actor=reviewer_of(base), at=window.opens, policy=rule_of(notice))
    row = confirmed(asked(people["a"], trigger="withdrawal", at=window.closes), at=window.closes + HOUR)
    offer.refresh_from_db()
    assert (offer.state, state_of(people["a"])) == ("left", "approved")
    ban = Ban.objects.get()
    assert (ban.ends_on.year - ban.starts_on.year, ban.notice_version) == (3, row.settled_under)
    assert ban.document_blind == people["a"].applicant.user.document_blind


@pytest.mark.django_db
def test_what_the_notice_does_not_threaten_cannot_be_done() -> None:
    """Jilin's notice names fraud and nothing else (002 附件1 三(五)1)."""
    notice = NoticeFactory("jilin-2024-residency")
    window = rule_of(notice).window("registration")
    assert window is not None
    application = ApplicationFactory(state="submitted", notice=notice, at=window.opens, consents=["province"])
    with pytest.raises(Refused) as caught:
        asked(application, trigger="withdrawal", at=window.opens)
    assert (caught.value.code, caught.value.refusals[0].field) == ("RULE_ABSENT", "trigger")


@pytest.mark.parametrize("state", ["draft", "withdrawn", "rejected"])
def test_there_must_be_a_registration_to_take_away(notice: Notice, state: str) -> None:
    application = ApplicationFactory(state=state, notice=notice)
    with pytest.raises(Refused) as caught:
        asked(application)
    assert caught.value.code == "NOT_NOW_STATE"


def test_a_computed_run_is_computed_again_without_them(notice: Notice) -> None:
    base, people = small_year(notice)
    run = computed(notice, base)
    confirmed(asked(people["a"], at=CONFIRMED), at=CONFIRMED + HOUR)
    with pytest.raises(Refused) as caught:
        releases.approve_and_publish(run, actor=officer(), at=APPROVED)
    assert caught.value.code == "INPUT_CHANGED"
    again = computed(notice, base)
    assert people["a"].number not in {row["id"] for row in again.problem["applicants"]}
    releases.approve_and_publish(again, actor=officer(), at=APPROVED)
    assert Offer.objects.get(application=people["b"]).quota.specialty.name == "内科"


def test_a_publication_with_a_place_taken_away_can_still_be_taken_back(notice: Notice) -> None:
    base, people = small_year(notice)
    run = releases.approve_and_publish(computed(notice, base), actor=officer(), at=APPROVED)
    confirmed(asked(people["a"], at=APPROVED), at=APPROVED + HOUR)
    releases.ask_undo(run, reason="示例", actor=officer(), at=APPROVED + HOUR)
    releases.confirm_undo(run, actor=province_lead(), at=APPROVED + 2 * HOUR)
    assert set(run.offers.values_list("state", flat=True)) == {"revoked"}
    assert {quota.taken for quota in Quota.objects.filter(base=base)} == {0}


@pytest.mark.django_db
def test_no_later_round_and_no_invitation_for_whoever_lost_the_registration() -> None:
    """取消本次报名、录取资格: this time means every round of it."""
    notice = notice_of_two_rounds()
    policy = rules(notice)
    base = make_base(notice, {"内科": 1})
    application = approved(notice, base, "内科")
    window = policy.window("registration", round="second")
    assert window is not None
    assert candidates(notice, policy, Filter(), at=window.opens).count() == 1
    confirmed(asked(application, at=REVIEWED), at=REVIEWED + HOUR)
    assert candidates(notice, policy, Filter(), at=window.opens).count() == 0
    later = applications.ensure(profile=application.applicant, notice=notice, round="second", at=window.opens)
    problems = applications.filing_problems(later, policy=policy, at=window.opens)
    assert [(one.code, one.clause) for one in problems] == [("DISQUALIFIED", "004 四(四)")]
    shown = taken_away(later, policy=policy)
    assert shown is not None, "the refusal sends them to the result of this round, and that says why"
    assert GROUNDS in shown["words"]


def test_the_public_list_says_it_without_saying_why(admitted: Case, client: Client, clock_at: Callable) -> None:  # type: ignore[type-arg]
    notice, _, people = admitted
    confirmed(asked(people["a"]))
    clock_at(REALLOCATING)
    run = Offer.objects.get(application=people["a"]).run
    shown = client.get(reverse("public:publicity_list", args=[notice.slug, run.publicity.pk])).content.decode()
    assert shown.count("（已取消）") == 1
    assert GROUNDS not in shown


def test_the_pages_lead_from_the_facts_to_the_second_person(
    admitted: Case, sign_in: Callable[[User], Client], clock_at: Callable[[datetime], datetime]
) -> None:
    notice, base, people = admitted
    clock_at(REALLOCATING)
    lead, second = sign_in(another_lead(base)), sign_in(province_lead())
    page = reverse("base:disqualifications", args=[notice.slug])
    filed = {"number": people["a"].number, "trigger": "fraud", "grounds": GROUNDS}
    unknown = lead.post(page, filed | {"number": "0"})
    assert unknown.status_code == 422
    assert "没有这个报名号" in unknown.content.decode()
    assert GROUNDS in unknown.content.decode()
    assert lead.post(page, filed).status_code == 303
    row = Disqualification.objects.get()
    seen = second.get(reverse("province:disqualifications", args=[notice.slug])).content.decode()
    assert GROUNDS in seen
    assert "1 名考生待确认" in second.get(reverse("province:approvals", args=[notice.slug])).content.decode()
    confirm = reverse("province:disqualification_settle", args=[notice.slug, row.pk, "confirm"])
    assert second.post(confirm).status_code == 303
    assert state_of(people["a"]) == "cancelled"
    mine = sign_in(people["a"].applicant.user)
    assert GROUNDS in mine.get(reverse("apply:result", args=[notice.slug])).content.decode()
    assert "资格已取消" in mine.get(reverse("apply:home", args=[notice.slug])).content.decode()


@pytest.mark.parametrize("rows", [1, 25])
def test_the_list_takes_as_many_queries_for_one_as_for_many(
    notice: Notice, sign_in: Callable[[User], Client], clock_at: Callable[[datetime], datetime], rows: int,
    django_assert_max_num_queries: Callable,  # type: ignore[type-arg]
) -> None:  # fmt: skip
    for _ in range(rows):
        confirmed(asked(ApplicationFactory(state="approved", notice=notice)))
    clock_at(REALLOCATING)
    client = sign_in(province_lead())
    address = reverse("province:disqualifications", args=[notice.slug])
    client.get(address)
    with django_assert_max_num_queries(12):
        client.get(address)


@pytest.mark.django_db(transaction=True)
def test_reporting_in_and_losing_the_place_at_once_leave_one_of_the_two(
    sign_in: Callable[[User], Client],
) -> None:
    """On real threads: whoever comes second sees what the first has done; the seat is free exactly once."""
    notice = NoticeFactory()
    base, people = small_year(notice)
    releases.approve_and_publish(computed(notice, base), actor=officer(), at=APPROVED)
    policy = rule_of(notice)
    offers.admit_after_publicity(notice, policy=policy, at=OVER)
    window = policy.window("report_in")
    assert window is not None
    row, offer = asked(people["a"]), Offer.objects.get(application=people["a"])
    clerk, lead, gate = reviewer_of(base), province_lead(), Barrier(2)

    def run(step: Callable[[], object]) -> None:
        gate.wait()
        try:
            step()
        except Refused:
            pass
        finally:
            connection.close()

    steps = (
        lambda: report_in.confirm(offer, actor=clerk, at=window.opens, policy=policy),
        lambda: disqualifications.confirm(row, actor=lead, at=window.opens, policy=policy),
    )
    threads = [Thread(target=run, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    offer.refresh_from_db()
    assert offer.state == "revoked"
    assert taken(base, "内科") == 0
