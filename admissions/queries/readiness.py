"""Is a person ready to file (能否提交): are the sections complete, and which specialties of a base are open to them, with the clause."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from applicants.eligibility import Choice, SpecialtyVerdict, Verdict, judge
from applicants.models import Profile
from applicants.queries import Section, applicant_facts, completeness, entry_for
from bases.models import TrainingBase
from gme_portal.accounts.identity import fold_name
from gme_portal.accounts.models import DocumentKind
from gme_portal.notices.models import Notice
from gme_portal.policy import Policy
from gme_portal.refusals import Refusal
from quotas.models import Quota


def sections_of(profile: Profile, policy: Policy) -> list[Section]:
    """The sections of personal data with their states."""
    return completeness(profile, policy)


def section_problems(profile: Profile, *, policy: Policy) -> list[Refusal]:
    """One refusal for each section that is not complete; `field` is its key. Choices open when there is none (003 (四)).
    A document that the notice does not take (证件类型) is refused here too."""
    kind = profile.user.document_kind
    if kind not in policy.identity.accepts:
        taken = "、".join(DocumentKind(one).label for one in policy.identity.accepts)
        return [
            Refusal(
                "DOCUMENT_KIND",
                f"本次招收须以{taken}报名，不接受{DocumentKind(kind).label}。",
                policy.identity.clause,
                "personal",
            )
        ]
    return [
        Refusal(
            "SECTION_INCOMPLETE",
            f"“{section.title}”还没有填完" + _lacking(section.missing) + "。",
            policy.choices.clause,
            section.key,
        )
        for section in sections_of(profile, policy)
        if section.state != "done"
    ]


def roster_problem(profile: Profile, notice: Notice, *, policy: Policy) -> Refusal | None:
    """Why somebody who must be on a list of names (名册) cannot file: not on it with this name and number. One query, none for everybody else."""
    kind = policy.person_type(profile.person_type)
    if kind is None or kind.roster == "none":
        return None
    entry = entry_for(notice, profile.user)
    if entry is not None and fold_name(entry.name) == fold_name(profile.user.name):
        return None
    if entry is not None:
        sentence = (
            "名册中有您的证件号码，但那一行的姓名与您的账号不一致。请先核对自己的姓名；名册有误的，请提交名册核实申请。"
        )
        return Refusal("ROSTER_NAME", sentence, kind.clause, "roster")
    whose = "培养院校" if kind.roster == "school" else "省级"
    sentence = (
        f"您不在{whose}提供的{kind.label}名册中。名册按姓名和证件号码核对；"
        "请先核对您填写的姓名和证件号码；确应列入的，请提交名册核实申请，列入后即可报名。"
    )
    return Refusal("NOT_ON_ROSTER", sentence, kind.clause, "roster")


def consent_problem(person_type: str, consents: Collection[str], *, policy: Policy) -> Refusal | None:
    """Why the consents do not do: a kind of transfer that this person is not offered, or one that they must agree to (应服从调剂)."""
    rule = policy.transfer
    offered = rule.kinds if rule.offered_to(person_type) else ()
    if set(consents) - set(offered):
        return Refusal("TRANSFER_NOT_OFFERED", "您的人员类型不参加这一项调剂。", rule.clause, "consents")
    if person_type in rule.required_for and set(offered) - set(consents):
        kind = policy.person_type(person_type)
        label = kind.label if kind else person_type
        sentence = f"{label}应服从调剂：{rule.wording.rstrip('。')}。请勾选“服从调剂”后保存。"
        return Refusal("TRANSFER_REQUIRED", sentence, rule.clause, "consents")
    return None


def _lacking(missing: tuple[str, ...]) -> str:
    return f"，还缺：{'、'.join(missing)}" if missing else ""


def verdict(profile: Profile, notice: Notice, *, policy: Policy, at: datetime, round: str | None = None) -> Verdict:
    """May the person sign up in a round (the running one), and for which specialties, wherever they are. Incomplete sections: FactsError."""
    return judge(policy, applicant_facts(profile, notice, at), at, round=round)


def verdicts_at(
    profile: Profile, notice: Notice, base: TrainingBase, *, policy: Policy, at: datetime, round: str | None = None
) -> dict[str, SpecialtyVerdict]:
    """Specialty code → verdict, for every specialty of the policy at one base, in a round (the running one). Incomplete sections: FactsError."""
    facts = applicant_facts(profile, notice, at)
    near_employer: set[str] = set()
    prefecture = facts.employer.prefecture if facts.employer else None
    if prefecture:
        rows = Quota.objects.filter(notice=notice, base__prefecture=prefecture, seats__gt=0)
        near_employer = set(rows.values_list("specialty_id", flat=True))
    found = {}
    for code in policy.specialties.codes:
        choice = Choice(
            specialty=code,
            base_prefecture=base.prefecture_id,
            employer_prefecture_offers_specialty=code in near_employer if prefecture else None,
            base=base.code,
        )
        found[code] = judge(policy, facts, at, choice, round=round).specialties[code]
    return found


def ineligible(found: SpecialtyVerdict | None, *, field: str) -> list[Refusal]:
    """Why a specialty is closed to the person: one refusal for each rule that fails; a specialty the notice does not have is closed too."""
    if found is None:
        return [Refusal("NOT_IN_NOTICE", "本次招收没有这个专业，请改选。", "", field)]
    if found.verdict != "ineligible":
        return []
    return [Refusal("NOT_ELIGIBLE", one.sentence, one.clause, field) for one in found.reasons if one.verdict == "fail"]
