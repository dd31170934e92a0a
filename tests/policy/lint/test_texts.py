"""The contradictions of the five real notices (standards.md), found in their own words; and texts in which nothing is to be found."""

from __future__ import annotations

import pytest

from gme_portal.policy.lint import Finding, lint
from gme_portal.policy.lint.tables import tables
from gme_portal.policy.working_days import WorkingCalendar
from tests.policy.lint.conftest import CALENDAR, policy_of

OF = {
    "000": "yunnan-2021-residency",
    "001": "yunnan-2025-assistant-gp",
    "002": "jilin-2024-residency",
    "003": "yunnan-2025-residency",
    "004": "hubei-2024-residency",
}


def found(key: str, text: str, code: str, calendar: WorkingCalendar | None = CALENDAR) -> list[Finding]:
    """What the text itself shows: findings of the policy alone are taken away."""
    policy = policy_of(OF[key])
    alone = set(lint(policy, calendar))
    return [one for one in lint(policy, calendar, None, {key: text}) if one.code == code and one not in alone]


# 003: the head of the photo

HEAD_THIRD = "说明：2寸白底彩色免冠照片，头像占照片尺寸30%。白底有黑无边框。"
HEAD_TWO_THIRDS = "免冠照片必须符合以下要求：头部占照片尺寸的 2/3，背景必须为白底 255#，人像正立清晰"


def test_head_both_30_per_cent_and_two_thirds() -> None:
    (finding,) = found("003", f"{HEAD_THIRD}\n\n- (2){HEAD_TWO_THIRDS}\n", "HEAD_TWICE")
    assert finding.sentence == "照片中头部所占的比例写了不同的数：“头像占照片尺寸30%”；“头部占照片尺寸的 2/3”。"
    assert finding.clauses == ("003 (三)2；003 (三)5(2)；003 (三)5(3)",)


@pytest.mark.parametrize(
    "text", [HEAD_THIRD, HEAD_TWO_THIRDS, f"{HEAD_TWO_THIRDS}。头像占照片的67%。头部约占照片三分之二。"]
)
def test_the_same_head_said_again_is_no_contradiction(text: str) -> None:
    assert found("003", text, "HEAD_TWICE") == []


# 003: 专硕 must and need not file choices

MUST = (
    "6、本年度通过**全国硕士研究生统一考试的专硕研究生、订单定向医学生（订单定向专业方向为全科）需自行注册账号并进行志愿填报**，"
    "信息填写与填报流程与社会报考学员一致。\n\n"
)
NEED_NOT = "说明: 个人信息完善后,即可填报志愿。若个人信息未完善,则无法填报志愿。(本年度通过研究生统一考试入学的专硕研究生无需填报志愿)\n"


def test_master_students_must_and_need_not_file_choices() -> None:
    (finding,) = found("003", MUST + NEED_NOT, "MUST_AND_NEED_NOT")
    assert finding.sentence.startswith("“专硕研究生”在一处须、在另一处无需填报志愿：")
    assert finding.quote == "(本年度通过研究生统一考试入学的专硕研究生无需填报志愿)"


def test_one_of_the_two_alone_or_of_other_people_is_none() -> None:
    assert found("003", MUST, "MUST_AND_NEED_NOT") == []
    assert found("003", NEED_NOT, "MUST_AND_NEED_NOT") == []
    others = NEED_NOT.replace("专硕研究生无需", "外单位委培人员无需")
    assert found("003", MUST + others, "MUST_AND_NEED_NOT") == []


def test_hubei_says_the_same_twice_which_is_no_contradiction() -> None:
    text = (
        "2.参加2024年全国研究生招生考试，且被医学高等院校录取为专业学位硕士研究生者，不需网上报名，由各相关培训基地录入。\n"
        "完成网上报名注册(专硕研究生和农村订单定向免费医学毕业生不需要个人注册)，上传身份证。\n"
    )
    assert found("004", text, "MUST_AND_NEED_NOT") == []


# 003 and 000: how far 服从调剂 reaches

WIDE = "7、普通学员报名者选择“服从调剂”时，表明服从调剂所报考培训基地的任一培训专业或服从省级统一调剂至其他培训基地或其他专业。\n"
NARROW = "选择“服从调剂”时，表明服从调剂所报考培训基地的任一培训专业。\n"


