"""What a notice (通知) says, as frozen values. One `Policy` is one province's one track in one year.

Every group carries `clause`, the place in the notice it comes from ("003 说明3": source, blank, section), and `note` where the notice is
silent and another source was borrowed, or where a value is only an example. Points are integers in hundredths, weights whole per cent."""

from __future__ import annotations

from gme_portal.policy.schema.afterwards import (
    AcceptanceRule,
    BanRule,
    Column,
    PublicityRule,
    ReportInRule,
    RosterRule,
    YearReductionRule,
)
from gme_portal.policy.schema.deciding import (
    Component,
    InvitationRule,
    MedicalExamRule,
    PassCheck,
    PlanRule,
    QuotaMoveRule,
    ReallocationRule,
    ScoringRule,
)
from gme_portal.policy.schema.filing import (
    BlankPaper,
    BrochureRule,
    ChoiceRule,
    DocumentRule,
    FormRule,
    IdentityRule,
    PasswordRule,
    PhotoRule,
    RegistrationRule,
    Rule,
    SpecialtyRule,
    TransferRule,
)
from gme_portal.policy.schema.frame import Contact, PersonType, Round, Silence, Source, Window
from gme_portal.policy.schema.words import (
    BROCHURE_TOPICS,
    OPTIONAL_GROUPS,
    PAPER_KINDS,
    REDUCTION_STEPS,
    WINDOW_KEYS,
    Medicine,
    Track,
)

__all__ = [
    "BROCHURE_TOPICS",
    "OPTIONAL_GROUPS",
    "PAPER_KINDS",
    "REDUCTION_STEPS",
    "WINDOW_KEYS",
    "AcceptanceRule",
    "BanRule",
    "BlankPaper",
    "BrochureRule",
    "ChoiceRule",
    "Column",
    "Component",
    "Contact",
    "DocumentRule",
    "FormRule",
    "IdentityRule",
    "InvitationRule",
    "MedicalExamRule",
    "Medicine",
    "PassCheck",
    "PasswordRule",
    "PersonType",
    "PhotoRule",
    "PlanRule",
    "PublicityRule",
    "QuotaMoveRule",
    "ReallocationRule",
    "RegistrationRule",
    "ReportInRule",
    "RosterRule",
    "Round",
    "Rule",
    "ScoringRule",
    "Silence",
    "Source",
    "SpecialtyRule",
    "Track",
    "TransferRule",
    "Window",
    "YearReductionRule",
]
