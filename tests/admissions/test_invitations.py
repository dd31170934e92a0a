"""Invitations to who is not admitted (004 三(四)2): who may be invited, one acceptance after any interleaving, and what closes the others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from admissions.models import Application, Invitation, Submission
from admissions.queries import invitations as queries
from admissions.queries.invitations import Filter
from admissions.services import acceptances, applications, invitations, open_invitations, reviews
from admissions.tasks import FOLLOWERS
from applicants.models import Education, Profile
from gme_portal.accounts.models import Role
from gme_portal.audit.models import AuditEvent
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import version_in_force
from gme_portal.outbox.models import Message
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from quotas.models import Quota
from tests.admissions.ranked import make_base, quotas_of
from tests.admissions.two_rounds import (
    ANSWERED,
    IN_SECOND,
    SECOND,
    SECOND_CLOSES,
    SECOND_COMPUTED,
    SECOND_OPENS,
    SECOND_REVIEWED,
    admitted_list,
    begin_second,
    mark_all,
    moment,
    newcomer,
    notice_of_two_rounds,
    offer_of,
    offered,
    rules,
)
from tests.factories import NoticeFactory, ProfileFactory, file_again, reviewer_of

INVITING_ENDS = moment("2024-06-25 24:00")
REPLY = timedelta(hours=48)


@pytest.fixture
def notice(db: None) -> Notice:
    return notice_of_two_rounds()


@pytest.fixture
def policy(notice: Notice) -> Policy:
    return rules(notice)


@pytest.fixture
def left(notice: Notice) -> Application:
    """Somebody whom their first base did not admit."""
    return not_admitted(notice)


def not_admitted(notice: Notice) -> Application:
    base = make_base(notice, {"内科": 1})
    return offered(notice, base, ["内科", "内科"], ["92", "80"])[1][1]


def seat(notice: Notice, name: str = "儿科") -> Quota:
    """One free seat at a base of its own."""
    return quotas_of(notice, make_base(notice, {name: 1}), name)[0]


def invite(person: Profile, quota: Quota, *, at: datetime = IN_SECOND, **values: Any) -> Invitation:
    given = {"actor": reviewer_of(quota.base), "policy": rules(quota.notice)} | values
    return invitations.invite(person=person, quota=quota, at=at, notice_version=version_in_force(quota.notice), **given)


def accept(invitation: Invitation, *, at: datetime = IN_SECOND + SECOND, **values: Any) -> Submission:
    given = {"actor": invitation.applicant.user} | values
    return invitations.accept(
        invitation,
        at=at,
        policy=rules(invitation.notice),
        notice_version=version_in_force(invitation.notice),
        **given,
    )


def code_of(doing: Callable[[], object]) -> str:
    try:
        doing()
    except Refused as refused:
        return refused.code
    return ""


def states(*rows: Invitation) -> list[str]:
    return [Invitation.objects.get(pk=row.pk).state for row in rows]


def file_own(application: Application, quota: Quota, *, at: datetime = IN_SECOND) -> None:
    applications.save_choices(
        application=application,
        quota_ids=[quota.pk],
        consents=(),
        actor=application.applicant.user,
        at=at,
        policy=rules(application.notice),
    )
    file_again(application, at=at)


# Who may be invited


def found(notice: Notice, **wanted: str) -> list[Any]:
    rows = queries.candidates(notice, rules(notice), Filter(**wanted), at=IN_SECOND)
    return [row.applicant_id for row in rows]


def test_only_who_filed_before_and_holds_nothing_is_found(notice: Notice, policy: Policy) -> None:
    base = make_base(notice, {"内科": 2})
    _, (placed, gave_up, waits, files) = offered(notice, base, ["内科"] * 4, ["92", "88", "70", "60"])
    acceptances.answer(offer_of(gave_up), "decline", actor=gave_up.applicant.user, at=ANSWERED, policy=policy)
    assert found(notice) == [one.applicant_id for one in (gave_up, waits, files)]
    again = begin_second(files)
    file_own(again, seat(notice))
    newcomer(notice)
    assert found(notice) == [one.applicant_id for one in (gave_up, waits)]
    accept(invite(waits.applicant, seat(notice)))
    assert found(notice) == [gave_up.applicant_id]
    assert placed.applicant_id not in found(notice)


def test_a_base_searches_by_wish_education_kind_and_published_total(notice: Notice, left: Application) -> None:
    mine = left.applicant_id
    assert found(notice, specialty="0100") == [mine]
    assert found(notice, specialty="0200") == []
    assert found(notice, level="bachelor") == [mine]
    assert found(notice, level="doctor") == []
    assert found(notice, person_type="social") == [mine]
    assert found(notice, person_type="delegated") == []
    assert found(notice, total="80") == [mine]
    assert found(notice, total="81") == []


def test_a_base_learns_no_number_no_phone_and_no_full_name(notice: Notice, policy: Policy, left: Application) -> None:
    row = queries.candidates(notice, policy, Filter(), at=IN_SECOND).get()
    shown = queries.facts(row, policy, row.total)
    user = left.applicant.user
    assert shown["name"] == user.name[0] + "*" * (len(user.name) - 1)
    assert (shown["person_type"], shown["total"]) == ("面向社会招收", "80.00")
    assert "内科" in shown["wishes"]
    assert "本科" in shown["education"]
    said = " ".join(shown.values())
    for secret in (user.document_number.open(), user.phone.open(), left.number, user.name):
        assert secret not in said


def test_an_unknown_filter_is_everybody(policy: Policy) -> None:
    asked = {"specialty": "9999", "level": "king", "person_type": "ghost", "total": "-1", "q": "示例"}
    assert Filter.read(asked, policy) == Filter()


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (SECOND_OPENS - SECOND, "NOT_YET_OPEN"),
        (SECOND_OPENS, ""),
        (INVITING_ENDS - SECOND, ""),
        (INVITING_ENDS, "WINDOW_CLOSED"),
    ],
)
def test_bases_invite_inside_their_window_only(notice: Notice, left: Application, at: datetime, code: str) -> None:
    quota = seat(notice)
    assert code_of(lambda: invite(left.applicant, quota, at=at)) == code


def test_an_invitation_is_told_audited_and_lasts_as_the_notice_says(notice: Notice, left: Application) -> None:
    quota = seat(notice)
    row = invite(left.applicant, quota, words="6月10日上午9点复试。")
    assert row.expires_at == IN_SECOND + REPLY
    body = Message.objects.get(user=left.applicant.user, channel="inbox", title="收到基地邀请").body.open()
    assert body.startswith(f"{quota.base.name}邀请您参加第二批次复试，专业：儿科。附言：6月10日上午9点复试。")
    assert AuditEvent.objects.get(action="invitation.sent").detail == {"quota": str(quota.pk)}
    late = invite(not_admitted(notice).applicant, quota, at=INVITING_ENDS - timedelta(hours=1))
    assert late.expires_at == INVITING_ENDS, "never later than the window"


def test_who_cannot_be_invited_and_why(notice: Notice, policy: Policy, left: Application) -> None:
    base = make_base(notice, {"内科": 1})
    _, (placed,) = offered(notice, base, ["内科"], ["92"])
    quota, other = seat(notice), seat(notice)
    assert code_of(lambda: invite(placed.applicant, quota)) == "ALREADY_ADMITTED"
    assert code_of(lambda: invite(newcomer(notice).applicant, quota)) == "NOT_A_CANDIDATE"
    invite(left.applicant, quota)
    assert code_of(lambda: invite(left.applicant, quota)) == "ALREADY_INVITED"
    accept(invite(left.applicant, other))
    assert code_of(lambda: invite(left.applicant, quota)) == "ALREADY_ACCEPTED"
    files = not_admitted(notice)
    file_own(begin_second(files), seat(notice))
    assert code_of(lambda: invite(files.applicant, quota)) == "ALREADY_FILED"


def test_only_for_a_free_seat_that_the_person_may_train_in(notice: Notice, left: Application) -> None:
    full = seat(notice)
    Quota.objects.filter(pk=full.pk).update(taken=1)
    full.refresh_from_db()
    assert code_of(lambda: invite(left.applicant, full)) == "QUOTA_FULL"
    Education.objects.filter(profile=left.applicant).update(graduated_on="2021-07-01")
    with pytest.raises(Refused) as caught:
        invite(left.applicant, seat(notice))
    assert (caught.value.code, caught.value.refusal.clause[:3]) == ("NOT_ELIGIBLE", "004")
    assert "不符合儿科的报考条件" in caught.value.refusal.sentence


def test_a_base_invites_for_its_own_seats_only(notice: Notice, left: Application) -> None:
    mine, theirs = seat(notice), seat(notice)
    assert code_of(lambda: invite(left.applicant, theirs, actor=reviewer_of(mine.base))) == "NOT_YOUR_BASE"
    assert code_of(lambda: invite(left.applicant, mine, actor=reviewer_of(mine.base, Role.BASE_READER))) == "NOT_YOURS"


def test_a_notice_without_invitations_has_none(db: None) -> None:
    notice = NoticeFactory()
    quota = seat(notice)
    assert code_of(lambda: invite(ProfileFactory(notice=notice), quota)) == "INVITATIONS_OFF"


# Accepting, declining, withdrawing, expiring


def test_accepting_files_the_application_and_closes_the_others(notice: Notice, left: Application) -> None:
    one, other = invite(left.applicant, seat(notice)), invite(left.applicant, seat(notice))
    submission = accept(one)
    application = Application.objects.get(notice=notice, round="second", applicant=left.applicant)
    assert (application.state, application.base_id, submission.application_id) == (
        "submitted",
        one.base_id,
        application.pk,
    )
    assert [choice.quota_id for choice in application.choices.all()] == [one.quota_id]
    assert states(one, other) == ["accepted", "closed"]
    assert Invitation.objects.get(pk=one.pk).application_id == application.pk
    assert AuditEvent.objects.filter(action="invitation.accepted").count() == 1


def test_repeating_an_acceptance_gives_the_same_receipt(notice: Notice, left: Application) -> None:
    row = invite(left.applicant, seat(notice))
    assert accept(row) == accept(row, at=INVITING_ENDS + REPLY)
    assert Submission.objects.filter(application__round="second").count() == 1


def test_an_acceptance_counts_to_the_last_second_and_after_registration_has_closed(
    notice: Notice, left: Application
) -> None:
    """People may choose until 15 June, bases invite until 25 June."""
    row = invite(left.applicant, seat(notice), at=SECOND_REVIEWED)
    assert row.expires_at == SECOND_REVIEWED + REPLY > SECOND_CLOSES
    assert code_of(lambda: accept(row, at=SECOND_REVIEWED + REPLY)) == "WINDOW_CLOSED"
    assert accept(row, at=SECOND_REVIEWED + REPLY - SECOND).base == row.base


def test_filing_of_ones_own_choice_closes_every_invitation(notice: Notice, left: Application) -> None:
    one, other = invite(left.applicant, seat(notice)), invite(left.applicant, seat(notice))
    file_own(begin_second(left), seat(notice))
    assert states(one, other) == ["closed", "closed"]
    assert code_of(lambda: accept(one)) == "ALREADY_FILED"


def test_the_second_acceptance_is_refused(notice: Notice, left: Application) -> None:
    one, other = invite(left.applicant, seat(notice)), invite(left.applicant, seat(notice))
    accept(one)
    assert code_of(lambda: accept(other)) == "ALREADY_ACCEPTED"
    assert code_of(lambda: invitations.decline(other, actor=left.applicant.user, at=IN_SECOND)) == "NOT_INVITED"


def test_who_was_admitted_meanwhile_cannot_accept(notice: Notice, policy: Policy, left: Application) -> None:
    row = invite(left.applicant, seat(notice))
    base = make_base(notice, {"内科": 1})
    run, _ = offered(notice, base, ["内科"], ["92"])
    placed = run.offers.get()
    placed.applicant, placed.application = left.applicant, left
    placed.save()
    assert code_of(lambda: accept(row)) == "ALREADY_ADMITTED"
    assert not Application.objects.filter(round="second", state="submitted").exists()


def test_a_declined_or_withdrawn_invitation_may_be_issued_again(notice: Notice, left: Application) -> None:
    quota = seat(notice)
    declined = invitations.decline(invite(left.applicant, quota), actor=left.applicant.user, at=IN_SECOND)
    assert invitations.decline(declined, actor=left.applicant.user, at=IN_SECOND + SECOND).settled_at == IN_SECOND
    assert code_of(lambda: accept(declined)) == "NOT_INVITED"
    withdrawn = invitations.withdraw(invite(left.applicant, quota), actor=reviewer_of(quota.base), at=IN_SECOND)
    assert code_of(lambda: accept(withdrawn)) == "NOT_INVITED"
    again = invite(left.applicant, quota)
    assert accept(again).base == quota.base
    assert states(declined, withdrawn, again) == ["declined", "withdrawn", "accepted"]
    assert code_of(lambda: invitations.withdraw(again, actor=reviewer_of(quota.base), at=IN_SECOND)) == "NOT_NOW_STATE"


def test_nobody_answers_the_invitation_of_another(notice: Notice, left: Application) -> None:
    row, stranger = invite(left.applicant, seat(notice)), newcomer(notice).applicant.user
    assert code_of(lambda: accept(row, actor=stranger)) == "NOT_INVITED"
    assert code_of(lambda: invitations.decline(row, actor=stranger, at=IN_SECOND)) == "NOT_INVITED"


@pytest.mark.parametrize(("at", "state"), [(IN_SECOND + REPLY - SECOND, "invited"), (IN_SECOND + REPLY, "expired")])
def test_an_invitation_expires_to_the_second_and_once(
    notice: Notice, policy: Policy, left: Application, at: datetime, state: str
) -> None:
    row = invite(left.applicant, seat(notice))
    for _ in range(2):
        for follower in FOLLOWERS:
            follower(notice, policy=policy, at=at)
    assert states(row) == [state]
    told = Message.objects.filter(user=left.applicant.user, channel="inbox", title="邀请已过期").count()
    assert told == (1 if state == "expired" else 0)


def test_taking_the_application_back_gives_the_invitation_up_and_frees_the_person(
    notice: Notice, policy: Policy, left: Application
) -> None:
    one, quota = invite(left.applicant, seat(notice)), seat(notice)
    application = accept(one).application
    applications.withdraw(application=application, actor=left.applicant.user, at=IN_SECOND + REPLY, policy=policy)
    assert states(one) == ["declined"]
    again = invite(left.applicant, quota, at=IN_SECOND + REPLY)
    assert accept(again, at=IN_SECOND + REPLY + SECOND).base == quota.base


def test_a_refused_filing_leaves_the_invitation_open(notice: Notice, left: Application) -> None:
    row = invite(left.applicant, seat(notice))
    Education.objects.filter(profile=left.applicant).delete()
    assert code_of(lambda: accept(row)) == "SECTION_INCOMPLETE"
    assert states(row) == ["invited"]
    assert not Application.objects.filter(round="second").exists()


def test_who_accepted_goes_the_way_of_everybody(notice: Notice, policy: Policy, left: Application) -> None:
    """Review → marks → run: an accepted invitation is an application of the second round like any other."""
    row = invite(left.applicant, seat(notice))
    application, staff = Application.objects.get(pk=accept(row).application_id), reviewer_of(row.base)
    reviews.decide(application, "approve", actor=staff, at=SECOND_REVIEWED, policy=policy)
    Application.objects.filter(pk=application.pk).update(
        confirmed_at=SECOND_REVIEWED, confirmed_by=staff, confirmed_under=version_in_force(notice)
    )
    application.refresh_from_db()
    mark_all(notice, row.base, {application: "77"}, round="second", at=SECOND_COMPUTED)
    run = admitted_list(notice, row.base, round="second", at=SECOND_COMPUTED)
    assert [(offer.applicant_id, offer.quota_id) for offer in run.offers.all()] == [(left.applicant_id, row.quota_id)]


# One acceptance after any interleaving


def at_once(doings: list[Callable[[], object]]) -> list[str]:
    """Run them in threads of their own; the refusal codes, "" for success."""
    gate, answers = Barrier(len(doings)), [""] * len(doings)

    def run(place: int) -> None:
        gate.wait()
        try:
            answers[place] = code_of(doings[place])
        finally:
            connection.close()

    threads = [Thread(target=run, args=[place]) for place in range(len(doings))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def invited_four_times() -> tuple[Application, list[Invitation]]:
    notice = notice_of_two_rounds()
    application = not_admitted(notice)
    return application, [invite(application.applicant, seat(notice)) for _ in range(4)]


@pytest.mark.django_db(transaction=True)
def test_four_acceptances_at_once_are_one() -> None:
    _, rows = invited_four_times()
    answers = at_once([lambda row=row: accept(row) for row in rows])
    assert sorted(answers) == ["", *["ALREADY_ACCEPTED"] * 3]
    assert sorted(states(*rows)) == ["accepted", "closed", "closed", "closed"]
    assert Application.objects.filter(round="second", state="submitted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_accepting_filing_withdrawing_and_inviting_at_once_end_in_one_application() -> None:
    application, rows = invited_four_times()
    notice, person = application.notice, application.applicant
    own, fifth, again = seat(notice), seat(notice), begin_second(application)
    applications.save_choices(
        application=again, quota_ids=[own.pk], consents=(), actor=person.user, at=IN_SECOND, policy=rules(notice)
    )
    staff = reviewer_of(rows[1].base)
    answers = at_once(
        [
            lambda: accept(rows[0]),
            lambda: file_again(again, at=IN_SECOND + SECOND),
            lambda: invitations.withdraw(rows[1], actor=staff, at=IN_SECOND),
            lambda: invite(person, fifth),
            lambda: accept(rows[1]),
        ]
    )
    filed = Application.objects.get(pk=again.pk)
    assert filed.state == "submitted"
    assert filed.submissions.count() == 1
    assert [answers[place] for place in (0, 1, 4)].count("") == 1
    accepted = Invitation.objects.filter(state="accepted")
    assert accepted.count() == (0 if answers[1] == "" else 1)
    assert all(row.base_id == filed.base_id for row in accepted)
    # One more may have been sent while the person was deciding; it leads nowhere.
    for row in Invitation.objects.filter(state="invited"):
        assert code_of(lambda row=row: accept(row)) in ("ALREADY_FILED", "ALREADY_ACCEPTED")


@pytest.mark.parametrize(
    ("lock", "index", "accepted"),
    [(True, False, 1), (False, True, 1), (False, False, 2)],
    ids=["lock", "index", "none"],
)
@pytest.mark.django_db(transaction=True)
def test_lock_and_index_each_keep_it_and_without_both_it_breaks(
    monkeypatch: pytest.MonkeyPatch, lock: bool, index: bool, accepted: int
) -> None:
    """The control: two threads that look before either writes. What filing itself guards is taken out of the way, so that only these two stand."""
    application, rows = invited_four_times()
    begin_second(application)
    looked = Barrier(2, timeout=2)
    look = queries.accept_refusal

    def look_together(*args: Any, **values: Any) -> Any:
        refusal = look(*args, **values)
        if not lock:
            looked.wait()
        return refusal

    monkeypatch.setattr(queries, "accept_refusal", look_together)
    monkeypatch.setattr(invitations, "_file", lambda row, *_: Submission(receipt_number=str(row.pk)))
    monkeypatch.setattr(open_invitations, "close_others", lambda *_, **__: None)
    monkeypatch.setattr(applications, "locked", lambda row: row)
    if not lock:
        monkeypatch.setattr(open_invitations, "hold", lambda person: person)
    with connection.cursor() as cursor:
        if not index:
            cursor.execute("DROP INDEX invitation_one_accepted")
    try:
        answers = at_once([lambda row=row: accept(row) for row in rows[:2]])
        assert Invitation.objects.filter(state="accepted").count() == accepted
        assert answers.count("") == accepted
        assert set(answers) <= {"", "ALREADY_ACCEPTED"}
    finally:
        Invitation.objects.all().delete()
        with connection.cursor() as cursor:
            if not index:
                cursor.execute(
                    "CREATE UNIQUE INDEX invitation_one_accepted ON admissions_invitation (notice_id, round, applicant_id)"
                    " WHERE state = 'accepted'"
                )