def test_the_consent_of_2025_is_wider_than_that_of_2021() -> None:
    policy = policy_of(OF["003"])
    wider = [one for one in lint(policy, CALENDAR, None, {"003": WIDE, "000": NARROW}) if one.code == "TRANSFER_WIDER"]
    assert [one.sentence[:22] for one in wider] == ["003 的“服从调剂”比 000 的宽：前者"]
    same = lint(policy, CALENDAR, None, {"003": WIDE, "000": WIDE})
    assert "TRANSFER_WIDER" not in {one.code for one in same}


def test_rules_that_do_not_reach_as_far_as_their_notice_and_the_other_way() -> None:
    assert found("000", NARROW, "TRANSFER_WIDER") == []
    (wide,) = found("000", WIDE, "TRANSFER_WIDER")
    assert "规则里却没有全省调剂" in wide.sentence
    assert found("003", NARROW, "TRANSFER_NARROWER")
    assert found("003", WIDE, "TRANSFER_NARROWER") == []


# 000: dated a day after its registration opened

DATED = "1. 网上报名：\n\n（1）6月28日09:00至7月12日18:00期间登录省毕教平台；\n\n云南省卫生健康委员会\n办公室\n{}\n"


def test_a_notice_dated_a_day_after_its_registration_opened() -> None:
    """What its policy says by itself (`issued_on`) is not said again; another notice's text says it."""
    assert [one.code for one in lint(policy_of(OF["000"]), CALENDAR) if one.severity == "矛盾"] == [
        "ISSUED_AFTER_OPENING"
    ]
    (finding,) = found("003", DATED.format("2021 年 6 月 29 日"), "ISSUED_AFTER_OPENING")
    assert finding.sentence == "通知落款为2021年6月29日（星期二），而报名在2021年6月28日（星期一）09:00已经开始。"
    assert finding.quote == "6月28日09:00至7月12日18:00"


@pytest.mark.parametrize("day", ["2021 年 6 月 28 日", "2021年5月1日"])
def test_a_notice_dated_in_time(day: str) -> None:
    assert found("003", DATED.format(day), "ISSUED_AFTER_OPENING") == []


# 004: publicity that cannot fit before the second batch

BATCHES = """\
(三)第一批次招录(4月24日-5月31日)

1.各培训基地于4月24日-{}组织完成考生资格审核、面试和专业考试，并确定第一批录取名单。

3.5月31日前，培训基地将拟录取学员名单在单位网络平台进行公示，公示期不少于7个工作日。公示期间由基地收集学员接受录取的确认信息。

(四)第二批次招录(6月1日-6月30日)

1.第二阶段注册和填报第二批次志愿通道开放时间为6月1日0时-6月15日24时，第一阶段未注册的学员可先完成网上注册。

3.培训基地于{}前组织完成第二批次考生资格审核、面试和专业考试，并于6月30日24点前完成第二批次拟录取考生名单公示，公示期间由基地收集。
"""


def test_five_working_days_are_left_where_seven_are_promised() -> None:
    first, second = found("004", BATCHES.format("5月26日", "6月25日"), "PUBLICITY_CANNOT_FIT")
    assert "考核到2024年5月26日（星期日）24:00结束，下一步在2024年6月1日（星期六）00:00开始" in first.sentence
    assert "其间只有 5 个工作日，公示却须不少于 7 个工作日" in first.sentence
    assert first.quote == "公示期不少于7个工作日"
    assert (
        "考核到2024年6月25日（星期二）24:00结束，公示须在2024年6月30日（星期日）24:00前完成，其间只有 3 个工作日"
        in second.sentence
    )


@pytest.mark.parametrize(
    ("first", "second", "left"), [("5月22日", "6月19日", 0), ("5月23日", "6月19日", 1), ("5月22日", "6月20日", 1)]
)
def test_seven_working_days_and_one_too_few(first: str, second: str, left: int) -> None:
    """22 May is a Wednesday; 23, 24, 27–31 May are seven working days. 19 June: 20, 21, 24–28 June are seven."""
    assert len(found("004", BATCHES.format(first, second), "PUBLICITY_CANNOT_FIT")) == left


def test_without_the_calendar_of_the_year_it_is_said_that_nothing_was_checked() -> None:
    text = BATCHES.format("5月26日", "6月25日")
    (finding,) = [one for one in found("004", text, "YEAR_UNKNOWN", None) if one.path == "004"]
    assert finding.severity == "提示"
    assert "没有核对原文的公示期" in finding.sentence


