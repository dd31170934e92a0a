"""Invitations (基地邀请): the other bases invite for seats that are left, and people accept, decline, or let the time go by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import count
from random import Random

from django.db.models import F

from admissions.models import Application, Invitation
from admissions.queries.invitations import Filter, candidates, in_round
from admissions.services import invitations
from bases.models import TrainingBase
from gme_portal.demo import arrivals
from gme_portal.demo.crowd.span import Span
from gme_portal.demo.filling import delivered
from gme_portal.demo.scene import Scene
from gme_portal.policy.schema import Window
from gme_portal.refusals import Refused
from quotas.models import Quota

# Invitations of a base, bases that invite at all, and the part of the window in which they do: what follows needs time too.
EACH, INVITING, PART = 2, 8, 0.55
# Among so many of the best a base picks one; so many specialties it tries for them.
BEST, TRIED = 12, 3
# What becomes of the invitations to fictional people, one after the other; "" is never answered.
FATES = ("accept", "decline", "", "accept", "accept", "withdraw")
ANSWERED_WITHIN = (4, 30)  # hours
WORDS = ("", "本专业名额尚余，欢迎参加复试。", "复试可在线上进行，时间由基地另行通知。")

# What happens at a moment; an invitation leads to an answer.
Act = Callable[[datetime], Invitation | None]


def invite_and_answer(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """Everything about invitations in a stretch, in the order of time: bases invite, people answer, what nobody answered lapses."""
    order, window = count(), scene.window("invitation")
    if window is None:
        return
    waiting = [(at, next(order), act) for at, act in _invitations(scene, window, span)]
    for row in in_round(scene.notice, scene.policy).filter(state="invited", applicant__user__is_demo=True):
        waiting += [(at, next(order), act) for at, act in _answer(scene, row, span)]
    heapify(waiting)
    done = 0
    while waiting:
        at, _, act = heappop(waiting)
        invitations.expire(scene.notice, policy=scene.policy, at=at)
        made = act(at)
        if made is not None:
            for following, answer in _answer(scene, made, span):
                heappush(waiting, (following, next(order), answer))
        done += 1
        yield done, done + len(waiting)


def _invitations(scene: Scene, window: Window, span: Span) -> Iterator[tuple[datetime, Act]]:
    """What bases have planned to send; the own one leaves it to its lead."""
    until = window.opens + (window.closes - window.opens) * PART
    for base in [base for base in scene.bases[1:] if base.pk in scene.crews][:INVITING]:
        sent = Invitation.objects.filter(notice=scene.notice, round=scene.round, base=base).count()
        for number in range(sent, EACH):
            at = span.planned(f"invite:{base.code}:{number}", window.opens, until)
            if at is not None:
                yield at, _inviting(scene, base)


def _inviting(scene: Scene, base: TrainingBase) -> Act:
    def invite(at: datetime) -> Invitation | None:
        random = Random(f"gme-demo-invite:{base.code}:{at.isoformat()}")
        found = list(candidates(scene.notice, scene.policy, Filter(), at=at)[:BEST])
        random.shuffle(found)
        # Whoever registered by hand comes first: their year is to have an invitation in it.
        for row in sorted(found, key=lambda row: row.applicant.user.is_demo):
            made = _invite_for_some_seat(scene, base, row, random, at)
            if made is not None:
                return made
        return None

    return invite


def _invite_for_some_seat(
    scene: Scene, base: TrainingBase, row: Application, random: Random, at: datetime
) -> Invitation | None:
    wished = {choice.quota.specialty_id for choice in row.choices.all()}
    free = Quota.objects.filter(notice=scene.notice, base=base, seats__gt=F("taken")).select_related(
        "base", "specialty"
    )
    for quota in sorted(free, key=lambda quota: (quota.specialty_id not in wished, -quota.open_to_others))[:TRIED]:
        try:
            return invitations.invite(
                person=row.applicant,
                quota=quota,
                words=random.choice(WORDS),
                actor=scene.crews[base.pk].maker,
                at=at,
                policy=scene.policy,
                notice_version=scene.version,
            )
        except Refused:  # not this seat, or not this person
            continue
    return None


def _answer(scene: Scene, row: Invitation, span: Span) -> Iterator[tuple[datetime, Act]]:
    """What a fictional person, or the base itself, does about an invitation, if it is due in this stretch."""
    before = in_round(scene.notice, scene.policy).filter(applicant__user__is_demo=True, invited_at__lt=row.invited_at)
    fate = FATES[before.count() % len(FATES)]
    if not fate or not row.applicant.user.is_demo or row.applicant.user.last_login is not None:
        return
    hours = Random(f"gme-demo-answer:{row.base.code}:{row.invited_at.isoformat()}").uniform(*ANSWERED_WITHIN)
    at = min(row.invited_at + timedelta(hours=hours), row.expires_at - timedelta(minutes=30))
    if at < span.before:
        yield max(at, span.after), _answering(scene, row, fate)


def _answering(scene: Scene, row: Invitation, fate: str) -> Act:
    def answer(at: datetime) -> None:
        person = row.applicant.user
        try:
            if fate == "decline":
                invitations.decline(row, actor=person, at=at)
            elif fate == "withdraw":
                invitations.withdraw(row, actor=scene.crews[row.base_id].maker, at=at)
            else:
                someone = arrivals.person_behind(row.applicant, scene)
                invitations.accept(
                    row,
                    consents=arrivals.consents_of(someone, scene),
                    actor=person,
                    at=at,
                    policy=scene.policy,
                    notice_version=scene.version,
                )
                delivered(row.applicant)
        except Refused:  # it was closed meanwhile, by another acceptance or a filing
            return

    return answer
