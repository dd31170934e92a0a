"""A base's own brochure (基地招生简章) as data: what the notice leaves to the base, and nothing else.

`load_supplement(path, policy)` / `loads_supplement(text, source, policy)` → `Supplement`, or PolicyError with all problems. A brochure belongs to one
policy; a topic that its `[brochure].may_decide` does not name is an error, and so is a weight for a component the policy does not have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path

from gme_portal.policy import schema
from gme_portal.policy.calendar import NEVER, read_hours
from gme_portal.policy.citing import Citing, read_sources
from gme_portal.policy.describe import Sentence
from gme_portal.policy.digests import digest, parse_toml
from gme_portal.policy.errors import PolicyError, Problem
from gme_portal.policy.lines import line_of, map_lines
from gme_portal.policy.model import Policy
from gme_portal.policy.moments import closing_words, day_words, opening_words, parse_moment
from gme_portal.policy.optional_groups import read_papers
from gme_portal.policy.reading import Reader, parse_day
from gme_portal.policy.shapes import MAIL, PHONE, SLUG

SCHEMA = 1
_TOPIC_OF = {
    "weights": "weights",
    "exams": "exam_dates",
    "slots": "slots",
    "medical_exam": "medical_exam",
    "contact": "contact",
}
_MOMENT = "请写成 2025-07-28 09:00（北京时间，当日末写 24:00）"


@dataclass(frozen=True, slots=True)
class Weights:
    """各科权重 in per cent, one for every component of the policy, 100 in all."""

    by_component: Mapping[str, int]
    clause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Exam:
    """考核安排: when and where one component is examined."""

    component: str
    opens: datetime
    closes: datetime
    place: str
    clause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """现场确认时段: the hours of one day at one place; `capacity` people a day (0: not limited)."""

    on: date
    hours: tuple[tuple[time, time], ...]
    place: str
    capacity: int
    clause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class BaseMedicalExam:
    """体检 as the base asks for it; `until` = the report has to be in by then."""

    need: str
    standard: str
    until: datetime | None
    clause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class BaseContact:
    """咨询方式 of the base's office."""

    phone: str
    email: str
    address: str
    clause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Supplement:
    """One base's brochure under one policy. What it does not decide stays as the policy has it."""

    policy: str
    base: str
    base_name: str
    title: str
    sources: tuple[schema.Source, ...]
    weights: Weights | None
    exams: tuple[Exam, ...]
    slots: tuple[Slot, ...]
    medical_exam: BaseMedicalExam | None
    contact: BaseContact | None
    papers: tuple[schema.BlankPaper, ...]
    facts: tuple[schema.Silence, ...]
    digest: str

    def scoring(self, policy: Policy) -> schema.ScoringRule:
        """The policy's scoring with this base's weights, and a medical check where the base demands one."""
        rule = policy.scoring
        if self.weights is not None:
            weights = self.weights.by_component
            parts = tuple(replace(part, weight=weights[part.key]) for part in rule.components)
            rule = replace(rule, components=parts, clause=self.weights.clause)
        exam = self.medical_exam
        if exam is not None and exam.need == "required" and all(check.key != "medical" for check in rule.checks):
            rule = replace(rule, checks=(*rule.checks, schema.PassCheck("medical", "体检", exam.clause, exam.note)))
        return rule


