"""A whole case (JSON in) and its answer (JSON out), as the command and any outside checker speak it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from applicants.eligibility.facts import ApplicantFacts, Choice, FactsError, read_applicant
from applicants.eligibility.verdicts import Finding, Verdict
from gme_portal.policy.errors import Problem
from gme_portal.policy.model import Policy
from gme_portal.policy.moments import SHANGHAI, day_words
from gme_portal.policy.reading import Reader, parse_instant
from gme_portal.policy.shapes import PREFECTURE, SLUG

_AT_HINT = "请写成带时区的 2025-07-01T09:00:00+08:00"


@dataclass(frozen=True, slots=True)
class Case:
    """One question: may this person, at this moment, under this policy …?"""

    policy: str
    round: str
    at: datetime
    applicant: ApplicantFacts
    choice: Choice | None


def parse_case(text: str) -> Case:
    """Read a case strictly. Raises FactsError with every problem and its path."""
    problems: list[Problem] = []
    root = Reader(_parse_json(text), "", problems)
    applicant = root.table("applicant")
    choice = root.table("choice", required=False)
    at = root.parsed("at", parse_instant, _AT_HINT)
    policy = root.text("policy", shape=SLUG)
    round_key = root.text("round", default="first", allowed=("first", "second"))
    wish = None if choice is None else _read_choice(choice)
    facts = None if applicant is None else read_applicant(applicant)
    root.done()
    if problems or at is None or facts is None:
        raise FactsError("案例", problems)
    return Case(policy, round_key, at, facts, wish)


def check_against(case: Case, policy: Policy) -> None:
    """What only the policy can tell: its rounds, its specialties, its calendar. Raises FactsError."""
    problems = []
    if all(one.key != case.round for one in policy.rounds):
        problems.append(Problem("round", f"“{policy.title}”没有批次“{case.round}”"))
    if case.choice is not None and policy.specialties.find(case.choice.specialty) is None:
        problems.append(Problem("choice.specialty", f"“{policy.title}”没有专业“{case.choice.specialty}”"))
    # A final-year student's record is filled in as graduated (003 (三)3): dates up to the start of the training are no mistake.
    latest = max(case.at.astimezone(SHANGHAI).date(), policy.training_starts_on or date.min)
    for index, record in enumerate(case.applicant.education):
        if record.graduated_on is not None and record.graduated_on > latest:
            sentence = f"毕业日期晚于{day_words(latest)}，还没有毕业的请写 enrolled = true、graduated_on = null"
            problems.append(Problem(f"applicant.education[{index}].graduated_on", sentence))
    if problems:
        raise FactsError("案例", problems)


def answer(verdict: Verdict) -> dict[str, object]:
    """The verdict as the contract's JSON: specialties by name, in the order of the notice."""
    return {
        "verdict": verdict.verdict,
        "findings": _findings(verdict.findings),
        "specialties": {
            one.name: {"verdict": one.verdict, "findings": _findings(one.findings)}
            for one in verdict.specialties.values()
        },
    }


def _findings(findings: Iterable[Finding]) -> list[dict[str, str]]:
    return [
        {"rule": one.rule, "verdict": one.verdict, "clause": one.clause, "sentence": one.sentence} for one in findings
    ]


def _read_choice(table: Reader) -> Choice:
    choice = Choice(
        specialty=table.text("specialty"),
        base_prefecture=table.optional_text("base_prefecture", shape=PREFECTURE),
        employer_prefecture_offers_specialty=table.optional_flag("employer_prefecture_offers_specialty"),
        agreement_with_employer=table.optional_flag("agreement_with_employer"),
    )
    table.done()
    return choice


def _parse_json(text: str) -> dict[str, object]:
    try:
        data = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_Table)
    except RecursionError as error:
        raise FactsError("案例", [Problem("", "括号嵌套过深")]) from error
    except ValueError as error:
        place = f"第 {error.lineno} 行第 {error.colno} 列" if isinstance(error, json.JSONDecodeError) else "文件"
        raise FactsError("案例", [Problem("", f"{place}不符合 JSON 语法")]) from error
    doubled = [Problem(path, "这个键写了两次") for path in _doubled(data, "")]
    if doubled:
        raise FactsError("案例", doubled)
    if not isinstance(data, dict):
        raise FactsError("案例", [Problem("", "最外层应为表")])
    return data


class _Table(dict[str, object]):
    """A table of the JSON text that remembers which keys were written twice."""

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        super().__init__(pairs)
        keys = [key for key, _ in pairs]
        self.doubled = [key for key in self if keys.count(key) > 1]


def _doubled(value: object, path: str) -> Iterator[str]:
    if isinstance(value, _Table):
        yield from (f"{path}.{key}".lstrip(".") for key in value.doubled)
        for key, one in value.items():
            yield from _doubled(one, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _doubled(one, f"{path}[{index}]")
