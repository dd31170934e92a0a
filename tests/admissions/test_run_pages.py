"""The pages around runs: who sees and does what, what the public reads and when, and how many queries a page takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from admissions.models import AllocationRun, Objection
from admissions.services import releases
from gme_portal.accounts.models import Role
from gme_portal.audit.models import AccessLog, AuditEvent
from gme_portal.notices.models import Notice
from gme_portal.sheets import Column, read
from quotas.models import SeatMove
from tests.admissions.ranked import (
    APPROVED,
    COMPUTED,
    OVER,
    REALLOCATING,
    RELEASED,
    another_lead,
    applicant,
    computed,
    make_base,
    mark_all,
    officer,
    province_lead,
    quotas_of,
    reseat,
    small_year,
)
from tests.factories import reviewer_of

SignIn = Callable[[Any], Client]
ClockAt = Callable[[datetime], datetime]
SECOND = timedelta(seconds=1)


def url(notice: Notice, route: str, *args: Any) -> str:
    return reverse(route, args=[notice.slug, *args])


def test_lead_computes_and_the_province_approves_in_the_browser(
    notice: Notice, sign_in: SignIn, clock_at: ClockAt
) -> None:
    base, _ = small_year(notice)
    clock_at(COMPUTED)
    lead = sign_in(reviewer_of(base, Role.BASE_LEAD))
    assert "运算" in lead.get(url(notice, "base:admission")).content.decode()
    answer = lead.post(url(notice, "base:admission_compute"))
    run = AllocationRun.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, url(notice, "base:admission_run", run.pk))
    own = lead.get(answer["Location"]).content.decode()
    assert "您是经办人，须由另一人批准" in own
    assert "批准并公布</button>" not in own
    refused = lead.post(url(notice, "base:admission_step", run.pk, "approve"))
    assert refused.status_code == 422
    assert "须由另一人批准" in refused.content.decode()
    province = sign_in(officer())
    assert base.name in province.get(url(notice, "province:approvals")).content.decode()
    assert "批准并公布</button>" in province.get(url(notice, "province:run", run.pk)).content.decode()
    done = province.post(url(notice, "province:run_step", run.pk, "approve"), follow=True)
    assert "将于2025年8月7日（星期四）00:00:00公布" in done.content.decode()
    run.refresh_from_db()
    assert run.state == "published"
    assert province.post(url(notice, "province:run_step", run.pk, "nonsense")).status_code == 404


def test_an_empty_base_says_what_comes_first(notice: Notice, sign_in: SignIn, clock_at: ClockAt) -> None:
    base = make_base(notice, {"内科": 1})
    clock_at(COMPUTED)
    lead = sign_in(reviewer_of(base, Role.BASE_LEAD))
    assert "考核成绩还没有复核锁定" in lead.get(url(notice, "base:admission")).content.decode()
    refused = lead.post(url(notice, "base:admission_compute"))
    assert (refused.status_code, AllocationRun.objects.count()) == (422, 0)
    assert "没有审核通过" in refused.content.decode()
    assert "还没有人员" in lead.get(url(notice, "base:ranking")).content.decode()


def test_a_foreign_run_is_not_found(notice: Notice, sign_in: SignIn, clock_at: ClockAt) -> None:
    base, _ = small_year(notice)
    run = computed(notice, base)
    other = make_base(notice, {"内科": 1})
    clock_at(COMPUTED)
    stranger = sign_in(another_lead(other))
    assert stranger.get(url(notice, "base:admission_run", run.pk)).status_code == 404
    assert stranger.post(url(notice, "base:admission_step", run.pk, "approve")).status_code == 404


def test_ranking_names_the_field_that_told_equals_apart(notice: Notice, sign_in: SignIn, clock_at: ClockAt) -> None:
    base = make_base(notice, {"内科": 2})
    people = [applicant(notice, base, ["内科"]) for _ in range(2)]
    far = applicant(notice, base, ["内科"], person_type="delegated")
    mark_all(notice, base, {people[0]: "80", people[1]: "80", far: "80"})
    clock_at(COMPUTED)
    reader = sign_in(reviewer_of(base, Role.BASE_EDITOR))
    page = reader.get(url(notice, "base:ranking"))
    rows = page.context["page"].object_list
    assert rows[0].number == far.number, "county institutions come first among equals"
    assert [row.tie for row in rows] == ["", "县级及以下优先", "抽签号"]
    content = reader.get(url(notice, "base:ranking_file")).content
    others = (
        "名次",
        "姓名",
        "理论笔试",
        "技能操作",
        "面试",
        "同分比较",
        "县级及以下",
        "抽签号",
        "志愿",
        "服从基地调剂",
        "说明",
    )
    sheet = read(
        content,
        [Column("number", "报名号"), Column("total", "总成绩", kind="mark")],
        max_rows=10,
        ignored=others,
    )
    assert [row.values["number"] for row in sheet.rows] == [row.number for row in rows]
    assert AuditEvent.objects.filter(action="ranking.exported").exists()


def test_seats_are_looked_at_before_they_move_and_never_go_back(
    notice: Notice, sign_in: SignIn, clock_at: ClockAt
) -> None:
    base = make_base(notice, {"内科": 3, "儿科": 1}, capacity={"儿科": 2})
    clock_at(COMPUTED)
    lead = sign_in(reviewer_of(base, Role.BASE_LEAD))
    form = {"source": "0100", "target": "0200", "seats": "1", "reason": "示例"}
    shown = lead.post(url(notice, "base:moves"), {**form, "step": "preview"})
    assert (shown.status_code, SeatMove.objects.count()) == (200, 0)
    assert "核对这次调整" in shown.content.decode()
    assert lead.post(url(notice, "base:moves"), {**form, "step": "confirm"}).status_code == 303
    assert [quota.seats for quota in quotas_of(notice, base, "内科", "儿科")] == [2, 2]
    back = lead.post(url(notice, "base:moves"), {**form, "source": "0200", "target": "0100", "step": "confirm"})
    assert (back.status_code, SeatMove.objects.count()) == (422, 1)
    too_many = lead.post(url(notice, "base:moves"), {**form, "step": "preview"})
    assert too_many.status_code == 422, "at capacity"
    editor = sign_in(reviewer_of(base, Role.BASE_EDITOR))
    editor.post(url(notice, "base:moves"), {**form, "step": "confirm"})
    assert SeatMove.objects.count() == 1, "only the lead moves seats"


@pytest.mark.parametrize(("at", "there"), [(RELEASED - SECOND, False), (RELEASED, True)])
def test_the_public_reads_nothing_before_the_instant(
    notice: Notice, clock_at: ClockAt, client: Client, at: datetime, there: bool
) -> None:
    base, people = small_year(notice)
    run = releases.approve_and_publish(computed(notice, base), actor=officer(), at=APPROVED)
    clock_at(at)
    name = people["a"].applicant.user.name
    assert (run.publicity.title in client.get(url(notice, "public:publicity")).content.decode()) is there
    listed = client.get(url(notice, "public:publicity_list", run.publicity.pk))
    assert listed.status_code == (200 if there else 404)
    assert (name in listed.content.decode()) is there
    assert client.get(url(notice, "public:publicity_pdf", run.publicity.pk)).status_code == (200 if there else 404)
    assert client.get(url(notice, "public:objection", run.publicity.pk)).status_code == (200 if there else 404)
    plan = client.get(url(notice, "public:plan") + f"?base={base.code}").context["lines"]
    counts = {line.quota.specialty.name: (line.seats, line.taken) for line in plan}
    after = {"内科": (1, 1), "儿科": (2, 2), "骨科": (1, 1)}
    assert counts == (after if there else {"内科": (1, 0), "儿科": (1, 0), "骨科": (2, 0)})


def test_the_list_is_searched_and_shows_lines(notice: Notice, clock_at: ClockAt, client: Client) -> None:
    base, people = small_year(notice)
    run = releases.approve_and_publish(computed(notice, base), actor=officer(), at=APPROVED)
    clock_at(RELEASED)
    page = client.get(url(notice, "public:publicity_list", run.publicity.pk), {"q": people["b"].number})
    assert page.context["page"].paginator.count == 1
    lines = {
        line.name: (line.planned, line.moved, line.applicants, line.admitted, line.last_total)
        for line in page.context["lines"]
    }
    assert lines == {"内科": (1, 0, 3, 1, 9200), "儿科": (1, 1, 2, 2, 6500), "骨科": (2, -1, 1, 1, 8800)}
    reseat(notice, base, "内科", 5)
    again = client.get(url(notice, "public:publicity_list", run.publicity.pk)).context["lines"]
    assert {line.name: (line.seats, line.free) for line in again} == {"内科": (1, 0), "儿科": (2, 0), "骨科": (1, 0)}, (
        "what happens to the plan afterwards does not change a published list"
    )


def test_the_line_is_that_of_people_who_chose_the_specialty(notice: Notice, clock_at: ClockAt, client: Client) -> None:
    """Somebody with 94 comes by adjustment and stands behind a 61 who chose it: the line is 61."""
    base = make_base(notice, {"内科": 1, "骨科": 2})
    first, second, third = (applicant(notice, base, [name]) for name in ("内科", "内科", "骨科"))
    mark_all(notice, base, {first: "95", second: "94", third: "61"})
    run = releases.approve_and_publish(computed(notice, base), actor=officer(), at=APPROVED)
    clock_at(RELEASED)
    page = client.get(url(notice, "public:publicity_list", run.publicity.pk))
    found = {line.name: (line.admitted, line.last_total, line.last_adjusted) for line in page.context["lines"]}
    assert found == {"内科": (1, 9500, None), "骨科": (2, 6100, 9400)}
    assert '61.00<small class="muted">（调剂 94.00）</small>' in page.content.decode()


def test_an_objection_is_raised_by_anybody_and_answered_by_who_may(
    notice: Notice, sign_in: SignIn, clock_at: ClockAt, client: Client
) -> None:
    base, _ = small_year(notice)
    run = releases.approve_and_publish(computed(notice, base), actor=officer(), at=APPROVED)
    clock_at(RELEASED)
    where = url(notice, "public:objection", run.publicity.pk)
    assert client.post(where, {"words": "", "contact": "1"}).status_code == 422
    assert client.post(where, {"words": "示例：第1名单位证明不实", "contact": "13900001234"}).status_code == 303
    objection = Objection.objects.get()
    province = sign_in(officer())
    page = province.get(url(notice, "province:publicity")).content.decode()
    assert "第1名单位证明不实" in page
    assert AccessLog.objects.filter(purpose="核实公示异议").count() == 2
    assert (
        "1390" not in sign_in(reviewer_of(base, Role.BASE_READER)).get(url(notice, "base:admission")).content.decode()
    )
    answer, words = url(notice, "province:objection_answer", objection.pk), "经核实，证明属实。"
    unsaid = province.post(answer, {"answer": words}, follow=True)
    assert "请选择异议是否成立。" in unsaid.content.decode()
    province.post(answer, {"answer": words, "upheld": "no"})
    objection.refresh_from_db()
    assert (objection.answer, objection.upheld) == (words, False)
    clock_at(OVER)
    assert client.post(where, {"words": "示例", "contact": "13900001234"}).status_code == 422


def test_behind_the_proxy_one_network_does_not_use_up_the_objections_of_another(
    notice: Notice, clock_at: ClockAt, client: Client, settings: Any
) -> None:
    base, _ = small_year(notice)
    run = releases.approve_and_publish(computed(notice, base), actor=officer(), at=APPROVED)
    clock_at(RELEASED)
    settings.GME_BEHIND_PROXY = True
    where, words = url(notice, "public:objection", run.publicity.pk), {"words": "示例", "contact": "13900001234"}
    answers = [client.post(where, words, headers={"X-Forwarded-For": "198.51.100.1"}).status_code for _ in range(6)]
    assert answers == [303] * 5 + [422]
    assert client.post(where, words, headers={"X-Forwarded-For": "198.51.100.2"}).status_code == 303


def test_reallocation_from_trial_to_publication(notice: Notice, sign_in: SignIn, clock_at: ClockAt) -> None:
    base, people = small_year(notice)
    make_base(notice, {"全科": 1})
    releases.approve_and_publish(computed(notice, base), actor=officer(), at=APPROVED)
    clock_at(REALLOCATING)
    maker, lead = sign_in(officer()), sign_in(province_lead())
    trial = maker.post(url(notice, "province:reallocation_compute"), {"simulate": "1"}, follow=True)
    assert "这是试算" in trial.content.decode()
    made = maker.post(url(notice, "province:reallocation_compute"), follow=True)
    run = AllocationRun.objects.get(kind="provincial-reallocation", is_simulation=False)
    assert "须由另一人批准" in made.content.decode()
    assert run.made_by.name in lead.get(url(notice, "province:reallocation")).content.decode()
    assert maker.post(url(notice, "province:run_step", run.pk, "approve")).status_code == 422
    done = lead.post(url(notice, "province:run_step", run.pk, "approve"), follow=True).content.decode()
    assert "已批准并公布" in done
    assert run.offers.get().application_id == people["c"].pk


def test_pages_take_as_many_queries_for_many_people_as_for_few(
    notice: Notice, sign_in: SignIn, clock_at: ClockAt, client: Client
) -> None:
    few, _ = small_year(notice)
    many = make_base(notice, {"内科": 9, "儿科": 2, "骨科": 2}, capacity={"儿科": 3})
    people = [applicant(notice, many, ["内科"]) for _ in range(12)]
    mark_all(notice, many, dict.fromkeys(people, "70"))
    counts: dict[str, list[int]] = {}
    for base in (few, many):
        run = releases.approve_and_publish(computed(notice, base), actor=officer(), at=APPROVED)
        clock_at(RELEASED)
        lead = sign_in(another_lead(base))
        pages = {
            "base:admission": lead.get,
            "base:ranking": lead.get,
            "base:moves": lead.get,
        }
        for route, get in pages.items():
            counts.setdefault(route, []).append(_queries(lambda route=route, get=get: get(url(notice, route))))
        counts.setdefault("run", []).append(
            _queries(lambda lead=lead, run=run: lead.get(url(notice, "base:admission_run", run.pk)))
        )
        counts.setdefault("list", []).append(
            _queries(lambda run=run: client.get(url(notice, "public:publicity_list", run.publicity.pk)))
        )
    assert all(one == other for one, other in counts.values()), counts


def _queries(page: Callable[[], Any]) -> int:
    page()  # warms what is kept for the whole process
    with CaptureQueriesContext(connection) as captured:
        assert page().status_code == 200
    return len(captured)
