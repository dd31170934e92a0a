"""Two runs of one scope side by side (两次运算比较): who changes, from where to where, and why as far as the inputs tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from admissions.models import AllocationRun
from admissions.queries.ties import chain_of, county_counts, county_goes_first, label_of, marks_of
from gme_portal.wording import mark

NOWHERE, ABSENT = "未录取", "不在名单"
GAINED, LOST, MOVED, ENTERED, LEFT = "gained", "lost", "moved", "entered", "left"
KIND_LABELS = {GAINED: "新录取", LOST: "落选", MOVED: "换去处", ENTERED: "新参加", LEFT: "退出"}
NAMED_AT_MOST = 2

_TRANSFER = {"none": "不移名额", "unfilled_nonshortage_to_shortage": "未招满名额可移入紧缺专业"}
_GEO = {"same": "本州市", "same_or_adjacent": "本州市及相邻州市", "any": "全省"}


@dataclass(frozen=True, slots=True)
class Change:
    """One person whose place differs. `kind` is a key of `KIND_LABELS`."""

    number: str
    before: str
    after: str
    kind: str
    why: str

    @property
    def label(self) -> str:
        return KIND_LABELS[self.kind]


def alike(run: AllocationRun, other: AllocationRun) -> bool:
    """Whether two runs decide on the same thing and may be compared: notice, round, kind and base."""
    return (run.notice_id, run.round, run.kind, run.base_id) == (
        other.notice_id,
        other.round,
        other.kind,
        other.base_id,
    )


def changes(run: AllocationRun, older: AllocationRun) -> list[Change]:
    """Everybody with another place than in the older run, by application number. Both must be `alike`."""
    pair = _Pair(run, older)
    before, after = _places(older), _places(run)
    found = []
    for number in sorted(before.keys() | after.keys()):
        left, right = before.get(number, ABSENT), after.get(number, ABSENT)
        if left != right:
            found.append(Change(number, left, right, _kind(left, right), pair.why(number)))
    return found


def rule_changes(run: AllocationRun, older: AllocationRun) -> list[str]:
    """What differs for everybody: the transfer rule, which specialties are short, seats. In sentences."""
    pair = _Pair(run, older)
    found = []
    old, new = (one.problem.get("policy", {}).get("transfer") for one in (older, run))
    if old != new:
        found.append(f"移名额规则：{_TRANSFER.get(old, '')} → {_TRANSFER.get(new, '')}")
    before, after = ("、".join(label_of(item, one.problem) for item in chain_of(one.problem)) for one in (older, run))
    if before != after:
        found.append(f"同分次序：{before} → {after}")
    if not run.base_id and county_goes_first(older.problem) != county_goes_first(run.problem):
        found.append("改为县级及以下优先" if county_goes_first(run.problem) else "不再设县级及以下优先")
    was, now = _shortage(older.problem), _shortage(run.problem)
    if now - was:
        found.append(f"改为紧缺专业：{_some(sorted(now - was), 6)}")
    if was - now:
        found.append(f"不再作紧缺专业：{_some(sorted(was - now), 6)}")
    moved = [f"{pair.names[key]} {old}→{new}" for key, (old, new) in pair.seats.items() if old != new]
    if moved:
        found.append(f"名额：{_some(moved, 6)}")
    return found


class _Pair:
    """Inputs and places of both runs by application number and by seat (specialty name at a base, programme id in the province)."""

    def __init__(self, run: AllocationRun, older: AllocationRun) -> None:
        self.run = run
        self.was = {person["id"]: person for person in older.problem["applicants"]}
        self.now = {person["id"]: person for person in run.problem["applicants"]}
        self.before: dict[str, str | None] = older.result["assignment"]
        self.after: dict[str, str | None] = run.result["assignment"]
        self.county = (county_counts(older.problem), county_counts(run.problem))
        self.names = _names(older.problem) | _names(run.problem)
        old, new = _seats(older), _seats(run)
        self.seats = {key: (old.get(key, 0), new.get(key, 0)) for key in {**old, **new}}
        self._came, self._went = _exchanges(self.before, self.after)

    def why(self, number: str) -> str:
        was, now = self.was.get(number), self.now.get(number)
        if now is None:
            reason = self.run.beside["excluded"].get(number, "").removeprefix("未录取。")
            return reason or "不再参加排序"
        if was is None:
            return "新参加排序"
        causes = _own(was, now)
        had, has = was["county"] and self.county[0], now["county"] and self.county[1]
        if had != has:
            causes.append("改为按县级及以下优先" if has else "不再按县级及以下优先")
        if _adjusted(was, self.before.get(number)) or _adjusted(now, self.after.get(number)):
            causes += _consent(was, now)
        causes += self._around(number, _listed(now))
        if not causes and was["lottery"] != now["lottery"]:
            return "抽签号有变化"
        return "；".join(causes) or "其他人的变化所致"

    def _around(self, number: str, wishes: list[str]) -> list[str]:
        """What happened at the better of the two places: a seat that opened there, or one that somebody else took."""
        left, got = self.before.get(number), self.after.get(number)
        rank = {seat: place for place, seat in enumerate(wishes)}
        worst = len(wishes)
        gained = got is not None and (left is None or rank.get(got, worst) < rank.get(left, worst))
        if gained and got is not None:
            return self._seats_of(got) or self._people(self._went, got, "{}不再占用名额")
        if left is not None:
            return self._seats_of(left) or self._people(self._came, left, "名额由{}取得")
        return []

    def _seats_of(self, seat: str) -> list[str]:
        old, new = self.seats.get(seat, (0, 0))
        return [f"{self.names[seat]}名额 {old}→{new}"] if old != new else []

    def _people(self, who: dict[str, list[str]], seat: str, sentence: str) -> list[str]:
        people = who.get(seat, [])
        return [f"{self.names[seat]}{sentence.format(_some(people, NAMED_AT_MOST, '人'))}"] if people else []


def _exchanges(
    before: dict[str, str | None], after: dict[str, str | None]
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Seat → who came to it, seat → who left it."""
    came: dict[str, list[str]] = {}
    went: dict[str, list[str]] = {}
    for number in sorted(before.keys() | after.keys()):
        left, got = before.get(number), after.get(number)
        if left != got:
            if got is not None:
                came.setdefault(got, []).append(number)
            if left is not None:
                went.setdefault(left, []).append(number)
    return came, went


