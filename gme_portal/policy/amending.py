"""What an amendment (修订) may not touch any more, and from which moment on. Everything else may change with reason, author and approver.

Two kinds of moments: a window of the calendar in force has begun or is over, or something was settled by people (`Settled`), which only the
process knows and says. A close can move back by an extension at any time; never by a new text once it has passed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gme_portal.policy.model import Policy
from gme_portal.policy.moments import closing_words, opening_words
from gme_portal.policy.schema import Rule, Window
from gme_portal.refusals import Refusal


class Settled(StrEnum):
    """What people have done that an amendment must not undo."""

    MARKS = "marks"  # a base's marks are confirmed
    LISTS = "lists"  # a result is approved
    REPORTED = "reported"  # somebody has reported in


@dataclass(frozen=True, slots=True)
class _Lock:
    """A part of the notice and when it is closed to amendments. `read` gives what is compared."""

    section: str
    label: str
    read: Callable[[Policy], object]
    closed: Callable[[Policy, datetime, Collection[Settled]], str]


def refusals(old: Policy, new: Policy, *, at: datetime, settled: Collection[Settled] = ()) -> list[Refusal]:
    """Why `new` may not take the place of `old`, which is in force with its extensions; empty where it may."""
    if not has_begun(old, at):
        return []
    found = list(_window_refusals(old, new, at))
    for lock in _LOCKS:
        why = lock.closed(old, at, settled)
        if why and lock.read(old) != lock.read(new):
            sentence = f"{why}，{lock.label}不能再修订。请恢复原来的内容。"
            found.append(Refusal("SETTLED", sentence, field=lock.section))
    return [*found, *_eligibility_refusals(old, new, at), *_narrowed(old, new)]


def has_begun(policy: Policy, at: datetime) -> bool:
    """Whether the first window of the notice has opened: from then on only amendments."""
    return any(window.opens <= at for window in policy.windows)


# Windows


def _window_refusals(old: Policy, new: Policy, at: datetime) -> Iterator[Refusal]:
    everybody: tuple[str | None, ...] = (*(kind.code for kind in old.person_types), None)
    seen: set[tuple[object, ...]] = set()
    for before in old.windows:
        if before.opens > at:
            continue
        # A window for everybody may have been split by person type: each type keeps what it had.
        for kind in before.person_types or everybody:
            if old.window(before.key, kind, before.round) != before:
                continue
            after = new.window(before.key, kind, before.round)
            for refusal in _begun(before, after, at):
                if (key := (refusal.code, refusal.field, refusal.sentence)) not in seen:
                    seen.add(key)
                    yield refusal
    existing = {(one.key, one.round, one.opens) for one in old.windows if one.opens <= at}
    for after in new.windows:
        if after.opens < at and (after.key, after.round, after.opens) not in existing:
            sentence = f"{after.label}的开始时间{opening_words(after.opens)}已经过去，新的时间须从今后开始。"
            yield Refusal("WINDOW_IN_PAST", sentence, after.clause, _path(after))


def _begun(before: Window, after: Window | None, at: datetime) -> Iterator[Refusal]:
    label, path = before.label, _path(before)
    if after is None:
        yield Refusal("WINDOW_REMOVED", f"{label}已经开始，不能删去。", before.clause, path)
        return
    if after.opens != before.opens:
        sentence = f"{label}已于{opening_words(before.opens)}开始，开始时间不能再改。"
        yield Refusal("WINDOW_MOVED", sentence, before.clause, path)
    if after.closes < before.closes:
        sentence = f"{label}已经开始，截止时间{closing_words(before.closes)}只能延后，不能提前。"
        yield Refusal("WINDOW_SHORTENED", sentence, before.clause, path)
    elif after.closes > before.closes <= at:
        sentence = f"{label}已于{closing_words(before.closes)}截止，不能以修订重新开放；确需补办请申请延长。"
        yield Refusal("WINDOW_OVER", sentence, before.clause, path)


def _path(window: Window) -> str:
    return f"windows.{window.key}"


# Groups that close as a whole


def _opened(key: str) -> Callable[[Policy, datetime, Collection[Settled]], str]:
    """Closed from the first opening of a kind of window, of whatever round."""

    def closed(policy: Policy, at: datetime, settled: Collection[Settled]) -> str:
        begun = [one for one in policy.windows if one.key == key and one.opens <= at]
        return f"{begun[0].label}已经开始" if begun else ""

    return closed


def _over(key: str) -> Callable[[Policy, datetime, Collection[Settled]], str]:
    """Closed when the last window of a kind is over."""

    def closed(policy: Policy, at: datetime, settled: Collection[Settled]) -> str:
        windows = [one for one in policy.windows if one.key == key]
        return f"{windows[0].label}已经截止" if windows and all(one.closes <= at for one in windows) else ""

    return closed


def _either(*whens: Callable[[Policy, datetime, Collection[Settled]], str]) -> Callable[..., str]:
    def closed(policy: Policy, at: datetime, settled: Collection[Settled]) -> str:
        return next(filter(None, (when(policy, at, settled) for when in whens)), "")

    return closed


def _done(what: Settled, words: str) -> Callable[[Policy, datetime, Collection[Settled]], str]:
    def closed(policy: Policy, at: datetime, settled: Collection[Settled]) -> str:
        return words if what in settled else ""

    return closed


def _always(policy: Policy, at: datetime, settled: Collection[Settled]) -> str:
    return "通知已经开始执行"


def _unnoted(value: object) -> object:
    """A group without its place in the notice: a clause may always be corrected."""
    names = getattr(type(value), "__dataclass_fields__", {})
    return tuple(getattr(value, name) for name in names if name not in ("clause", "note")) if names else value


_MARKED = _either(_done(Settled.MARKS, "已有基地复核锁定成绩"), _opened("assessment"))
_ADMITTED = _either(_done(Settled.LISTS, "已有录取结果获批准"), _opened("base_admission"))

_LOCKS: tuple[_Lock, ...] = (
    _Lock("province", "省份、年度、培训类别和医学类别", lambda one: (one.province, one.year, one.track, one.medicine), _always),
    _Lock("transfer", "服从调剂的种类和承诺文字", lambda one: _unnoted(one.transfer), _opened("registration")),
    _Lock("registration", "报名方式", lambda one: _unnoted(one.registration), _opened("registration")),
    _Lock("choices", "志愿规则", lambda one: _unnoted(one.choices), _over("registration")),
    _Lock("identity", "证件要求", lambda one: _unnoted(one.identity), _over("registration")),
    _Lock("person_types", "人员类型", lambda one: tuple(map(_unnoted, one.person_types)), _over("registration")),
    _Lock("documents", "上传材料", lambda one: [_unnoted(rule) for rule in one.documents], _over("registration")),
    _Lock("scoring", "成绩规则", lambda one: _unnoted(one.scoring), _MARKED),
    _Lock("medical_exam", "体检规则", lambda one: _unnoted(one.medical_exam), _MARKED),
    _Lock("quota_moves", "计划调整规则", lambda one: _unnoted(one.quota_moves), _ADMITTED),
    _Lock("acceptance", "接受录取的规则", lambda one: _unnoted(one.acceptance), _ADMITTED),
    _Lock("publicity", "公示规则", lambda one: _unnoted(one.publicity), _either(_done(Settled.LISTS, "已有录取结果获批准"), _opened("publicity"))),
    _Lock("reallocation", "省级调剂规则", lambda one: _unnoted(one.reallocation), _ADMITTED),
    _Lock("invitations", "邀请规则", lambda one: _unnoted(one.invitations), _opened("invitation")),
    _Lock("report_in", "报到规则", lambda one: _unnoted(one.report_in), _either(_done(Settled.REPORTED, "已有学员报到"), _opened("report_in"))),
    _Lock("bans", "诚信处理", lambda one: tuple(map(_unnoted, one.bans)), _opened("report_in")),
    _Lock("year_reduction", "年限减免规则", lambda one: _unnoted(one.year_reduction), _opened("year_reduction")),
)  # fmt: skip


# Eligibility, round by round; what people rely on is not taken away


def _eligibility_refusals(old: Policy, new: Policy, at: datetime) -> Iterator[Refusal]:
    """Conditions of a round stand from the close of its registration: nobody can answer to them any more."""
    for one in old.rounds:
        windows = [window for window in old.windows if window.key == "registration" and window.round == one.key]
        if windows and all(window.closes <= at for window in windows) and _rules(old, one.key) != _rules(new, one.key):
            sentence = f"{one.label}的{windows[0].label}已经截止，这一批次的报考条件不能再修订。请恢复原来的内容。"
            yield Refusal("SETTLED", sentence, one.clause, "eligibility")


def _rules(policy: Policy, round_key: str) -> list[object]:
    return [_judged(rule) for rule in policy.eligibility if not rule.rounds or round_key in rule.rounds]


def _judged(rule: Rule) -> object:
    return (rule.id, rule.applies, rule.condition, rule.outcome, rule.scope)


def _narrowed(old: Policy, new: Policy) -> Iterator[Refusal]:
    """From the first opening on: nobody's round, person type, specialty or number of choices disappears."""
    gone = [one.label for one in old.rounds if new.round(one.key) is None]
    if gone:
        yield Refusal("TAKEN_AWAY", f"通知已经开始执行，不能删去批次：{'、'.join(gone)}。", field="rounds")
    kinds = {one.code: one for one in new.person_types}
    gone = [
        one.label for one in old.person_types if one.code not in kinds or (one.registers > kinds[one.code].registers)
    ]
    if gone:
        yield Refusal(
            "TAKEN_AWAY", f"通知已经开始执行，不能取消人员类型的报名：{'、'.join(gone)}。", field="person_types"
        )
    left = set(new.specialties.codes)
    gone = [old.specialties.name(code) for code in old.specialties.codes if code not in left]
    if gone:
        yield Refusal("TAKEN_AWAY", f"通知已经开始执行，不能删去招收专业：{'、'.join(gone)}。", field="specialties")
    limits = [(one.label, old.choices.limit(one.code), new.choices.limit(one.code)) for one in old.person_types]
    fewer = [label for label, before, after in limits if after < before]
    if fewer or new.choices.max_bases < old.choices.max_bases:
        whose = f"（{'、'.join(fewer)}）" if fewer else ""
        sentence = f"通知已经开始执行，可填报的基地和专业数{whose}只能增加，不能减少。"
        yield Refusal("TAKEN_AWAY", sentence, field="choices")


def locked(policy: Policy, *, at: datetime, settled: Collection[Settled] = ()) -> list[tuple[str, str]]:
    """What an amendment may no longer touch now, with why, for whoever writes one: [(label, why)]."""
    if not has_begun(policy, at):
        return []
    found = [(lock.label, lock.closed(policy, at, settled)) for lock in _LOCKS]
    begun = [window.label for window in policy.windows if window.opens <= at < window.closes]
    over = [window.label for window in policy.windows if window.closes <= at]
    windows = [("截止时间（只能延后）", f"{'、'.join(dict.fromkeys(begun))}正在进行")] if begun else []
    windows += [("开始和截止时间（只能申请延长）", f"{'、'.join(dict.fromkeys(over))}已经截止")] if over else []
    return [*windows, *((label, why) for label, why in found if why)]
