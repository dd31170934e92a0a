"""Moving through the year (推进演练): the crowd lives up to each milestone, the clock follows, and what follows from deadlines is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, product

from admissions.tasks import follow_deadlines
from gme_portal.accounts.models import Role, User
from gme_portal.audit.services import record
from gme_portal.clock import services as clock
from gme_portal.clock.models import RehearsalClock
from gme_portal.demo import progress
from gme_portal.demo.crowd import AFTER, BEFORE, PROCESS, WHILE, Span
from gme_portal.demo.edges import Edge, edges
from gme_portal.demo.filling import fill
from gme_portal.demo.moments import landing
from gme_portal.demo.scene import Scene, scene_of
from gme_portal.demo.staff import OFFICES
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import open_notices, policy_of, version_in_force
from gme_portal.policy import Policy

FILLING = "其余演练人员正在陆续报名"
# A day before a deadline people are reminded of it: the clock looks in there before it goes on.
LOOK_IN = timedelta(hours=12)
# Below this the crowd's work takes no noticeable time and needs no job.
SMALL_CROWD = 40


@dataclass(frozen=True, slots=True)
class Jump:
    """The next milestone: `label` in words, `moment` of it, and where the clock stands afterwards."""

    label: str
    moment: datetime
    lands: datetime


def the_notice() -> Notice | None:
    """The notice that the demonstration is about: the newest open one."""
    return next(iter(open_notices()), None)


def next_jump(policy: Policy, at: datetime) -> Jump | None:
    """Where the next click leads; None after the last milestone."""
    coming = [edge for edge in edges(policy) if edge.at > at]
    if not coming:
        return None
    moment = coming[0].at
    labels = "、".join(edge.label for edge in sorted(coming, key=_place) if edge.at == moment)
    following = next((edge.at for edge in coming if edge.at > moment), None)
    return Jump(labels, moment, landing(moment, following))


def last_minute(policy: Policy, at: datetime) -> datetime | None:
    """One minute before the next deadline, for whoever wants to feel it; None where no deadline is left or it is nearer than that."""
    closes = next((moment for moment, _, key in policy.milestones() if moment > at and key.endswith(".closes")), None)
    moment = closes - timedelta(minutes=1) if closes else None
    return moment if moment is not None and moment > at else None


def is_small() -> bool:
    """Whether a jump is over before anybody wonders."""
    return User.objects.filter(is_demo=True, role=Role.APPLICANT).count() < SMALL_CROWD


def fill_rest(people: int) -> None:
    """Bring in who is missing, saying how far it is. Two at once share the work."""
    notice = the_notice()
    if notice is None:
        return
    try:
        for done, total in fill(scene_of(notice), people):
            progress.report(FILLING, done, total)
    finally:
        progress.finish()


def go_to(target: datetime) -> None:
    """Put the clock to `target`; on the way the crowd does what is due before each milestone. Backwards only the clock moves.

    Whoever calls it has claimed the place of the one job (`progress.begin`), or knows that there is none."""
    try:
        notice = the_notice()
        if notice is not None and target > clock.now():
            _live(policy_in_force(notice), scene_of(notice) if has_crowd() else None, target)
        clock.set_to(target)
        record(actor=None, action="rehearsal.clock_set", subject=RehearsalClock(id=1), at=target)
        follow_deadlines()
    finally:
        progress.finish()


def has_crowd() -> bool:
    """Whether there are fictional staff to act; a rehearsal with real ones has none, and only the clock moves."""
    return User.objects.filter(is_demo=True, login_name=OFFICES[0].login_name).exists()


def _live(policy: Policy, scene: Scene | None, target: datetime) -> None:
    """Everything up to `target`, moment by moment from the first one: what was done before is found done. Milestones of one moment share the
    time before it, in the order of the process; what has its own time inside a window is done in the stretch it falls into."""
    began, previous = clock.now(), None
    for moment, group in groupby(edges(policy), key=lambda edge: edge.at):
        if moment > target:
            break
        found = sorted(group, key=_place)
        span = Span(max(filter(None, (previous, began if began < moment else None)), default=moment), moment)
        if scene is not None:
            if moment > began:
                _meanwhile(scene, span, found[0].label)
            steps = [(edge, BEFORE[edge.key]) for edge in found if edge.key in BEFORE]
            for (edge, before), part in zip(steps, span.slices(len(steps)), strict=True):
                for step in before:
                    _report(edge.label, step(scene.in_round(edge.round), part))
        _pass(moment, look_in=any(edge.closes for edge in found))
        if scene is not None:
            for edge in found:
                for step in AFTER.get(edge.key, ()):
                    _report(
                        edge.label,
                        step(scene.in_round(edge.round), Span(moment, max(target, moment + timedelta(hours=1)))),
                    )
        previous = moment
    if scene is not None:
        _meanwhile(scene, Span(max(filter(None, (previous, began))), target), "演练时钟停下的时刻")


def _meanwhile(scene: Scene, span: Span, label: str) -> None:
    """What happens in a stretch in which a window is open, in the order of the process, an earlier round first."""
    for (key, steps), one in product(WHILE.items(), scene.policy.rounds):
        windows = [window for window in scene.policy.windows if (window.key, window.round) == (key, one.key)]
        if any(span.touches(window.opens, window.closes) for window in windows):
            for step in steps:
                _report(label, step(scene.in_round(one.key), span))


def _place(edge: Edge) -> tuple[bool, int]:
    """Ends before beginnings, each in the order of the process."""
    name = edge.key.partition(".")[0]
    return not edge.closes, PROCESS.index(name) if name in PROCESS else len(PROCESS)


def _report(label: str, work: Iterator[tuple[int, int]]) -> None:
    for done, total in work:
        progress.report(f"正在到：{label}", done, total)


def _pass(moment: datetime, *, look_in: bool) -> None:
    """Let the clock go past a milestone, and have done what follows from it."""
    stops = [moment - LOOK_IN] if look_in else []
    for stop in (*stops, moment + timedelta(minutes=3)):
        if clock.now() < stop:
            clock.set_to(stop)
            follow_deadlines()


def policy_in_force(notice: Notice) -> Policy:
    return policy_of(version_in_force(notice))
