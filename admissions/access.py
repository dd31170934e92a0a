"""Whose applications: one clear grant per role. Whatever is not granted here is denied, and a foreign application is "not found"."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from admissions.models import (
    AllocationRun,
    Application,
    CounterVisit,
    Disqualification,
    Invitation,
    LaterDocument,
    Objection,
    Offer,
    RunKind,
    Submission,
    YearReduction,
)
from applicants.models import RosterEntry
from bases.access import SEES_ALL_BASES, base_of
from bases.models import TrainingBase
from gme_portal.accounts.access import BASE, BASE_WRITERS, PROVINCE
from gme_portal.accounts.models import Role, User

# Filed and not taken back: what a base works on. A returned application stays in its list until the new version replaces it, one that was
# taken away (取消资格) stays as the record of it.
FILED = ("submitted", "returned", "approved", "rejected", "cancelled")


def applications_visible_to(user: User | AnonymousUser) -> QuerySet[Application]:
    """The applications (报名) a user may see, with applicant, notice and base at hand."""
    rows = Application.objects.select_related("applicant__user", "notice", "base")
    if not isinstance(user, User) or not user.is_active:
        return rows.none()
    if user.role == Role.APPLICANT:
        return _own(rows, user)
    if user.role in BASE:
        return _of_own_base(rows, user)
    if user.role == Role.SCHOOL:
        return _of_own_students(rows, user)
    if user.role in SEES_ALL_BASES:
        return rows
    return rows.none()


def at_counter_of(user: User | AnonymousUser) -> QuerySet[Application]:
    """Applications a base may see at its counter (现场报名): those filed with it, and unfiled ones that it opened there by their exact number."""
    rows = Application.objects.select_related("applicant__user", "notice", "base")
    if not isinstance(user, User) or not user.is_active or user.role not in BASE:
        return rows.none()
    opened = CounterVisit.objects.filter(application=OuterRef("pk"), base__staff__user=user)
    unfiled = Q(Exists(opened), state__in=("draft", "withdrawn"))
    return rows.filter(unfiled | Q(base__staff__user=user, state__in=FILED))


def submissions_visible_to(user: User | AnonymousUser) -> QuerySet[Submission]:
    """The filed versions (报名版本) of visible applications; a base sees only versions that were filed with it."""
    rows = Submission.objects.select_related(
        "application__applicant__user", "application__notice", "application__base", "base"
    ).filter(application__in=applications_visible_to(user).values("pk"))
    if isinstance(user, User) and user.role in BASE:
        return rows.filter(base__staff__user=user)
    return rows


def later_documents_visible_to(user: User | AnonymousUser) -> QuerySet[LaterDocument]:
    """Certificates handed in later (补交材料): their owner, the base applied to, and the base that has the person now."""
    rows = LaterDocument.objects.select_related(
        "application__applicant__user", "application__base", "document__file", "document__preview", "filed__file", "filed__preview", "decided_by"
    )  # fmt: skip
    if not isinstance(user, User) or not user.is_active:
        return rows.none()
    if user.role == Role.APPLICANT:
        return rows.filter(application__applicant__user=user)
    if user.role not in BASE:
        return rows.none()
    placed = Offer.objects.filter(
        application=OuterRef("application"), state__in=("admitted", "reported_in"), quota__base__staff__user=user
    )
    return rows.filter(Q(application__base__staff__user=user) | Exists(placed))


def year_reductions_visible_to(user: User | AnonymousUser) -> QuerySet[YearReduction]:
    """Requests for a shorter training (年限减免): their owner, the base they are about, and who oversees all bases."""
    rows = YearReduction.objects.select_related(
        "notice", "application__applicant__user", "quota__base", "quota__specialty", "file", "preview"
    )
    if not isinstance(user, User) or not user.is_active:
        return rows.none()
    if user.role == Role.APPLICANT:
        return rows.filter(application__applicant__user=user)
    if user.role in BASE:
        return rows.filter(quota__base__staff__user=user)
    return rows if user.role in SEES_ALL_BASES else rows.none()


def _own(rows: QuerySet[Application], user: User) -> QuerySet[Application]:
    return rows.filter(applicant__user=user)


def _of_own_base(rows: QuerySet[Application], user: User) -> QuerySet[Application]:
    """From submission on: `base` is written when an application is filed, never while somebody is still choosing."""
    return rows.filter(base__staff__user=user, state__in=FILED)


def _of_own_students(rows: QuerySet[Application], user: User) -> QuerySet[Application]:
    """A school follows the people on its own list of the same notice (专硕/订单定向名册), nobody else who once studied there."""
    listed = RosterEntry.objects.filter(
        notice=OuterRef("notice"), document_blind=OuterRef("applicant__user__document_blind"), school__staff__user=user
    )
    return rows.filter(Exists(listed))


def offers_visible_to(user: User | AnonymousUser) -> QuerySet[Offer]:
    """The offers (录取) staff may see: a base those of its own seats, whichever base was applied to. Applicants read `queries.results`."""
    rows = Offer.objects.select_related("applicant__user", "application", "quota__base", "quota__specialty")
    if not isinstance(user, User) or not user.is_active:
        return rows.none()
    if user.role in BASE:
        return rows.filter(quota__base__staff__user=user)
    return rows if user.role in SEES_ALL_BASES else rows.none()


def runs_visible_to(user: User | AnonymousUser) -> QuerySet[AllocationRun]:
    """Runs (录取/调剂运算): a base its own, the province and who oversees it all; people see only what is published (`queries.results`)."""
    rows = AllocationRun.objects.select_related(
        "notice", "notice_version", "base", "made_by", "approved_by", "undo_asked_by", "closed_by"
    )
    if not isinstance(user, User) or not user.is_active:
        return rows.none()
    if user.role in BASE:
        # What the province assumes for a trial is no business of the base's, and must not be taken for its run.
        return rows.filter(base__staff__user=user).exclude(beside__has_key="what_if")
    return rows if user.role in SEES_ALL_BASES else rows.none()


def may_compute_run(user: User, kind: str, base: TrainingBase | None, *, simulate: bool) -> bool:
    """The base's lead computes its admission, its editors may try; the province's officer computes the reallocation, its lead may try.

    The lead approves it: were they to make it, nobody might be left to approve."""
    if kind == RunKind.REALLOCATION:
        return user.is_active and user.role in (PROVINCE if simulate else (Role.PROVINCE_OFFICER,))
    own = base_of(user)
    roles = BASE_WRITERS if simulate else (Role.BASE_LEAD,)
    return user.role in roles and own is not None and own == base


def may_assume(user: User) -> bool:
    """Who may try changed rules and seats on a copy (试算假设): the provincial office."""
    return user.is_active and user.role in PROVINCE


def may_draw_lots(user: User) -> bool:
    """Who commits to the lottery, enters its public draw and confirms it (抽签): two people of the provincial office."""
    return user.is_active and user.role in PROVINCE


def may_approve_run(user: User, run: AllocationRun) -> bool:
    """A second person: for a base's admission another lead of the base or the province, for a reallocation the province's lead."""
    if not user.is_active or user.pk == run.made_by_id:
        return False
    if run.kind == RunKind.REALLOCATION:
        return user.role == Role.PROVINCE_LEAD
    own = base_of(user)
    return user.role in PROVINCE or (user.role == Role.BASE_LEAD and own is not None and own.pk == run.base_id)


def may_ask_undo(user: User, run: AllocationRun) -> bool:
    """Who may ask that a publication be taken back: the base's lead or the province."""
    own = base_of(user)
    at_base = user.role == Role.BASE_LEAD and own is not None and own.pk == run.base_id
    return user.is_active and (user.role in PROVINCE or at_base)


