"""What-if of the provincial office: changed seats and rules on a copy, beside the real figures; nothing real changes."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from admissions.models import AllocationRun, Application, Offer, RunKind
from admissions.queries.assumptions import (
    EVERYBODY,
    NOBODY,
    Assumptions,
    Wider,
    as_json,
    assume,
    from_json,
    in_words,
)
from admissions.queries.what_if import real_runs, trial_of
from admissions.services import releases, runs, what_if
from bases.models import TrainingBase
from gme_portal.accounts.models import Role
from gme_portal.notices.models import Notice
from gme_portal.refusals import Refused
from quotas.models import Quota
from tests.admissions.ranked import (
    APPROVED,
    COMPUTED,
    REALLOCATING,
    RELEASED,
    applicant,
    computed,
    make_base,
    mark_all,
    officer,
    province_lead,
    quotas_of,
    small_year,
)
from tests.factories import reviewer_of

SignIn = Callable[[Any], Client]
LATER = COMPUTED + timedelta(hours=1)
People = dict[str, Application]


def seat_of(run: AllocationRun, row: Application) -> str | None:
    seat: str | None = run.result["assignment"][row.number]
    return seat


def tried(source: AllocationRun, at: datetime = LATER, **assumed: Any) -> AllocationRun:
    values: dict[str, Any] = {"seats": {}, **assumed}
    return what_if.try_out(source, assumed=Assumptions(**values), actor=officer(), at=at)


@pytest.fixture
def year(notice: Notice) -> tuple[TrainingBase, People, AllocationRun]:
    """内科 1, 儿科 1 (at most 2), 骨科 2; a 内科, b 骨科, d and e 儿科 (one seat moved from 骨科), c nothing."""
    base, people = small_year(notice)
    return base, people, computed(notice, base)


@pytest.fixture
def left_over(notice: Notice) -> tuple[AllocationRun, dict[str, Application], dict[str, Quota]]:
    """A trial of the reallocation: 全科 1 and 骨科 1 free far away; c consents, f of another base has 60 points and does not."""
    base, people = small_year(notice)
    far = make_base(notice, {"全科": 1, "骨科": 1})
    second = make_base(notice, {"内科": 1})
    first, f = applicant(notice, second, ["内科"]), applicant(notice, second, ["内科"], consents=[])
    mark_all(notice, second, {first: "90", f: "60"})
    for one in (base, second):
        releases.approve_and_publish(computed(notice, one), actor=officer(), at=APPROVED)
    trial = runs.compute(kind=RunKind.REALLOCATION, notice=notice, actor=officer(), at=REALLOCATING, simulate=True)
    names = dict(zip(("全科", "骨科"), quotas_of(notice, far, "全科", "骨科"), strict=True))
    return trial, {"c": people["c"], "f": f}, names


def test_seats_of_a_base_on_a_copy(notice: Notice, year: tuple[TrainingBase, People, AllocationRun]) -> None:
    _, people, real = year
    before = [(quota.pk, quota.seats, quota.taken) for quota in Quota.objects.order_by("pk")]
    run = tried(real, seats={"内科": 3, "骨科": 0})
    assert [seat_of(run, people[key]) for key in "abc"] == ["内科", "内科", "内科"]
    assert (run.is_simulation, run.breaches, run.state, run.previous) == (True, [], "verified", real)
    assert run.beside["what_if"]["words"] == ["内科名额 1 → 3", "骨科名额 2 → 0"]
    found = trial_of(run)
    assert (found.source.pk, found.real.filled, found.tried.filled) == (real.pk, 4, 4)
    assert (found.real.first_wish, found.tried.first_wish) == (3, 4)
    assert {change.number: change.kind for change, _ in found.people} == {
        people["b"].number: "moved",
        people["c"].number: "gained",
        people["e"].number: "lost",
    }
    real.refresh_from_db()
    assert (real.state, before) == (
        "verified",
        [(quota.pk, quota.seats, quota.taken) for quota in Quota.objects.order_by("pk")],
    )
    assert not Offer.objects.exists()


def test_the_same_changes_are_the_same_trial(year: tuple[TrainingBase, People, AllocationRun]) -> None:
    real = year[2]
    first = tried(real, seats={"内科": 2})
    assert tried(real, REALLOCATING, seats={"内科": 2}).pk == first.pk
    assert tried(real, REALLOCATING, seats={"内科": 3}).pk != first.pk


def test_a_trial_can_never_be_published(year: tuple[TrainingBase, People, AllocationRun]) -> None:
    run = tried(year[2], seats={"内科": 2})
    with pytest.raises(Refused) as caught:
        releases.approve_and_publish(run, actor=province_lead(), at=APPROVED)
    assert caught.value.code == "IS_SIMULATION"
    with pytest.raises(Refused) as again:
        tried(run, seats={"内科": 3})
    assert again.value.code == "OF_A_TRIAL"


def test_the_pool_may_be_shut(year: tuple[TrainingBase, People, AllocationRun]) -> None:
    _, people, real = year
    run = tried(real, pool=False)
    assert (seat_of(run, people["d"]), seat_of(run, people["e"])) == ("儿科", None)
    assert run.beside["what_if"]["words"] == ["未招满的名额不移入紧缺专业"]


def test_another_shortage_list_and_no_consent(notice: Notice) -> None:
    base = make_base(notice, {"内科": 1, "儿科": 1, "骨科": 1}, capacity={"儿科": 2})
    agrees, other = applicant(notice, base, ["内科"]), applicant(notice, base, ["内科"], consents=[])
    mark_all(notice, base, {agrees: "80", other: "90"})
    real = computed(notice, base)
    assert [seat_of(real, one) for one in (agrees, other)] == ["儿科", "内科"], "by adjustment, shortage first"
    run = tried(real, shortage=frozenset({"骨科"}))
    assert seat_of(run, agrees) == "骨科"
    assert run.beside["what_if"]["words"] == ["改为紧缺专业：骨科", "不再作紧缺专业：儿科"]
    assert trial_of(run).tried.shortage_filled == 0, "counted by the real list"
    assert seat_of(tried(real, consent=NOBODY), agrees) is None


def test_everybody_consents_at_a_base(notice: Notice) -> None:
    """Whoever did not consent gets every specialty of the base that the rules leave open, with the marks they have."""
    base = make_base(notice, {"内科": 1, "骨科": 1})
    first, second = (applicant(notice, base, ["内科"], consents=[]) for _ in range(2))
    mark_all(notice, base, {first: "90", second: "80"})
    real = computed(notice, base)
    assert seat_of(real, second) is None
    run = tried(real, consent=EVERYBODY)
    assert seat_of(run, second) == "骨科"
    person = next(row for row in run.problem["applicants"] if row["id"] == second.number)
    assert person["scores"]["骨科"] == person["scores"]["内科"]
    releases.approve_and_publish(real, actor=officer(), at=APPROVED)
    real.refresh_from_db()
    again = tried(real, RELEASED, consent=EVERYBODY)
    assert seat_of(again, second) == "骨科", "also afterwards, on a copy of what was published"


def test_everybody_consents_in_the_province(
    left_over: tuple[AllocationRun, dict[str, Application], dict[str, Quota]],
) -> None:
    """People who did not consent take part on the copy only."""
    real, people, seats = left_over
    assert set(real.result["assignment"]) == {people["c"].number}
    assert seat_of(real, people["c"]) == str(seats["全科"].pk)
    run = tried(real, REALLOCATING, consent=EVERYBODY)
    assert {seat_of(run, people[key]) for key in "cf"} == {str(seats["全科"].pk), str(seats["骨科"].pk)}
    found = trial_of(run)
    assert (found.real.people, found.tried.people, found.tried.filled) == (1, 2, 2)
    assert [change.kind for change, _ in found.people] == ["entered"]
    nobody = trial_of(tried(real, REALLOCATING, consent=NOBODY))
    assert nobody.tried.filled == 0
    assert nobody.people[0][0].why.startswith("改为不服从调剂")


def test_seats_and_short_specialties_of_the_province(
    left_over: tuple[AllocationRun, dict[str, Application], dict[str, Quota]],
) -> None:
    real, people, seats = left_over
    run = tried(real, REALLOCATING, seats={str(seats["全科"].pk): 0})
    assert seat_of(run, people["c"]) == str(seats["骨科"].pk)
    (change, name) = trial_of(run).people[0]
    assert (change.kind, name) == ("moved", people["c"].applicant.user.name)
    assert "全科名额 1→0" in change.why
    run = tried(real, REALLOCATING, shortage=frozenset({"骨科"}))
    assert seat_of(run, people["c"]) == str(seats["骨科"].pk)
    assert trial_of(run).tried.shortage_filled == 0


def test_county_priority_can_be_left_out(notice: Notice) -> None:
    base = make_base(notice, {"内科": 1})
    town, county = applicant(notice, base, ["内科"]), applicant(notice, base, ["内科"], person_type="delegated")
    mark_all(notice, base, {town: "80", county: "80"})
    real = computed(notice, base)
    assert (seat_of(real, county), seat_of(real, town)) == ("内科", None)
    run = tried(real, county_first=False)
    found = trial_of(run)
    assert run.beside["what_if"]["words"] == ["不设县级及以下优先"]
    assert found.tried.county == found.real.county == 1, "who is county is a fact, not a rule"


def test_what_makes_no_sense_is_refused_in_words(year: tuple[TrainingBase, People, AllocationRun]) -> None:
    real = year[2]
    before = copy.deepcopy(real.problem)
    for assumed, code, words in (
        ({"seats": {}}, "NOTHING_ASSUMED", "没有任何改动"),
        ({"seats": {"内科": 1}}, "NOTHING_ASSUMED", "没有任何改动"),
        ({"seats": {"皮肤科": 1}}, "SEAT_UNKNOWN", "没有“皮肤科”这个专业"),
        ({"seats": {"内科": -1}}, "SEATS_WRONG", "须在 0 到 999 之间，现为 -1"),
        ({"seats": {"儿科": 3}}, "OVER_CAPACITY", "儿科的培训容量还剩 2 人，名额不能改为 3"),
    ):
        with pytest.raises(Refused) as caught:
            tried(real, **assumed)
        assert caught.value.code == code
        assert words in str(caught.value)
    assert AllocationRun.objects.count() == 1
    assert real.problem == before


def test_only_the_office_assumes_and_bases_do_not_see_it(
    notice: Notice, sign_in: SignIn, clock_at: Callable[[datetime], datetime], year: Any
) -> None:
    base, _, real = year
    lead = reviewer_of(base, Role.BASE_LEAD)
    with pytest.raises(Refused) as caught:
        what_if.try_out(real, assumed=Assumptions({"内科": 2}), actor=lead, at=LATER)
    assert caught.value.code == "NOT_YOURS"
    run = tried(real, seats={"内科": 2})
    clock_at(LATER)
    client = sign_in(lead)
    assert client.get(reverse("base:admission_run", args=[notice.slug, run.pk])).status_code == 404
    assert str(run.pk) not in client.get(reverse("base:admission", args=[notice.slug])).content.decode()


def test_what_is_assumed_survives_being_stored() -> None:
    for assumed in (
        Assumptions({}),
        Assumptions({"a": 1}, EVERYBODY, frozenset({"儿科"}), False, True, "same"),
        Assumptions({}, shortage=frozenset()),
    ):
        assert from_json(as_json(assumed)) == assumed


def test_geography_of_everybody_may_be_widened() -> None:
    problem = {
        "kind": "provincial-reallocation",
        "adjacent": {},
        "programmes": [
            {"id": "p", "base": "示例", "specialty": "全科", "prefecture": "A", "shortage": True, "seats": 1}
        ],
        "applicants": [{"id": "x", "geo": "same", "county": False, "consent": "province", "eligible": ["全科"]}],
    }
    assumed = Assumptions({}, geography="any")
    assert assume(problem, assumed, Wider({}))["applicants"][0]["geo"] == "any"
    assert in_words(problem, assumed) == ["地域：都不限地域"]


def test_in_the_browser_for_a_base(
    notice: Notice, sign_in: SignIn, clock_at: Callable[[datetime], datetime], year: Any
) -> None:
    base, people, real = year
    clock_at(LATER)
    client = sign_in(officer())
    where = reverse("province:what_if", args=[notice.slug]) + f"?base={base.code}"
    page = client.get(where)
    form = page.context["form"]
    seats = {name: place for place, name in enumerate(form.names)}
    typed = {f"seats_{place}": str(form.counts[name]) for name, place in seats.items()}
    typed |= {"consent": "", "pool": "on", "shortage": ["儿科"]}
    same = client.post(where, typed)
    assert (same.status_code, "没有任何改动" in same.content.decode()) == (422, True)
    for value, words in (
        ("", "请填写内科的名额"),
        ("-1", "名额不能小于 0"),
        ("x", "名额须填整数"),
        ("1000", "名额最多 999"),
    ):
        wrong = client.post(where, {**typed, f"seats_{seats['内科']}": value})
        assert wrong.status_code == 422
        assert words in wrong.content.decode()
    made = client.post(where, {**typed, f"seats_{seats['内科']}": "2"})
    run = AllocationRun.objects.get(beside__has_key="what_if")
    assert (made.status_code, made["Location"]) == (
        303,
        reverse("province:what_if_result", args=[notice.slug, run.pk]),
    )
    shown = client.get(made["Location"]).content.decode()
    for words in ("内科名额 1 → 2", "第一志愿满足率", people["b"].number, "再改一改"):
        assert words in shown
    again = client.get(where + f"&from={run.pk}")
    assert again.context["form"][f"seats_{seats['内科']}"].value() == 2, "goes on from what was tried"
    assert client.get(reverse("province:run", args=[notice.slug, run.pk])).status_code == 200
    assert client.get(reverse("province:what_if_result", args=[notice.slug, real.pk])).status_code == 404
    for wrong in ("?base=keine", "?from=keine", f"?from={real.pk}"):
        assert client.get(reverse("province:what_if", args=[notice.slug]) + wrong).status_code == 404


def test_in_the_browser_for_the_province(
    notice: Notice,
    sign_in: SignIn,
    clock_at: Callable[[datetime], datetime],
    left_over: tuple[AllocationRun, dict[str, Application], dict[str, Quota]],
) -> None:
    real, _, seats = left_over
    clock_at(REALLOCATING + timedelta(minutes=1))
    client = sign_in(province_lead())
    where = reverse("province:what_if", args=[notice.slug])
    short = sorted({row["specialty"] for row in real.problem["programmes"] if row["shortage"]})
    typed = {"consent": "", "geography": "", "shortage": short}
    far = f"{seats['全科'].base.name} 全科"
    for rows, words in (
        ({"programme_0": "没有的医院 全科", "seats_0": "1"}, "没有“没有的医院 全科”"),
        ({"programme_0": far}, "请填写改为多少个名额"),
        ({"seats_0": "1"}, "请选择要改名额的专业基地"),
        ({"programme_0": far, "seats_0": "1", "programme_1": far, "seats_1": "2"}, "填了两次"),
    ):
        wrong = client.post(where, {**typed, **rows})
        assert wrong.status_code == 422
        assert words in wrong.content.decode()
    made = client.post(where, {**typed, "programme_0": far.replace(" ", ""), "seats_0": "0", "consent": "all"})
    assert made.status_code == 303
    shown = client.get(made["Location"]).content.decode()
    assert f"{far}名额 1 → 0" in shown
    assert "服从调剂：全部服从调剂" in shown


def test_without_a_run_there_is_nothing_to_change(
    notice: Notice, sign_in: SignIn, clock_at: Callable[[datetime], datetime]
) -> None:
    base = make_base(notice, {"内科": 1})
    clock_at(LATER)
    client = sign_in(officer())
    where = reverse("province:what_if", args=[notice.slug])
    assert "还没有省级调剂的试算" in client.get(where).content.decode()
    assert "这个基地还没有运算" in client.get(where + f"?base={base.code}").content.decode()
    assert client.post(where, {"consent": "all"}).status_code == 200
    assert not AllocationRun.objects.exists()


def test_the_published_run_comes_first(notice: Notice, year: tuple[TrainingBase, People, AllocationRun]) -> None:
    base, _, real = year
    trial = computed(notice, base, LATER, simulate=True)
    rows = AllocationRun.objects.all()
    scope = {"kind": RunKind.BASE_ADMISSION, "base": base, "round": "first"}
    assert [run.pk for run in real_runs(rows, notice, **scope)] == [real.pk, trial.pk]  # type: ignore[arg-type]
    tried(real, seats={"内科": 2})
    releases.approve_and_publish(real, actor=officer(), at=APPROVED)
    assert [run.pk for run in real_runs(rows, notice, **scope)] == [real.pk, trial.pk]  # type: ignore[arg-type]


def test_the_pages_take_a_fixed_number_of_queries(
    notice: Notice, sign_in: SignIn, clock_at: Callable[[datetime], datetime], year: Any
) -> None:
    base, _, real = year
    clock_at(LATER)
    client = sign_in(officer())
    where = reverse("province:what_if", args=[notice.slug]) + f"?base={base.code}"
    tried(real, seats={"内科": 2})
    client.get(where)
    counts = []
    for seats in range(3, 8):
        with CaptureQueriesContext(connection) as captured:
            client.get(where)
        counts.append(len(captured))
        tried(real, seats={"内科": seats})
    assert len(set(counts)) == 1, counts
