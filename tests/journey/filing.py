"""What an applicant does under any notice, from the front door to the receipt: whatever the pages ask, in the order in which they lead on."""

from __future__ import annotations

import re

from admissions.forms.applicant import CONSENTS
from applicants.eligibility import judge
from applicants.eligibility.facts import from_dict
from bases.models import Specialty
from gme_portal.outbox.models import Channel, Message
from tests.journey.cast import Figure, paper, portrait
from tests.journey.province import Province
from tests.journey.reader import Lost

HOME = "我的报名"
MOST_PAGES = 14


def register(figure: Figure) -> None:
    """From the front door, with the code of the text message."""
    reader, answers = figure.reader, figure.answers()
    reader.open("/")
    reader.follow("注册报名")
    reader.press("获取短信验证码", known=answers)
    reader.press("注册", {"短信验证码": newest_code(figure.phone)}, known=answers)
    assert reader.title == HOME


def newest_code(phone: str) -> str:
    """The six digits of the last text message to a phone, as they wait in the outbox."""
    waiting = Message.objects.filter(channel=Channel.SMS, user=None).order_by("-created_at", "-id")
    body = next(row.body.open() for row in waiting if row.recipient.open() == phone)
    found = re.search(r"\d{6}", body)
    assert found, body
    return found[0]


def fill_in(figure: Figure) -> None:
    """Every section as the pages lead on, from the first that the home page names to where it sends them to the choices."""
    reader = figure.reader
    reader.follow("填写")
    for _ in range(MOST_PAGES):
        if reader.title == HOME:
            reader.sees("资料已填完")
            return
        _section(figure)
    raise Lost(f"{figure.name} is sent round in circles: {reader.text[:800]}")


def _section(figure: Figure) -> None:
    """One page of the profile, by what it offers, and on to the next."""
    reader = figure.reader
    if reader.offers("添加学历"):
        reader.follow("添加学历")
        reader.press("保存这条学历", known=figure.answers())
        reader.follow("下一项")
    elif reader.offers("保存并继续"):
        if reader.title == "个人信息":
            closed_types(figure)
        reader.press("保存并继续", known=figure.answers())
    elif reader.title == "个人照片":
        (label,) = reader.asks("上传")
        reader.press("上传", {label: portrait(figure.policy.photo, figure.serial)})
        reader.follow("下一项")
    else:
        _upload(figure)
        reader.follow("完成，返回我的报名")


def _upload(figure: Figure) -> None:
    reader = figure.reader
    rules = {rule.label: rule for rule in figure.policy.documents if rule.channel == "upload"}
    asked = [label for label in rules if f"{label}必须上传" in reader.text]
    for label in asked:
        (field,) = reader.asks("上传", inside=f"{label}必须上传")
        reader.press("上传", {field: paper(rules[label], figure)}, inside=f"{label}必须上传")


def closed_types(figure: Figure) -> None:
    """Types that do not sign up themselves stand there closed, with the notice's sentence and clause."""
    policy, reader = figure.policy, figure.reader
    tiles = reader.options("人员类型", "保存并继续")
    assert tiles == {kind.label: kind.registers for kind in policy.person_types}
    for kind in policy.person_types:
        if not kind.registers:
            reader.sees(kind.refusal, kind.clause)


def choose(province: Province, figure: Figure) -> None:
    """The base, then the specialty; what is closed stands beside it with the reason. On to the check page."""
    reader = figure.reader
    if reader.title != HOME:
        reader.go(HOME)
    reader.follow("填报志愿")
    if reader.title == "选择培训基地":
        reader.follow("选专业", inside=figure.base.name)
    reader.sees(figure.base.name)
    assert_closed_ones_say_why(province, figure)
    name = Specialty.objects.get(pk=figure.specialty).name
    first = reader.asks("保存，去核对")[0]
    limit = figure.policy.choices.limit(figure.kind.code)
    assert sum(1 for label in reader.asks("保存，去核对") if label.endswith("专业")) == limit
    answers = {first: f"{name}（名额"}
    if figure.policy.transfer.offered_to(figure.kind.code):
        label = next(label for label in reader.asks("保存，去核对") if label.startswith("服从调剂"))
        assert list(reader.options(label, "保存，去核对")) == [CONSENTS[kind] for kind in figure.policy.transfer.kinds]
        reader.sees(figure.policy.transfer.wording)
        answers[label] = [CONSENTS[kind] for kind in figure.consents]
    else:
        reader.sees_not("服从调剂（")
    reader.press("保存，去核对", answers)
    reader.sees(name)


