"""A policy in Chinese sentences, each with its clause, so that an officer can hold it against the notice line by line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from gme_portal.policy.conditions import ALWAYS, words
from gme_portal.policy.model import Policy
from gme_portal.policy.moments import closing_words, day_words, opening_words
from gme_portal.policy.schema import (
    BROCHURE_TOPICS,
    PAPER_KINDS,
    DocumentRule,
    PhotoRule,
    Rule,
    Window,
)
from gme_portal.policy.vocabulary import FACTS


@dataclass(frozen=True, slots=True)
class Sentence:
    """One statement of the policy. `section` is the group it belongs to; `clause` and `note` as in the file."""

    section: str
    text: str
    clause: str = ""
    note: str = ""

    def __str__(self) -> str:
        cited = f"（{self.clause}）" if self.clause else ""
        return f"{self.text}{cited}" + (f"〔说明：{self.note}〕" if self.note else "")


PROGRAMMES = {"residency": "住院医师规范化培训", "assistant_gp": "助理全科医生培训"}
TRIGGERS = {"fraud": "弄虚作假", "no_show": "录取后不报到", "withdrawal": "退出、终止培训"}
_GEOGRAPHY = {"any": "全省", "same": "本州市", "same_or_adjacent": "本州市或相邻州市"}
_PRIORITY = {
    "fill_plan": "完成计划",
    "shortage_first": "紧缺专业优先",
    "county_first": "县级及以下单位优先",
    "by_score": "按成绩",
    "own_prefecture_first": "本州市优先",
}
_TIES = {
    "county": "县级及以下单位优先",
    "licence": "有医师资格者优先",
    "own_staff": "单位人优先",
}
_REQUIRES = {"letter": "字母", "digit": "数字", "special": "特殊字符"}
_IDENTITY = {
    "resident_id": "居民身份证",
    "hk_macao_permit": "港澳居民来往内地通行证",
    "taiwan_permit": "台湾居民来往大陆通行证",
    "foreign_resident": "外国人永久居留身份证",
}
_TRANSFER = {"base": "本基地内调剂", "province": "全省调剂"}


_RECORDED = {"": "", "base": "，由培训基地录入", "province": "，由省级录入"}
_ROSTERS = {"school": "培养院校", "province": "省级"}
_MODES = {"online": "网上报名", "on_site": "到培训基地现场报名，由基地录入"}
_CHANGES = {"free": "截止前可随时修改", "withdraw_first": "截止前可取消报名，修改后重新提交；审核通过后不可取消"}


# What a sentence leaves open until it is said to a person.
_PLACE = re.compile(r"\{(\w+)\}")


def describe(policy: Policy) -> list[Sentence]:
    """Every statement of the policy, in the order of the journey."""
    return [sentence for part in _PARTS for sentence in part(policy)]


def _head(policy: Policy) -> Iterator[Sentence]:
    medicine = {"western": "西医类", "tcm": "中医类", "both": "西医类和中医类"}[policy.medicine]
    yield Sentence(
        "通知", f"{policy.title}：{policy.year} 年{PROGRAMMES[policy.track]}（{medicine}），由{policy.organiser}组织。"
    )
    for source in policy.sources:
        issued = f"，{day_words(source.issued_on)}" if source.issued_on else ""
        yield Sentence("通知", f"{'本通知' if source.own else '借用来源'} {source.key}：{source.name}{issued}。")
    for one in policy.rounds:
        dates = "，通知没有统一的时间" if one.dates_by_base else ""
        yield Sentence("批次", f"{one.label}{dates}。", one.clause, one.note)


def _people(policy: Policy) -> Iterator[Sentence]:
    for kind in policy.person_types:
        how = "自行注册报名" if kind.registers else f"不自行报名{_RECORDED[kind.recorded_by]}"
        assigned = f"，按{'学校指定' if kind.roster == 'none' else '名册上'}的专业和基地填报" if kind.assigned else ""
        beside = "" if kind.in_plan else "，不占招收计划"
        listed = ""
        if kind.roster != "none":
            until = f"（{closing_words(kind.roster_deadline)}前提供）" if kind.roster_deadline else ""
            listed = f"，须在{_ROSTERS[kind.roster]}名册{until}内，凭姓名和证件号码核对"
        yield Sentence(
            "人员类型", f"{kind.label}：{how}{listed}{assigned}{beside}。{kind.refusal}", kind.clause, kind.note
        )
    registration = policy.registration
    if registration.clause:
        text = f"{_MODES[registration.mode]}；{_CHANGES[registration.changes]}。"
        yield Sentence("报名方式", text, registration.clause, registration.note)
    accepts = "、".join(_IDENTITY[kind] for kind in policy.identity.accepts)
    yield Sentence("账号", f"证件：{accepts}。", policy.identity.clause, policy.identity.note)
    rule = policy.password
    if rule.clause:
        needs = "、".join(_REQUIRES[need] for need in rule.requires)
        both = f"，须同时包含{needs}" if needs else ""
        yield Sentence("账号", f"密码 {rule.min_length}–{rule.max_length} 位{both}。", rule.clause, rule.note)


def _windows(policy: Policy) -> Iterator[Sentence]:
    for window in sorted(policy.windows, key=lambda one: (one.round, one.opens, one.closes)):
        yield Sentence("时间", _window(policy, window), window.clause, window.note)


def _window(policy: Policy, window: Window) -> str:
    who = f"（{_types(policy, window.person_types)}）" if window.person_types else ""
    if len({one.round for one in policy.windows}) > 1 and window.key != "training_start":
        who += "·" + next(one.label for one in policy.rounds if one.key == window.round)
    if window.key == "training_start":
        return f"{window.label}{who}：{opening_words(window.opens)[:-5]}。"
    hours = "、".join(f"{begins:%H:%M}–{ends:%H:%M}" for begins, ends in window.hours)
    daily = f"，每日 {hours}" if hours else ""
    moved = f"（已延长，原截止{closing_words(window.extended_from)}）" if window.extended_from else ""
    return f"{window.label}{who}：{opening_words(window.opens)} 至 {closing_words(window.closes)}{moved}{daily}。"


def _types(policy: Policy, codes: tuple[str, ...]) -> str:
    return "、".join(kind.label for kind in policy.person_types if kind.code in codes)


def _choices(policy: Policy) -> Iterator[Sentence]:
    rule = policy.choices
    order = "，有先后顺序" if rule.ordered else ""
    limits = "".join(f"；{_types(policy, (code,))}限 {number} 个专业" for code, number in (rule.limits or {}).items())
    text = f"每人最多填报 {rule.max_bases} 个基地的 {rule.max_specialties} 个专业{order}{limits}。"
    yield Sentence("志愿", text, rule.clause, rule.note)
    transfer = policy.transfer
    kinds = "、".join(_TRANSFER[kind] for kind in transfer.kinds)
    who = f"（{_types(policy, transfer.person_types)}）" if transfer.person_types else ""
    must = f"{_types(policy, transfer.required_for)}必须服从。" if transfer.required_for else ""
    text = f"服从调剂{who}包括{kinds}：{transfer.wording}{must}" if kinds else "不设服从调剂。"
    yield Sentence("志愿", text, transfer.clause, transfer.note)
    catalogue = policy.specialties
    names = "、".join(catalogue.names.values())
    yield Sentence("专业", f"招收专业 {len(catalogue.codes)} 个：{names}。", catalogue.clause, catalogue.note)
    shortage = "、".join(catalogue.name(code) for code in catalogue.codes if catalogue.is_shortage(code))
    text = f"紧缺专业 {len(catalogue.shortage)} 个：{shortage}。" if shortage else "没有紧缺专业。"
    own = {source.key for source in policy.sources if source.own}
    borrowed = any(place.split(" ")[0] not in own for place in catalogue.shortage_clause.split("；"))
    yield Sentence("专业", text, catalogue.shortage_clause, catalogue.note if borrowed else "")


def _papers(policy: Policy) -> Iterator[Sentence]:
    for rule in policy.documents:
        yield Sentence("材料", _document(policy, rule), rule.clause, rule.note)
    yield Sentence("照片", _photo(policy.photo), policy.photo.clause, policy.photo.note)
    form = policy.form
    copies = "".join(f"，{_types(policy, (code,))} {number} 份" for code, number in (form.copies_by_type or {}).items())
    yield Sentence("报名表", f"打印《{form.title}》{form.copies} 份{copies}。", form.clause, form.note)


def _photo(photo: PhotoRule) -> str:
    parts = []
    if photo.min_width or photo.min_height:
        parts.append(f"不小于 {photo.min_width}×{photo.min_height} 像素")
    if photo.min_kb or photo.max_kb:
        parts.append(f"{photo.min_kb}–{photo.max_kb} KB" if photo.max_kb else f"不小于 {photo.min_kb} KB")
    parts.append(f"格式 {'、'.join(photo.formats).upper()}")
    if photo.background:
        parts.append(f"背景 {photo.background}，纯色部分不少于 {photo.min_white_share:.0%}")
    if photo.head_ratio:
        advice = "（提示，不作为拒绝理由）" if photo.head_is_advice else ""
        parts.append(f"头部约占照片高度的 {photo.head_ratio:.0%}{advice}")
    return f"个人照片：{'；'.join(parts)}。"


def _names(policy: Policy) -> Mapping[str, str]:
    """What the policy calls its specialties and its person types."""
    return {**policy.specialties.names, **{kind.code: kind.label for kind in policy.person_types}}


def _document(policy: Policy, rule: DocumentRule) -> str:
    who = words(rule.applies, _names(policy))
    who += "：" if rule.applies != ALWAYS else ""
    if rule.channel == "paper":
        kinds = [
            text
            for text in ("原件" if rule.originals else "", f"复印件 {rule.copies} 份" if rule.copies else "")
            if text
        ]
        bring = f"{who}{'必须' if rule.required else '可以'}携带{rule.label}{'和'.join(kinds)}到现场"
        return f"{bring}{f'；装订第 {rule.binding_order} 位' if rule.binding_order else ''}。"
    need = "必须上传" if rule.required else "可以上传"
    instead = f"；{rule.stand_in}可暂代" if rule.stand_in else ""
    order = f"；纸质材料装订第 {rule.binding_order} 位" if rule.binding_order else ""
    return f"{who}{need}{rule.label}（{'、'.join(rule.accepts).upper()}，不超过 {rule.max_mb} MB）{instead}{order}。"


def _eligibility(policy: Policy) -> Iterator[Sentence]:
    for rule in policy.eligibility:
        only = "、".join(one.label for one in policy.rounds if one.key in rule.rounds)
        text = (f"仅限{only}：" if only else "") + _rule(rule, _names(policy))
        yield Sentence("报考条件", text, rule.clause, rule.note)


def _rule(rule: Rule, names: Mapping[str, str], refused: str = "不予报名") -> str:
    outcome = refused if rule.outcome == "ineligible" else "由人工核对"
    told = f"对本人说：{unfilled(rule.sentence_fail)}"
    return f"{words(rule.applies, names)}：须{words(rule.condition, names)}，否则{outcome}。{told}"


def unfilled(sentence: str) -> str:
    """A sentence whose places wait for a person: `{specialty}` → 〔培训专业〕."""
    return _PLACE.sub(lambda place: f"〔{FACTS[place[1]].label}〕" if place[1] in FACTS else place[0], sentence)


def _scoring(policy: Policy) -> Iterator[Sentence]:
    rule = policy.scoring
    labels = {part.key: part.label for part in rule.components}
    parts = "，".join(
        f"{part.label}满分 {part.full_mark // 100}"
        + (f" 占 {part.weight}%" if part.weight else " 不计入总成绩")
        + (f"（最低 {part.minimum // 100} 分）" if part.minimum is not None else "")
        + ("（省级组织）" if part.run_by == "province" else "")
        for part in rule.components
    )
    owner = "可由基地招生简章另定" if rule.decided_by == "base" else "由省统一规定"
    how = "按总成绩从高到低录取" if rule.ranked_by == "score" else "由基地综合评定，合格者按总成绩录取"
    text = f"成绩：{parts}；{owner}；{how}；保留 {rule.precision} 位小数；{_ties(rule.tie_chain, labels)}。"
    yield Sentence("考核", text, rule.clause, rule.note)
    for one in rule.checks:
        yield Sentence("考核", f"{one.label}合格方可录取。", one.clause, one.note)
    exam = policy.medical_exam
    if exam is not None:
        need = "须体检合格" if exam.need == "required" else "按需组织体检"
        yield Sentence("体检", f"{need}{f'，标准：{exam.standard}' if exam.standard else ''}。", exam.clause, exam.note)
    brochure = policy.brochure
    if brochure is not None:
        topics = "、".join(BROCHURE_TOPICS[topic] for topic in brochure.may_decide)
        yield Sentence("基地简章", f"各基地可在招生简章中决定：{topics}。", brochure.clause, brochure.note)


def _ties(chain: tuple[str, ...], labels: Mapping[str, str]) -> str:
    """The lottery is always last (the loader sees to it)."""
    compared = [labels.get(key) or _TIES[key] for key in chain if key != "lottery"]
    return f"同分依次看{'、'.join(compared)}，仍相同的以抽签号为准" if compared else "同分以抽签号为准"


def _seats(policy: Policy) -> Iterator[Sentence]:
    plan = policy.plan
    if plan is not None:
        total = f"共招收 {plan.total} 人" if plan.total else "招收人数见招收计划表"
        others = "；其他专业合并下达，由各基地分配到专业" if plan.others_row else ""
        yield Sentence("计划", f"{total}{others}。", plan.clause, plan.note)
    moves = policy.quota_moves
    text = "基地总额内可将其他专业计划调至紧缺专业，不得反向调整。" if moves.allowed else "计划不得在专业之间调整。"
    if moves.increase == "province_within_capacity":
        text += "在专业基地容量内可申请增加计划，由省级批准。"
    yield Sentence("计划", text, moves.clause, moves.note)
    publicity = policy.publicity
    days = "个工作日" if publicity.kind == "working" else "天"
    columns = "、".join(column.label for column in publicity.columns)
    yield Sentence("公示", f"公示不少于 {publicity.days} {days}，公布{columns}。", publicity.clause, publicity.note)
    acceptance = policy.acceptance
    if acceptance is not None:
        silence = "不录取" if acceptance.silent == "not_admitted" else "视为接受"
        text = f"拟录取者须确认接受录取，到期未答复的{silence}。" if acceptance.required else "不要求确认接受录取。"
        yield Sentence("接受录取", text, acceptance.clause, acceptance.note)
    invitations = policy.invitations
    if invitations is not None:
        where = next((one.label for one in policy.rounds if one.key == invitations.round), invitations.round)
        hours = f"，{invitations.reply_hours} 小时内答复有效" if invitations.reply_hours else ""
        text = f"{where}内基地可邀请未录取且未填报该批次志愿的考生，每人只可接受一家{hours}。"
        yield Sentence("邀请", text, invitations.clause, invitations.note)
    rule = policy.reallocation
    others = "".join(
        f"；{_types(policy, (code,))}限{_GEOGRAPHY[where]}" for code, where in (rule.geography_by_type or {}).items()
    )
    order = "、".join(_PRIORITY[key] for key in rule.priority)
    text = (
        f"剩余名额{'视情况' if rule.when_needed else ''}由省级调剂：{order}；范围{_GEOGRAPHY[rule.geography]}{others}。"
        if rule.enabled
        else "不进行省级调剂。"
    )
    yield Sentence("调剂", text, rule.clause, rule.note)


def _after(policy: Policy) -> Iterator[Sentence]:
    report = policy.report_in
    late = f"逾期 {report.late_days} 天仍未报到" if report.late_days else "逾期未报到"
    signed = f"报到后 {report.agreement_days} 天内签订培训协议。" if report.agreement_days else ""
    yield Sentence("报到", f"{late}：{report.effect}{signed}", report.clause, report.note)
    reduction = policy.year_reduction
    if reduction is not None:
        steps = "，".join(reduction.label(step) for step in reduction.steps)
        tested = f"“{reduction.label(reduction.tested_at)}”时先进行能力测评。" if reduction.tested_at else ""
        text = f"填写《{reduction.form_title}》，{steps}。{tested}"
        yield Sentence("年限减免", text, reduction.clause, reduction.note)
        for one in reduction.rules:
            yield Sentence("年限减免", _rule(one, _names(policy), "不予减免"), one.clause, one.note)
    for ban in policy.bans:
        said = f"{ban.years}年内不得报名" in ban.effect.replace(" ", "")
        closed = f"{ban.years} 年内不得报名{PROGRAMMES[ban.programme]}。" if ban.years and not said else ""
        yield Sentence("诚信", f"{TRIGGERS[ban.trigger]}：{closed}{ban.effect}", ban.clause, ban.note)
    roster = policy.roster
    yield Sentence(
        "名册", f"上报名册各列：{'、'.join(column.label for column in roster.columns)}。", roster.clause, roster.note
    )
    yield Sentence("咨询", f"{policy.contact.text}（{policy.contact.url}）", policy.contact.clause, policy.contact.note)
    for paper in policy.papers:
        yield Sentence("表样", f"{PAPER_KINDS[paper.kind]}：《{paper.title}》可下载。", paper.clause, paper.note)
    for silence in policy.silences:
        yield Sentence("通知未规定", f"{silence.topic}：{silence.note}")


_PARTS: tuple[Callable[[Policy], Iterator[Sentence]], ...] = (
    _head, _people, _windows, _choices, _papers, _eligibility, _scoring, _seats, _after,
)  # fmt: skip
