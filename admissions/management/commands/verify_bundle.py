"""`manage.py verify_bundle BUNDLE.zip [--key K --number N]`: everything in a public verification bundle, checked in one go. Needs no database.

Digests, the result computed again, the independent verifier, the chain of runs, the lottery; with key and number also where that person is."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from admissions.allocation import canonical, engine, verify
from admissions.allocation.problem import ProblemError, parse
from admissions.management.commands.allocate import describe
from admissions.management.commands.verify_lottery import check as check_lottery
from admissions.queries.bundles import name_by, words_of
from admissions.queries.run_chain import chain_of

NEEDED = ("problem.json", "result.json", "record.json", "SHA256SUMS")
MOST_BYTES = 500_000_000


class Command(BaseCommand):
    help = "核对公开核验包：摘要、重新运算、独立复核、记录链、抽签。不需要数据库；不成立的逐条列出，退出码为 1。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("bundle", type=Path, help="下载的核验包（zip）")
        parser.add_argument("--key", default="", help="本人的密钥，见报名回执页")
        parser.add_argument("--number", default="", help="本人的报名号")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["key"]) != bool(options["number"]):
            raise CommandError("密钥和报名号要一起写：--key 密钥 --number 报名号。")
        files = read(options["bundle"])
        try:
            problem, result, record = (canonical.loads(files[name].decode()) for name in NEEDED[:3])
            faults = [*_digests(files), *_public(problem, result, record), *_chain(record), *_lottery(record)]
            faults += _again(problem, result)
        except UnicodeDecodeError as error:
            raise CommandError("包内文件不是 UTF-8 文本。") from error
        except canonical.NotJson as error:
            raise CommandError(f"包内文件不是 JSON：{error}") from error
        except ProblemError as error:
            raise CommandError(describe(error)) from error
        except (KeyError, TypeError, AttributeError) as error:
            raise CommandError(f"包内文件不完整：{error}") from error
        if faults:
            raise CommandError("\n".join([f"核对不通过，{len(faults)} 处：", *(f"  {fault}" for fault in faults)]))
        people, placed = len(result["assignment"]), sum(seat is not None for seat in result["assignment"].values())
        again = (
            "逐字节相同"
            if result["engine"] == engine.ENGINE
            else "去处相同（运算程序的版本不同，说明和统计由复核核对）"
        )
        drawn = "、记录链和抽签" if record["lottery"] is not None else "和记录链"
        self.stdout.write(f"核对通过：{people} 人，{placed} 人有去处；重新运算{again}，独立复核{drawn}都成立。")
        if options["key"] and options["number"]:
            self.stdout.write(_person(problem, result, options["key"], options["number"]))


def read(path: Path) -> dict[str, bytes]:
    """The files of a bundle. Raises CommandError with a Chinese sentence."""
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(one.file_size for one in packed.infolist()) > MOST_BYTES:
                raise CommandError("文件过大，不是核验包。")
            files = {one.filename: packed.read(one) for one in packed.infolist()}
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise CommandError(f"无法读取 {path}：不是完整的 zip 文件。") from error
    missing = [name for name in NEEDED if name not in files]
    if missing:
        raise CommandError(f"包内缺少 {'、'.join(missing)}。")
    return files


def _digests(files: dict[str, bytes]) -> list[str]:
    rows = [line.partition("  ") for line in files["SHA256SUMS"].decode().splitlines()]
    named = {name for _, _, name in rows}
    faults = [f"{name} 没有摘要。" for name in sorted(files.keys() - named - {"SHA256SUMS"})]
    for digest, _, name in rows:
        if hashlib.sha256(files.get(name, b"")).hexdigest() != digest:
            faults.append(f"{name} 的摘要不符。")
    return faults


def _public(problem: Any, result: Any, record: dict[str, Any]) -> list[str]:
    given = (record["public"]["problem_sha256"], record["public"]["result_sha256"])
    same = given == (canonical.digest(problem), canonical.digest(result))
    return [] if same else ["record.json 中的摘要与 problem.json、result.json 不符。"]


def _chain(record: dict[str, Any]) -> list[str]:
    previous, faults = "", []
    for place, link in enumerate(record["chain"], start=1):
        if chain_of(previous, link["input_sha256"], link["output_sha256"], link["beside_sha256"]) != link["chain"]:
            faults.append(f"记录链第 {place} 环不符。")
        previous = link["chain"]
    official = record["official"]
    last = record["chain"][-1] if record["chain"] else {}
    if any(official[key] != last.get(key) for key in ("input_sha256", "output_sha256", "chain")):
        faults.append("记录链的最后一环不是这次运算。")
    return faults


def _lottery(record: dict[str, Any]) -> list[str]:
    drawn = record["lottery"]
    if drawn is None:
        return []
    faults = check_lottery(drawn)
    if not faults and (drawn["notice"], drawn["round"]) != (record["notice"], record["round"]):
        faults = ["不是本通知本批次的抽签。"]
    return [f"抽签：{fault}" for fault in faults]


def _again(problem: Any, result: Any) -> list[str]:
    """The result computed again by the engine of this installation, and checked by the other program."""
    again = engine.solve(parse(problem))
    faults = [str(breach) for breach in verify.check(problem, result)]
    if again["assignment"] != result["assignment"]:
        faults.append("重新运算的结果不同。")
    elif again["engine"] == result["engine"] and again != result:
        faults.append("重新运算的去处相同，说明或统计不同。")
    return faults


def _person(problem: dict[str, Any], result: dict[str, Any], key: str, number: str) -> str:
    name = name_by(key, number)
    if name not in result["assignment"]:
        return f"识别码 {name} 不在运算输入中：未参加排序，或密钥、报名号有误。"
    seat = result["assignment"][name]
    return (
        f"识别码 {name} 在运算输入中，去处：{words_of(problem, seat) if seat else '无'}。{result['explanations'][name]}"
    )
