"""Explanations (结果说明): one plain Chinese text per applicant, true for every case, made of numbers anyone can check."""

from __future__ import annotations

from admissions.allocation.explain.admission import explain_admission
from admissions.allocation.explain.reallocation import explain_reallocation

__all__ = ["explain_admission", "explain_reallocation"]
