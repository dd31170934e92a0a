"""The verifier (独立复核): checks a record against its problem with code of its own. Imports nothing from engine, order, explain or problem.

V1 legality and no claims · V2 recomputed by another method · V3 tiers 1–3 by minimum cuts · V4 closed sets of the unplaced ·
V5 tiers 5–6, nobody can be improved · V6 inputs: no tie is left before the lottery · V7 the record: digest, tallies, one explanation each.
A problem must have passed `problem.parse`; a record may be anything.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from admissions.allocation.verify import admission, reallocation
from admissions.allocation.verify.breach import Breach

__all__ = ["Breach", "check"]

ALWAYS = {"assignment", "explanations", "input_sha256", "engine"}
OF_KIND = {
    "base-admission": {"choice_no", "admitted_by_specialty", "seats_moved_to", "by_specialty"},
    "provincial-reallocation": {"filled", "shortage_filled", "county_placed", "placed", "choice_rank"},
}


def check(problem: dict[str, Any], result: Any) -> list[Breach]:
    """Every guarantee the record breaks; an empty list means that it may be put before the person who approves."""
    shape = _shape(problem, result)
    if shape:
        return shape
    of_its_kind = admission.check if problem["kind"] == "base-admission" else reallocation.check
    return _inputs(problem) + of_its_kind(problem, result) + _record(problem, result)


def _shape(problem: dict[str, Any], result: Any) -> list[Breach]:
    """Without a seat (or null) for exactly the applicants of the problem, nothing else can be judged."""
    if not isinstance(result, dict) or not isinstance(result.get("assignment"), dict):
        return [Breach("V1", "结果中没有 assignment。")]
    assignment = result["assignment"]
    seats = "specialties" if problem["kind"] == "base-admission" else "programmes"
    known = {row["code" if seats == "specialties" else "id"] for row in problem[seats]}
    everyone = {person["id"] for person in problem["applicants"]}
    breaches = [Breach("V1", f"结果中没有 {name}。") for name in sorted(everyone - assignment.keys())[:20]]
    breaches += [Breach("V1", f"结果中的 {name} 不在输入中。") for name in sorted(assignment.keys() - everyone)[:20]]
    for name, seat in assignment.items():
        if seat is not None and (not isinstance(seat, str) or seat not in known):
            breaches.append(Breach("V1", f"{name} 被安排到输入中没有的专业 {seat}。"))
    return breaches


def _inputs(problem: dict[str, Any]) -> list[Breach]:
    lots = [person["lottery"] for person in problem["applicants"]]
    return [] if len(set(lots)) == len(lots) else [Breach("V6", "有两人的抽签号相同，同分时无法决定先后。")]


def _record(problem: dict[str, Any], result: dict[str, Any]) -> list[Breach]:
    unknown = sorted(result.keys() - ALWAYS - OF_KIND[problem["kind"]])
    breaches = [Breach("V7", f"结果中有不认识的字段：{key}。") for key in unknown]
    canonical = json.dumps(problem, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    if result.get("input_sha256") != hashlib.sha256(canonical).hexdigest():
        breaches.append(Breach("V7", "结果记录的输入摘要与输入文件不符：这不是这份输入的结果，或输入已被改动。"))
    if not isinstance(result.get("engine"), str) or not result["engine"]:
        breaches.append(Breach("V7", "结果没有记录运算程序的版本。"))
    texts = result.get("explanations")
    everyone = {person["id"] for person in problem["applicants"]}
    if (
        not isinstance(texts, dict)
        or texts.keys() != everyone
        or not all(isinstance(t, str) and t for t in texts.values())
    ):
        breaches.append(Breach("V7", "不是每位报名者都有且仅有一份结果说明。"))
    return breaches