def load_supplement(path: str | Path, policy: Policy) -> Supplement:
    """Read a brochure file, named `<policy id>.<base code>.toml`. Raises PolicyError with every problem, OSError where it cannot be opened."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise PolicyError(path.name, [Problem("", "文件不是 UTF-8 编码，请另存为 UTF-8")]) from error
    supplement = loads_supplement(text, path.name, policy)
    if path.stem != f"{supplement.policy}.{supplement.base}":
        wanted = f"{supplement.policy}.{supplement.base}.toml"
        raise PolicyError(path.name, [Problem("base", f"文件名应为 {wanted}", line_of("base", map_lines(text)))])
    return supplement


def loads_supplement(text: str, source: str, policy: Policy) -> Supplement:
    """Read a brochure from its text. Raises PolicyError with every problem, each with its line."""
    problems: list[Problem] = []
    supplement = _read(Reader(parse_toml(text, source), "", problems), policy, digest(text))
    if problems:
        lines = map_lines(text)
        placed = {replace(problem, line=line_of(problem.path, lines)) for problem in problems}
        raise PolicyError(source, sorted(placed, key=lambda problem: (problem.line or 0, problem.path)))
    return supplement


def _read(root: Reader, policy: Policy, file_digest: str) -> Supplement:
    if root.integer("schema", 1, 9999) != SCHEMA:
        root.blame("schema", f"本程序只读版本 {SCHEMA}")
    allowed = policy.brochure.may_decide if policy.brochure else ()
    for key, topic in _TOPIC_OF.items():
        if root.has(key) and topic not in allowed:
            root.blame(key, f"通知没有把“{schema.BROCHURE_TOPICS[topic]}”交给基地决定")
    if root.text("policy") != policy.id:
        root.blame("policy", f"本简章不属于“{policy.id}”")
    citing = Citing(read_sources(root))
    base = root.text("base", shape=SLUG)
    supplement = Supplement(
        policy=policy.id,
        base=base,
        base_name=root.text("base_name"),
        title=root.text("title"),
        sources=citing.sources,
        weights=_read_weights(root, citing, policy),
        exams=tuple(_read_exam(one, citing, policy, base) for one in root.tables("exams", required=False)),
        slots=tuple(_read_slot(one, citing) for one in root.tables("slots", required=False)),
        medical_exam=_read_medical_exam(root, citing),
        contact=_read_contact(root, citing),
        papers=read_papers(root, citing),
        facts=tuple(_read_fact(one) for one in root.tables("facts", required=False)),
        digest=file_digest,
    )
    root.done()
    return supplement


def _read_weights(root: Reader, citing: Citing, policy: Policy) -> Weights | None:
    table = root.table("weights", required=False)
    if table is None:
        return None
    clause, note = citing.read(table)
    found = {part.key: table.integer(part.key, 0, 100) for part in policy.scoring.components}
    if sum(found.values()) != 100:
        table.blame("", f"各科权重相加为 {sum(found.values())}%，应为 100%")
    table.done()
    return Weights(found, clause, note)


def _read_exam(table: Reader, citing: Citing, policy: Policy, base: str) -> Exam:
    clause, note = citing.read(table)
    opens, closes = table.parsed("opens", parse_moment, _MOMENT), table.parsed("closes", parse_moment, _MOMENT)
    if opens and closes and closes <= opens:
        table.blame("closes", f"结束时间{closing_words(closes)}不晚于开始时间{opening_words(opens)}")
    window = policy.window("assessment", base=base)
    if window and opens and closes and not (window.opens <= opens and closes <= window.closes):
        span = f"{opening_words(window.opens)}至{closing_words(window.closes)}"
        table.blame("opens", f"考核不在通知规定的考核时间（{span}）之内")
    component = table.text("component", allowed=tuple(part.key for part in policy.scoring.components))
    exam = Exam(component, opens or NEVER, closes or NEVER, table.text("place", default=""), clause, note)
    table.done()
    return exam


def _read_slot(table: Reader, citing: Citing) -> Slot:
    clause, note = citing.read(table)
    on = table.parsed("on", parse_day, "请写成 2025-07-21") or date.min
    slot = Slot(
        on,
        read_hours(table),
        table.text("place", default=""),
        table.integer("capacity", 0, 10000, default=0),
        clause,
        note,
    )
    table.done()
    return slot


def _read_medical_exam(root: Reader, citing: Citing) -> BaseMedicalExam | None:
    table = root.table("medical_exam", required=False)
    if table is None:
        return None
    clause, note = citing.read(table)
    until = table.parsed("until", parse_moment, _MOMENT) if table.has("until") else None
    need = table.text("need", allowed=("required", "on_demand"))
    exam = BaseMedicalExam(need, table.text("standard", default=""), until, clause, note)
    table.done()
    return exam


def _read_contact(root: Reader, citing: Citing) -> BaseContact | None:
    table = root.table("contact", required=False)
    if table is None:
        return None
    clause, note = citing.read(table)
    contact = BaseContact(
        phone=table.text("phone", shape=PHONE),
        email=table.text("email", default="", shape=MAIL),
        address=table.text("address", default=""),
        clause=clause,
        note=note,
    )
    table.done()
    return contact


def _read_fact(table: Reader) -> schema.Silence:
    """What the brochure tells applicants beside the rules: pay, lodging, how to get there."""
    fact = schema.Silence(table.text("topic"), table.text("note"))
    table.done()
    return fact


def describe_supplement(supplement: Supplement, policy: Policy) -> list[Sentence]:
    """The brochure in Chinese sentences, each with its clause."""
    labels = {part.key: part.label for part in policy.scoring.components}
    said = [Sentence("基地简章", f"{supplement.title}（{supplement.base_name}）。")]
    if supplement.weights is not None:
        parts = "，".join(f"{labels[key]}占 {weight}%" for key, weight in supplement.weights.by_component.items())
        said.append(Sentence("考核", f"成绩：{parts}。", supplement.weights.clause, supplement.weights.note))
    for exam in supplement.exams:
        place = f"，地点：{exam.place}" if exam.place else ""
        text = f"{labels[exam.component]}：{opening_words(exam.opens)} 至 {closing_words(exam.closes)}{place}。"
        said.append(Sentence("考核", text, exam.clause, exam.note))
    for slot in supplement.slots:
        hours = "、".join(f"{begins:%H:%M}–{ends:%H:%M}" for begins, ends in slot.hours)
        limit = f"，每日 {slot.capacity} 人" if slot.capacity else ""
        place = f"，地点：{slot.place}" if slot.place else ""
        said.append(Sentence("现场确认", f"{day_words(slot.on)} {hours}{limit}{place}。", slot.clause, slot.note))
    check = supplement.medical_exam
    if check is not None:
        need = "体检合格方可录取" if check.need == "required" else "按需体检"
        until = f"，{closing_words(check.until)}前交体检报告" if check.until else ""
        standard = f"，标准：{check.standard}" if check.standard else ""
        said.append(Sentence("体检", f"{need}{until}{standard}。", check.clause, check.note))
    contact = supplement.contact
    if contact is not None:
        parts = "；".join(filter(None, (contact.phone, contact.email, contact.address)))
        said.append(Sentence("咨询", f"{parts}。", contact.clause, contact.note))
    said += [Sentence("表样", f"《{paper.title}》可下载。", paper.clause, paper.note) for paper in supplement.papers]
    said += [Sentence("其他", f"{fact.topic}：{fact.note}") for fact in supplement.facts]
    return said
