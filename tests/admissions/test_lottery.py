"""The lottery: committed to before, drawn in public after, shown with the result; nobody alone decides it and anybody checks it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from admissions.models import AllocationRun, LotteryDraw
from admissions.queries.lots import TEST_SEED, as_record, is_late, is_revealed, lots, seed_of
from admissions.services import lottery_draws, releases
from admissions.tasks import FOLLOWERS
from gme_portal.accounts.models import Role
from gme_portal.audit.models import AuditEvent
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from tests.admissions.ranked import (
    APPROVED,
    COMPUTED,
    RELEASED,
    another_lead,
    applicant,
    computed,
    make_base,
    mark_all,
    officer,
    province_lead,
    small_year,
)
from tests.factories import ADOPTED_AT, IN_WINDOW, NoticeFactory, StaffFactory, reviewer_of

SignIn = Callable[[Any], Client]
ClockAt = Callable[[datetime], datetime]
SECOND = timedelta(seconds=1)
DRAWN = "02 11 17 20 28 31 + 05"


@pytest.fixture
def undrawn(db: None) -> Notice:
    return NoticeFactory(drawn=False)


@pytest.fixture
def policy(undrawn: Notice) -> Policy:
    return policy_of(version_in_force(undrawn))


@pytest.fixture
def close(policy: Policy) -> datetime:
    window = policy.window("registration")
    assert window is not None
    return window.closes


def committed(notice: Notice, policy: Policy, at: datetime = IN_WINDOW, **values: Any) -> LotteryDraw:
    values = {"source": "示例：截止后首期公开抽签", "actor": officer()} | values
    return lottery_draws.commit(notice=notice, round="first", at=at, policy=policy, **values)


def drawn(notice: Notice, policy: Policy, at: datetime) -> LotteryDraw:
    draw = LotteryDraw.objects.filter(notice=notice, round="first").first() or committed(notice, policy)
    lottery_draws.enter(draw, public_draw=DRAWN, actor=officer(), at=at, policy=policy)
    return lottery_draws.confirm(draw, public_draw=DRAWN, actor=province_lead(), at=at + SECOND)


def refused(action: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as caught:
        action()
    return caught.value.code


def test_the_seed_is_what_everybody_can_compute(undrawn: Notice, policy: Policy, close: datetime) -> None:
    draw = drawn(undrawn, policy, close)
    secret = draw.secret.open()
    assert draw.commitment == sha256(secret.encode()).hexdigest()
    seed = sha256(f"{secret}|{DRAWN}".encode()).hexdigest()
    assert seed_of(draw) == seed
    base = make_base(undrawn, {"内科": 1})
    people = [applicant(undrawn, base, ["内科"]) for _ in range(5)]
    numbers = {row.number: sha256(f"{seed}|{undrawn.year}|{row.number}".encode()).hexdigest() for row in people}
    places = lots(undrawn, "first").places
    assert sorted(numbers, key=lambda number: numbers[number]) == sorted(places, key=lambda number: places[number])
    assert set(places.values()) == {1, 2, 3, 4, 5}


def test_two_secrets_are_never_the_same(undrawn: Notice, policy: Policy) -> None:
    other = NoticeFactory(drawn=False, edit=lambda text: text.replace('id = "yunnan', 'id = "shili'))
    first, second = committed(undrawn, policy), committed(other, policy)
    assert first.secret.open() != second.secret.open()
    assert len(first.secret.open()) == 64
    assert first.secret.open() not in json.dumps(list(AuditEvent.objects.values_list("detail", flat=True)))


def test_only_the_office_and_never_twice(undrawn: Notice, policy: Policy) -> None:
    base = make_base(undrawn, {"内科": 1})
    assert refused(lambda: committed(undrawn, policy, actor=reviewer_of(base, Role.BASE_LEAD))) == "NOT_YOURS"
    assert refused(lambda: committed(undrawn, policy, source=" \x00 ")) == "SOURCE_MISSING"
    assert refused(lambda: committed(undrawn, policy, source="字" * 201)) == "TEXT_LONG"
    draw = committed(undrawn, policy, source="  示例   一期 ")
    assert draw.source == "示例 一期"
    assert refused(lambda: committed(undrawn, policy)) == "ALREADY_COMMITTED"


@pytest.mark.parametrize(("before", "late"), [(SECOND, False), (timedelta(0), True)])
def test_a_commitment_after_the_close_says_why(
    undrawn: Notice, policy: Policy, close: datetime, before: timedelta, late: bool
) -> None:
    at = close - before
    if late:
        assert refused(lambda: committed(undrawn, policy, at)) == "REASON_MISSING"
    draw = committed(undrawn, policy, at, late_reason="示例：经办人交接")
    assert (is_late(draw, policy), draw.late_reason) == (late, "示例：经办人交接" if late else "")


@pytest.mark.parametrize(
    ("before", "there"),
    [
        (timedelta(hours=24, seconds=1), False),
        (timedelta(hours=24), True),
        (SECOND, True),
        (timedelta(0), False),
    ],
)
def test_the_platform_commits_a_day_before_if_nobody_has(
    undrawn: Notice, policy: Policy, close: datetime, before: timedelta, there: bool
) -> None:
    assert lottery_draws.commit_in_time in FOLLOWERS
    for _ in range(2):
        lottery_draws.commit_in_time(undrawn, policy=policy, at=close - before)
    draw = LotteryDraw.objects.filter(notice=undrawn).first()
    assert (draw is not None) is there
    if draw is not None:
        assert (draw.committed_by, draw.stage) == (None, "committed")


def test_the_platform_leaves_a_commitment_alone(undrawn: Notice, policy: Policy, close: datetime) -> None:
    draw = committed(undrawn, policy)
    lottery_draws.commit_in_time(undrawn, policy=policy, at=close - SECOND)
    assert LotteryDraw.objects.get().commitment == draw.commitment


def test_the_draw_is_entered_after_the_close_and_typed_again_by_another(
    undrawn: Notice, policy: Policy, close: datetime
) -> None:
    draw, first, second = committed(undrawn, policy), officer(), province_lead()

    def enter(at: datetime, text: str = DRAWN) -> LotteryDraw:
        return lottery_draws.enter(draw, public_draw=text, actor=first, at=at, policy=policy)

    def confirm(actor: Any, text: str = DRAWN) -> LotteryDraw:
        return lottery_draws.confirm(draw, public_draw=text, actor=actor, at=close + SECOND)

    assert refused(lambda: enter(close - SECOND)) == "TOO_EARLY"
    assert refused(lambda: confirm(second)) == "NOT_NOW_STATE"
    assert refused(lambda: enter(close, "1 2 3")) == "DRAW_SHORT", "few possibilities could be tried out beforehand"
    assert refused(lambda: enter(close, " ")) == "DRAW_MISSING"
    assert enter(close, f"  {DRAWN.replace(' ', '   ')} ").public_draw == DRAWN
    assert refused(lambda: enter(close)) == "NOT_NOW_STATE"
    assert refused(lambda: confirm(first)) == "SAME_PERSON"
    assert refused(lambda: confirm(second, DRAWN.replace("05", "06"))) == "DRAW_DIFFERS"
    assert confirm(second).stage == "drawn"
    assert refused(lambda: confirm(StaffFactory(role=Role.PROVINCE_LEAD))) == "NOT_NOW_STATE"
    assert refused(lambda: lottery_draws.send_back(draw, actor=second, at=close)) == "NOT_NOW_STATE"


def test_what_was_typed_wrong_goes_back(undrawn: Notice, policy: Policy, close: datetime) -> None:
    draw = committed(undrawn, policy)
    lottery_draws.enter(draw, public_draw="99 99 99", actor=officer(), at=close, policy=policy)
    assert refused(lambda: lottery_draws.send_back(draw, actor=StaffFactory(), at=close)) == "NOT_YOURS"
    assert lottery_draws.send_back(draw, actor=province_lead(), at=close).stage == "committed"
    assert AuditEvent.objects.get(action="lottery.sent_back").detail == {"public_draw": "99 99 99"}
    assert drawn(undrawn, policy, close).public_draw == DRAWN


def test_the_database_keeps_what_was_committed_and_drawn(undrawn: Notice, policy: Policy, close: datetime) -> None:
    draw = committed(undrawn, policy)
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        LotteryDraw.objects.filter(pk=draw.pk).update(commitment="0" * 64)
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        LotteryDraw.objects.filter(pk=draw.pk).delete()
    with pytest.raises(DatabaseError, match="lottery_draw_whole"), transaction.atomic():
        LotteryDraw.objects.filter(pk=draw.pk).update(
            public_draw=DRAWN, drawn_by=officer(), drawn_at=draw.committed_at - SECOND
        )
    drawn(undrawn, policy, close)
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        LotteryDraw.objects.filter(pk=draw.pk).update(public_draw="99 99 99 99")
    with pytest.raises(DatabaseError, match="lottery_two_people"), transaction.atomic():
        LotteryDraw.objects.create(
            notice=undrawn,
            round="second",
            commitment="0" * 64,
            secret="x",
            source="示例",
            committed_at=ADOPTED_AT,
            committed_under=undrawn.versions.first(),
            public_draw=DRAWN,
            drawn_by=officer(),
            drawn_at=close,
            confirmed_by=officer(),
            confirmed_at=close,
        )


def test_a_real_run_waits_for_the_draw_and_a_trial_says_its_seed(
    undrawn: Notice, policy: Policy, close: datetime
) -> None:
    base = make_base(undrawn, {"内科": 1})
    people = [applicant(undrawn, base, ["内科"]) for _ in range(3)]
    mark_all(undrawn, base, dict.fromkeys(people, "80"))
    assert refused(lambda: computed(undrawn, base)) == "LOTTERY_NOT_DRAWN"
    trial = computed(undrawn, base, simulate=True)
    assert trial.beside["lottery"] == {"drawn": False, "test_seed": TEST_SEED}
    draw = drawn(undrawn, policy, close)
    run = computed(undrawn, base)
    assert run.beside["lottery"] == {"drawn": True, "commitment": draw.commitment, "public_draw": DRAWN}
    places = lots(undrawn, "first").places
    assert run.result["assignment"] == {
        row.number: "内科" if places[row.number] == min(places.values()) else None for row in people
    }
    assert draw.secret.open() not in json.dumps(run.problem | run.beside | run.result)


def test_the_secret_is_shown_with_the_first_result_and_not_a_moment_before(notice: Notice) -> None:
    base, _ = small_year(notice)
    draw = LotteryDraw.objects.get(notice=notice, round="first")
    run = releases.approve_and_publish(computed(notice, base), actor=officer(), at=APPROVED)
    for at, shown in ((APPROVED, False), (RELEASED - SECOND, False), (RELEASED, True)):
        assert is_revealed(draw, at) is shown
        record = as_record(draw, revealed=is_revealed(draw, at))
        assert (record["secret"] is not None, record["seed"] is not None) == (shown, shown)
    releases.ask_undo(run, reason="示例", actor=officer(), at=RELEASED + SECOND)
    releases.confirm_undo(run, actor=province_lead(), at=RELEASED + SECOND)
    assert is_revealed(draw, RELEASED + 2 * SECOND), "what was out once stays out"


def test_what_was_taken_back_before_its_instant_reveals_nothing(notice: Notice) -> None:
    base, _ = small_year(notice)
    run = releases.approve_and_publish(computed(notice, base), actor=officer(), at=APPROVED)
    releases.ask_undo(run, reason="示例", actor=officer(), at=APPROVED)
    releases.confirm_undo(run, actor=province_lead(), at=APPROVED)
    assert not is_revealed(LotteryDraw.objects.get(notice=notice, round="first"), RELEASED + SECOND)


def test_ranking_before_the_draw_has_no_lottery_numbers(undrawn: Notice, sign_in: SignIn, clock_at: ClockAt) -> None:
    base = make_base(undrawn, {"内科": 1})
    people = [applicant(undrawn, base, ["内科"]) for _ in range(2)]
    mark_all(undrawn, base, dict.fromkeys(people, "80"))
    clock_at(COMPUTED)
    lead = sign_in(another_lead(base))
    page = lead.get(reverse("base:ranking", args=[undrawn.slug]))
    rows = page.context["page"].object_list
    assert [(row.lottery, row.tie) for row in rows] == [(None, ""), (None, "待抽签")]
    assert "还没有抽签" in page.content.decode()
    assert "还没有抽签" in lead.get(reverse("base:admission", args=[undrawn.slug])).content.decode()
    refusal = lead.post(reverse("base:admission_compute", args=[undrawn.slug]))
    assert (refusal.status_code, AllocationRun.objects.count()) == (422, 0)
    assert "本批次还没有抽签" in refusal.content.decode()
    assert lead.get(reverse("base:ranking_file", args=[undrawn.slug])).status_code == 200


def test_the_office_is_led_from_step_to_step(
    undrawn: Notice, policy: Policy, close: datetime, sign_in: SignIn, clock_at: ClockAt
) -> None:
    first, second = sign_in(officer()), sign_in(province_lead())
    where = reverse("province:lottery", args=[undrawn.slug])

    def step(client: Client, name: str, **data: str) -> Any:
        return client.post(reverse("province:lottery_step", args=[undrawn.slug, name]), data)

    clock_at(IN_WINDOW)
    assert "以哪一次公开抽签为准" in first.get(where).content.decode()
    assert step(first, "commit").status_code == 422
    assert step(first, "nonsense").status_code == 404
    assert step(first, "commit", source="示例：首期").status_code == 303
    assert "等待报名截止" in first.get(where).content.decode()
    early = step(first, "enter", public_draw=DRAWN)
    assert (early.status_code, "报名截止后才能录入" in early.content.decode()) == (422, True)
    clock_at(close)
    assert "录入公开抽签结果" in first.get(where).content.decode()
    assert step(first, "enter", public_draw=DRAWN).status_code == 303
    assert "须由省级另一人" in first.get(where).content.decode()
    approvals = reverse("province:approvals", args=[undrawn.slug])
    assert "公开抽签结果" in second.get(approvals).content.decode()
    assert "待另一人复核" not in first.get(approvals).content.decode()
    wrong = step(second, "confirm", public_draw="11 11 11 11")
    assert (wrong.status_code, "与录入的结果不一致" in wrong.content.decode()) == (422, True)
    assert DRAWN not in second.get(where).content.decode(), "typed from the announcement, not copied from the page"
    assert step(second, "confirm", public_draw=DRAWN).status_code == 303
    done = second.get(where).content.decode()
    assert "抽签已完成" in done
    secret = LotteryDraw.objects.get().secret.open()
    assert secret not in done
    assert step(second, "send-back").status_code == 303
    assert LotteryDraw.objects.get().stage == "drawn"


def test_anybody_checks_the_lottery(notice: Notice, clock_at: ClockAt, client: Client, tmp_path: Path) -> None:
    base, people = small_year(notice)
    releases.approve_and_publish(computed(notice, base), actor=officer(), at=APPROVED)
    draw = LotteryDraw.objects.get(notice=notice, round="first")
    page, file = reverse("public:lottery", args=[notice.slug]), reverse("public:lottery_file", args=[notice.slug])
    clock_at(RELEASED - SECOND)
    before = client.get(page).content.decode() + client.get(file).content.decode()
    assert draw.commitment in before
    assert draw.secret.open() not in before
    assert seed_of(draw) not in before
    path = tmp_path / "lottery.json"
    path.write_bytes(client.get(file).content)
    with pytest.raises(CommandError, match="密钥还没有公开"):
        call_command("verify_lottery", path)
    clock_at(RELEASED)
    number = people["a"].number
    after = client.get(page, {"number": f" {number} "}).content.decode()
    expected = sha256(f"{seed_of(draw)}|{notice.year}|{number}".encode()).hexdigest()
    for words in (draw.secret.open(), seed_of(draw), expected):
        assert words in after
    assert client.get(page, {"number": "<b>"}).status_code == 200
    path.write_bytes(client.get(file).content)
    out = StringIO()
    call_command("verify_lottery", path, "--number", number, stdout=out)
    assert "核对通过" in out.getvalue()
    assert f"{number}：{expected}" in out.getvalue()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"secret": "00"}, "密钥与承诺值不符"),
        ({"public_draw": "1"}, "种子不是由密钥和公开抽签得出的"),
        ({"year": "2025"}, "year：应为整数"),
        ({"seed": None}, "seed：应为一段非空文字"),
        ({"kind": "base-admission"}, "这不是抽签文件"),
    ],
)
def test_a_lottery_that_does_not_open_is_named(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    secret, draw = "ab" * 32, DRAWN
    record = {
        "kind": "lottery",
        "notice": "shili",
        "year": 2025,
        "round": "first",
        "commitment": sha256(secret.encode()).hexdigest(),
        "public_draw": draw,
        "secret": secret,
        "seed": sha256(f"{secret}|{draw}".encode()).hexdigest(),
    }
    path = tmp_path / "lottery.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    call_command("verify_lottery", path, stdout=StringIO())
    path.write_text(json.dumps(record | change), encoding="utf-8")
    with pytest.raises(CommandError, match=words):
        call_command("verify_lottery", path)
