"""`allocate` and `verify_allocation` as anyone would run them: files in, files out, no database (none is allowed in these tests)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from admissions.allocation import canonical
from tests.allocation.cases import admission, candidate, specialty

MANAGE = Path(__file__).resolve().parents[2] / "manage.py"
PROBLEM = admission(
    [specialty("儿科", 1, shortage=True, capacity=2, rank=1), specialty("内科", 1)],
    [candidate("a1", 92, "内科 儿科"), candidate("a2", 95, "内科")],
)


def write(path: Path, value: Any) -> str:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2), encoding="utf-8")
    return str(path)


def test_a_result_is_canonical_reproducible_and_passes(tmp_path: Path) -> None:
    problem, out, screen = write(tmp_path / "problem.json", PROBLEM), tmp_path / "result.json", StringIO()
    call_command("allocate", problem, out=out)
    call_command("allocate", problem, stdout=screen)
    assert out.read_text(encoding="utf-8") == screen.getvalue()
    result = json.loads(screen.getvalue())
    assert screen.getvalue() == canonical.dumps(result) + "\n"
    assert result["assignment"] == {"a1": "儿科", "a2": "内科"}
    assert result["input_sha256"] == canonical.digest(PROBLEM)
    verdict = StringIO()
    call_command("verify_allocation", problem, str(out), stdout=verdict)
    assert verdict.getvalue() == "复核通过：结果合法、可重现，各项保证均成立。\n"


def test_a_result_on_the_screen_is_the_same_bytes_whatever_the_encoding_of_the_machine_is(tmp_path: Path) -> None:
    problem, out = write(tmp_path / "problem.json", PROBLEM), tmp_path / "result.json"
    call_command("allocate", problem, out=out)
    for seed, encoding in (("1", "gbk"), ("2", "ascii")):
        shown = subprocess.run(
            [sys.executable, MANAGE, "allocate", problem],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": encoding},
            capture_output=True,
            check=True,
        )
        assert shown.stdout == out.read_bytes()


def test_a_touched_result_exits_1_and_names_the_guarantee(tmp_path: Path) -> None:
    problem, out = write(tmp_path / "problem.json", PROBLEM), tmp_path / "result.json"
    call_command("allocate", problem, out=out)
    result = json.loads(out.read_text(encoding="utf-8"))
    result["assignment"] = {"a1": "内科", "a2": None}
    with pytest.raises(CommandError, match="V1 a2 更愿去 内科，其名额却给了排序在后的 a1（内科）。") as caught:
        call_command("verify_allocation", problem, write(out, result))
    assert caught.value.returncode == 1


def test_bad_input_is_refused_with_every_path_and_nothing_is_written(tmp_path: Path) -> None:
    wrong = {**PROBLEM, "applicants": [{**PROBLEM["applicants"][0], "county": "no", "x": 1}], "y": 2}
    out = tmp_path / "result.json"
    with pytest.raises(CommandError) as caught:
        call_command("allocate", write(tmp_path / "problem.json", wrong), out=out)
    assert str(caught.value).splitlines() == [
        "输入有 3 处错误，未作运算：",
        "  y：不认识的字段，请删除或改正拼写",
        "  applicants[0].x：不认识的字段，请删除或改正拼写",
        "  applicants[0].county：应为 true 或 false",
    ]
    assert not out.exists()


def test_a_result_never_takes_the_place_of_its_input(tmp_path: Path) -> None:
    problem = Path(write(tmp_path / "problem.json", PROBLEM))
    (tmp_path / "other.json").symlink_to(problem)
    before = problem.read_bytes()
    for out in (problem, tmp_path / "other.json"):
        with pytest.raises(CommandError, match="就是运算输入"):
            call_command("allocate", str(problem), out=out)
    assert problem.read_bytes() == before


def test_what_cannot_be_written_or_read_is_said_in_chinese(tmp_path: Path) -> None:
    problem = write(tmp_path / "problem.json", PROBLEM)
    for out, words in ((tmp_path / "nowhere" / "x.json", "没有这个文件或文件夹"), (tmp_path, "这是文件夹")):
        with pytest.raises(CommandError, match=f"无法写入.*{words}"):
            call_command("allocate", problem, out=out)
    with pytest.raises(CommandError, match=r"无法读取.*没有这个文件或文件夹"):
        call_command("allocate", str(tmp_path / "nowhere.json"))
    assert [path.name for path in tmp_path.iterdir()] == ["problem.json"]


def test_files_that_are_missing_or_no_json_are_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="无法读取"):
        call_command("allocate", str(tmp_path / "nowhere.json"))
    bad = tmp_path / "bad.json"
    bad.write_bytes(b"\xff\xfe{")
    with pytest.raises(CommandError, match="不是 UTF-8 文本"):
        call_command("allocate", str(bad))
    bad.write_text("{,}", encoding="utf-8")
    with pytest.raises(CommandError, match="不是合法的 JSON：第 1 行第 2 列附近有误"):
        call_command("verify_allocation", str(bad), str(bad))
