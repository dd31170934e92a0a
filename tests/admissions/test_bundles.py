"""The public verification bundle: the same for everybody, about nobody by name, found only by its owner, and checked without the portal."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from admissions.allocation.canonical import digest
from admissions.models import AllocationRun, Application, RunKind, VerificationBundle
from admissions.queries.bundles import archive, name_of, own_rows
from admissions.services import bundles, releases, runs
from admissions.tasks import FOLLOWERS
from bases.models import TrainingBase
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
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
    small_year,
)

SignIn = Callable[[Any], Client]
ClockAt = Callable[[datetime], datetime]
SECOND = timedelta(seconds=1)
People = dict[str, Application]


@pytest.fixture
def published(notice: Notice) -> tuple[TrainingBase, People, AllocationRun]:
    base, people = small_year(notice)
    computed(notice, base, simulate=True)
    run = releases.approve_and_publish(computed(notice, base), actor=officer(), at=APPROVED)
    return base, people, run


@pytest.fixture
def laid_open(
    published: tuple[TrainingBase, People, AllocationRun],
) -> tuple[VerificationBundle, People, AllocationRun]:
    return bundles.lay_open(published[2], at=RELEASED), published[1], published[2]


def unpacked(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


def test_it_is_made_when_the_result_is_out_and_once(
    notice: Notice, published: tuple[TrainingBase, People, AllocationRun]
) -> None:
    run = published[2]
    with pytest.raises(ValueError, match="not before"):
        bundles.lay_open(run, at=RELEASED - SECOND)
    policy = policy_of(version_in_force(notice))
    assert bundles.lay_open_released in FOLLOWERS
    for at, there in ((RELEASED - SECOND, 0), (RELEASED, 1), (RELEASED + SECOND, 1)):
        bundles.lay_open_released(notice, policy=policy, at=at)
        assert VerificationBundle.objects.count() == there
    made = VerificationBundle.objects.get()
    assert bundles.lay_open(run, at=RELEASED).pk == made.pk
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        VerificationBundle.objects.update(made_at=RELEASED)


def test_it_names_nobody(laid_open: tuple[VerificationBundle, People, AllocationRun]) -> None:
    bundle, people, run = laid_open
    text = "".join(unpacked(archive(bundle)).values())
    for row in people.values():
        user = row.applicant.user
        for secret in (row.number, user.name, user.document_number.open(), user.phone.open(), str(row.pk)):
            assert secret not in text
    assert made_of(bundle.problem) == {"assignment": set(bundle.result["assignment"])}
    assert bundle.salt.open() not in text
    assert bundle.record["official"]["input_sha256"] == run.input_sha256
    assert len(bundle.record["chain"]) == 2, "the trial before it is a link too"
    assert [one["holds"] for one in bundle.record["checked"]] == [True] * 4


def made_of(problem: dict[str, Any]) -> dict[str, set[str]]:
    return {"assignment": {row["id"] for row in problem["applicants"]}}


def test_no_two_bundles_share_a_name(notice: Notice, published: tuple[TrainingBase, People, AllocationRun]) -> None:
    _, people, run = published
    make_base(notice, {"全科": 1})
    first = bundles.lay_open(run, at=RELEASED)
    second = runs.compute(kind=RunKind.REALLOCATION, notice=notice, actor=officer(), at=REALLOCATING)
    second = releases.approve_and_publish(second, actor=province_lead(), at=REALLOCATING)
    province = bundles.lay_open(second, at=REALLOCATING)
    number = people["c"].number
    names = [name_of(bundle.salt.open(), number) for bundle in (first, province)]
    assert names[0] != names[1]
    assert names[0] in first.result["assignment"]
    assert province.result["assignment"][names[1]] is not None
    assert [own.seat != "未录取" for own in own_rows(people["c"], REALLOCATING)] == [False, True]


def test_the_same_bundle_is_the_same_bytes(laid_open: tuple[VerificationBundle, People, AllocationRun]) -> None:
    bundle = laid_open[0]
    again = VerificationBundle.objects.get(pk=bundle.pk)
    assert archive(again) == archive(bundle)
    files = unpacked(archive(bundle))
    for line in files["SHA256SUMS"].splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256(files[name].encode()).hexdigest() == digest


def test_anybody_runs_it_again(
    notice: Notice,
    laid_open: tuple[VerificationBundle, People, AllocationRun],
    client: Client,
    clock_at: ClockAt,
    tmp_path: Path,
) -> None:
    _, people, run = laid_open
    page, file = (
        reverse(f"public:{name}", args=[notice.slug, run.publicity.pk])
        for name in ("verification", "verification_file")
    )
    clock_at(RELEASED - SECOND)
    assert [client.get(url).status_code for url in (page, file)] == [404, 404]
    clock_at(RELEASED)
    assert "下载核验包" in client.get(page).content.decode()
    path = tmp_path / "bundle.zip"
    path.write_bytes(client.get(file).content)
    files = unpacked(path.read_bytes())
    for name in ("problem.json", "result.json"):
        (tmp_path / name).write_text(files[name], encoding="utf-8")
    again = tmp_path / "again.json"
    call_command("allocate", tmp_path / "problem.json", out=again)
    assert again.read_bytes() == (tmp_path / "result.json").read_bytes()
    call_command("verify_allocation", tmp_path / "problem.json", tmp_path / "result.json", stdout=StringIO())
    own = own_rows(people["b"], RELEASED)[0]
    out = StringIO()
    call_command("verify_bundle", path, "--key", own.key, "--number", people["b"].number, stdout=out)
    assert "核对通过：5 人，4 人有去处" in out.getvalue()
    assert f"识别码 {own.name} 在运算输入中，去处：骨科" in out.getvalue()
    out = StringIO()
    call_command("verify_bundle", path, "--key", own.key, "--number", people["a"].number, stdout=out)
    assert "不在运算输入中" in out.getvalue()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda files: files.update({"说明.txt": "x"}), "说明.txt 的摘要不符"),
        (
            lambda files: edit(files, "record.json", lambda one: one["chain"][0].update(input_sha256="0")),
            "记录链第 1 环",
        ),
        (
            lambda files: edit(files, "record.json", lambda one: one["official"].update(chain="0")),
            "最后一环不是这次运算",
        ),
        (
            lambda files: edit(files, "record.json", lambda one: one["lottery"].update(secret="0")),
            "抽签：密钥与承诺值不符",
        ),
        (
            lambda files: edit(files, "record.json", lambda one: one["public"].update(problem_sha256="0")),
            "摘要与 problem.json",
        ),
        (lambda files: edit(files, "record.json", lambda one: one.update(lottery={})), "抽签：这不是抽签文件"),
        (
            lambda files: edit(files, "record.json", lambda one: one["lottery"].update(round="second")),
            "抽签：不是本通知本批次的抽签",
        ),
        (lambda files: files.update(SHA256SUMS=""), "problem.json 没有摘要"),
        (lambda files: files.update({"更多.txt": "x"}), "更多.txt 没有摘要"),
        (lambda files: edit(files, "result.json", swapped), "V"),
        (lambda files: edit(files, "problem.json", lambda one: one["applicants"].pop()), "不在输入中"),
        (lambda files: files.pop("record.json"), "包内缺少 record.json"),
        (lambda files: files.update({"record.json": "{}"}), "包内文件不完整"),
        (lambda files: files.update({"problem.json": "no"}), "不是 JSON"),
        (lambda files: edit(files, "problem.json", lambda one: one.update(surplus=1)), "不认识的字段"),
    ],
)
def test_whatever_was_touched_is_named(
    laid_open: tuple[VerificationBundle, People, AllocationRun], tmp_path: Path, change: Any, words: str
) -> None:
    files = unpacked(archive(laid_open[0]))
    change(files)
    path = tmp_path / "bundle.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    with pytest.raises(CommandError, match=words):
        call_command("verify_bundle", path)


def test_what_was_not_compared_is_not_claimed(
    laid_open: tuple[VerificationBundle, People, AllocationRun], tmp_path: Path
) -> None:
    """A result of another version of the program: places and tallies are checked, its words are not called the same."""
    bundle = laid_open[0]
    for result in (bundle.result, bundle.result | {"engine": "gme-allocation 1.0"}):
        bundle.result = result
        bundle.record = {**bundle.record, "public": {**bundle.record["public"], "result_sha256": digest(result)}}
        path, out = tmp_path / "bundle.zip", StringIO()
        path.write_bytes(archive(bundle))
        call_command("verify_bundle", path, stdout=out)
        same = result["engine"] != "gme-allocation 1.0"
        assert ("逐字节相同" in out.getvalue(), "程序的版本不同" in out.getvalue()) == (same, not same)
        assert "、记录链和抽签都成立" in out.getvalue()
    with pytest.raises(CommandError, match="密钥和报名号要一起写"):
        call_command("verify_bundle", path, "--key", "x")


def edit(files: dict[str, str], name: str, change: Callable[[Any], Any]) -> None:
    data = json.loads(files[name])
    change(data)
    files[name] = json.dumps(data, ensure_ascii=False)


def swapped(result: dict[str, Any]) -> None:
    """The best and the one without a place change places."""
    placed = next(name for name, seat in result["assignment"].items() if seat == "内科")
    left = next(name for name, seat in result["assignment"].items() if seat is None)
    result["assignment"] |= {placed: None, left: "内科"}


def test_what_is_no_zip_is_said(tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(b"no")
    with pytest.raises(CommandError, match="不是完整的 zip 文件"):
        call_command("verify_bundle", path)
    with pytest.raises(CommandError, match="无法读取"):
        call_command("verify_bundle", tmp_path / "keine.zip")


def test_the_receipt_shows_ones_own_row_and_nobody_elses(
    notice: Notice,
    laid_open: tuple[VerificationBundle, People, AllocationRun],
    sign_in: SignIn,
    clock_at: ClockAt,
    client: Client,
) -> None:
    _, people, run = laid_open
    mine, other = (own_rows(people[key], RELEASED)[0] for key in "bc")
    assert hashlib.sha256(f"{mine.key}|{people['b'].number}".encode()).hexdigest()[:20] == mine.name
    receipt = reverse("apply:receipt", args=[notice.slug, people["b"].submissions.get().pk])
    owner = sign_in(people["b"].applicant.user)
    clock_at(RELEASED - SECOND)
    assert mine.name not in owner.get(receipt).content.decode()
    clock_at(RELEASED)
    page = owner.get(receipt).content.decode()
    for words in (mine.name, mine.key, "1 内科；2 骨科", "88.00"):
        assert words in page
    assert other.name not in page
    where = reverse("public:verification", args=[notice.slug, run.publicity.pk])
    found = client.get(where, {"code": f" {mine.name.upper()} "}).content.decode()
    assert "在运算输入中" in found
    assert "1 内科；2 骨科" in found
    assert "没有这个识别码" in client.get(where, {"code": "0" * 20}).content.decode()
    assert "识别码是 20 位" in client.get(where, {"code": "<b>"}).content.decode()


def test_who_was_not_ranked_is_told_so(notice: Notice, sign_in: SignIn, clock_at: ClockAt) -> None:
    base = make_base(notice, {"内科": 1})
    sat, absent = applicant(notice, base, ["内科"]), applicant(notice, base, ["内科"])
    mark_all(notice, base, {sat: "60", absent: None})
    run = releases.approve_and_publish(computed(notice, base), actor=officer(), at=APPROVED)
    bundle = bundles.lay_open(run, at=RELEASED)
    assert bundle.record["without_ranking"] == {"assigned": {}, "excluded": 1}
    clock_at(RELEASED)
    receipt = reverse("apply:receipt", args=[notice.slug, absent.submissions.get().pk])
    assert "您没有参加这次排序" in sign_in(absent.applicant.user).get(receipt).content.decode()


def test_what_was_taken_back_is_no_longer_shown(
    notice: Notice, laid_open: tuple[VerificationBundle, People, AllocationRun], client: Client, clock_at: ClockAt
) -> None:
    _, people, run = laid_open
    releases.ask_undo(run, reason="示例", actor=officer(), at=RELEASED + SECOND)
    releases.confirm_undo(run, actor=province_lead(), at=RELEASED + SECOND)
    clock_at(RELEASED + 2 * SECOND)
    for name in ("verification", "verification_file"):
        assert client.get(reverse(f"public:{name}", args=[notice.slug, run.publicity.pk])).status_code == 404
    assert own_rows(people["a"], RELEASED + 2 * SECOND) == []


def test_the_risk_is_counted_and_said(laid_open: tuple[VerificationBundle, People, AllocationRun]) -> None:
    bundle = laid_open[0]
    assert bundle.record["risk"] == {
        "people": 5,
        "placed": 4,
        "placed_told_by_place_and_total": 4,
        "of_them_with_more_than_the_list_shows": 1,
        "unplaced": 1,
    }
    note = unpacked(archive(bundle))["说明.txt"]
    for words in ("唯一认出其中 4 人", "涉及 1 人", "没有去处的 1 人不在公示名单上", "python manage.py verify_bundle"):
        assert words in note


def test_the_pages_take_a_fixed_number_of_queries(notice: Notice, client: Client, clock_at: ClockAt) -> None:
    few, _ = small_year(notice)
    many = make_base(notice, {"内科": 9})
    mark_all(notice, many, {applicant(notice, many, ["内科"]): str(60 + n) for n in range(12)})
    pages = []
    for base in (few, many):
        run = releases.approve_and_publish(computed(notice, base, COMPUTED), actor=officer(), at=APPROVED)
        bundles.lay_open(run, at=RELEASED)
        pages.append(reverse("public:verification", args=[notice.slug, run.publicity.pk]))
    clock_at(RELEASED)
    client.get(pages[0])
    counts = []
    for page in pages:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
