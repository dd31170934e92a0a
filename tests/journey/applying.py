"""What an applicant does from the front door to the receipt, on the real pages."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from gme_portal.accounts.models import User
from gme_portal.accounts.queries import phone_blind
from gme_portal.outbox.models import Channel, Message
from tests.factories import PASSWORD
from tests.journey.pages import Walker
from tests.journey.world import Applicant

SCHOOL, MAJOR = "昆明医科大学", "临床医学"


def newest_code(phone: str) -> str:
    """The six digits of the last text message to a phone, as they wait in the outbox."""
    waiting = Message.objects.filter(channel=Channel.SMS, user=None).order_by("-created_at", "-id")
    body = next(row.body.open() for row in waiting if row.recipient.open() == phone)
    found = re.search(r"验证码 (\d{6})", body)
    assert found, body
    return found[1]


def register(walker: Walker, person: Applicant) -> None:
    """From the front door to the applicant's own page."""
    walker.open(walker.home + "/")
    walker.look("front")
    walker.follow("注册")
    walker.type("姓名", person.name)
    walker.type("证件号码", person.document_number)
    walker.type("手机号码", person.phone)
    walker.press("获取短信验证码")
    walker.sees("验证码已发送")
    walker.type("短信验证码", newest_code(person.phone))
    walker.fill("密码", PASSWORD)
    walker.fill("再输一次密码", PASSWORD)
    walker.page.get_by_label("我承诺所填信息真实").check()
    walker.look("register")
    walker.press("注册")
    walker.titled("我的报名")
    assert User.objects.get(phone_blind=phone_blind(person.phone)).name == person.name


def fill_in(walker: Walker, person: Applicant) -> None:
    """Every section in the order in which the pages lead on."""
    walker.look("home-empty")
    walker.follow("个人信息", inside=walker.card("报名步骤"))
    walker.tick("人员类型", "社会人")
    walker.choose("民族", "彝族")
    walker.tick("婚姻状况", "未婚")
    walker.type("户籍地址", "云南省昆明市示例区示例路1号")
    walker.type("联系地址", "云南省昆明市示例区示例路1号")
    walker.type("电子邮箱", f"shili{person.serial}@example.com")
    for question in ("是否为军队人员", "是否已有住院医师规范化培训合格证书", "是否已在国家住培管理平台登记在培"):
        walker.tick(question, "否")
    walker.look("personal")
    walker.press("保存并继续")
    walker.titled("学历信息")
    education(walker, person)
    walker.look("education")
    walker.follow("下一项")
    licence(walker)
    photo(walker, person)
    papers(walker, person)


def education(walker: Walker, person: Applicant) -> None:
    walker.follow("添加学历")
    walker.tick("学历", "本科")
    walker.tick("是否在读", "已毕业")
    walker.tick("学习形式", "全日制")
    walker.tick("是否为境外学历", "否")
    walker.pick("毕业院校", "kmykdx", SCHOOL)
    walker.pick("所学专业", "临床医", MAJOR)
    walker.tick("应届待取证", "否，已有毕业证书")
    walker.fill("毕业日期", "2023-07-01")
    walker.type("毕业证书编号", f"10678120230500{person.serial:04d}")
    walker.tick("是否已获学位", "是")
    walker.type("学位证书编号", f"106784202300{person.serial:04d}")
    walker.look("education-form")
    walker.press("保存这条学历")
    walker.sees(SCHOOL, MAJOR, "2023年7月1日")


def licence(walker: Walker) -> None:
    walker.titled("执业医师信息")
    walker.tick("是否已取得医师资格", "否")
    walker.look("licence")
    walker.press("保存并继续")


def photo(walker: Walker, person: Applicant) -> None:
    walker.titled("个人照片")
    walker.attach("photo.jpg", person.portrait())
    walker.press("上传")
    walker.sees("现在的照片")
    walker.look("photo")
    walker.follow("下一项")


def papers(walker: Walker, person: Applicant) -> None:
    walker.titled("证明材料")
    for label in ("有效证件人像面", "有效证件另一面", "毕业证书", "学位证书"):
        part = walker.card(label)
        walker.attach("scan.jpg", person.paper(label), inside=part)
        walker.press("上传", inside=part)
        expect(walker.card(label)).to_contain_text("已上传")
    walker.look("papers")
    walker.follow("完成，返回我的报名")
    walker.titled("我的报名")


def choose(walker: Walker, person: Applicant, base: str) -> None:
    """From the task list through base and specialties to the check page."""
    walker.follow("志愿", inside=walker.card("报名步骤"))
    walker.titled("选择培训基地")
    walker.look("bases")
    walker.follow("选专业", inside=walker.row(base))
    for place, specialty in enumerate(person.choices):
        walker.choose(f"第{'一二三'[place]}志愿专业", specialty)
    for consent in person.consents:
        walker.page.get_by_text(consent, exact=True).click()
    walker.look("choices")
    walker.press("保存，去核对")
    walker.titled("核对并提交")


def submit(walker: Walker) -> str:
    """Check, pledge, file; the number of the receipt."""
    walker.look("check")
    walker.page.get_by_label("本人承诺所填信息").check()
    walker.press("提交报名")
    walker.titled("报名回执")
    walker.look("receipt")
    found = re.search(r"\d{10}-\d{2}", walker.page.locator("main").inner_text())
    assert found
    return found[0]
