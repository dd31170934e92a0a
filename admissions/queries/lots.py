"""The lottery (抽签) as runs and pages read it: who has which place, on what it rests, and what may be shown of it when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from admissions.allocation import lottery
from admissions.models import AllocationRun, Application, LotteryDraw
from gme_portal.accounts.models import User
from gme_portal.notices.models import Notice
from gme_portal.policy import Policy

# Said wherever a number rests on it: everybody can compute this seed beforehand, so it decides nothing.
TEST_SEED = "试算"


@dataclass(frozen=True, slots=True)
class Lots:
    """`places`: application number → place among everybody who filed in the round (抽签号), the same in every list. `basis` goes on record
    beside a run: {drawn, commitment, public_draw}, or {drawn: false, test_seed} while there is no draw."""

    places: dict[str, int]
    basis: dict[str, Any]

    @property
    def drawn(self) -> bool:
        return bool(self.basis["drawn"])


def draw_of(notice: Notice, round: str) -> LotteryDraw | None:
    rows = LotteryDraw.objects.select_related("committed_by", "drawn_by", "confirmed_by")
    return rows.filter(notice=notice, round=round).first()


def is_drawn(notice: Notice, round: str) -> bool:
    """Whether the lottery of a round is decided. One query."""
    return LotteryDraw.objects.filter(notice=notice, round=round, confirmed_at__isnull=False).exists()


def draws_to_confirm(notice: Notice, user: User) -> list[LotteryDraw]:
    """Draws that somebody else has entered and this person may confirm. One query."""
    rows = LotteryDraw.objects.filter(notice=notice, confirmed_at__isnull=True).exclude(public_draw="")
    return list(rows.exclude(drawn_by=user).select_related("drawn_by"))


def seed_of(draw: LotteryDraw) -> str:
    """The seed of a draw that two people have entered. Never shown before `is_revealed`."""
    if draw.stage != "drawn":
        raise ValueError("a lottery that is not drawn has no seed")
    return lottery.seed(draw.secret.open(), draw.public_draw)


def lots(notice: Notice, round: str) -> Lots:
    """The places of a round: by the draw, or by the test seed while there is none. Two queries."""
    draw = draw_of(notice, round)
    filed = Application.objects.filter(notice=notice, round=round, submitted_at__isnull=False)
    numbers = filed.values_list("number", flat=True)
    if draw is not None and draw.stage == "drawn":
        basis = {"drawn": True, "commitment": draw.commitment, "public_draw": draw.public_draw}
        return Lots(lottery.draw(seed_of(draw), notice.year, numbers), basis)
    return Lots(lottery.draw(TEST_SEED, notice.year, numbers), {"drawn": False, "test_seed": TEST_SEED})


def is_revealed(draw: LotteryDraw, at: datetime) -> bool:
    """Whether the secret may be read: from the instant at which the first result that rests on it was out, even if that was taken back since."""
    out = AllocationRun.objects.filter(
        notice=draw.notice_id, round=draw.round, approved_at__isnull=False, published_at__lte=at
    )
    stood = Q(state="published") | Q(closed_at__gt=F("published_at"))
    return draw.stage == "drawn" and out.filter(stood).exists()


def is_needed(policy: Policy) -> bool:
    """Whether this notice breaks ties by lottery at all."""
    return "lottery" in policy.scoring.tie_chain


def closing(policy: Policy, round: str) -> tuple[datetime, datetime] | None:
    """When registration of a round closes for the first and for the last people; None where the bases set the dates."""
    windows = (*policy.windows, *policy.base_windows)
    closes = [one.closes for one in windows if one.key == "registration" and one.round == round]
    return (min(closes), max(closes)) if closes else None


def is_late(draw: LotteryDraw, policy: Policy) -> bool:
    """Committed to only after people could know who had filed."""
    close = closing(policy, draw.round)
    return close is not None and draw.committed_at >= close[0]


def as_record(draw: LotteryDraw, *, revealed: bool) -> dict[str, Any]:
    """What the public file holds; secret and seed only once revealed. `manage.py verify_lottery` reads it."""
    record: dict[str, Any] = {
        "kind": "lottery",
        "notice": draw.notice.slug,
        "year": draw.notice.year,
        "round": draw.round,
        "commitment": draw.commitment,
        "committed_at": draw.committed_at.isoformat(),
        "source": draw.source,
        "public_draw": draw.public_draw if draw.stage == "drawn" else None,
        "drawn_at": draw.confirmed_at.isoformat() if draw.confirmed_at else None,
        "secret": None,
        "seed": None,
    }
    if revealed:
        record |= {"secret": draw.secret.open(), "seed": seed_of(draw)}
    return record