def assert_closed_ones_say_why(province: Province, figure: Figure) -> None:
    """Every specialty of the base is listed; one that a rule closes carries the rule's own sentence and clause."""
    policy, reader = figure.policy, figure.reader
    rows = [row for row in reader.rows() if "能否填报" in row]
    assert rows
    verdict = judge(policy, from_dict(figure.facts(practised=figure.specialty)), province.clock.now)
    for row in rows:
        code = policy.specialties.find(row["专业"].removesuffix("紧缺").strip())
        said = row["能否填报"]
        assert code in verdict.specialties, row
        closing = [one for one in verdict.specialties[code].findings if one.verdict == "fail"]
        if row["名额"] == "0" and figure.kind.in_plan:
            assert said.startswith("不可选"), row
        elif closing:
            assert said.startswith("不可选"), row
            assert closing[0].sentence in said, (closing[0].sentence, said)
            assert policy.cite(closing[0].clause) in said, (closing[0].clause, said)
        else:
            assert said.startswith("可选"), row


def turned_away(province: Province, figure: Figure) -> None:
    """Everything is filled in, and nothing can be chosen: each specialty says why, in the words of this notice."""
    policy, reader = figure.policy, figure.reader
    reader.follow("填报志愿")
    if reader.title == "选择培训基地":
        reader.follow("选专业", inside=figure.base.name)
    first = reader.asks("保存，去核对")[0]
    assert not any(reader.options(first, "保存，去核对").values()), reader.options(first, "保存，去核对")
    verdict = judge(policy, from_dict(figure.facts()), province.clock.now)
    rules = {rule.id: rule for rule in policy.eligibility}
    against = next(one for one in verdict.findings if one.verdict == "fail")
    assert rules[against.rule].sentence_fail.split("{")[0] in against.sentence
    reader.sees(against.sentence, policy.cite(against.clause))
    own = next(source.name for source in policy.sources if source.own)
    assert own in policy.cite(against.clause) or any(
        source.name in policy.cite(against.clause) for source in policy.sources
    )
    reader.press("保存，去核对", {}, refused=True)


def file(figure: Figure) -> None:
    """Check, pledge, file; the receipt."""
    reader = figure.reader
    if reader.title != "核对并提交":
        reader.go(HOME)
        reader.follow("核对并提交")
    (pledge,) = reader.asks("提交报名")
    reader.press("提交报名", {pledge: True})
    assert reader.title == "报名回执"
    noted(figure, reader.text)


def noted(figure: Figure, text: str) -> None:
    """The receipt on the page: the same application as before, the next version of it."""
    found = re.search(r"(\d{10})-(\d{2})", text)
    assert found, text
    assert (not figure.receipts) or found[1] == figure.number
    figure.number = found[1]
    figure.receipts.append(found[0])
    assert int(found[2]) == len(figure.receipts), figure.receipts


def think_again(figure: Figure) -> None:
    """Change what was filed: at once where the notice lets people, else by taking it back first (取消报名)."""
    reader, rule = figure.reader, figure.policy.registration
    reader.go(HOME)
    freely = reader.offers("修改报名")
    assert freely is (rule.changes == "free")
    if freely:
        reader.press("修改报名")
    else:
        reader.follow("取消报名")
        reader.press("取消报名")
    reader.follow("个人信息")
    reader.press("保存并继续", {"联系地址": f"{figure.answers()['联系地址']}附1号"})
    file(figure)
    reader.sees("与上一版相比的改动", "附1号")


def sent_back(figure: Figure, reason: str) -> None:
    """The home page says why the form came back."""
    figure.reader.go(HOME)
    figure.reader.sees("报名被退回", reason)


def look_up(province: Province, figure: Figure, round_key: str) -> None:
    """The result page; of an earlier round where the page is about a later one by now."""
    reader = figure.reader
    reader.go("录取结果")
    label = province.policy.round(round_key).label
    if reader.offers(f"{label}："):
        reader.follow(f"{label}：")


def accept_place(figure: Figure) -> None:
    """The home page asks whether they come."""
    reader = figure.reader
    reader.go(HOME)
    reader.follow("去确认")
    reader.press("接受录取")
    reader.sees("您已接受录取")


def accept_invitation(figure: Figure) -> None:
    """One of those who invite is accepted; that files the application."""
    reader = figure.reader
    reader.go(HOME)
    reader.follow("查看并答复")
    button = f"接受邀请：{figure.base.name}"
    agreed = {label: [] for label in reader.asks(button)}
    reader.press(button, agreed)
    found = re.search(r"\d{10}", reader.text)
    assert found, reader.text
    figure.number = found[0]
    # The acceptance is the filing: its first version.
    figure.receipts[:] = [f"{figure.number}-01"]
