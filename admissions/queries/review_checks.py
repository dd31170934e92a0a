"""What the machine has checked for the reviewer (机器核对): ticked or flagged before a person looks; it decides nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from admissions.models import Submission
from admissions.queries import answers
from admissions.queries.papers import required_documents
from admissions.queries.snapshots import PHOTO, Snapshot
from applicants.models import Document
from gme_portal.accounts.identity import birth_date, check_number, gender_of
from gme_portal.policy import Policy

# A licence number since 1999: year 4, province 2, level 1, category 2, then the holder's ID number.
_LICENCE = re.compile(r"(?P<year>(?:19|20)\d{2})(?P<province>\d{2})(?P<level>\d)(?P<category>\d{2})(?P<id>\d{17}[\dX])")
_LEVELS = {"physician": "1", "assistant": "2"}
_NUMBERED_BY_BIRTH = ("resident_id", "foreign_resident")


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: tone ok, warn (look at it) or bad (wrong), a sentence, and the clause of the notice where there is one; `cited` for readers."""

    tone: str
    text: str
    clause: str = ""
    cited: str = ""


def checks(
    submission: Submission, content: Snapshot, policy: Policy, *, documents: Mapping[str, Document]
) -> list[Check]:
    """Every check of one filed version, worst first. `documents` by kind, as filed. Reads nothing."""
    found = [
        *_identity(content, submission),
        *_photo(documents, policy),
        *_documents(content, policy),
        *_eligibility(content),
        *_licence(content),
        *_roster(content),
    ]
    order = {"bad": 0, "warn": 1, "ok": 2}
    cited = (
        replace(check, cited=policy.cite(check.clause.split("；")[0])) if check.clause else check for check in found
    )
    return sorted(cited, key=lambda check: order[check.tone])


def _identity(content: Snapshot, submission: Submission) -> Iterator[Check]:
    person = content["person"]
    kind, number = person["document_kind"], person["document_number"]
    refusal = check_number(kind, number, today=submission.submitted_at.date())
    if refusal is not None:
        yield Check("bad", refusal.sentence, refusal.clause)
        return
    if kind not in _NUMBERED_BY_BIRTH:
        yield Check("ok", f"{person['document_kind_label']}号码格式正确")
        return
    yield Check("ok", "证件号码校验位正确")
    same_day = person["born_on"] == _iso(birth_date(number))
    yield Check("ok", "出生日期与证件号码一致") if same_day else Check("bad", "出生日期与证件号码不一致，请核对证件")
    if person["gender"] != gender_of(number):
        yield Check("bad", "性别与证件号码不一致，请核对证件")


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _photo(documents: Mapping[str, Document], policy: Policy) -> Iterator[Check]:
    photo = documents.get(PHOTO)
    if photo is None:
        pasted = policy.registration.mode == "on_site"
        yield Check("warn", "照片贴在纸质报名表上，请当面核对") if pasted else Check("bad", "没有个人照片")
        return
    missed = [finding for finding in photo.findings if not finding["passed"]]
    for finding in missed:
        sentence = f"照片{finding['label']}：{finding['measured']}，要求{finding['wanted']}"
        yield Check("warn" if finding["advice"] else "bad", sentence, policy.photo.clause)
    if not photo.findings:
        yield Check("warn", "照片没有测量记录，请目视核对", policy.photo.clause)
    elif not missed:
        yield Check("ok", f"照片 {len(photo.findings)} 项要求都符合")


def _documents(content: Snapshot, policy: Policy) -> Iterator[Check]:
    there = {row["kind"] for row in content["documents"]}
    wanted = required_documents(content, policy)
    missing = [rule for rule in wanted if rule.kind not in there]
    for rule in missing:
        yield Check("bad", f"缺少{rule.label}", rule.clause)
    if not missing:
        yield Check("ok", f"要求的 {len(wanted)} 项材料都已上传")
    if any(row["diploma_pending"] for row in content["education"]):
        yield Check("warn", "应届待取证：核对毕业证明是否盖章，取得证书后须替换")


def _eligibility(content: Snapshot) -> Iterator[Check]:
    """Each rule once, with the specialties it concerns when it does not concern all."""
    names = {one["code"]: one["name"] for one in content["choice"]["specialties"]}
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for code, verdict in content["eligibility"].items():
        for finding in verdict["findings"]:
            if finding["verdict"] != "pass":
                key = ("bad" if finding["verdict"] == "fail" else "warn", finding["sentence"], finding["clause"])
                grouped.setdefault(key, []).append(names.get(code, code))
    for (tone, sentence, clause), specialties in grouped.items():
        concerns = f"（{'、'.join(specialties)}）" if len(specialties) < len(names) else ""
        yield Check(tone, f"报考条件：{sentence}{concerns}", clause)
    if not grouped:
        yield Check("ok", "符合所报专业的报考条件")


def _licence(content: Snapshot) -> Iterator[Check]:
    licence = content["licence"]
    if licence is None:
        return
    parts = _LICENCE.fullmatch(licence["number"].upper())
    if parts is None:
        yield Check("warn", "医师资格证书编码不是 27 位的通用格式，请对照证书核对")
        return
    if parts["id"] != content["person"]["document_number"]:
        yield Check("bad", "医师资格证书编码中的证件号码与本人不一致")
    elif parts["level"] != _LEVELS.get(licence["kind"], parts["level"]):
        yield Check("bad", "医师资格证书编码中的级别与所填不一致")
    elif licence["obtained_on"] and abs(int(licence["obtained_on"][:4]) - int(parts["year"])) > 1:
        yield Check("warn", "医师资格证书编码中的年份与取得日期相差较大，请对照证书核对")
    else:
        yield Check("ok", "医师资格证书编码格式正确，与本人证件号码一致")


def _roster(content: Snapshot) -> Iterator[Check]:
    """Commissioned and professional-master people follow their school's list (003 说明5)."""
    roster, choice = content["roster"], content["choice"]
    if roster is None:
        if content["person"]["person_type"] in ("commissioned", "professional_master"):
            yield Check("warn", f"不在学校上报的{content['person']['person_type_label']}名册内，请与学校核实")
        return
    codes = [one["code"] for one in choice["specialties"]]
    same = bool(choice["base"]) and choice["base"]["code"] == roster["base"] and codes == [roster["specialty"]]
    if same:
        yield Check("ok", f"与名册一致（{roster['school']}，{roster['specialty_label']}）")
    else:
        yield Check("bad", f"与名册不一致：名册指定{roster['base_label']}、{roster['specialty_label']}")


def differences(content: Snapshot, before: Snapshot | None) -> list[dict[str, Any]]:
    """Field by field what reads differently from the version filed before with this base; empty for a first one."""
    return answers.changed(content, before) if before is not None else []
