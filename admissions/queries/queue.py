"""The review queue of a base (审核队列): filters that stand in the address, the list in order of filing, and who comes before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects

from admissions.access import FILED, applications_visible_to
from admissions.models import Application, Choice
from admissions.states import APPLICATION_LABELS
from gme_portal.accounts.models import User
from gme_portal.accounts.queries import document_blind
from gme_portal.notices.models import Notice
from gme_portal.policy import Policy

ALL = "all"
DEFAULT_STATE = "submitted"
TONES = {
    "submitted": "warn",
    "returned": "info",
    "approved": "ok",
    "rejected": "bad",
    "cancelled": "bad",
    "withdrawn": "neutral",
    "draft": "neutral",
}
NEIGHBOURS = 12


@dataclass(frozen=True, slots=True)
class Filter:
    """What the address asks for; unknown values fall back to the default, so that an old bookmark still opens."""

    state: str = DEFAULT_STATE
    specialty: str = ""
    person_type: str = ""
    confirmed: str = ""
    q: str = ""
    round: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str], policy: Policy) -> Filter:
        state = query.get("state", DEFAULT_STATE)
        specialty, person_type = query.get("specialty", ""), query.get("person_type", "")
        confirmed = query.get("confirmed", "")
        return cls(
            state=state if state in (*FILED, ALL) else DEFAULT_STATE,
            specialty=specialty if specialty in policy.specialties.codes else "",
            person_type=person_type if policy.person_type(person_type) else "",
            confirmed=confirmed if confirmed in ("yes", "no") else "",
            q=query.get("q", "").strip()[:60],
            round=query.get("round", "") if policy.round(query.get("round", "")) else "",
        )

    def query(self, **changes: str) -> str:
        """The address's query string with changes; starts with "?"; defaults are left out."""
        values = {
            "state": self.state,
            "specialty": self.specialty,
            "person_type": self.person_type,
            "confirmed": self.confirmed,
            "q": self.q,
            "round": self.round,
        } | changes
        kept = {key: value for key, value in values.items() if value and (key, value) != ("state", DEFAULT_STATE)}
        return f"?{urlencode(kept)}" if kept else "?"

    def chips(self, policy: Policy) -> list[dict[str, str]]:
        """What is set beside the state, each with the address without it."""
        kind = policy.person_type(self.person_type)
        said = {
            "specialty": f"专业：{policy.specialties.name(self.specialty)}" if self.specialty else "",
            "person_type": f"人员类型：{kind.label}" if kind else "",
            "confirmed": {"yes": "已现场确认", "no": "未现场确认"}.get(self.confirmed, ""),
            "q": f"查找：{self.q}" if self.q else "",
        }
        return [{"label": label, "remove_url": self.query(**{key: ""})} for key, label in said.items() if label]


def _choices() -> Prefetch[str, QuerySet[Choice], str]:
    return Prefetch("choices", queryset=Choice.objects.select_related("quota__specialty").order_by("position"))


def of_base(user: User, notice: Notice, round: str) -> QuerySet[Application]:
    """Everything filed with the user's base in a round, with people, choices and confirmer at hand. Two queries."""
    rows = applications_visible_to(user).filter(notice=notice, round=round)
    return rows.select_related("confirmed_by").prefetch_related(_choices())


def filtered(rows: QuerySet[Application], wanted: Filter) -> QuerySet[Application]:
    """The rows asked for, longest waiting first."""
    if wanted.state != ALL:
        rows = rows.filter(state=wanted.state)
    if wanted.specialty:
        # A join on one specialty finds an application at most once: `choice_specialty_once`.
        rows = rows.filter(choices__quota__specialty=wanted.specialty)
    if wanted.person_type:
        rows = rows.filter(applicant__person_type=wanted.person_type)
    if wanted.confirmed:
        rows = rows.filter(confirmed_at__isnull=wanted.confirmed == "no")
    if wanted.q:
        rows = rows.filter(_search(wanted.q))
    return rows.order_by("submitted_at", "pk")


def _search(typed: str) -> Q:
    """By name, the beginning of an application number, or a whole identity number (which stands nowhere readable)."""
    plain = "".join(typed.split())
    found = Q(applicant__user__name__icontains=typed) | Q(number__startswith=plain)
    return found | Q(applicant__user__document_blind=document_blind(plain)) if len(plain) >= 8 else found


def neighbours(
    rows: QuerySet[Application], current: Application
) -> tuple[list[Application], Application | None, Application | None]:
    """(the list around the current one, the one before, the one after), in the order of `filtered`. Three queries."""
    at, pk = current.submitted_at, current.pk
    rows = rows.prefetch_related(None)
    before = rows.filter(Q(submitted_at__lt=at) | Q(submitted_at=at, pk__lt=pk)).order_by("-submitted_at", "-pk")[
        :NEIGHBOURS
    ]
    after = rows.filter(Q(submitted_at__gt=at) | Q(submitted_at=at, pk__gt=pk))[: 2 * NEIGHBOURS]
    earlier, later = list(before)[::-1], list(after)
    listed = [*earlier, current, *later]
    prefetch_related_objects(listed, _choices())
    return listed, (earlier[-1] if earlier else None), (later[0] if later else None)


def state_tabs(counts: Mapping[str, int], wanted: Filter, address: str) -> list[dict[str, object]]:
    """Tabs of states with the number behind each, keeping the other filters."""
    tabs: list[dict[str, object]] = [
        {
            "label": APPLICATION_LABELS[state],
            "url": address + wanted.query(state=state),
            "current": wanted.state == state,
            "count": counts.get(state, 0),
        }
        for state in FILED
    ]
    everything = {
        "label": "全部",
        "url": address + wanted.query(state=ALL),
        "current": wanted.state == ALL,
        "count": sum(counts.values()),
    }
    return [*tabs, everything]


def person_types(policy: Policy) -> list[tuple[str, str]]:
    """The person types of the notice, for a filter."""
    return [(kind.code, kind.label) for kind in policy.person_types if kind.registers]
