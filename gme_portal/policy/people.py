"""Reading what a policy says about people: types, rounds, choices, documents, eligibility."""

from __future__ import annotations

import re

from gme_portal.policy.citing import Citing, section
from gme_portal.policy.clauses import read_condition
from gme_portal.policy.conditions import ALWAYS, scope_of
from gme_portal.policy.moments import parse_moment
from gme_portal.policy.reading import Reader
from gme_portal.policy.schema import (
    REDUCTION_STEPS,
    ChoiceRule,
    DocumentRule,
    PersonType,
    RegistrationRule,
    Round,
    Rule,
    TransferRule,
    YearReductionRule,
)
from gme_portal.policy.shapes import SLUG, WORD
from gme_portal.policy.vocabulary import FACTS, PERSON_TYPES

REVIEW = "须由培训基地核对："  # before the refusal, where a rule has no sentence of its own for whoever must look
FORMATS = ("pdf", "jpg", "jpeg", "png")


def read_person_types(root: Reader, citing: Citing) -> tuple[PersonType, ...]:
    found: list[PersonType] = []
    for table in root.tables("person_types"):
        clause, note = citing.read(table)
        kind = PersonType(
            code=table.text("code", allowed=tuple(PERSON_TYPES)),
            label=table.text("label"),
            registers=table.flag("registers"),
            assigned=table.flag("assigned", default=False),
            aliases=table.texts("aliases", default=()),
            clause=clause,
            note=note,
            refusal=table.text("refusal", default=""),
            in_plan=table.flag("in_plan", default=True),
            roster=table.text("roster", default="none", allowed=("none", "school", "province")),  # type: ignore[arg-type]
            roster_deadline=table.parsed("roster_deadline", parse_moment, "请写成 2025-07-15 24:00")
            if table.has("roster_deadline")
            else None,
            recorded_by=table.text("recorded_by", default="", allowed=("base", "province")),  # type: ignore[arg-type]
        )
        if any(other.code == kind.code for other in found):
            table.blame("code", f"人员类型“{kind.code}”重复了")
        if kind.registers and kind.recorded_by:
            table.blame("recorded_by", "自行报名的人员类型不写由谁录入")
        if not kind.registers and not kind.refusal:
            table.blame("refusal", "不自行报名的人员类型须写明对本人说的话")
        found.append(kind)
        table.done()
    return tuple(found)


def read_rounds(root: Reader, citing: Citing) -> tuple[Round, ...]:
    found: list[Round] = []
    for table in root.tables("rounds"):
        clause, note = citing.read(table)
        dates_by_base = table.flag("dates_by_base", default=False)
        one = Round(table.text("key", allowed=("first", "second")), table.text("label"), dates_by_base, clause, note)
        if any(other.key == one.key for other in found):
            table.blame("key", f"批次“{one.key}”重复了")
        found.append(one)
        table.done()
    return tuple(found)


def read_registration(root: Reader, citing: Citing) -> RegistrationRule:
    if not root.has("registration"):
        return RegistrationRule()
    with section(root, "registration") as table:
        clause, note = citing.read(table)
        mode = table.text("mode", allowed=("online", "on_site"))
        changes = table.text("changes", allowed=("free", "withdraw_first"))
        return RegistrationRule(mode, changes, clause, note)  # type: ignore[arg-type]


def read_choices(root: Reader, citing: Citing, types: tuple[str, ...]) -> ChoiceRule:
    with section(root, "choices") as table:
        clause, note = citing.read(table)
        return ChoiceRule(
            max_bases=table.integer("max_bases", 1, 10),
            max_specialties=table.integer("max_specialties", 1, 20),
            ordered=table.flag("ordered"),
            clause=clause,
            note=note,
            limits=read_numbers(table, "limits", types),
        )


def read_numbers(table: Reader, key: str, types: tuple[str, ...]) -> dict[str, int]:
    """A table of small whole numbers by person type; absent = empty."""
    numbers = table.table(key, required=False)
    if numbers is None:
        return {}
    for name in numbers.names():
        if name not in types:
            numbers.blame(name, f"没有人员类型“{name}”")
    return {name: numbers.integer(name, 1, 20) for name in numbers.names()}


def read_transfer(root: Reader, citing: Citing, types: tuple[str, ...]) -> TransferRule:
    with section(root, "transfer") as table:
        clause, note = citing.read(table)
        kinds = table.texts("kinds", allowed=("base", "province"))
        who = table.texts("person_types", default=(), allowed=types)
        wording = table.text("wording") if kinds else table.text("wording", default="")
        rule = TransferRule(kinds, wording, who, clause, note, table.texts("required_for", default=(), allowed=types))
        for index, kind in enumerate(rule.required_for):
            if not rule.offered_to(kind):
                table.blame(f"required_for[{index}]", f"“{kind}”没有服从调剂这一项，不能要求必须服从")
        return rule


