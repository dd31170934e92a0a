"""What changes between two policies (修订对照), value by value in Chinese, so that two people can approve an amendment knowing what it does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from gme_portal.policy import schema
from gme_portal.policy.describe import TRIGGERS
from gme_portal.policy.diff_words import parts, said, told_fields
from gme_portal.policy.model import Policy
from gme_portal.policy.moments import SHANGHAI
from gme_portal.policy.people import REVIEW

T = TypeVar("T")
Kind = Literal["changed", "added", "removed", "moved"]
_VERBS: Mapping[str, str] = {"added": "新增", "removed": "删去"}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `section` as in `describe`; `what` is the thing or value in words; `before` and `after` are empty where there was or is none;
    `clause`: where the newer text (for something removed: the older) has it."""

    section: str
    kind: Kind
    what: str
    before: str
    after: str
    clause: str
    detail: str = ""

    @property
    def sentence(self) -> str:
        if self.kind in _VERBS:
            told = (self.after or self.before).rstrip("。")
            return f"{_VERBS[self.kind]}{self.what}" + (f"：{told}。" if told else "。")
        if self.kind == "moved":
            return f"{self.what}的先后次序由“{self.before}”改为“{self.after}”。"
        change = self.detail or f"由 {self.before.rstrip('。')} 改为 {self.after.rstrip('。')}"
        return f"{self.what}{change}。"

    def __str__(self) -> str:
        return f"{self.sentence}（{self.clause}）" if self.clause else self.sentence


@dataclass(frozen=True, slots=True)
class _Item:
    """One thing of a policy. `key` finds it in the other; `values`: label → (field, value); `listed`: its order among its like matters."""

    section: str
    key: tuple[object, ...]
    what: str
    values: Mapping[str, tuple[str, object]] = field(default_factory=dict)
    clause: str = ""
    listed: str = ""
    prefix: str = ""


def diff(old: Policy, new: Policy) -> list[Change]:
    """Every difference, in the order of `describe`; none for the same content."""
    before, after = list(_items(old)), list(_items(new))
    before, after = _paired(before, after)
    earlier, later = {one.key: one for one in before}, {one.key: one for one in after}
    words = (_codes(old), _codes(new))
    # Another notice cites other places throughout, and each sentence says where it stands there.
    unsaid = frozenset() if old.id == new.id else frozenset({"clause", "note", "shortage_clause"})
    changes: list[Change] = []
    for section in dict.fromkeys(one.section for one in (*after, *before)):
        for one in after:
            if one.section == section:
                known = earlier.get(one.key)
                changes += [_whole(one, "added", words[1])] if known is None else _changed(known, one, words, unsaid)
        changes += [
            _whole(one, "removed", words[0]) for one in before if one.section == section and one.key not in later
        ]
        changes += _moved(section, before, after)
    return changes


def _whole(item: _Item, kind: Kind, codes: Mapping[str, str]) -> Change:
    told = "；".join(
        f"{label} {said(name, value, codes).rstrip('。')}"
        for label, (name, value) in sorted(item.values.items(), key=lambda pair: pair[1][0] == "note")
        if name not in ("clause", "label", "title")
        and value not in (None, "", 0, False, (), {})
        and not _is_derived(name, value)
    )
    return Change(
        item.section, kind, item.what, told if kind == "removed" else "", told if kind == "added" else "", item.clause
    )


def _changed(
    old: _Item, new: _Item, words: tuple[Mapping[str, str], Mapping[str, str]], unsaid: Collection[str]
) -> Iterator[Change]:
    for label, (name, after) in new.values.items():
        before = old.values[label][1]
        if before == after or name in unsaid or (_is_derived(name, before) and _is_derived(name, after)):
            continue
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            before, after = _pairs(name, before, words[0]), _pairs(name, after, words[1])
        one, other = said(name, before, words[0]), said(name, after, words[1])
        detail = "的写法有变化，意思不变" if one == other else ""
        if isinstance(after, tuple) and isinstance(before, tuple):
            detail = _listed(name, before, after, words)
        whose = new.prefix or (f"{new.what}的" if name in ("clause", "note") else "")
        yield Change(new.section, "changed", f"{whose}{label}", one, other, new.clause, detail)


