"""`manage.py verify_allocation PROBLEM.json RESULT.json`: check a result with code the engine does not use. Exit 1 names what is broken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from admissions.allocation import verify
from admissions.allocation.problem import ProblemError, parse
from admissions.management.commands.allocate import MOST_FAULTS, describe, read_json


class Command(BaseCommand):
    help = "独立复核一份录取或省级调剂结果；不需要数据库。不成立的保证逐条列出，退出码为 1。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("problem", type=Path, help="运算输入（JSON）")
        parser.add_argument("result", type=Path, help="运算结果（JSON）")

    def handle(self, *args: Any, **options: Any) -> None:
        problem = read_json(options["problem"])
        try:
            parse(problem)
        except ProblemError as error:
            raise CommandError(describe(error)) from error
        breaches = verify.check(problem, read_json(options["result"]))
        if breaches:
            lines = [f"复核不通过，{len(breaches)} 处："] + [f"  {breach}" for breach in breaches[:MOST_FAULTS]]
            if len(breaches) > MOST_FAULTS:
                lines.append(f"  ……其余 {len(breaches) - MOST_FAULTS} 处略")
            raise CommandError("\n".join(lines))
        self.stdout.write("复核通过：结果合法、可重现，各项保证均成立。")
