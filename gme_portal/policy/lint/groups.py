"""The groups of a policy against one another: what one grants and another takes, what is promised and nowhere to be had."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time

from gme_portal.policy.conditions import evaluate
from gme_portal.policy.lint.findings import Finding, shorten
from gme_portal.policy.model import Policy
from gme_portal.policy.moments import SHANGHAI, day_words
from gme_portal.policy.schema import BROCHURE_TOPICS, Window
from gme_portal.policy.supplement import Supplement

ADMITTED = re.compile(r"自相矛盾|互相矛盾|前后矛盾|不一致")
MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]*")
GOOD_MAIL = re.compile(r"[^@\s]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
BEYOND = re.compile(r"省级|全省|省里|省内|统一调剂|其他(?:培训)?基地")


def group_findings(policy: Policy) -> Iterator[Finding]:
    yield from _admitted(_things(policy))
    yield from _choices(policy)
    yield from _transfer(policy)
    yield from _nobody(policy)
    yield from _weights(policy)
    yield from _seats(policy)
    yield from _contacts(policy)


def bad_mails(text: str) -> Iterator[str]:
    """E-mail addresses that nobody can write to, such as `12345@.com`."""
    for match in MAIL.finditer(text):
        if not GOOD_MAIL.fullmatch(match[0].rstrip(".")):
            yield match[0]


def wider_than_base(wording: str) -> bool:
    """Does a consent to be transferred (服从调剂) reach beyond the base applied to?"""
    return BEYOND.search(wording) is not None


def brochure_findings(brochure: Supplement, policy: Policy) -> Iterator[Finding]:
    """What whoever wrote a base's brochure down as a file found wrong in it, and days on which nobody can be confirmed."""
    yield from _admitted(_things(brochure))
    for path, thing in _things(brochure):
        note = getattr(thing, "note", "")
        if any(bad_mails(note)):
            yield Finding("MAIL_WITHOUT_DOMAIN", path, f"来源有误，已作取舍：{note}", _clauses(thing), "提示")

    windows = [one for one in (*policy.windows, *policy.base_windows) if one.key == "confirmation"]
    for index, slot in enumerate(brochure.slots):
        noon = datetime.combine(slot.on, time(12), tzinfo=SHANGHAI)
        if windows and not any(_day_of(one.opens) <= slot.on and noon < one.closes for one in windows):
            sentence = f"{day_words(slot.on)}不在现场确认时间内，这一天不能办理现场确认。"
            yield Finding("SLOT_OUTSIDE", f"slots[{index}]", sentence, _clauses(slot) + _clauses(windows[0]))


