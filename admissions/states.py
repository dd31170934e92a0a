"""The states of an application and of an offer, as readable tables: (state, action) → next state, who may, in which window.

`move` in `admissions.services.transitions` is the only writer that reads them. Windows are keys of the policy; "" means any time."""

from __future__ import annotations

from typing import NamedTuple

APPLICANT, REVIEWER, LEAD, PROVINCE, PLATFORM = "applicant", "reviewer", "lead", "province", "platform"


class Step(NamedTuple):
    """`to` is the next state, `actor` who may take the step, `window` the policy window it must fall into ("" for none)."""

    to: str
    actor: str
    window: str
    label: str


APPLICATION_LABELS = {
    "draft": "填写中",
    "submitted": "待审核",
    "returned": "退回修改",
    "withdrawn": "已取消报名",
    "approved": "审核通过",
    "rejected": "审核不通过",
    "cancelled": "已取消资格",
}

# Filed, and nothing comes of it in this round.
TURNED_AWAY = ("rejected", "cancelled")

# 000 四(四)1 and 003 (六)2: freely changed while the window is open; not after approval; not after the close.
APPLICATION: dict[tuple[str, str], Step] = {
    ("draft", "submit"): Step("submitted", APPLICANT, "registration", "提交报名"),
    ("returned", "submit"): Step("submitted", APPLICANT, "registration", "重新提交"),
    ("withdrawn", "submit"): Step("submitted", APPLICANT, "registration", "重新提交"),
    # An accepted invitation files as well, as long as bases may invite: later than everybody may choose.
    ("draft", "submit_invited"): Step("submitted", APPLICANT, "invitation", "接受邀请"),
    ("withdrawn", "submit_invited"): Step("submitted", APPLICANT, "invitation", "接受邀请"),
    # 000 四(四)1: where the notice lets a filed form be changed at once, it stands until its changes are filed.
    ("submitted", "amend"): Step("submitted", APPLICANT, "registration", "修改报名"),
    ("submitted", "refile"): Step("submitted", APPLICANT, "registration", "重新提交"),
    # 002 附件1 三(六)1: signed up at the counter (现场报名), by the base's staff for the person.
    ("draft", "record"): Step("submitted", REVIEWER, "registration", "受理并提交"),
    ("returned", "record"): Step("submitted", REVIEWER, "registration", "受理并提交"),
    ("withdrawn", "record"): Step("submitted", REVIEWER, "registration", "受理并提交"),
    ("submitted", "correct"): Step("submitted", REVIEWER, "registration", "更正报名"),
    ("submitted", "record_again"): Step("submitted", REVIEWER, "registration", "受理更正"),
    ("submitted", "withdraw"): Step("withdrawn", APPLICANT, "registration", "取消报名"),
    ("returned", "withdraw"): Step("withdrawn", APPLICANT, "registration", "取消报名"),
    ("submitted", "approve"): Step("approved", REVIEWER, "review", "审核通过"),
    ("submitted", "return"): Step("returned", REVIEWER, "review", "退回修改"),
    ("submitted", "reject"): Step("rejected", REVIEWER, "review", "审核不通过"),
    # Back into the queue, not to the person: after the registration window a returned form could never come back.
    ("approved", "take_back"): Step("submitted", LEAD, "review", "撤回审核"),
    ("rejected", "take_back"): Step("submitted", LEAD, "review", "撤回审核"),
    # 000 六(三)1, 004 四(四): fraud costs this registration and this admission, whenever it comes to light; two people decide.
    ("submitted", "cancel"): Step("cancelled", PROVINCE, "", "取消资格"),
    ("returned", "cancel"): Step("cancelled", PROVINCE, "", "取消资格"),
    ("approved", "cancel"): Step("cancelled", PROVINCE, "", "取消资格"),
}
# Which of them belong to one way of signing up only: the person's own, or the counter's.
BY_THE_PERSON = ("submit", "refile", "amend")
AT_THE_COUNTER = ("record", "record_again", "correct")
# Those that file what is chosen now, maybe with another base than before.
FILING = ("submit", "refile", "submit_invited", "record", "record_again")

OFFER_LABELS = {
    "proposed": "待公布",
    "published": "公示中",
    "accepted": "已接受录取",
    "declined": "已放弃录取",
    "lapsed": "逾期未确认",
    "admitted": "已录取",
    "reported_in": "已报到",
    "absent": "未报到",
    "revoked": "已撤销",
    "left": "已退出培训",
}

