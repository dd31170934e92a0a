"""The notice as data (通知即数据): what a province's year prescribes, read strictly from one file, told in Chinese with its clauses.

Pure: knows no Django. `load(path)` / `loads(text, source)` → `Policy`, or PolicyError with all problems; `describe(policy)`; `digest(text)`.
"""

from __future__ import annotations

from gme_portal.policy.describe import Sentence, describe
from gme_portal.policy.digests import digest
from gme_portal.policy.errors import PolicyError, Problem
from gme_portal.policy.loader import load, loads
from gme_portal.policy.model import Policy
from gme_portal.policy.supplement import Supplement, describe_supplement, load_supplement, loads_supplement

__all__ = [
    "Policy",
    "PolicyError",
    "Problem",
    "Sentence",
    "Supplement",
    "describe",
    "describe_supplement",
    "digest",
    "load",
    "load_supplement",
    "loads",
    "loads_supplement",
]
