"""What the page that compares two runs shows (运算比较): which can be compared, the figures of both, and who changes."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from admissions.models import AllocationRun, Application
from admissions.queries.effects import Effect, effect_of
from admissions.queries.run_changes import KIND_LABELS, Change, alike, changes, rule_changes
from admissions.queries.run_pages import SHORT
from gme_portal.wording import beijing, percent

OFFERED = 60


@dataclass(frozen=True, slots=True)
class Comparison:
    """`older` and `newer` with their figures, what differs for everybody, and the people concerned with their names."""

    older: AllocationRun
    newer: AllocationRun
    before: Effect
    after: Effect
    rules: list[str]
    people: list[tuple[Change, str]]

    def counts(self) -> dict[str, int]:
        """How many of each kind of change; only kinds that occur."""
        found = dict.fromkeys(KIND_LABELS, 0)
        for change, _ in self.people:
            found[change.kind] += 1
        return {kind: number for kind, number in found.items() if number}


def comparable(run: AllocationRun, visible: QuerySet[AllocationRun]) -> list[AllocationRun]:
    """The other runs of the same scope that the viewer may see, newest first, without their bulky records. One query."""
    rows = visible.filter(notice=run.notice_id, round=run.round, kind=run.kind, base=run.base_id).exclude(pk=run.pk)
    return list(rows.defer("problem", "result").order_by("-made_at", "-pk")[:OFFERED])


def option_label(run: AllocationRun) -> str:
    """8月5日 09:00 正式运算·已批准（3f9a1c20）."""
    kind = "试算假设" if "what_if" in run.beside else "试算" if run.is_simulation else f"正式运算·{SHORT[run.state]}"
    return f"{beijing(run.made_at, 'short')} {kind}（{run.output_sha256[:8]}）"


def compare(one: AllocationRun, other: AllocationRun) -> Comparison:
    """Two runs that are `alike`, the one made later as the newer. One query."""
    assert alike(one, other)
    older, newer = sorted((one, other), key=lambda run: (run.made_at, str(run.pk)))
    found = changes(newer, older)
    names = dict(
        Application.objects.filter(notice=newer.notice_id, number__in=[row.number for row in found]).values_list(
            "number", "applicant__user__name"
        )
    )
    return Comparison(
        older=older,
        newer=newer,
        before=effect_of(older),
        after=effect_of(newer, counted_as=older),
        rules=rule_changes(newer, older),
        people=[(row, names.get(row.number, "")) for row in found],
    )


def figure_rows(before: Effect, after: Effect) -> list[dict[str, str]]:
    """Both runs' figures for a table, in the order in which the rule maximises them."""
    rows = [
        ("参加人员", before.people, after.people),
        ("名额", before.seats, after.seats),
        ("安排", before.filled, after.filled),
        ("其中紧缺专业", before.shortage_filled, after.shortage_filled),
        ("其中县级及以下", before.county_placed, after.county_placed),
        ("安排到第一志愿", before.first_wish, after.first_wish),
        ("未安排人员", before.unplaced, after.unplaced),
        ("仍空余名额", before.left, after.left),
    ]
    shown = [
        {"label": label, "before": str(old), "after": str(new), "by": f"{new - old:+d}" if new != old else ""}
        for label, old, new in rows
    ]
    rates = [one.first_wish_rate for one in (before, after)]
    points = (
        "" if None in rates or rates[0] == rates[1] else f"{((rates[1] or 0) - (rates[0] or 0)) * 100:+.1f} 个百分点"
    )
    said = [percent(rate) for rate in rates]
    shown.append({"label": "第一志愿满足率", "before": said[0], "after": said[1], "by": points})
    return shown
