"""`manage.py policy check FILE…` and `policy describe FILE`: read policy files as strictly as the system will, without a database."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gme_portal import policy as policies


class Command(BaseCommand):
    help = "检查通知规则文件，或用中文逐条说明。不需要数据库。"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="check|describe")
        check = actions.add_parser("check", help="检查一个或多个文件，列出全部问题")
        check.add_argument("files", nargs="+", metavar="FILE")
        describe = actions.add_parser("describe", help="用中文逐条说明，附条款")
        describe.add_argument("files", nargs=1, metavar="FILE")

    def handle(self, *, action: str, files: list[str], **options: object) -> None:
        broken = []
        for file in files:
            try:
                policy = _load(file)
            except policies.PolicyError as error:
                broken.append(str(error))
                continue
            if action == "check":
                self.stdout.write(f"{file}：可用（{policy.title}；摘要 {policy.digest[:12]}）")
            else:
                self._describe(policy)
        if broken:
            raise CommandError("\n".join(broken))

    def _describe(self, policy: policies.Policy) -> None:
        section = ""
        for sentence in policies.describe(policy):
            if sentence.section != section:
                section = sentence.section
                self.stdout.write(f"\n【{section}】")
            self.stdout.write(f"  {sentence}")


def _load(file: str) -> policies.Policy:
    try:
        return policies.load(Path(file))
    except OSError as error:
        raise policies.PolicyError(file, [policies.Problem("", "文件打不开，请检查路径")]) from error
