"""Report-in: admitted people hand in what was missing and come over the weeks; who has not come by the deadline is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import QuerySet

from admissions.models import LaterDocument, Offer, RosterExport
from admissions.queries.later_documents import awaited, base_of
from admissions.services import later_documents, report_in, roster_exports
from gme_portal.accounts.models import Role, User
from gme_portal.demo import arrivals
from gme_portal.demo.crowd.span import Span, chance
from gme_portal.demo.filling import delivered
from gme_portal.demo.papers import draw_paper
from gme_portal.demo.scene import Scene

# Who comes at all; who of those with a stand-in hands the certificate in here instead of bringing it, and how many of these are returned once.
COMES, HANDS_IN, RETURNED = 0.97, 0.5, 0.15
ROSTER_FOR = "演练：上报国家信息管理系统"
LOOKED_AT_AFTER = timedelta(hours=5)
UNREADABLE = "演练：照片不清晰，请重新拍摄后上传。"


def come(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """People come to the other bases, each on a day of their own."""
    yield from _come(scene, span, own=False)


def come_at_last(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """Everybody who will come at all, at the own base too."""
    yield from _come(scene, span, own=True)


def _admitted(scene: Scene) -> QuerySet[Offer]:
    rows = Offer.objects.select_related("applicant__user", "application__notice", "quota__base")
    return rows.filter(
        notice=scene.notice, application__round=scene.round, state="admitted", quota__base__in=list(scene.crews)
    ).order_by("application__number")


def _elsewhere(scene: Scene) -> QuerySet[Offer]:
    return _admitted(scene).exclude(quota__base=scene.own)


def _come(scene: Scene, span: Span, *, own: bool) -> Iterator[tuple[int, int]]:
    waiting = list(_admitted(scene) if own else _elsewhere(scene))
    for number, offer in enumerate(waiting, 1):
        window, key = scene.window("report_in", offer.applicant.person_type), f"report:{offer.application.number}"
        if window is not None and (not offer.applicant.user.is_demo or chance(key, COMES)):
            papers = (
                offer.application.later_documents.order_by("uploaded_at").values_list("uploaded_at", flat=True).last()
            )
            after = max(filter(None, (window.opens, offer.admitted_at, papers)))
            at = span.planned(key, after, window.closes)
            if at is not None:
                report_in.confirm(offer, actor=scene.crews[offer.quota.base_id].maker, at=at, policy=scene.policy)
        yield number, len(waiting)


def hand_in_certificates(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """Before they come, some who filed with a stand-in upload the certificate itself, and the base looks at it; at the own base its staff do."""
    window = scene.window("report_in")
    if window is None or not any(rule.stand_in for rule in scene.policy.documents):
        return
    waiting = list(_admitted(scene).filter(applicant__user__is_demo=True, applicant__user__last_login=None))
    for number, offer in enumerate(waiting, 1):
        key = f"certificate:{arrivals.person_behind(offer.applicant, scene).serial}"
        first = window.opens + (window.closes - window.opens) / 3
        opens = max(window.opens, offer.admitted_at or window.opens)
        at = span.planned(key, opens, first) if opens < first and chance(key, HANDS_IN) else None
        if at is not None:
            _hand_in(scene, offer, at)
        yield number, len(waiting)
    _look_at_certificates(scene, span)


def _hand_in(scene: Scene, offer: Offer, at: datetime) -> None:
    person = offer.applicant.user
    for one in awaited(offer.application, scene.policy):
        if one.newest is None:
            sheet = draw_paper(one.rule.label, [f"姓名：{person.name}", f"材料：{one.rule.label}"])
            later_documents.upload(
                offer.application, one.rule.kind, content=sheet.content, actor=person, at=at, policy=scene.policy
            )


def _look_at_certificates(scene: Scene, span: Span) -> None:
    rows = LaterDocument.objects.select_related("application__applicant__user").filter(
        state="uploaded", application__notice=scene.notice, application__round=scene.round
    )
    for one in rows.order_by("uploaded_at"):
        base, at = base_of(one.application), one.uploaded_at + LOOKED_AT_AFTER
        if base is None or base == scene.own or base.pk not in scene.crews or at >= span.before:
            continue
        back = chance(f"returned:{one.application.number}:{one.kind}", RETURNED)
        later_documents.decide(
            one,
            "return" if back else "confirm",
            reason=UNREADABLE if back else "",
            actor=scene.crews[base.pk].maker,
            at=at,
            policy=scene.policy,
        )
        delivered(one.application.applicant)


def ask_for_the_roster(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """When admission stands the association asks for the full roster; the province's answer is left to whoever plays it."""
    if not RosterExport.objects.filter(notice=scene.notice).exists() and _admitted(scene).exists():
        association = User.objects.filter(is_demo=True, role=Role.ASSOCIATION).first()
        if association is not None:
            roster_exports.ask(notice=scene.notice, purpose=ROSTER_FOR, actor=association, at=span.moment("roster"))
    yield 1, 1


def record_absent(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """After the deadline, days of grace included, the other bases record who has not come; the own base leaves it to its lead."""
    missing = list(_elsewhere(scene))
    for number, offer in enumerate(missing, 1):
        until = report_in.deadline(
            scene.policy, offer.applicant.person_type, offer.application.round, offer.quota.base.code
        )
        if until is None or until < span.before:
            at = span.moment(f"absent:{offer.application.number}", not_before=until)
            report_in.mark_absent(offer, actor=scene.crews[offer.quota.base_id].checker, at=at, policy=scene.policy)
        yield number, len(missing)
