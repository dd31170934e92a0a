"""`manage.py policy check|describe|diff|load`: policy files read as strictly as the system will; only `load` needs a database."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, transaction

from gme_portal import policy as policies
from gme_portal.accounts.models import User
from gme_portal.clock import services as clock
from gme_portal.notices.models import Notice
from gme_portal.notices.services.proposals import draft
from gme_portal.notices.services.working_days import announced
from gme_portal.policy.diff import diff
from gme_portal.policy.lint import brochure_findings, lint, text_findings
from gme_portal.policy.working_days import WorkingCalendar
from gme_portal.refusals import Refused


class Command(BaseCommand):
    help = "检查通知规则文件（或基地简章文件），用中文逐条说明，比较两个文件，或存为草案。"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="check|describe|diff|load")
        check = actions.add_parser("check", help="检查一个或多个文件，列出全部问题和矛盾；有错误时退出码为 1")
        check.add_argument("files", nargs="+", metavar="FILE")
        check.add_argument(
            "--notice", action="append", default=[], metavar="[来源=]TEXTFILE", help="连同通知原文一起核对，可多次"
        )
        check.add_argument("--plan", action="append", default=[], metavar="CSV", help="连同招收计划表一起核对，可多次")
        check.add_argument("--strict", action="store_true", help="有矛盾时退出码也为 1")
        describe = actions.add_parser("describe", help="用中文逐条说明，附条款")
        describe.add_argument("files", nargs=1, metavar="FILE")
        compare = actions.add_parser("diff", help="逐项说明后一个文件与前一个有何不同")
        compare.add_argument("files", nargs=2, metavar="FILE")
        load = actions.add_parser("load", help="存为草案，由起草人在省级页面核对后提交、另一人批准")
        load.add_argument("files", nargs="+", metavar="FILE")
        load.add_argument("--by", required=True, metavar="LOGIN", help="起草人的登录名（省级人员）")
        load.add_argument("--reason", required=True, help="采用或修订的原因")

    def handle(self, *, action: str, files: list[str], **options: Any) -> None:
        if action == "check":
            self._check(files, options)
        elif action == "describe":
            self._describe(*_read(files[0]))
        elif action == "diff":
            self._diff(_policy(files[0]), _policy(files[1]))
        else:
            try:
                self._load(files, str(options["by"]), str(options["reason"]))
            except OperationalError as error:
                raise CommandError("连不上数据库，请检查 GME_DATABASE_URL；其他三种用法不需要数据库。") from error

    def _check(self, files: list[str], options: dict[str, Any]) -> None:
        calendar = WorkingCalendar(
            {year: {one.day: one.is_working for one in days} for year, days in announced().items()}
        )
        notices, plans = [_notice(text) for text in options["notice"]], {name: _cells(name) for name in options["plan"]}
        wrong = []
        for file in files:
            try:
                policy, brochure = _read(file)
            except CommandError as error:
                wrong.append(str(error))
                continue
            said = brochure or policy
            self.stdout.write(f"{file}：可用（{said.title}；摘要 {said.digest[:12]}）")
            own = next(source.key for source in said.sources if source.own)
            texts = {key or own: text for key, text in notices}
            if brochure is not None:
                findings = [*brochure_findings(brochure, policy), *text_findings(texts, policy, calendar)]
            else:
                findings = lint(policy, calendar, plans, texts)
            for finding in findings:
                self.stdout.write(f"  {finding}")
            stopping = ("错误", "矛盾") if options["strict"] else ("错误",)
            if any(finding.severity in stopping for finding in findings):
                wrong.append(f"{file}：有{'或'.join(stopping)}，见上")
        if wrong:
            raise CommandError("\n".join(wrong))

    def _describe(self, policy: policies.Policy, brochure: policies.Supplement | None) -> None:
        told = policies.describe_supplement(brochure, policy) if brochure else policies.describe(policy)
        self._say((one.section, str(one)) for one in told)

    def _diff(self, old: policies.Policy, new: policies.Policy) -> None:
        changes = diff(old, new)
        if not changes:
            self.stdout.write("没有不同。")
        self._say((one.section, str(one)) for one in changes)

    def _say(self, lines: Iterable[tuple[str, str]]) -> None:
        before = ""
        for section, line in lines:
            if section != before:
                before = section
                self.stdout.write(f"\n【{section}】")
            self.stdout.write(f"  {line}")

    @transaction.atomic
    def _load(self, files: list[str], login: str, reason: str) -> None:
        """Drafts of all files or of none; adopting them stays with two people."""
        actor = User.objects.filter(login_name=login).first()
        if actor is None:
            raise CommandError(f"没有登录名“{login}”，请核对。")
        for file in files:
            policy = _policy(file)
            notice = Notice.objects.filter(slug=policy.id).first()
            source = Path(file).read_text(encoding="utf-8-sig")
            try:
                draft(
                    notice=notice, source=source, reason=reason, actor=actor, at=clock.now(), file_name=Path(file).name
                )
            except Refused as refused:
                raise CommandError(f"{file}：{refused}") from refused
            known = "修订" if notice else "新通知"
            self.stdout.write(
                f"{file}：已存为草案（{known}：{policy.title}），请{actor.name}登录省级页面核对后提交批准。"
            )


def _read(file: str) -> tuple[policies.Policy, policies.Supplement | None]:
    """A policy; or for `<policy id>.<base code>.toml` the brochure (简章) of a base under its policy, which lies beside it or one folder up.
    Raises CommandError with every problem."""
    path = Path(file)
    try:
        if "." not in path.stem:
            return policies.load(path), None
        name = f"{path.stem.split('.')[0]}.toml"
        policy = policies.load(path.with_name(name) if path.with_name(name).exists() else path.parent.parent / name)
        return policy, policies.load_supplement(path, policy)
    except policies.PolicyError as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        raise CommandError(f"{error.filename}：文件打不开，请检查路径") from error


def _policy(file: str) -> policies.Policy:
    policy, brochure = _read(file)
    if brochure is not None:
        raise CommandError(f"{file}：这是基地简章，这里要通知的规则文件。")
    return policy


def _text(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandError(f"{name}：不是 UTF-8 编码，请另存为 UTF-8") from error
    except OSError as error:
        raise CommandError(f"{name}：文件打不开，请检查路径") from error


def _notice(option: str) -> tuple[str, str]:
    """`003=path` → (key of the source, text); a path alone is the policy's own notice."""
    key, equals, path = option.partition("=")
    return (key, _text(path)) if equals else ("", _text(option))


def _cells(name: str) -> list[list[str]]:
    return list(csv.reader(_text(name).splitlines()))
