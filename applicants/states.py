"""The states of a request to be put on a list (名册核实申请), as a readable table: (state, action) → next state and who may.

`applicants.services.roster_requests` is the only writer that reads it."""

from __future__ import annotations

from typing import NamedTuple

APPLICANT, SCHOOL, PROVINCE = "applicant", "school", "province"


class Step(NamedTuple):
    """`to` is the next state, `actor` who may take the step."""

    to: str
    actor: str
    label: str


REQUEST_LABELS = {
    "at_school": "待院校核实",
    "at_province": "待省级核实",
    "accepted": "已列入名册",
    "refused": "不予列入",
    "withdrawn": "已撤回",
}
OPEN_REQUESTS = ("at_school", "at_province")
REQUEST_TONES = {"at_school": "warn", "at_province": "warn", "accepted": "ok", "refused": "bad", "withdrawn": "neutral"}

# 000 四(二)3 (the province's list) and 000 四(三)2 (the schools' lists, names added late).
REQUEST: dict[tuple[str, str], Step] = {
    ("at_school", "confirm"): Step("at_province", SCHOOL, "确认是本校学生"),
    ("at_school", "refuse"): Step("refused", SCHOOL, "不予列入"),
    ("at_school", "withdraw"): Step("withdrawn", APPLICANT, "撤回申请"),
    ("at_province", "accept"): Step("accepted", PROVINCE, "核实并列入名册"),
    ("at_province", "refuse"): Step("refused", PROVINCE, "不予列入"),
    ("at_province", "withdraw"): Step("withdrawn", APPLICANT, "撤回申请"),
}
