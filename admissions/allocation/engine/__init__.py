"""The engine (运算引擎): one problem in, one record out; the same problem always gives the same bytes.

Whole numbers only, no chance, no threads, no solver. `ENGINE` names the version and the digest of the source that decided.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from admissions.allocation.engine import admission, admission_record, reallocation
from admissions.allocation.explain import explain_admission, explain_reallocation
from admissions.allocation.order import Worth
from admissions.allocation.problem import BaseAdmission, Reallocation
from admissions.allocation.standing import Standing

NAME, VERSION = "gme-allocation", "1.1"


def _source_digest() -> str:
    """SHA-256 over the names and texts of every file that decides or words a result (all of the package except the verifier)."""
    package = Path(__file__).resolve().parent.parent
    total = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package).as_posix()
        if not name.startswith("verify/"):
            text = path.read_bytes().replace(b"\r\n", b"\n")
            total.update(f"{name}\n{len(text)}\n".encode())
            total.update(text)
    return total.hexdigest()


ENGINE = f"{NAME} {VERSION} sha256:{_source_digest()}"


def solve(problem: BaseAdmission | Reallocation) -> dict[str, Any]:
    """Decide a problem. Returns the record of the contract: plain JSON values, explanations in Chinese, input digest and engine."""
    if isinstance(problem, BaseAdmission):
        worth = Worth(problem)
        admitted = admission.admit(problem, worth)
        standing = Standing(len(problem.specialties), admitted, worth)
        result = admission_record.record(problem, admitted, standing)
        sentences = explain_admission(problem, admitted, standing)
    else:
        seated = reallocation.reallocate(problem)
        result = reallocation.record(problem, seated)
        sentences = explain_reallocation(problem, seated)
    names = [person.id for person in problem.applicants]
    result["explanations"] = dict(zip(names, sentences, strict=True))
    result["input_sha256"] = problem.sha256
    result["engine"] = ENGINE
    return result