def _day_of(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def _admitted(things: Iterable[tuple[str, object]]) -> Iterator[Finding]:
    """Whoever wrote the file has found a contradiction and decided it: it is shown to whoever adopts it."""
    for path, thing in things:
        note = getattr(thing, "note", "")
        if ADMITTED.search(note):
            sentence = f"通知有矛盾，规则已作取舍：{note}"
            yield Finding("NOTED_CONTRADICTION", path, sentence, _clauses(thing), "提示")


def _clauses(thing: object) -> tuple[str, ...]:
    return tuple(filter(None, [getattr(thing, "clause", "")]))


def _things(document: Policy | Supplement) -> Iterator[tuple[str, object]]:
    for one in fields(document):
        value = getattr(document, one.name)
        for index, thing in enumerate(value if isinstance(value, tuple) else (value,)):
            if is_dataclass(thing):
                place = f".{thing.key}" if isinstance(thing, Window) else f"[{index}]"
                yield f"{one.name}{place if isinstance(value, tuple) else ''}", thing


def _choices(policy: Policy) -> Iterator[Finding]:
    """People who do not sign up themselves, and yet have a time or a number of choices for it."""
    for kind in policy.person_types:
        if kind.registers:
            continue
        for window in policy.windows:
            if window.key == "registration" and kind.code in window.person_types:
                sentence = f"“{kind.label}”不自行报名，却有自己的{window.label}时间。"
                yield Finding("MUST_AND_NEED_NOT", "windows.registration", sentence, (kind.clause, window.clause))
        if kind.code in (policy.choices.limits or {}):
            sentence = f"“{kind.label}”不自行报名，却写了可填报 {policy.choices.limit(kind.code)} 个专业。"
            yield Finding("MUST_AND_NEED_NOT", "choices.limits", sentence, (kind.clause, policy.choices.clause))


def _transfer(policy: Policy) -> Iterator[Finding]:
    rule = policy.transfer
    if rule.kinds and "province" not in rule.kinds and wider_than_base(rule.wording):
        sentence = f"服从调剂只有“本基地内调剂”一种，给本人看的文字却写到基地以外：“{shorten(rule.wording)}”"
        yield Finding("TRANSFER_WIDER", "transfer.wording", sentence, (rule.clause,))
    if "province" in rule.kinds and not wider_than_base(rule.wording):
        sentence = f"服从调剂含“全省调剂”，给本人看的文字却没有写到基地以外：“{shorten(rule.wording)}”"
        yield Finding("TRANSFER_NARROWER", "transfer.wording", sentence, (rule.clause,))
    if policy.reallocation.enabled and rule.kinds and "province" not in rule.kinds:
        sentence = "有省级调剂，但服从调剂不含全省调剂：没有人同意被调剂到别的基地，须另行征得本人同意。"
        yield Finding(
            "NOBODY_CONSENTS", "reallocation.enabled", sentence, (policy.reallocation.clause, rule.clause), "提示"
        )


def _nobody(policy: Policy) -> Iterator[Finding]:
    """A person type to which the conditions leave no specialty at all."""
    for kind in policy.person_types:
        if not kind.registers:
            continue
        open_ = False
        closing: set[str] = set()
        for code in policy.specialties.codes:
            facts = {
                "person_type": kind.code,
                "specialty": code,
                "specialty_shortage": policy.specialties.is_shortage(code),
            }
            against = [
                rule
                for rule in policy.eligibility
                if rule.outcome == "ineligible"
                and evaluate(rule.applies, facts)
                and evaluate(rule.condition, facts) is False
            ]
            open_ = open_ or not against
            closing.update(rule.clause for rule in against)
        if not open_:
            sentence = f"“{kind.label}”可以报名，但报考条件把所有专业都排除了。"
            yield Finding("NOTHING_LEFT", "eligibility", sentence, tuple(sorted(closing)), "错误")


def _weights(policy: Policy) -> Iterator[Finding]:
    scoring, brochure = policy.scoring, policy.brochure
    allowed = brochure is not None and "weights" in brochure.may_decide
    if scoring.decided_by == "base" and not allowed:
        sentence = f"各科权重由基地决定，但没有允许基地在招生简章中决定“{BROCHURE_TOPICS['weights']}”。"
        yield Finding("WEIGHTS_NOWHERE", "scoring.decided_by", sentence, (scoring.clause,))
    if scoring.decided_by == "province" and allowed and brochure is not None:
        sentence = "各科权重由省统一规定，却又允许基地在招生简章中决定。"
        yield Finding("WEIGHTS_TWICE", "brochure.may_decide", sentence, (scoring.clause, brochure.clause))
    if policy.medical_exam is None and any(check.key == "medical" for check in scoring.checks):
        yield Finding(
            "MEDICAL_UNSAID",
            "scoring.checks",
            "体检合格为录取条件，却没有 medical_exam 一节说明体检要求。",
            (scoring.clause,),
        )


def _seats(policy: Policy) -> Iterator[Finding]:
    moves, rule = policy.quota_moves, policy.reallocation
    if moves.direction == "other_to_shortage" and not policy.specialties.shortage:
        sentence = "可将其他专业计划调至紧缺专业，但没有任何紧缺专业。"
        yield Finding(
            "NO_SHORTAGE", "specialties.shortage", sentence, (moves.clause, policy.specialties.shortage_clause)
        )
    near = [kind for kind in policy.person_types if rule.geography_for(kind.code) == "same_or_adjacent"]
    if rule.enabled and near and not rule.adjacent:
        sentence = f"“{'、'.join(kind.label for kind in near)}”可调剂到相邻州市，但没有写哪些州市相邻。"
        yield Finding("NO_NEIGHBOURS", "reallocation.adjacent", sentence, (rule.clause,), "错误")


def _contacts(policy: Policy) -> Iterator[Finding]:
    for path, text, clause in (
        ("contact.text", policy.contact.text, policy.contact.clause),
        *((f"papers[{index}]", paper.body, paper.clause) for index, paper in enumerate(policy.papers)),
    ):
        for mail in bad_mails(text):
            yield Finding("MAIL_WITHOUT_DOMAIN", path, f"邮箱“{mail}”没有域名，写不通。", (clause,))
