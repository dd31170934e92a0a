"""Two runs side by side (两次运算比较): who changes, from where to where, and why as far as the inputs tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from admissions.models import AllocationRun
from admissions.queries.standings import one_score
from gme_portal.wording import mark

NOWHERE = "未录取"


@dataclass(frozen=True, slots=True)
class Change:
    """One person whose place differs."""

    number: str
    before: str
    after: str
    why: str


def changes(run: AllocationRun, older: AllocationRun) -> list[Change]:
    """Everybody with another place than in the older run, by application number."""
    before, after = _places(older), _places(run)
    was = {person["id"]: person for person in older.problem["applicants"]}
    now = {person["id"]: person for person in run.problem["applicants"]}
    seats = _seat_changes(run, older)
    found = []
    for number in sorted(before.keys() | after.keys()):
        left, right = before.get(number, "不在名单"), after.get(number, "不在名单")
        if left != right:
            found.append(Change(number, left, right, _why(run, was.get(number), now.get(number), seats, number)))
    return found


def _places(run: AllocationRun) -> dict[str, str]:
    """Number → place in words, for everybody the run speaks of."""
    names = {row["id"]: f"{row['base']} {row['specialty']}" for row in run.problem.get("programmes", [])}
    places = {number: names.get(seat, seat) if seat else NOWHERE for number, seat in run.result["assignment"].items()}
    places |= {number: f"{row['specialty']}（学校指定）" for number, row in run.beside["assigned"].items()}
    return places | dict.fromkeys(run.beside["excluded"], NOWHERE)


def _seat_changes(run: AllocationRun, older: AllocationRun) -> str:
    def seats(one: AllocationRun) -> dict[str, int]:
        rows = one.problem.get("specialties")
        if rows is not None:
            return {row["code"]: row["quota"] for row in rows}
        return {f"{row['base']}{row['specialty']}": row["seats"] for row in one.problem["programmes"]}

    was, now = seats(older), seats(run)
    moved = [
        f"{name} {was.get(name, 0)}→{now.get(name, 0)}"
        for name in {**was, **now}
        if was.get(name, 0) != now.get(name, 0)
    ]
    return "、".join(moved[:4]) + ("等" if len(moved) > 4 else "")


def _why(run: AllocationRun, was: dict[str, Any] | None, now: dict[str, Any] | None, seats: str, number: str) -> str:
    if now is None:
        reason = run.beside["excluded"].get(number, "").removeprefix("未录取。")
        return reason or "不再参加排序"
    if was is None:
        return "新参加排序"
    if one_score(was) != one_score(now):
        return f"本人总成绩 {mark(one_score(was)['total'])} → {mark(one_score(now)['total'])}"
    if was != now:
        return "本人志愿、服从调剂、报考条件或抽签号有变化"
    return f"名额变化：{seats}" if seats else "其他人的变化所致"
