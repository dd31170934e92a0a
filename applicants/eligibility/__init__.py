"""Who may sign up, and for what (报考条件): facts about a person × the rules of a policy → verdicts with clause and sentence.

Pure: knows no Django and reads no clock. `facts.from_dict(…)` → facts; `judge(policy, applicant, at, choice)` → `Verdict`.
"""

from __future__ import annotations

from applicants.eligibility.facts import ApplicantFacts, Choice
from applicants.eligibility.judging import judge, judge_reduction
from applicants.eligibility.verdicts import Finding, SpecialtyVerdict, Verdict

__all__ = ["ApplicantFacts", "Choice", "Finding", "SpecialtyVerdict", "Verdict", "judge", "judge_reduction"]