def _is_derived(name: str, value: object) -> bool:
    """The sentence for whoever must look that says no more than the refusal does, and changes with it."""
    return name == "sentence_review" and str(value).startswith(REVIEW)


def _pairs(name: str, mapping: Mapping[object, object], codes: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{said(name, key, codes)} {said(name, value, codes)}" for key, value in mapping.items())


def _listed(
    name: str, before: tuple[object, ...], after: tuple[object, ...], words: tuple[Mapping[str, str], Mapping[str, str]]
) -> str:
    """A list's difference by its members; empty where only the order differs, or where one of the two is empty."""
    old, new = parts(name, before, words[0]), parts(name, after, words[1])
    more, less = [one for one in new if one not in old], [one for one in old if one not in new]
    if not old or not new or not (more or less):
        return ""
    return "，".join(filter(None, (f"增加{'、'.join(more)}" if more else "", f"去掉{'、'.join(less)}" if less else "")))


def _moved(section: str, before: list[_Item], after: list[_Item]) -> Iterator[Change]:
    """What stays but stands in another order: of specialties, documents, conditions."""
    for kind in dict.fromkeys(one.listed for one in after if one.section == section and one.listed):
        old, new = ([one for one in items if one.listed == kind] for items in (before, after))
        both = {one.key for one in old} & {one.key for one in new}
        keys, others = ([one.key for one in items if one.key in both] for items in (old, new))
        if keys != others:
            names = [["、".join(one.what for one in items if one.key in both)] for items in (old, new)]
            yield Change(section, "moved", kind, names[0][0], names[1][0], "")


def _paired(before: list[_Item], after: list[_Item]) -> tuple[list[_Item], list[_Item]]:
    """A window whose person types changed is the same window if it is the only one of its kind and round that is left over."""
    earlier, later = {one.key for one in before}, {one.key for one in after}
    for group in dict.fromkeys(one.key[:3] for one in before if one.key[0] == "window"):
        gone = [one for one in before if one.key[:3] == group and one.key not in later]
        come = [one for one in after if one.key[:3] == group and one.key not in earlier]
        if len(gone) == len(come) == 1:
            after = [replace(one, key=gone[0].key) if one is come[0] else one for one in after]
    return before, after


def _codes(policy: Policy) -> dict[str, str]:
    return dict(policy.specialties.names) | {part.key: part.label for part in policy.scoring.components}


# The things of a policy


def _items(policy: Policy) -> Iterator[_Item]:
    labels = {
        "title": "通知名称",
        "year": "年度",
        "province": "省份代码",
        "track": "培训类别",
        "medicine": "医学类别",
        "organiser": "组织单位",
    }
    yield _Item("通知", ("policy",), "通知", {label: (name, getattr(policy, name)) for name, label in labels.items()})
    for source in policy.sources:
        yield _item("通知", ("source", source.key), f"来源“{source.key}”", source)
    for one in policy.rounds:
        yield _item("批次", ("round", one.key), f"批次“{one.label}”", one)
    for kind in policy.person_types:
        yield _item("人员类型", ("person_type", kind.code), f"人员类型“{kind.label}”", kind)
    yield from _single("报名方式", policy.registration, "")
    yield from _single("账号", policy.identity, "")
    yield from _single("账号", policy.password, "密码")
    for window in sorted(policy.windows, key=lambda each: (each.round, each.opens, each.closes)):
        yield _window(policy, window)
    yield from _single("志愿", policy.choices, "")
    yield from _single("志愿", policy.transfer, "")
    yield from _specialties(policy.specialties)
    yield from _listed_items("材料", "document", "材料", policy.documents, lambda rule: (rule.kind, rule.label))
    yield from _single("照片", policy.photo, "照片")
    yield from _single("报名表", policy.form, "报名表")
    yield from _listed_items(
        "报考条件", "rule", "条件", policy.eligibility, lambda rule: (rule.id, rule.sentence_pass.rstrip("。"))
    )
    yield from _scoring(policy)
    yield from _seats(policy)
    yield from _after(policy)


def _item(
    section: str, key: tuple[object, ...], what: str, thing: object, *, listed: str = "", prefix: str | None = None
) -> _Item:
    values = {label: (name, getattr(thing, name)) for name, label in told_fields(type(thing)).items()}
    return _Item(section, key, what, values, getattr(thing, "clause", ""), listed, what if prefix is None else prefix)


def _single(section: str, thing: object, what: str) -> Iterator[_Item]:
    """A group of which there is one or none. One that only holds the platform's defaults (no clause) is none."""
    if thing is not None and getattr(thing, "clause", None) != "":
        yield _item(section, (type(thing),), what or f"“{section}”的规定", thing, prefix=what)


def _listed_items(
    section: str, key: str, noun: str, things: Iterable[T], name: Callable[[T], tuple[str, str]]
) -> Iterator[_Item]:
    for thing in things:
        code, label = name(thing)
        yield _item(section, (key, code), f"{noun}“{label}”", thing, listed=noun)


def _window(policy: Policy, window: schema.Window) -> _Item:
    labels = [kind.label for kind in policy.person_types if kind.code in window.person_types]
    who = f"（{'、'.join(labels)}）" if labels else ""
    round_ = policy.round(window.round)
    where = f"{round_.label}" if round_ and len(policy.rounds) > 1 else ""
    key = ("window", window.round, window.key, frozenset(window.person_types))
    item = _item("时间", key, f"{where}{window.label}{who}", window)
    if window.key == "training_start":  # a day, not a span
        told = {label: pair for label, pair in item.values.items() if pair[0] not in ("opens", "closes", "hours")}
        item = replace(item, values={"日期": ("on", window.opens.astimezone(SHANGHAI).date()), **told})
    return item


def _specialties(rule: schema.SpecialtyRule) -> Iterator[_Item]:
    yield from _single("专业", rule, "")
    for code in rule.codes:
        values = {"名称": ("label", rule.name(code)), "紧缺专业": ("shortage", rule.is_shortage(code))}
        what = f"专业“{rule.name(code)}”"
        yield _Item("专业", ("specialty", code), what, values, rule.clause, "专业", what)


def _scoring(policy: Policy) -> Iterator[_Item]:
    yield from _single("考核", policy.scoring, "")
    for part in policy.scoring.components:
        yield replace(
            _item("考核", ("component", part.key), f"科目“{part.label}”", part, listed="科目"),
            clause=policy.scoring.clause,
        )
    for check in policy.scoring.checks:
        yield _item("考核", ("check", check.key), f"合格项“{check.label}”", check)
    yield from _single("体检", policy.medical_exam, "")
    yield from _single("基地简章", policy.brochure, "")


def _seats(policy: Policy) -> Iterator[_Item]:
    for section, thing in (("计划", policy.plan), ("计划", policy.quota_moves), ("公示", policy.publicity), ("接受录取", policy.acceptance),
                           ("邀请", policy.invitations), ("调剂", policy.reallocation)):  # fmt: skip
        yield from _single(section, thing, "")
    for prefecture, neighbours in (policy.reallocation.adjacent or {}).items():
        values = {"相邻州市": ("adjacent", tuple(sorted(neighbours)))}
        what = f"州市 {prefecture} "
        yield _Item("调剂", ("adjacent", prefecture), what.strip(), values, policy.reallocation.clause, "", what)


def _after(policy: Policy) -> Iterator[_Item]:
    yield from _single("报到", policy.report_in, "")
    if policy.year_reduction is not None:
        yield from _single("年限减免", policy.year_reduction, "年限减免")
        yield from _listed_items(
            "年限减免",
            "reduction",
            "减免条件",
            policy.year_reduction.rules,
            lambda rule: (rule.id, rule.sentence_pass.rstrip("。")),
        )
    for ban in policy.bans:
        yield _item("诚信", ("ban", ban.trigger, ban.programme), f"“{TRIGGERS[ban.trigger]}”的处理", ban)
    yield from _single("名册", policy.roster, "")
    yield from _single("咨询", policy.contact, "")
    for paper in policy.papers:
        yield _item("表样", ("paper", paper.key), f"表样《{paper.title}》", paper)
    for silence in policy.silences:
        yield _item("通知未规定", ("silence", silence.group, silence.topic), f"“{silence.topic}”", silence)