def may_confirm_undo(user: User, run: AllocationRun) -> bool:
    """Another person of the province; for a reallocation one of the two is its lead."""
    if not user.is_active or user.role not in PROVINCE or user.pk == run.undo_asked_by_id or run.undo_asked_by is None:
        return False
    return run.kind != RunKind.REALLOCATION or Role.PROVINCE_LEAD in (user.role, run.undo_asked_by.role)


def may_answer_objection(user: User, run: AllocationRun) -> bool:
    """The lead of the base the list belongs to, or the province."""
    return may_ask_undo(user, run)


def invitations_visible_to(user: User | AnonymousUser) -> QuerySet[Invitation]:
    """Invitations (邀请): a person those to them, a base its own, the province and who oversees it all."""
    rows = Invitation.objects.select_related(
        "applicant__user", "notice", "base", "quota__specialty", "quota__base", "invited_by", "application"
    )
    if not isinstance(user, User) or not user.is_active:
        return rows.none()
    if user.role == Role.APPLICANT:
        return rows.filter(applicant__user=user)
    if user.role in BASE:
        return rows.filter(base__staff__user=user)
    return rows if user.role in SEES_ALL_BASES else rows.none()


def objections_visible_to(user: User | AnonymousUser) -> QuerySet[Objection]:
    """Objections (异议) to lists whose run a user may see."""
    return Objection.objects.select_related(
        "publicity__run__base", "application", "answered_by", "answered_under"
    ).filter(publicity__run__in=runs_visible_to(user).values("pk"))


def disqualifications_visible_to(user: User | AnonymousUser) -> QuerySet[Disqualification]:
    """Requests to take a registration or admission away (取消资格): the base applied to and the base that had the person, and who oversees it all."""
    rows = Disqualification.objects.select_related(
        "application__applicant__user",
        "application__base",
        "application__notice",
        "objection",
        "asked_by",
        "settled_by",
    )
    if not isinstance(user, User) or not user.is_active:
        return rows.none()
    if user.role in BASE:
        placed = Offer.objects.filter(application=OuterRef("application"), quota__base__staff__user=user)
        return rows.filter(Q(application__base__staff__user=user) | Exists(placed))
    return rows if user.role in SEES_ALL_BASES else rows.none()


def may_ask_disqualification(user: User, application: Application) -> bool:
    """The lead of the base applied to or of the base that has the person, or the province."""
    if not user.is_active or user.role in PROVINCE:
        return user.is_active
    own = base_of(user)
    if user.role != Role.BASE_LEAD or own is None:
        return False
    return own.pk == application.base_id or application.offers.filter(quota__base=own).exists()


def may_settle_disqualification(user: User, row: Disqualification) -> bool:
    """The province; one of the two is its lead. Whoever asked may only take it back: that they do not confirm it, the service says."""
    if not user.is_active:
        return False
    if user.pk == row.asked_by_id:
        return True
    return user.role in PROVINCE and Role.PROVINCE_LEAD in (user.role, row.asked_by.role)