def _own(was: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What changed about the person, except the lottery number: with a new draw it changes for everybody."""
    old, new = marks_of(was), marks_of(now)
    found, own = [], _listed(now)
    if old.get("total") != new.get("total"):
        found.append(f"本人总成绩 {mark(old.get('total'))} → {mark(new.get('total'))}")
    elif old != new:
        found.append("本人单科成绩有变化")
    if _listed(was) != own:
        found.append("本人志愿有变化")
    elif set(was["eligible"]) & set(own) != set(now["eligible"]) & set(own):
        found.append("所报专业是否符合条件有变化")
    if was.get("geo") != now.get("geo"):
        found.append(f"可去地域：{_GEO[was['geo']]} → {_GEO[now['geo']]}")
    elif was.get("prefecture") != now.get("prefecture"):
        found.append("所在州市有变化")
    return found


def _consent(was: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """A consent given or taken back; it matters to who was, or is, placed by adjustment."""
    before, after = (person.get("accept_adjust", person.get("consent") == "province") for person in (was, now))
    return [] if before == after else ["改为服从调剂" if after else "改为不服从调剂"]


def _adjusted(person: dict[str, Any], seat: str | None) -> bool:
    return seat is not None and seat not in _listed(person)


def _listed(person: dict[str, Any]) -> list[str]:
    """The own choices, best first."""
    return list(person.get("choices", person.get("wishes", [])))


def _kind(before: str, after: str) -> str:
    if before == ABSENT:
        return ENTERED
    if after == ABSENT:
        return LEFT
    return GAINED if before == NOWHERE else LOST if after == NOWHERE else MOVED


def _places(run: AllocationRun) -> dict[str, str]:
    """Number → place in words, for everybody the run speaks of."""
    names = _names(run.problem)
    places = {number: names[seat] if seat else NOWHERE for number, seat in run.result["assignment"].items()}
    places |= {number: f"{row['specialty']}（名册指定）" for number, row in run.beside["assigned"].items()}
    return places | dict.fromkeys(run.beside["excluded"], NOWHERE)


def _names(problem: dict[str, Any]) -> dict[str, str]:
    if "specialties" in problem:
        return {row["code"]: row["code"] for row in problem["specialties"]}
    return {row["id"]: f"{row['base']} {row['specialty']}" for row in problem["programmes"]}


def _seats(run: AllocationRun) -> dict[str, int]:
    """Seats as the engine had them, those it moved in included."""
    if "specialties" in run.problem:
        moved = run.result.get("seats_moved_to", {})
        return {row["code"]: row["quota"] + moved.get(row["code"], 0) for row in run.problem["specialties"]}
    return {row["id"]: row["seats"] for row in run.problem["programmes"]}


def _shortage(problem: dict[str, Any]) -> set[str]:
    if "specialties" in problem:
        return {row["code"] for row in problem["specialties"] if row["shortage"]}
    return {row["specialty"] for row in problem["programmes"] if row["shortage"]}


def _some(words: Iterable[str], most: int, unit: str = "项") -> str:
    """`甲、乙`, or `甲、乙等 5 人`."""
    listed = list(words)
    shown = "、".join(listed[:most])
    return shown if len(listed) <= most else f"{shown}等 {len(listed)} {unit}"