def test_jilins_three_days_fit() -> None:
    text = (
        "各培训基地应于8月16日前完成招录面试工作。\n\n七、公示\n    （一）拟录取人员名单经复核后在吉林省毕业后医学教育平台公示3天。\n"
        "各培训基地要在9月1日前完成学员的培训轮转安排工作。"
    )
    assert found("002", text, "PUBLICITY_CANNOT_FIT") == []


# 001: a mail address without a domain


def test_the_printed_mail_address_has_no_domain() -> None:
    text = "联系电话：18812278379（办公室）\n\n联系邮箱：3225714607@.com\n\nmailto:keyanjiaoxuebu@kmsdermyy.com\n 联系地址：昆明市"
    (finding,) = found("001", text, "MAIL_WITHOUT_DOMAIN")
    assert finding.quote == "3225714607@.com"
    assert found("001", text.replace("3225714607@.com", "3225714607@qq.com"), "MAIL_WITHOUT_DOMAIN") == []


# 000, annex 2: the heading is shifted by one cell

TCM = """\
住院医师规范化培训基地	中医全科		中医（含傣医学）	总计
	小计	其中：订单定向医学生
		300	295	155
云南省中医医院	64	59	20	84
昆明市中医医院	26	26	10	36
昭通市中医医院	68	68	25	93
楚雄州中医医院	26	26	15	41
玉溪市中医医院	48	48	20	68
普洱市中医医院	22	22	15	37
文山州中医医院	18	18	10	28
曲靖市中医医院	28	28	30	58
西双版纳州傣医院			10（傣医学）	10
"""


def test_the_heading_of_yunnans_plan_is_shifted_by_one_cell() -> None:
    (finding,) = found("000", f"招收计划（中医类）\n\n{TCM}\n附件3", "PLAN_HEADER_SHIFTED")
    assert finding.path == "000 表1"
    assert "第 3 行的 300、295、155 是左边一列的合计" in finding.sentence
    straight = TCM.replace("\t\t300\t295\t155", "\t300\t295\t155\t455")
    assert found("000", straight, "PLAN_HEADER_SHIFTED") == []


def test_a_wrong_figure_in_a_notices_own_table_is_found() -> None:
    assert found("000", TCM, "PLAN_SUM_DIFFERS") == []
    (finding,) = found("000", TCM.replace("59\t20\t84", "59\t20\t85"), "PLAN_SUM_DIFFERS")
    assert "第 4 行“云南省中医医院”的合计写的是 85，各列相加是 84" in finding.sentence


# 002, annex 2: as a word processor leaves a table

MATRIX = (
    "吉林省2024年住院医师规范化培训招生计划\n\t  培训基地\n培训专业\n\t吉林大学\n第一医院\n\t延边大学\n附属医院\n\t合计\n\n"
    "\t全  科\n\t30\n\t25\n\t55\n\n\t精神科\n\t1\n\t/\n\t1\n\n\t合  计\n\t31\n\t25\n\t56\n\n注：其它专业招收人数由各培训基地确定。"
)


def test_a_table_with_one_cell_a_line() -> None:
    assert list(tables(MATRIX)) == [
        [
            ["培训基地培训专业", "吉林大学第一医院", "延边大学附属医院", "合计"],
            ["全科", "30", "25", "55"],
            ["精神科", "1", "/", "1"],
            ["合计", "31", "25", "56"],
        ]
    ]
    assert found("002", MATRIX, "PLAN_SUM_DIFFERS") == []
    assert len(found("002", MATRIX.replace("\t1\n\t/\n\t1", "\t1\n\t/\n\t2"), "PLAN_SUM_DIFFERS")) == 2


# The policy against its notice


def test_a_date_that_the_notice_does_not_name() -> None:
    registration = "2025 年 6 月 25 日 10: 00--2025 年 7 月 20 日 22: 00"
    assert found("003", registration, "NOT_IN_NOTICE") == []
    (finding,) = found("003", registration.replace("7 月 20 日", "7 月 10 日"), "NOT_IN_NOTICE")
    assert finding.sentence == "网上报名截止于2025年7月20日（星期日），003 的原文里没有这个日期，请核对。"
    assert finding.severity == "提示"
    assert finding.clauses == ("003 说明3",)