OFFER: dict[tuple[str, str], Step] = {
    ("proposed", "publish"): Step("published", LEAD, "", "公布"),
    # While the list is on show; until when exactly, `queries.acceptances.period_of` says. On the person's word the base records it.
    ("published", "accept"): Step("accepted", APPLICANT, "", "接受录取"),
    ("published", "decline"): Step("declined", APPLICANT, "", "放弃录取"),
    ("accepted", "decline"): Step("declined", APPLICANT, "", "放弃录取"),
    ("published", "record_accept"): Step("accepted", REVIEWER, "", "登记接受录取"),
    ("published", "record_decline"): Step("declined", REVIEWER, "", "登记放弃录取"),
    ("accepted", "record_decline"): Step("declined", REVIEWER, "", "登记放弃录取"),
    ("published", "lapse"): Step("lapsed", PLATFORM, "", "逾期未确认"),
    ("published", "admit"): Step("admitted", PLATFORM, "", "录取"),
    ("accepted", "admit"): Step("admitted", PLATFORM, "", "录取"),
    ("admitted", "report_in"): Step("reported_in", REVIEWER, "report_in", "报到确认"),
    ("reported_in", "undo_report_in"): Step("admitted", LEAD, "report_in", "撤销报到"),
    ("admitted", "mark_absent"): Step("absent", LEAD, "", "登记未报到"),
    ("proposed", "revoke"): Step("revoked", PROVINCE, "", "撤销"),
    ("published", "revoke"): Step("revoked", PROVINCE, "", "撤销"),
    ("accepted", "revoke"): Step("revoked", PROVINCE, "", "撤销"),
    ("admitted", "revoke"): Step("revoked", PROVINCE, "", "撤销"),
    ("reported_in", "revoke"): Step("revoked", PROVINCE, "", "撤销"),
    ("reported_in", "leave"): Step("left", PROVINCE, "", "登记退出培训"),
}
PAST_ADMISSION = ("admitted", "reported_in", "absent", "left")
# The person said no, or nothing: the place is free again.
GIVEN_UP = ("declined", "lapsed")
ACTIVE_OFFER_STATES = ("proposed", "published", "accepted", "admitted", "reported_in")

INVITATION_LABELS = {
    "invited": "待答复",
    "accepted": "已接受",
    "declined": "已谢绝",
    "withdrawn": "已撤回",
    "expired": "已过期",
    "closed": "已关闭",
}

# An invitation of a base to somebody who is not admitted (004 三(四)2); closed by the platform when the person accepts another or files.
INVITATION: dict[tuple[str, str], Step] = {
    ("invited", "accept"): Step("accepted", APPLICANT, "invitation", "接受邀请"),
    ("invited", "decline"): Step("declined", APPLICANT, "", "谢绝邀请"),
    ("invited", "withdraw"): Step("withdrawn", REVIEWER, "", "撤回邀请"),
    ("invited", "expire"): Step("expired", PLATFORM, "", "邀请过期"),
    ("invited", "close"): Step("closed", PLATFORM, "", "关闭邀请"),
    # Taking the application back that it led to gives it up.
    ("accepted", "decline"): Step("declined", APPLICANT, "", "谢绝邀请"),
}

LATER_DOCUMENT_LABELS = {
    "uploaded": "已补交，待核对",
    "confirmed": "已核对",
    "returned": "退回重传",
    "replaced": "已重新上传",
}

# The certificate itself, handed in after its stand-in was filed (003 (三)3); what the base has confirmed stands.
LATER_DOCUMENT: dict[tuple[str, str], Step] = {
    ("uploaded", "replace"): Step("replaced", APPLICANT, "", "重新上传"),
    ("uploaded", "confirm"): Step("confirmed", REVIEWER, "", "核对"),
    ("uploaded", "return"): Step("returned", REVIEWER, "", "退回重传"),
}

YEAR_REDUCTION_LABELS = {
    "waiting": "审核中",
    "returned": "退回修改",
    "refused": "不予减免",
    "approved": "同意减免",
    "withdrawn": "已撤回",
}

# A request for a shorter training (年限减免, 000 五(一)) goes through the steps of the notice one after another: `actor` "step" is whoever decides
# at the step it waits for, and an approval leads to the next step until there is none. The province may order a correction (纠正) afterwards.
YEAR_REDUCTION: dict[tuple[str, str], Step] = {
    ("returned", "file"): Step("waiting", APPLICANT, "year_reduction", "重新提交"),
    ("waiting", "withdraw"): Step("withdrawn", APPLICANT, "", "撤回申请"),
    ("returned", "withdraw"): Step("withdrawn", APPLICANT, "", "撤回申请"),
    ("waiting", "approve"): Step("approved", "step", "", "同意"),
    ("waiting", "return"): Step("returned", "step", "", "退回修改"),
    ("waiting", "refuse"): Step("refused", "step", "", "不予减免"),
    ("approved", "correct"): Step("approved", PROVINCE, "", "纠正"),
}

DISQUALIFICATION_LABELS = {
    "asked": "待省级确认",
    "confirmed": "已取消",
    "refused": "不予取消",
}
DISQUALIFICATION_TRIGGERS = {"fraud": "弄虚作假", "withdrawal": "报到后退出培训"}

# A run: two people, in this order; a simulation never leaves "verified".
RUN_LABELS = {
    "draft": "已计算",
    "verified": "已复核算法，待第二人批准",
    "broken": "未通过独立校验",
    "published": "已公布",
    "superseded": "已作废",
}

# What becomes of a person's chance at a specialty when the notice changes, and how a page tones it.
PREVIEW_LABELS = {"closed": "变为不可报", "doubt": "变为须人工核对", "cleared": "不再须人工核对", "opened": "变为可报"}
