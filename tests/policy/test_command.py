from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.policy.conftest import FILE


def run(*args: str) -> str:
    out = StringIO()
    call_command("policy", *args, stdout=out)
    return out.getvalue()


def test_check_says_that_a_file_is_good() -> None:
    assert "可用（云南省2025年住院医师规范化培训招录（西医类）" in run("check", str(FILE))


def test_check_looks_at_every_file_and_names_all_problems(tmp_path: Path, text: str) -> None:
    one, other = tmp_path / "a.toml", tmp_path / "b.toml"
    one.write_text(text.replace("max_bases = 1", "max_bases = 0"), encoding="utf-8")
    other.write_text("title = ", encoding="utf-8")
    with pytest.raises(CommandError) as caught:
        call_command("policy", "check", str(one), str(other), str(tmp_path / "none.toml"), stdout=StringIO())
    said = str(caught.value)
    assert "choices.max_bases：应在 1 到 10 之间" in said
    assert "TOML 语法" in said
    assert "文件打不开" in said


def test_describe_prints_sections_and_clauses() -> None:
    said = run("describe", str(FILE))
    assert "【时间】" in said
    assert "（003 说明3）" in said
