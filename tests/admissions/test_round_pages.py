"""The pages of a notice with two rounds: the switch, accepting a place, inviting and being invited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from admissions.models import Application, Invitation, Offer, ScoreSheet
from admissions.services import acceptances, invitations
from gme_portal.accounts.models import Role, User
from gme_portal.audit.models import AuditEvent
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import version_in_force
from quotas.models import Quota
from tests.admissions.base_pages import shown
from tests.admissions.ranked import make_base, officer, quotas_of
from tests.admissions.two_rounds import (
    ANSWERED,
    ASSESSED,
    CLOSES,
    IN_SECOND,
    SECOND,
    begin_second,
    notice_of_two_rounds,
    offer_of,
    offered,
    rules,
)
from tests.factories import reviewer_of

SignIn = Callable[[User], Client]
ClockAt = Callable[..., Any]


@pytest.fixture
def notice(db: None) -> Notice:
    return notice_of_two_rounds()


def page(client: Client, notice: Notice, route: str, *args: Any, query: str = "", status: int = 200) -> str:
    return shown(client.get(reverse(route, args=[notice.slug, *args]) + query), status)


def post(client: Client, notice: Notice, route: str, *args: Any, query: str = "", **data: Any) -> HttpResponse:
    return client.post(reverse(route, args=[notice.slug, *args]) + query, data)  # type: ignore[return-value]


# The switch


BASE_PAGES = (
    "base:home",
    "base:review",
    "base:confirmation",
    "base:scores",
    "base:admission",
    "base:ranking",
    "base:acceptance",
)


@pytest.mark.parametrize("route", [*BASE_PAGES, "province:home", "province:applications", "province:reallocation"])
def test_a_page_is_about_the_running_round_and_switches_to_the_other(
    notice: Notice, sign_in: SignIn, clock_at: ClockAt, route: str
) -> None:
    base = make_base(notice, {"内科": 2})
    clock_at(IN_SECOND)
    client = sign_in(reviewer_of(base, Role.BASE_LEAD) if route.startswith("base") else officer())
    switch = '<a href="{}?round={}"{}>{}</a>'
    here = reverse(route, args=[notice.slug])
    first, second = ("first", "第一批次"), ("second", "第二批次")
    for query, current in (("", "second"), ("?round=first", "first"), ("?round=third", "second")):
        text = page(client, notice, route, query=query)
        for key, label in (first, second):
            assert switch.format(here, key, ' aria-current="page"' if key == current else "", label) in text


def test_a_list_of_one_round_does_not_show_the_other(notice: Notice, sign_in: SignIn, clock_at: ClockAt) -> None:
    base = make_base(notice, {"内科": 2})
    _, (early,) = offered(notice, base, ["内科"], ["92"])
    clock_at(IN_SECOND)
    client = sign_in(reviewer_of(base))
    assert early.number not in page(client, notice, "base:review", query="?state=all")
    assert early.number in page(client, notice, "base:review", query="?state=all&round=first")
    assert early.number not in page(client, notice, "base:confirmation", query="?confirmed=yes")
    assert early.number in page(client, notice, "base:confirmation", query="?confirmed=yes&round=first")


def test_a_form_sent_after_midnight_stays_in_the_round_it_was_opened_in(
    notice: Notice, sign_in: SignIn, clock_at: ClockAt
) -> None:
    base = make_base(notice, {"内科": 2})
    offered(notice, base, ["内科"], ["92"])
    clock_at(ASSESSED)
    client = sign_in(reviewer_of(base, Role.BASE_LEAD))
    text = page(client, notice, "base:scores")
    reopen = reverse("base:scores_reopen", args=[notice.slug])
    assert f'action="{reopen}?round=first"' in text
    clock_at(IN_SECOND)
    answer = post(client, notice, "base:scores_reopen", query="?round=first", reason="示例更正")
    assert "已于2024年5月27日" in shown(answer, 422), "the window of the first round, not of the second"
    assert not ScoreSheet.objects.filter(round="second").exists()


def test_a_person_sees_both_rounds_and_each_with_its_label(notice: Notice, sign_in: SignIn, clock_at: ClockAt) -> None:
    base = make_base(notice, {"内科": 1})
    _, (_, left) = offered(notice, base, ["内科", "内科"], ["92", "80"])
    clock_at(IN_SECOND)
    client = sign_in(left.applicant.user)
    home = page(client, notice, "apply:home")
    assert "第二批次：填写中（本页）" in home
    assert f'<a href="{reverse("apply:home", args=[notice.slug])}?round=first">第一批次：审核通过</a>' in home
    result = page(client, notice, "apply:result", query="?round=first")
    assert f"第一批次 · 报名号 {left.number}" in result
    assert "已公布的录取名单中没有您" in result
    assert "填报第二批次志愿" in result


def test_the_choice_page_of_the_second_round_counts_what_is_left(
    notice: Notice, sign_in: SignIn, clock_at: ClockAt
) -> None:
    base = make_base(notice, {"内科": 2, "儿科": 1})
    _, (_, _, left) = offered(notice, base, ["内科", "内科", "内科"], ["92", "90", "80"])
    clock_at(IN_SECOND)
    client = sign_in(left.applicant.user)
    text = page(client, notice, "apply:choices", query=f"?base={base.code}")
    assert "本基地本专业没有剩余名额。" in text
    assert "儿科（名额 1，紧缺）" in text


# Accepting a place


def test_the_person_is_led_to_the_answer_and_accepts(notice: Notice, sign_in: SignIn, clock_at: ClockAt) -> None:
    _, (placed,) = offered(notice, make_base(notice, {"内科": 1}), ["内科"], ["92"])
    clock_at(ANSWERED)
    client = sign_in(placed.applicant.user)
    home = page(client, notice, "apply:home")
    assert "前确认是否接受。" in home
    assert reverse("apply:acceptance", args=[notice.slug]) in home
    text = page(client, notice, "apply:acceptance")
    assert "2024年6月4日（星期二）24:00" in text
    assert "到截止时间没有确认的：不予录取，名额退回。" in text
    answer = post(client, notice, "apply:acceptance", answer="accept")
    assert answer.status_code == 302
    assert "您已接受录取" in page(client, notice, "apply:acceptance")
    assert offer_of(placed).state == "accepted"


def test_a_refused_answer_is_said_on_the_page(notice: Notice, sign_in: SignIn, clock_at: ClockAt) -> None:
    _, (placed,) = offered(notice, make_base(notice, {"内科": 1}), ["内科"], ["92"])
    clock_at(ANSWERED)
    client = sign_in(placed.applicant.user)
    assert "请选择接受录取或放弃录取" in shown(post(client, notice, "apply:acceptance", answer="perhaps"), 422)
    clock_at(CLOSES)
    text = shown(post(client, notice, "apply:acceptance", answer="accept"), 422)
    assert "接受录取的确认已于2024年6月5日（星期三）00:00:00（北京时间）截止" in text
    assert "您没有在2024年6月4日（星期二）24:00前确认，不予录取。" in text


def test_before_the_list_is_out_there_is_nothing_to_answer(notice: Notice, sign_in: SignIn, clock_at: ClockAt) -> None:
    """R13, also on this page."""
    run, (placed,) = offered(notice, make_base(notice, {"内科": 1}), ["内科"], ["92"])
    clock_at(run.published_at - SECOND)
    client = sign_in(placed.applicant.user)
    assert "还没有需要确认的录取" in page(client, notice, "apply:acceptance")
    assert reverse("apply:acceptance", args=[notice.slug]) not in page(client, notice, "apply:home")


def test_the_base_sees_who_has_answered_and_records_a_word(notice: Notice, sign_in: SignIn, clock_at: ClockAt) -> None:
    base = make_base(notice, {"内科": 2})
    _, (one, other) = offered(notice, base, ["内科", "内科"], ["92", "90"])
    acceptances.answer(offer_of(one), "accept", actor=one.applicant.user, at=ANSWERED, policy=rules(notice))
    clock_at(ANSWERED)
    client = sign_in(reviewer_of(base))
    text = page(client, notice, "base:acceptance")
    assert other.number in text
    assert one.number not in text
    assert one.number in page(client, notice, "base:acceptance", query="?state=accepted")
    answer = post(client, notice, "base:acceptance_record", offer_of(other).pk, query="?round=first", answer="decline")
    assert answer.status_code == 303
    assert "round=first" in answer["Location"]
    assert offer_of(other).state == "declined"
    declined = page(client, notice, "base:acceptance", query="?state=declined")
    assert "登记</small>" in declined
    assert "请选择本人的意思" in shown(post(client, notice, "base:acceptance_record", offer_of(one).pk), 422)


def test_a_reader_of_the_base_looks_and_records_nothing(notice: Notice, sign_in: SignIn, clock_at: ClockAt) -> None:
    base = make_base(notice, {"内科": 1})
    _, (placed,) = offered(notice, base, ["内科"], ["92"])
    clock_at(ANSWERED)
    client = sign_in(reviewer_of(base, Role.BASE_READER))
    assert "登记接受" not in page(client, notice, "base:acceptance")
    assert post(client, notice, "base:acceptance_record", offer_of(placed).pk, answer="accept").status_code == 403


# Inviting and being invited


def left_over(notice: Notice) -> Application:
    return offered(notice, make_base(notice, {"内科": 1}), ["内科", "内科"], ["92", "80"])[1][1]


def sent(notice: Notice, application: Application, quota: Quota) -> Invitation:
    return invitations.invite(
        person=application.applicant,
        quota=quota,
        words="示例附言。",
        actor=reviewer_of(quota.base),
        at=IN_SECOND,
        policy=rules(notice),
        notice_version=version_in_force(notice),
    )


def free_seat(notice: Notice) -> Quota:
    return quotas_of(notice, make_base(notice, {"儿科": 1}), "儿科")[0]


def test_a_base_searches_looks_and_invites(notice: Notice, sign_in: SignIn, clock_at: ClockAt) -> None:
    left, quota = left_over(notice), free_seat(notice)
    clock_at(IN_SECOND)
    client = sign_in(reviewer_of(quota.base))
    assert "查找考生" in page(client, notice, "base:invitations")
    found = page(client, notice, "base:candidates", query="?specialty=0100&total=80")
    assert reverse("base:invite", args=[notice.slug, left.pk]) in found
    one = page(client, notice, "base:invite", left.pk)
    assert "儿科（余 1）" in one
    answer = post(client, notice, "base:invite", left.pk, quota=quota.pk, words="6月10日复试")
    assert answer.status_code == 303
    assert Invitation.objects.get().words == "6月10日复试"
    listed = page(client, notice, "base:invitations")
    assert "待答复" in listed
    row = Invitation.objects.get()
    assert post(client, notice, "base:invitation_withdraw", row.pk).status_code == 303
    assert Invitation.objects.get().state == "withdrawn"


def test_no_page_of_the_base_shows_a_name_number_or_phone_before_the_person_accepts(
    notice: Notice, sign_in: SignIn, clock_at: ClockAt
) -> None:
    left, quota = left_over(notice), free_seat(notice)
    user = left.applicant.user
    User.objects.filter(pk=user.pk).update(name="示例查找人")
    sent(notice, left, quota)
    clock_at(IN_SECOND)
    client = sign_in(reviewer_of(quota.base))
    pages = [page(client, notice, route) for route in ("base:candidates", "base:invitations")]
    pages.append(page(client, notice, "base:invite", left.pk))
    for text in pages:
        for secret in ("示例查找人", user.document_number.open(), user.phone.open(), left.number):
            assert secret not in text
    assert "示****" in pages[0]


def test_every_search_is_on_record_with_what_was_asked(notice: Notice, sign_in: SignIn, clock_at: ClockAt) -> None:
    left, quota = left_over(notice), free_seat(notice)
    clock_at(IN_SECOND)
    client = sign_in(reviewer_of(quota.base))
    page(client, notice, "base:candidates", query="?level=bachelor&q=示例")
    page(client, notice, "base:invite", left.pk)
    details = [event.detail for event in AuditEvent.objects.filter(action="invitation.searched").order_by("id")]
    assert details == [{"asked": {"level": "bachelor"}, "found": 1, "page": 1}, {"candidate": str(left.pk)}]


def test_outside_the_window_nobody_is_listed(notice: Notice, sign_in: SignIn, clock_at: ClockAt) -> None:
    left, quota = left_over(notice), free_seat(notice)
    clock_at(ANSWERED)
    client = sign_in(reviewer_of(quota.base))
    text = page(client, notice, "base:candidates")
    assert "届时才能邀请" in text
    assert str(left.pk) not in text
    assert not AuditEvent.objects.filter(action="invitation.searched").exists()


def test_who_files_meanwhile_is_not_shown_any_more(notice: Notice, sign_in: SignIn, clock_at: ClockAt) -> None:
    left, quota = left_over(notice), free_seat(notice)
    Application.objects.filter(pk=begin_second(left).pk).update(
        state="submitted", base=quota.base, submitted_at=IN_SECOND
    )
    clock_at(IN_SECOND)
    client = sign_in(reviewer_of(quota.base))
    text = page(client, notice, "base:invite", left.pk)
    assert "这位考生已填报第二批次志愿，不能邀请。" in text
    assert "此前志愿" not in text
    answer = post(client, notice, "base:invite", left.pk, quota=quota.pk)
    assert "已填报第二批次志愿" in shown(answer, 422)


def test_the_person_finds_the_invitation_and_accepts_it(notice: Notice, sign_in: SignIn, clock_at: ClockAt) -> None:
    left = left_over(notice)
    one, other = sent(notice, left, free_seat(notice)), sent(notice, left, free_seat(notice))
    clock_at(IN_SECOND)
    client = sign_in(left.applicant.user)
    assert "有 2 家基地邀请您参加复试" in page(client, notice, "apply:home")
    text = page(client, notice, "apply:invitations")
    assert text.count("接受邀请<") == 2
    assert "基地附言：示例附言。" in text
    answer = post(client, notice, "apply:invitation_answer", one.pk, answer="accept")
    assert answer.status_code == 302
    assert "receipt" in answer["Location"]
    again = page(client, notice, "apply:invitations")
    assert "已接受" in again
    assert "已关闭" in again
    refused = shown(post(client, notice, "apply:invitation_answer", other.pk, answer="accept"), 422)
    assert "您已接受另一家基地的邀请，只可接受一家。" in refused
    assert "报名已提交" in page(client, notice, "apply:home") or "等待培训基地审核" in page(
        client, notice, "apply:home"
    )


def test_an_invitation_of_somebody_else_is_not_there(notice: Notice, sign_in: SignIn, clock_at: ClockAt) -> None:
    row, other = sent(notice, left_over(notice), free_seat(notice)), left_over(notice)
    clock_at(IN_SECOND)
    client = sign_in(other.applicant.user)
    assert post(client, notice, "apply:invitation_answer", row.pk, answer="accept").status_code == 404
    staff = sign_in(reviewer_of(free_seat(notice).base))
    assert post(staff, notice, "base:invitation_withdraw", row.pk).status_code == 404


# As many queries for many rows as for one


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as context:
        assert client.get(address).status_code == 200
    return len(context)


def test_lists_take_as_many_queries_for_many_people_as_for_one(
    notice: Notice, sign_in: SignIn, clock_at: ClockAt
) -> None:
    inviting = make_base(notice, {"儿科": 30})
    quota = quotas_of(notice, inviting, "儿科")[0]
    base = make_base(notice, {"内科": 12})
    clients = {"base:acceptance": sign_in(reviewer_of(base)), "base:candidates": sign_in(reviewer_of(inviting))}
    clients["base:invitations"] = clients["base:candidates"]
    few, many = {}, {}
    people = offered(notice, base, ["内科"] * 12, ["90"] * 12)[1]
    Offer.objects.filter(application__in=people[1:]).update(state="revoked")
    sent(notice, people[1], quota)
    for counts, extra in ((few, 0), (many, 10)):
        for one in people[2 : 2 + extra]:
            sent(notice, one, quota)
        if extra:
            Offer.objects.filter(application__in=people[6:]).update(
                state="declined", answered_at=ANSWERED, answered_under=notice.versions.first()
            )
        for route, client in clients.items():
            clock_at(IN_SECOND)
            query = "?round=first&state=declined" if route == "base:acceptance" and extra else "?round=first"
            counts[route] = queries(client, reverse(route, args=[notice.slug]) + query)
    assert few == many


def test_a_persons_list_takes_as_many_queries_for_many_invitations_as_for_one(
    notice: Notice, sign_in: SignIn, clock_at: ClockAt
) -> None:
    left = left_over(notice)
    sent(notice, left, free_seat(notice))
    clock_at(IN_SECOND)
    client, address = sign_in(left.applicant.user), reverse("apply:invitations", args=[notice.slug])
    one = queries(client, address)
    for _ in range(5):
        sent(notice, left, free_seat(notice))
    assert queries(client, address) == one
