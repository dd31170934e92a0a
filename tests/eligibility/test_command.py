"""`manage.py eligibility`: the contract, JSON in and JSON out, without a database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

Make = Callable[..., dict[str, Any]]


def run(tmp_path: Path, case: dict[str, Any] | str) -> dict[str, Any]:
    file, out = tmp_path / "case.json", StringIO()
    file.write_text(case if isinstance(case, str) else json.dumps(case, ensure_ascii=False), encoding="utf-8")
    call_command("eligibility", str(file), stdout=out)
    return json.loads(out.getvalue())  # type: ignore[no-any-return]


def refusal(tmp_path: Path, case: dict[str, Any] | str) -> str:
    with pytest.raises(CommandError) as caught:
        run(tmp_path, case)
    return str(caught.value)


def test_the_answer_has_the_shape_of_the_contract(tmp_path: Path, case: Make) -> None:
    answer = run(tmp_path, case())
    assert set(answer) == {"verdict", "findings", "specialties"}
    assert answer["verdict"] == "eligible"
    assert list(answer["specialties"]) == ["全科"]
    assert set(answer["specialties"]["全科"]) == {"verdict", "findings"}
    for finding in answer["findings"]:
        assert set(finding) == {"rule", "verdict", "clause", "sentence"}
        assert finding["verdict"] in {"pass", "fail", "needs_review"}


def test_without_a_choice_every_specialty_is_answered_by_name(tmp_path: Path, case: Make) -> None:
    question = case()
    del question["choice"]
    answer = run(tmp_path, question)
    assert len(answer["specialties"]) == 35
    assert list(answer["specialties"])[:2] == ["内科", "儿科"]


def test_mistakes_are_refused_with_their_path(tmp_path: Path, case: Make) -> None:
    broken = {**case(person_type="student"), "colour": "red", "at": "2025-07-01T09:00:00"}
    said = refusal(tmp_path, broken)
    assert "applicant.person_type" in said
    assert "colour：没有这个键" in said
    assert "at：" in said
    assert "共 3 处问题" in said


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"policy": "mars-2025-residency"}, "没有规则文件“mars-2025-residency”，现有："),
        ({"policy": "../settings"}, "policy：“../settings”的写法不对，应为小写字母和数字"),
        (
            {"choice": {"specialty": "全科", "base_prefecture": "53"}},
            "choice.base_prefecture：“53”的写法不对，应为州市行政区划代码",
        ),
        ({"round": "third"}, "round："),
        ({"applicant": None}, "applicant：应为表"),
        ({"choice": {"base_prefecture": None, "specialty": "中医全科"}}, "choice.specialty：“云南省2025年"),
        ({"choice": {"specialty": "全科", "base": "B01"}}, "choice.base：没有这个键"),
    ],
)
def test_what_this_policy_does_not_have(tmp_path: Path, case: Make, change: dict[str, Any], says: str) -> None:
    assert says in refusal(tmp_path, {**case(), **change})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "不符合 JSON 语法"),
        ("[]", "最外层应为表"),
        ('{"at": 1, "at": 2}', "at：这个键写了两次"),
        (
            '{"applicant": {"education": [{}, {"level": "college", "level": "doctor"}]}}',
            "applicant.education[1].level：这个键写了两次",
        ),
    ],
)
def test_what_is_not_a_case(tmp_path: Path, text: str, says: str) -> None:
    assert says in refusal(tmp_path, text)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_from_a_pipe_in_any_folder_and_encoding_without_a_database(tmp_path: Path, case: Make, mark: str) -> None:
    """As an outside program runs it: no settings, no database, another working directory, a machine that speaks ASCII."""
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, str(root / "manage.py"), "eligibility", "-"],
        input=(mark + json.dumps(case(), ensure_ascii=False)).encode(),
        capture_output=True,
        cwd=tmp_path,
        env={"PATH": os.defpath, "PYTHONIOENCODING": "ascii"},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert list(json.loads(done.stdout.decode())["specialties"]) == ["全科"]


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path, case: Make) -> None:
    assert run(tmp_path, "\ufeff" + json.dumps(case()))["verdict"] == "eligible"


def test_nothing_deeper_than_a_case_can_be_is_read(tmp_path: Path) -> None:
    assert "嵌套过深" in refusal(tmp_path, "[" * 100_000 + "]" * 100_000)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2025-07-01T24:01:00+08:00"])
def test_a_moment_no_notice_can_have(tmp_path: Path, case: Make, at: str) -> None:
    assert "at：" in refusal(tmp_path, {**case(), "at": at})


def test_nobody_has_graduated_after_the_training_began(tmp_path: Path, case: Make) -> None:
    question = case()
    record = question["applicant"]["education"][0]
    record["graduated_on"] = "2025-09-01"  # 应届毕业生按已毕业填写, 003 (三)3
    assert run(tmp_path, question)["verdict"] == "eligible"
    record["graduated_on"] = "2025-09-02"
    assert "applicant.education[0].graduated_on：毕业日期晚于2025年9月1日（星期一）" in refusal(tmp_path, question)
    later = {**question, "at": "2026-01-01T00:00:00+08:00"}
    assert run(tmp_path, later)["verdict"] == "eligible"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="读不了案例文件"):
        call_command("eligibility", str(tmp_path / "none.json"))
