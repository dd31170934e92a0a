"""What the demo pages show: messages opened, accounts by role, the calendar with the clock in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from admissions.models import Application, Invitation, Offer, YearReduction
from admissions.queries import rounds
from admissions.queries.acceptances import is_asked
from admissions.states import APPLICATION_LABELS
from gme_portal.accounts.models import Role, User
from gme_portal.accounts.queries import phone_blind
from gme_portal.demo.edges import titled
from gme_portal.demo.staff import BASE_STAFF, OFFICES, SCHOOL_STAFF
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.outbox.models import Message
from gme_portal.policy import Policy

OTHERS = "其他基地"
SHOWN_APPLICANTS = 2
INVITED, TO_ACCEPT, REDUCTION_RETURNED = "收到基地邀请，待答复", "拟录取，待确认是否接受", "年限减免申请被退回"
SEARCHED = 400


@dataclass(frozen=True, slots=True)
class Shown:
    """One account: `key` is what `demo:enter` takes, `login` what is typed to log in by hand."""

    key: str
    login: str
    name: str
    role: str
    place: str = ""
    does: str = ""


@dataclass(slots=True)
class Group:
    """Accounts under one heading."""

    title: str
    note: str
    accounts: list[Shown] = field(default_factory=list)


def messages(phone_end: str = "") -> QuerySet[Message] | list[Message]:
    """Every message, newest first; of one phone when all eleven digits are given, else among the newest those whose phone ends so."""
    rows = Message.objects.select_related("user").order_by("-created_at", "-id")
    if not phone_end:
        return rows
    if len(phone_end) == 11:
        user = User.objects.filter(phone_blind=phone_blind(phone_end)).first()
        if user is not None:
            return rows.filter(user=user)
    return [row for row in rows[:SEARCHED] if _phone_of(row).endswith(phone_end)]


def opened(message: Message) -> dict[str, Any]:
    """A message as the demo inbox shows it: text in full, phone in full. All of them are fictional."""
    return {
        "message": message,
        "phone": _phone_of(message),
        "name": message.user.name if message.user else "尚未注册",
        "body": message.body.open() if message.body is not None else "",
    }


def _phone_of(message: Message) -> str:
    if message.recipient is not None:
        return message.recipient.open()
    phone = message.user.phone if message.user else None
    return phone.open() if phone is not None else ""


def account_groups(notice: Notice | None) -> list[Group]:
    """Demo accounts by role: bases, province and platform, schools, and applicants at each stage."""
    staff = User.objects.filter(is_demo=True).exclude(role=Role.APPLICANT)
    users = {user.login_name: user for user in staff.select_related("base_staff__base", "school_staff__school")}
    named = {account.login_name: account for account in (*BASE_STAFF, *OFFICES, *SCHOOL_STAFF)}

    def listed(accounts: Any) -> list[Shown]:
        return [_staff(users[one.login_name], one.does) for one in accounts if one.login_name in users]

    others = [_staff(user, "") for name, user in sorted(users.items()) if name not in named]
    groups = [
        Group("培训基地", "第一个基地的事由您来办；到了截止前没办完的，由演练人员办完。", listed(BASE_STAFF)),
        Group("省级与平台", "", listed(OFFICES)),
        Group("培养院校", "", listed(SCHOOL_STAFF)),
        Group(
            "报名学员",
            "各个阶段的虚构学员。您登录过的学员，演练人员不再替他办事。",
            applicants(notice) if notice else [],
        ),
        Group(OTHERS, "平时由演练人员操作。", others),
    ]
    return [group for group in groups if group.accounts]


def applicants(notice: Notice) -> list[Shown]:
    """A few fictional applicants for whom something waits, some in each state, and two who have begun nothing yet."""
    policy = policy_of(version_in_force(notice))
    rows = Application.objects.filter(notice=notice, applicant__user__is_demo=True).select_related(
        "applicant__user", "base"
    )
    shown = _waiting(notice, policy)
    for state, word in APPLICATION_LABELS.items():
        for application in rows.filter(state=state).order_by("-created_at", "number")[:SHOWN_APPLICANTS]:
            place = application.base.name if application.base else ""
            round = rounds.label(policy, application.round)
            shown.append(_applicant(application.applicant.user, f"{round}{word}", place))
    idle = User.objects.filter(is_demo=True, role=Role.APPLICANT, profile__applications=None).order_by("created_at")
    return [*(_applicant(user, "未开始填报志愿", "") for user in idle[:SHOWN_APPLICANTS]), *shown]


def _waiting(notice: Notice, policy: Policy) -> list[Shown]:
    """Applicants who have something to answer."""
    invited = Invitation.objects.filter(notice=notice, state="invited", applicant__user__is_demo=True)
    shown = [
        _applicant(one.applicant.user, INVITED, one.base.name)
        for one in invited.select_related("applicant__user", "base").order_by("-invited_at")[:SHOWN_APPLICANTS]
    ]
    listed = Offer.objects.filter(notice=notice, state="published", applicant__user__is_demo=True)
    asked = listed.select_related("applicant__user", "quota__base").order_by("application__number")
    if is_asked(policy):
        shown += [_applicant(one.applicant.user, TO_ACCEPT, one.quota.base.name) for one in asked[:SHOWN_APPLICANTS]]
    back = YearReduction.objects.filter(notice=notice, state="returned", application__applicant__user__is_demo=True)
    for one in back.select_related("application__applicant__user", "quota__base").order_by("filed_at")[
        :SHOWN_APPLICANTS
    ]:
        shown.append(_applicant(one.application.applicant.user, REDUCTION_RETURNED, one.quota.base.name))
    return shown


def _staff(user: User, does: str) -> Shown:
    if hasattr(user, "base_staff"):
        place = user.base_staff.base.name
    else:
        place = user.school_staff.school.name if hasattr(user, "school_staff") else ""
    return Shown(str(user.pk), user.login_name or "", user.name, Role(user.role).label, place, does)


def _applicant(user: User, stage: str, place: str) -> Shown:
    number = user.document_number.open() if user.document_number is not None else ""
    return Shown(str(user.pk), number, user.name, Role.APPLICANT.label, place, stage)


def calendar(policy: Policy, at: datetime) -> list[dict[str, Any]]:
    """The windows of the notice as a timeline, with where the clock stands."""
    events = []
    for window in sorted(policy.windows, key=lambda window: (window.opens, window.closes)):
        state = "past" if at >= window.closes else "now" if at >= window.opens else "next"
        events.append({"title": titled(window, policy), "at": window.opens, "until": window.closes, "state": state})
    return events
