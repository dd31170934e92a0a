"""`manage.py verify_lottery LOTTERY.json [--number N …]`: check the public file of a lottery. Needs no database; exit 1 names what is broken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from admissions.allocation import lottery
from admissions.management.commands.allocate import read_json

TEXTS = ("notice", "round", "commitment", "public_draw", "secret", "seed")


class Command(BaseCommand):
    help = "核对抽签：密钥与事先公布的承诺值相符，种子由密钥和公开抽签得出；可算出任何报名号的数。不需要数据库。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("lottery", type=Path, help="从“抽签”公开页面下载的 JSON 文件")
        parser.add_argument("--number", action="append", default=[], help="要计算的报名号，可以写几次")

    def handle(self, *args: Any, **options: Any) -> None:
        record = read_json(options["lottery"])
        faults = check(record)
        if faults:
            raise CommandError("\n".join([f"核对不通过，{len(faults)} 处：", *(f"  {fault}" for fault in faults)]))
        self.stdout.write(f"核对通过：承诺值 {record['commitment']} 与密钥相符，种子 {record['seed']}。")
        drawn = {number: lottery.number(record["seed"], record["year"], number) for number in options["number"]}
        for number in sorted(drawn, key=lambda one: drawn[one]):
            self.stdout.write(f"  {number}：{drawn[number]:064x}")


def check(record: Any) -> list[str]:
    """Everything that does not hold, in Chinese; nothing for a lottery that opens."""
    if not isinstance(record, dict) or record.get("kind") != "lottery":
        return ["这不是抽签文件（kind 应为 lottery）。"]
    if record.get("secret") is None:
        return ["密钥还没有公开，要到第一个录取结果公布以后才能核对。"]
    faults = [f"{key}：应为一段非空文字。" for key in TEXTS if not isinstance(record.get(key), str) or not record[key]]
    if isinstance(record.get("year"), bool) or not isinstance(record.get("year"), int):
        faults.append("year：应为整数。")
    if faults:
        return faults
    if not lottery.opens(record["secret"], record["commitment"]):
        faults.append(f"密钥与承诺值不符：密钥的摘要是 {lottery.commitment(record['secret'])}。")
    seed = lottery.seed(record["secret"], record["public_draw"])
    if seed != record["seed"]:
        faults.append(f"种子不是由密钥和公开抽签得出的：应为 {seed}。")
    return faults