def read_documents(root: Reader, citing: Citing, codes: tuple[str, ...]) -> tuple[DocumentRule, ...]:
    found: list[DocumentRule] = []
    for table in root.tables("documents"):
        clause, note = citing.read(table)
        paper = table.text("channel", default="upload", allowed=("upload", "paper")) == "paper"
        rule = DocumentRule(
            kind=table.text("kind", shape=WORD),
            label=table.text("label"),
            required=table.flag("required"),
            accepts=() if paper else table.texts("accepts", allowed=FORMATS),
            max_mb=0 if paper else table.integer("max_mb", 1, 100),
            clause=clause,
            help=table.text("help", default=""),
            binding_order=table.integer("binding_order", 0, 99, default=0),
            applies=read_condition(table, "applies", codes) if table.has("applies") else ALWAYS,
            stand_in=table.text("stand_in", default=""),
            note=note,
            channel="paper" if paper else "upload",
            copies=table.integer("copies", 0, 10, default=1),
            originals=table.flag("originals", default=True),
        )
        if any(other.kind == rule.kind for other in found):
            table.blame("kind", f"材料“{rule.kind}”重复了")
        if scope_of(rule.applies) == "choice":
            table.blame("applies", "材料清单在选专业之前就要给出，不能以志愿为条件")
        found.append(rule)
        table.done()
    return tuple(found)


def read_eligibility(
    root: Reader, citing: Citing, codes: tuple[str, ...], rounds: tuple[str, ...], key: str = "eligibility"
) -> tuple[Rule, ...]:
    """The rules under a key: those of eligibility, or those of a year reduction, which are written in the same way.
    A notice may leave what a reduction needs to the base: then there are none."""
    found: dict[str, Rule] = {}
    for table in root.tables(key, required=key == "eligibility"):
        rule = _read_rule(table, citing, codes, rounds)
        if rule.id in found:
            table.blame("id", f"条件“{rule.id}”重复了")
        found[rule.id] = rule
        table.done()
    return tuple(found.values())


def read_year_reduction(
    root: Reader, citing: Citing, codes: tuple[str, ...], rounds: tuple[str, ...]
) -> YearReductionRule | None:
    if not root.has("year_reduction"):
        return None
    with section(root, "year_reduction") as table:
        clause, note = citing.read(table)
        steps = table.texts("steps", allowed=tuple(REDUCTION_STEPS))
        return YearReductionRule(
            steps=steps,
            form_title=table.text("form_title"),
            rules=read_eligibility(table, citing, codes, rounds, key="rules"),
            clause=clause,
            note=note,
            tested_at=table.text("tested_at", default="", allowed=steps),
            step_labels=_read_step_labels(table, steps),
        )


def _read_step_labels(parent: Reader, steps: tuple[str, ...]) -> dict[str, str]:
    table = parent.table("step_labels", required=False)
    if table is None:
        return {}
    labels = {key: table.text(key) for key in steps if table.has(key)}
    table.done()
    return labels


def _read_rule(table: Reader, citing: Citing, codes: tuple[str, ...], rounds: tuple[str, ...]) -> Rule:
    clause, note = citing.read(table)
    applies = read_condition(table, "applies", codes) if table.has("applies") else ALWAYS
    condition = read_condition(table, "condition", codes)
    fail = _sentence(table, "sentence_fail")
    return Rule(
        id=table.text("id", shape=SLUG),
        clause=clause,
        applies=applies,
        condition=condition,
        sentence_pass=_sentence(table, "sentence_pass"),
        sentence_fail=fail,
        sentence_review=_sentence(table, "sentence_review") if table.has("sentence_review") else f"{REVIEW}{fail}",
        outcome=table.text("outcome", default="ineligible", allowed=("ineligible", "needs_review")),  # type: ignore[arg-type]
        scope=scope_of(applies, condition),
        note=note,
        rounds=table.texts("rounds", default=(), allowed=rounds),
    )


def _sentence(table: Reader, key: str) -> str:
    """A sentence for the applicant; a `{word}` in it must be a fact of the vocabulary."""
    text = table.text(key)
    for name in re.findall(r"\{([^{}]*)\}", text):
        if name not in FACTS:
            table.blame(key, f"句中的 {{{name}}} 不在事实词表内")
    return text
