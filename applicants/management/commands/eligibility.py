"""`manage.py eligibility CASE.json`: may this person sign up? JSON in, JSON out, no database."""

from __future__ import annotations

import json
import sys
from io import TextIOWrapper
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from applicants.eligibility.cases import answer, check_against, parse_case
from applicants.eligibility.judging import judge
from gme_portal import policy as policies
from gme_portal.policy.errors import DocumentError


class Command(BaseCommand):
    help = "按通知规则判断报考条件：读入案例（JSON），输出结论（JSON）。不需要数据库。"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("case", metavar="CASE.json", help="案例文件；“-”表示从标准输入读取")

    def handle(self, *, case: str, **options: object) -> None:
        try:
            question = parse_case(_read(case))
            policy = policies.load(_policy_file(question.policy))
            check_against(question, policy)
        except DocumentError as error:
            raise CommandError(str(error)) from error
        verdict = judge(policy, question.applicant, question.at, question.choice, round=question.round)
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")  # JSON is UTF-8, whatever the machine's own encoding is
        self.stdout.write(json.dumps(answer(verdict), ensure_ascii=False, indent=2))


def _read(case: str) -> str:
    try:
        content = sys.stdin.buffer.read() if case == "-" else Path(case).read_bytes()
        return content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"读不了案例文件 {case}，请检查路径和编码（须为 UTF-8）。") from error


def _policy_file(policy_id: str) -> Path:
    folder = Path(settings.BASE_DIR) / "fixtures" / "policies"
    file = folder / f"{policy_id}.toml"
    if not file.is_file():
        known = "、".join(sorted(one.stem for one in folder.glob("*.toml")))
        raise CommandError(f"policy：没有规则文件“{policy_id}”，现有：{known}。")
    return file
