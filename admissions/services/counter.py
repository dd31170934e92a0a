"""At the counter (现场报名, 002 附件1 三(六)1): a person is found by an exact number or gets an account; what happens there is on record.

Filing for them is `applications.submit`, opening a filed form for corrections `amendments.begin`: the same steps, with the base as actor."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from admissions.access import FILED
from admissions.models import Application, CounterVisit, FoundBy
from admissions.queries import counter
from admissions.services import applications
from admissions.services.staff import must_be_of_base
from admissions.services.transitions import window_refusal
from applicants.services.profiles import ensure as ensure_profile
from bases.models import TrainingBase
from gme_portal.accounts.models import User
from gme_portal.accounts.services.registration import open_for
from gme_portal.audit.services import record
from gme_portal.notices.models import Notice
from gme_portal.policy import Policy
from gme_portal.refusals import Refused


def find(*, typed: str, notice: Notice, base: TrainingBase, actor: User, at: datetime, policy: Policy) -> Application:
    """Open the application of the person who stands here, found by the exact document number or application number; theirs is begun if they
    have none. Whether it finds somebody or not, the look-up is on record.

    Raises Refused: NOT_YOUR_BASE, NOT_YOURS, ONLINE_ONLY, NOT_YET_OPEN, WINDOW_CLOSED, NOBODY, OTHER_BASE."""
    _refuse_unless_open(base, actor, policy, at)
    found, how = counter.named(typed, notice)
    if found is None:
        record(actor=actor, action="counter.nobody", subject=base, at=at)
        raise Refused("NOBODY", "没有找到。请照证件逐位核对号码；还没有账号的，可以在这里现场开通。", field="number")
    application = found if isinstance(found, Application) else _begun(found, notice, policy, at)
    _refuse_elsewhere(application, base)
    return _visit(application, base, how, actor=actor, at=at)


def open_account(
    *,
    name: str,
    document_kind: str,
    document_number: str,
    phone: str,
    code: str,
    notice: Notice,
    base: TrainingBase,
    actor: User,
    at: datetime,
    policy: Policy,
) -> tuple[Application, str]:
    """Make an account for somebody who has none and begin their application; with the first password, which is shown once.

    Raises Refused: as `find`, and as `registration.open_for` at the fields."""
    _refuse_unless_open(base, actor, policy, at)
    user, password = open_for(
        name=name, document_kind=document_kind, document_number=document_number, phone=phone, code=code, actor=actor, at=at
    )  # fmt: skip
    return _visit(_begun(user, notice, policy, at), base, FoundBy.ACCOUNT, actor=actor, at=at), password


def refuse_unless_on_site(policy: Policy) -> None:
    """Raises Refused ONLINE_ONLY under a notice that has no counter."""
    if policy.registration.mode != "on_site":
        raise Refused("ONLINE_ONLY", "本次招收为网上报名，没有现场报名。", policy.registration.clause)


def _refuse_unless_open(base: TrainingBase, actor: User, policy: Policy, at: datetime) -> None:
    must_be_of_base(actor, base.pk)
    refuse_unless_on_site(policy)
    closed = window_refusal(counter.window_at(policy, base, at), doing="办理现场报名", at=at)
    if closed is not None:
        raise Refused.many([closed])


def _begun(user: User, notice: Notice, policy: Policy, at: datetime) -> Application:
    return applications.current(profile=ensure_profile(user, at), notice=notice, policy=policy, at=at)


def _refuse_elsewhere(application: Application, base: TrainingBase) -> None:
    """Filed with, or prepared for, another base: nothing of it is shown here."""
    chosen = application.base if application.state in FILED else counter.chosen_base(application)
    if chosen is not None and chosen.pk != base.pk:
        sentence = "此人填报的不是本基地，请到所报基地办理；要改报本基地的，请本人先登录修改志愿。"
        raise Refused("OTHER_BASE", sentence, field="number")


def _visit(application: Application, base: TrainingBase, how: str, *, actor: User, at: datetime) -> Application:
    with transaction.atomic():
        CounterVisit.objects.create(application=application, base=base, found_by=how, opened_by=actor, opened_at=at)
        record(actor=actor, action="counter.opened", subject=application, at=at, detail={"by": how})
    return application
