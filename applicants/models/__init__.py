"""People (学员) and what they have shown, and the lists (名册) they stand on."""

from __future__ import annotations

from applicants.models.people import (
    COUNTY_AND_BELOW,
    Ban,
    DegreeType,
    Document,
    Education,
    EducationLevel,
    EmployerLevel,
    Employment,
    Gender,
    Licence,
    LicenceCategory,
    LicenceKind,
    PersonType,
    Profile,
    SectionDraft,
)
from applicants.models.rosters import (
    RosterBatch,
    RosterChange,
    RosterEntry,
    RosterRequest,
    RosterSource,
)

__all__ = [
    "COUNTY_AND_BELOW",
    "Ban",
    "DegreeType",
    "Document",
    "Education",
    "EducationLevel",
    "EmployerLevel",
    "Employment",
    "Gender",
    "Licence",
    "LicenceCategory",
    "LicenceKind",
    "PersonType",
    "Profile",
    "RosterBatch",
    "RosterChange",
    "RosterEntry",
    "RosterRequest",
    "RosterSource",
    "SectionDraft",
]
