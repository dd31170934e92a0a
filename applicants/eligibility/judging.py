"""Facts × rules → verdict. Rules about the person are judged once, rules about a specialty once for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from applicants.eligibility.derive import choice_facts, person_facts
from applicants.eligibility.facts import ApplicantFacts, Choice
from applicants.eligibility.verdicts import Finding, FindingOutcome, Outcome, SpecialtyVerdict, Verdict, conclude
from gme_portal.policy.conditions import evaluate
from gme_portal.policy.model import Policy
from gme_portal.policy.moments import day_words
from gme_portal.policy.schema import Rule
from gme_portal.policy.vocabulary import FACTS

Facts = Mapping[str, object]


def judge(
    policy: Policy, applicant: ApplicantFacts, at: datetime, choice: Choice | None = None, *, round: str | None = None
) -> Verdict:
    """May this person sign up at this moment, and for what? `at` is zoned and decides about bans; windows are not asked here.
    `round`: key of the round (批次) it is about; without it, the one that runs at `at`.

    Without `choice` the answer covers every specialty of the policy; with it, only that one. What closes registration itself
    closes every specialty, with that rule named. Raises ValueError for a specialty this policy does not have.
    """
    known = person_facts(applicant, policy, at)
    key = round or policy.round_at(at).key
    about_person = (*_registers(policy, applicant), *_findings(policy, key, "person", known))
    codes = policy.specialties.codes if choice is None else (_code(policy, choice),)
    specialties = {}
    for code in codes:
        facts = {**known, **choice_facts(applicant, policy, code, choice)}
        findings = (*about_person, *_findings(policy, key, "choice", facts))
        name = policy.specialties.name(code)
        specialties[code] = SpecialtyVerdict(code, name, conclude(findings), findings)
    if choice is not None:
        only = specialties[codes[0]]
        return Verdict(only.verdict, only.findings, specialties)
    return Verdict(_best(one.verdict for one in specialties.values()), about_person, specialties)


def judge_reduction(policy: Policy, applicant: ApplicantFacts, at: datetime, choice: Choice) -> SpecialtyVerdict:
    """May this person ask for a shorter training (年限减免) in this specialty? Every rule of the notice's table is asked, whatever it is about.

    Raises ValueError for a specialty, or a policy, that does not have it."""
    if policy.year_reduction is None:
        raise ValueError(f"{policy.id} has no year reduction")
    code = _code(policy, choice)
    facts = {**person_facts(applicant, policy, at), **choice_facts(applicant, policy, code, choice)}
    judged = (_finding(policy, rule, facts) for rule in policy.year_reduction.rules)
    findings = tuple(finding for finding in judged if finding is not None)
    return SpecialtyVerdict(code, policy.specialties.name(code), conclude(findings), findings)


def _code(policy: Policy, choice: Choice) -> str:
    code = policy.specialties.find(choice.specialty)
    if code is None:
        raise ValueError(f"{policy.id} has no specialty {choice.specialty!r}")
    return code


def _best(verdicts: Iterable[Outcome]) -> Outcome:
    found = set(verdicts)
    order: tuple[Outcome, ...] = ("eligible", "needs_review")
    return next((verdict for verdict in order if verdict in found), "ineligible")


def _registers(policy: Policy, applicant: ApplicantFacts) -> tuple[Finding, ...]:
    """Whoever the policy does not know, or does not let register, is refused before any rule is asked."""
    kind = policy.person_type(applicant.person_type)
    if kind is None:
        label = FACTS["person_type"].say(applicant.person_type)
        may = "、".join(f"“{one.label}”" for one in policy.person_types if one.registers)
        return (
            Finding(
                "person-type", "fail", policy.person_types[0].clause, f"本次招录没有“{label}”这一人员类型；可选{may}。"
            ),
        )
    if not kind.registers:
        return (Finding("person-type", "fail", kind.clause, kind.refusal),)
    return ()


def _findings(policy: Policy, round: str, scope: str, facts: Facts) -> tuple[Finding, ...]:
    found = (
        _finding(policy, rule, facts)
        for rule in policy.eligibility
        if rule.scope == scope and rule.concerns_round(round)
    )
    return tuple(finding for finding in found if finding is not None)


def _finding(policy: Policy, rule: Rule, facts: Facts) -> Finding | None:
    """None where the rule does not apply. Whether it applies may itself be unknown: then only a kept rule needs no look."""
    applies = evaluate(rule.applies, facts)
    if applies is False:
        return None
    holds = evaluate(rule.condition, facts)
    outcome: FindingOutcome
    if holds:
        outcome, sentence = "pass", rule.sentence_pass
    elif holds is None or applies is None:
        outcome, sentence = "needs_review", rule.sentence_review
    else:
        outcome = "fail" if rule.outcome == "ineligible" else "needs_review"
        sentence = rule.sentence_fail
    return Finding(rule.id, outcome, rule.clause, _say(policy, sentence, facts))


def _say(policy: Policy, sentence: str, facts: Facts) -> str:
    """The sentence with its `{fact}` words filled in."""
    if "{" not in sentence:
        return sentence
    spoken = {name: _word(policy, name, facts.get(name)) for name in FACTS if f"{{{name}}}" in sentence}
    for name, word in spoken.items():
        sentence = sentence.replace(f"{{{name}}}", word)
    return sentence


def _word(policy: Policy, name: str, value: object) -> str:
    if value is None:
        return "（未填）"
    if isinstance(value, date):
        return day_words(value)
    if name == "specialty":
        return policy.specialties.name(str(value))
    return FACTS[name].say(value)
