"""`manage.py allocate PROBLEM.json [--out RESULT.json]`: solve a published problem. Needs no database; anyone can re-run it."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from admissions.allocation import canonical, engine
from admissions.allocation.problem import ProblemError, parse

MOST_FAULTS = 50
UNUSABLE = {
    FileNotFoundError: "没有这个文件或文件夹。",
    IsADirectoryError: "这是文件夹，请写出文件名。",
    NotADirectoryError: "路径中有一段不是文件夹。",
    PermissionError: "没有权限。",
}


class Command(BaseCommand):
    help = "按公开的规则计算录取或省级调剂：读入 PROBLEM.json，写出结果（规范化 JSON，逐字节可重现）。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("problem", type=Path, help="运算输入（JSON）")
        parser.add_argument("--out", type=Path, help="结果文件；不写时打印到屏幕")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            problem = parse(read_json(options["problem"]))
        except ProblemError as error:
            raise CommandError(describe(error)) from error
        out: Path | None = options["out"]
        if out is not None and out.exists() and out.samefile(options["problem"]):
            raise CommandError(f"{out} 就是运算输入，不能用结果覆盖它；请另取文件名。")
        text = canonical.dumps(engine.solve(problem)) + "\n"
        if out is None:
            if isinstance(sys.stdout, TextIOWrapper):
                sys.stdout.reconfigure(
                    encoding="utf-8", newline="\n"
                )  # the same bytes whatever the machine's own encoding is
            self.stdout.write(text, ending="")
            return
        try:
            out.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise CommandError(f"无法写入 {out}：{why(error)}") from error


def read_json(path: Path) -> Any:
    """The JSON in a file. Raises CommandError with a Chinese sentence when it cannot be read or is no strict JSON."""
    try:
        return canonical.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CommandError(f"无法读取 {path}：{why(error)}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} 不是 UTF-8 文本。") from error
    except canonical.NotJson as error:
        raise CommandError(f"{path}：{error}") from error


def why(error: OSError) -> str:
    """What the system says about a file, in Chinese where it is one of the usual things."""
    for kind, sentence in UNUSABLE.items():
        if isinstance(error, kind):
            return sentence
    return str(error.strerror)


def describe(error: ProblemError) -> str:
    """Every fault on a line of its own, as far as a screen can show them."""
    lines = [f"输入有 {len(error.faults)} 处错误，未作运算："]
    lines += [f"  {fault}" for fault in error.faults[:MOST_FAULTS]]
    if len(error.faults) > MOST_FAULTS:
        lines.append(f"  ……其余 {len(error.faults) - MOST_FAULTS} 处略")
    return "\n".join(lines)
